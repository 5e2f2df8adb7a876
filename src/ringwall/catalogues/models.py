"""Catalogues as they came, and what they demand: requirements and reference controls with their statements."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation
from ringwall.access.policy import Actor
from ringwall.access.tracked import Tracked
from ringwall.kit.records import is_uuid
from ringwall.lib.ids import uuid7


class Catalogue(Tracked):
    """One published set of demands. Shared ones belong to the reserved organisation *installation*."""

    kind: ClassVar[str] = "catalogue"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    code = models.CharField(_("identifier"), max_length=80, help_text=_("Short name in addresses and on the command line."))
    title = models.CharField(_("title"), max_length=300)
    titles = models.JSONField(default=dict, editable=False)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    edition = models.CharField(_("version"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    source = models.CharField(max_length=20, default="oscal", editable=False)
    is_reference = models.BooleanField(default=False, editable=False, help_text="holds reference controls rather than requirements")
    is_builtin = models.BooleanField(default=False, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    imported_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("catalogue")
        verbose_name_plural = _("catalogues")
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="catalogue_code")]

    def __str__(self) -> str:
        return str(self.titles.get(get_language() or "en") or self.title)


class SourceFile(models.Model):
    """The original bytes of an imported file, so that an untouched document goes out byte for byte."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="files")
    name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    findings = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["catalogue", "sha256"], name="source_file_once")]

    def __str__(self) -> str:
        return self.name


class Requirement(models.Model):
    """A group, a requirement or a reference control of a catalogue. Written by import alone; the catalogue's act records it."""

    class Kind(models.TextChoices):
        GROUP = "group", _("group")
        REQUIREMENT = "requirement", _("requirement")
        REFERENCE_CONTROL = "reference_control", _("reference control")
        THREAT = "threat", _("threat")

    kind: ClassVar[str] = "requirement"

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="requirements")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    identifier = models.CharField(_("identifier"), max_length=120)
    stable_id = models.CharField(max_length=120, blank=True)
    category = models.CharField(max_length=20, choices=Kind.choices, default=Kind.REQUIREMENT)
    position = models.PositiveIntegerField(default=0)
    depth = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("title"), max_length=500, blank=True)
    text = models.TextField(_("text"), blank=True)
    guidance = models.TextField(_("guidance"), blank=True)
    translations = models.JSONField(default=dict)
    level = models.CharField(_("level"), max_length=40, blank=True)
    attributes = models.JSONField(default=dict)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["catalogue", "position"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "identifier"], name="requirement_identifier")]
        indexes = [
            models.Index(fields=["catalogue", "position"], name="requirement_by_position"),
            models.Index(fields=["organisation", "identifier"], name="requirement_by_identifier"),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} {self.title_text}".strip()

    @property
    def ref(self) -> str:
        return self.identifier

    @property
    def title_text(self) -> str:
        return str((self.translations.get(get_language() or "en") or {}).get("title") or self.title)

    @classmethod
    def open_to(cls, actor: Actor) -> Any:
        """Requirements of the actor's organisation and of the shared catalogues."""
        return cls.objects.filter(Q(organisation_id=actor.organisation_id) | Q(organisation__is_installation=True))

    @classmethod
    def named(cls, actor: Actor, texts: Iterable[str]) -> dict[str, Any]:
        """Text → requirement: by id, `catalogue:identifier`, or an identifier that only one catalogue has."""
        texts = list(texts)
        ids = [text for text in texts if is_uuid(text)]
        names = {text: text.split(":", 1)[-1].split(" ", 1)[0] for text in texts if not is_uuid(text)}
        rows = cls.open_to(actor).filter(Q(pk__in=ids) | Q(identifier__in=names.values())).select_related("catalogue")
        found: dict[str, Any] = {}
        by_name: dict[str, list[Any]] = {}
        for row in rows:
            found[str(row.pk)] = row
            by_name.setdefault(row.identifier, []).append(row)
        result = {text: found[text.lower()] for text in ids if text.lower() in found}
        for text, name in names.items():
            code = text.split(":", 1)[0] if ":" in text else ""
            rows_named = [row for row in by_name.get(name, ()) if not code or row.catalogue.code == code]
            if len(rows_named) == 1:
                result[text] = rows_named[0]
        return result


class Statement(models.Model):
    """One MUST or SHOULD sentence of a requirement."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    requirement = models.ForeignKey(Requirement, models.CASCADE, related_name="statements")
    number = models.CharField(max_length=140)
    position = models.PositiveIntegerField(default=0)
    verb = models.CharField(max_length=12)
    text = models.TextField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["requirement", "number"], name="statement_number")]

    def __str__(self) -> str:
        return self.number
