"""What an organisation writes beside a requirement of a catalogue: notes, what it found it needs, regulations."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ringwall.catalogues.models import Requirement
from ringwall.kit.records import Record


class RequirementNote(Record):
    """One thing said of one requirement. Of identified requirements (27003:2010, 7.2) and regulations the source is
    told, so that a reader finds them."""

    kind: ClassVar[str] = "requirement_note"
    prefix: ClassVar[str] = "RN"

    class Category(models.TextChoices):
        NOTE = "note", _("Note")
        IDENTIFIED = "identified", _("Identified requirement")
        REGULATION = "regulation", _("Related regulation")

    title = models.CharField(_("title"), max_length=200)
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="notes", verbose_name=_("requirement"))
    category = models.CharField(_("kind"), max_length=12, choices=Category, default=Category.NOTE)
    text = models.TextField(_("text"), blank=True, max_length=20_000)
    source = models.CharField(
        _("source"),
        max_length=300,
        blank=True,
        help_text=_("Where it stands or who said it: law and paragraph, interview, decision, with its date."),
    )

    class Meta(Record.Meta):
        verbose_name = _("note on a requirement")
        verbose_name_plural = _("notes on requirements")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="requirement_note_by_title"),
            models.Index(fields=["requirement", "category"], name="requirement_note_by_subject"),
        ]
