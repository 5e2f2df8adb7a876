"""Improvements that people suggest."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.improvement.rules import improvements
from ringwall.improvement.stored.people import person
from ringwall.kit.records import Record


class ImprovementState(models.TextChoices):
    SUGGESTED = improvements.SUGGESTED, pgettext_lazy("improvement", "suggested")
    ACCEPTED = improvements.ACCEPTED, pgettext_lazy("improvement", "accepted")
    DECLINED = improvements.DECLINED, pgettext_lazy("improvement", "declined")
    DONE = improvements.DONE, pgettext_lazy("improvement", "done")


class Improvement(Record):
    """An idea how the ISMS or the security could be better, from anybody; decided with a reason (27001 10.1)."""

    kind: ClassVar[str] = "improvement"
    prefix: ClassVar[str] = "IM"

    title = models.CharField(_("title"), max_length=200)
    idea = models.TextField(_("idea"), max_length=20_000, help_text=_("What could be better, and how."))
    benefit = models.TextField(_("what it would bring"), blank=True, max_length=20_000)
    suggested_by = person(_("suggested by"))
    effort = models.DecimalField(
        _("effort (days)"),
        max_digits=8,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("As estimated; once it is done, as it was."),
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ImprovementState.choices, default=ImprovementState.SUGGESTED, editable=False
    )
    decision = models.TextField(_("decision in words"), blank=True, editable=False)
    decided_by = person(_("decided by"), editable=False)
    decided_on = models.DateField(_("decided on"), null=True, editable=False)
    outcome = models.TextField(_("outcome"), blank=True, editable=False)
    done_on = models.DateField(_("done on"), null=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("improvement")
        verbose_name_plural = _("improvements")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="improvement_by_title"),
            models.Index(fields=["organisation", "state", "ref_key"], name="improvement_by_state"),
            models.Index(fields=["organisation", "due_on", "ref_key"], name="improvement_by_due"),
            models.Index(fields=["organisation", "suggested_by", "ref_key"], name="improvement_by_suggester"),
        ]

    def clean(self) -> None:
        if self.effort is not None and self.effort < 0:
            raise ValidationError({"effort": _("Give 0 or more days.")})
