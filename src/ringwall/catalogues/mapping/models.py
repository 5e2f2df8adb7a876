"""Mappings between two catalogues, and the pairs they are made of."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person
from ringwall.access.policy import Actor
from ringwall.access.tracked import Tracked
from ringwall.catalogues.models import Catalogue, Requirement, Statement, shared_or_own
from ringwall.lib.ids import uuid7


class Relation(models.TextChoices):
    """Source R target, in the words of `ringwall.oscal.mappings.Relation`."""

    EQUAL = "equal", pgettext_lazy("relation of a mapping", "equal to")
    EQUIVALENT = "equivalent", pgettext_lazy("relation of a mapping", "equivalent to")
    SUBSET = "subset", pgettext_lazy("relation of a mapping", "part of")
    SUPERSET = "superset", pgettext_lazy("relation of a mapping", "contains")
    INTERSECTS = "intersects", pgettext_lazy("relation of a mapping", "overlaps with")

    @property
    def reversed(self) -> "Relation":
        """The relation of the target to the source."""
        return {Relation.SUBSET: Relation.SUPERSET, Relation.SUPERSET: Relation.SUBSET}.get(self, self)


class MappingFile(models.Model):
    """The original bytes of an imported file; it may hold several mappings. `findings`: {severity, path, message}."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    size = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list)
    by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["organisation", "sha256"], name="mapping_file_once")]

    def __str__(self) -> str:
        return self.name


class Mapping(Tracked):
    """How the requirements of one catalogue stand to those of another, as somebody judged or a tool proposed.

    `document_id` is the publisher's own identifier of the mapping, `provenance` tells how it came about (see
    `contents.PROVENANCE`).
    """

    kind: ClassVar[str] = "mapping"

    class Origin(models.TextChoices):
        OSCAL = "oscal", _("OSCAL")
        LIBRARY = "library", _("CISO Assistant")
        SHEET = "sheet", _("spreadsheet")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    code = models.CharField(_("identifier"), max_length=80, editable=False)
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    edition = models.CharField(_("version"), max_length=80, blank=True)
    source = models.ForeignKey(
        Catalogue, models.PROTECT, related_name="mappings_from", verbose_name=_("from catalogue")
    )
    target = models.ForeignKey(Catalogue, models.PROTECT, related_name="mappings_to", verbose_name=_("to catalogue"))
    origin = models.CharField(_("source"), max_length=20, choices=Origin, default=Origin.OSCAL, editable=False)
    document_id = models.CharField(_("document"), max_length=120, blank=True, editable=False)
    provenance = models.JSONField(_("provenance"), default=dict, editable=False)
    file = models.ForeignKey(MappingFile, models.PROTECT, related_name="mappings", editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    imported_at = models.DateTimeField(_("imported"), default=timezone.now, editable=False)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, editable=False)
    withdrawn_reason = models.CharField(_("reason for withdrawal"), max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="mapping_code")]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        return self.code

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_on is not None

    @classmethod
    def open_to(cls, actor: Actor) -> models.QuerySet["Mapping"]:
        """Those of the actor's organisation and the shared ones, withdrawn ones too, between catalogues in use."""
        in_use = {"source__withdrawn_on": None, "target__withdrawn_on": None}
        return cls.objects.filter(shared_or_own(actor), **in_use).select_related("source", "target")


class MappedPair(Tracked):
    """Source R target; each end is a requirement, or one statement of it.

    A relation is defaulted if a tool set it and nobody judged it. `identifier` is that of the file, `given` what the
    file said last ([relation, is defaulted, rationale]; empty for what was added by hand): so it is known what people
    changed since, and the same file again changes nothing. What a person withdraws has a reason; without one it is no
    longer in the file.
    """

    kind: ClassVar[str] = "mapped_pair"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    mapping = models.ForeignKey(Mapping, models.CASCADE, related_name="pairs", editable=False)
    source = models.ForeignKey(Requirement, models.PROTECT, related_name="pairs_from", verbose_name=_("from"))
    source_statement = models.ForeignKey(Statement, models.PROTECT, null=True, related_name="+")
    target = models.ForeignKey(Requirement, models.PROTECT, related_name="pairs_to", verbose_name=_("to"))
    target_statement = models.ForeignKey(Statement, models.PROTECT, null=True, related_name="+")
    relation = models.CharField(_("relation"), max_length=12, choices=Relation)
    rationale = models.TextField(_("rationale"), blank=True, max_length=20_000)
    is_defaulted = models.BooleanField(_("set by a tool"), default=False)
    identifier = models.CharField(max_length=120, blank=True, editable=False)
    given = models.JSONField(default=list, editable=False)
    judged_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("judged by"))
    judged_on = models.DateField(_("judged on"), null=True)
    position = models.PositiveIntegerField(default=0, editable=False)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, editable=False)
    withdrawn_reason = models.CharField(_("reason for withdrawal"), max_length=500, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("row of a mapping")
        verbose_name_plural = _("rows of a mapping")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                "mapping",
                Coalesce("source_statement", "source"),
                Coalesce("target_statement", "target"),
                name="one_pair_of_ends",
            )
        ]
        indexes = [models.Index(fields=["mapping", "position"], name="mapped_pair_by_position")]

    def __str__(self) -> str:
        return self.ref

    @property
    def source_name(self) -> str:
        return self.source_statement.number if self.source_statement else self.source.identifier

    @property
    def target_name(self) -> str:
        return self.target_statement.number if self.target_statement else self.target.identifier

    @property
    def ref(self) -> str:
        return f"{self.source_name} → {self.target_name}"[:120]

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_on is not None

    @property
    def said(self) -> list[Any]:
        """What it says now, in the shape of `given`."""
        return [str(self.relation), self.is_defaulted, self.rationale]

    def touch(self) -> None:
        self.changed_at = timezone.now()
