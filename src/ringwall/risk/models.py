"""Risks: criteria, scenarios, dated assessments, treatment and acceptance (27001 6.1.2, 6.1.3; 27005)."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person
from ringwall.access.tracked import Tracked
from ringwall.assets.models import Asset
from ringwall.catalogues.models import Requirement
from ringwall.context.models import IsmsScope
from ringwall.controls.models import Control
from ringwall.kit.records import Link, Record


class RiskCriteria(Record):
    """How risks are judged. What was approved stays as it was in its editions; `content` is the draft of the next."""

    kind: ClassVar[str] = "criteria"
    prefix: ClassVar[str] = "RC"

    title = models.CharField(_("title"), max_length=200)
    content = models.JSONField(_("scales, matrix, acceptance, authority"), default=dict, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("risk criteria")
        verbose_name_plural = _("risk criteria")


class CriteriaEdition(Tracked):
    """Risk criteria as they were approved. `content` has the shape of `risk.rules.Criteria`."""

    kind: ClassVar[str] = "criteria_edition"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    criteria = models.ForeignKey(RiskCriteria, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    approved_on = models.DateField()
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["criteria", "number"], name="criteria_edition_number")]

    def __str__(self) -> str:
        return f"{self.criteria.title} {self.number}"


class Option(models.TextChoices):
    """Treatment (27005; in words of 200-3: reduction, avoidance, transfer, acceptance)."""

    UNDECIDED = "undecided", pgettext_lazy("treatment", "undecided")
    MODIFY = "modify", pgettext_lazy("treatment", "modify")
    AVOID = "avoid", pgettext_lazy("treatment", "avoid")
    SHARE = "share", pgettext_lazy("treatment", "share")
    RETAIN = "retain", pgettext_lazy("treatment", "retain")


class Risk(Record):
    """A scenario: a threat uses a vulnerability of assets. The owner answers for it.

    likelihood, consequence and level (current, target, inherent) repeat the latest assessment, so that lists can sort by them.
    """

    kind: ClassVar[str] = "risk"
    prefix: ClassVar[str] = "R"

    title = models.CharField(_("title"), max_length=200)
    scope = models.ForeignKey(IsmsScope, models.PROTECT, null=True, blank=True, related_name="risks", verbose_name=_("ISMS scope"))
    description = models.TextField(_("scenario"), blank=True, max_length=20_000)
    threat = models.CharField(_("threat"), max_length=300, blank=True)
    vulnerability = models.CharField(_("vulnerability"), max_length=300, blank=True)
    assets = models.ManyToManyField(Asset, through="RiskAsset", related_name="risks", blank=True, verbose_name=_("assets"))
    treatment = models.CharField(_("treatment"), max_length=10, choices=Option.choices, default=Option.UNDECIDED)
    treatment_note = models.TextField(_("treatment in words"), blank=True, max_length=20_000)
    controls = models.ManyToManyField(Control, through="RiskControl", related_name="risks", blank=True, verbose_name=_("controls"))
    requirements = models.ManyToManyField(
        Requirement, through="RiskRequirement", related_name="risks", blank=True, verbose_name=_("reference controls"),
        help_text=_("Entries of Annex A or another catalogue that the treatment needs, such as A.8.13."),
    )
    due_on = models.DateField(_("treated by"), null=True, blank=True)
    review_on = models.DateField(_("review on"), null=True, blank=True)
    edition = models.ForeignKey(CriteriaEdition, models.PROTECT, null=True, editable=False, related_name="+")
    assessed_on = models.DateField(_("assessed on"), null=True, editable=False)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), null=True, editable=False)
    consequence = models.PositiveSmallIntegerField(_("consequence"), null=True, editable=False)
    level = models.PositiveSmallIntegerField(_("level"), null=True, editable=False)
    target_likelihood = models.PositiveSmallIntegerField(_("target likelihood"), null=True, editable=False)
    target_consequence = models.PositiveSmallIntegerField(_("target consequence"), null=True, editable=False)
    target_level = models.PositiveSmallIntegerField(_("target level"), null=True, editable=False)
    is_above_acceptance = models.BooleanField(_("above acceptance"), default=False, editable=False)
    accepted_until = models.DateField(_("accepted until"), null=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="risk_by_title"),
            models.Index(fields=["organisation", "level", "ref_key"], name="risk_by_level"),
            models.Index(fields=["organisation", "target_level", "ref_key"], name="risk_by_target"),
            models.Index(fields=["organisation", "treatment", "ref_key"], name="risk_by_treatment"),
            models.Index(fields=["organisation", "review_on", "ref_key"], name="risk_by_review"),
            models.Index(fields=["organisation", "withdrawn_on", "likelihood", "consequence", "unit", "restricted", "owner"], name="risk_by_cell"),
        ]


class RiskAsset(Link):
    risk = models.ForeignKey(Risk, models.CASCADE, related_name="+")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["risk", "asset"], name="one_risk_asset")]


class RiskControl(Link):
    risk = models.ForeignKey(Risk, models.CASCADE, related_name="+")
    control = models.ForeignKey(Control, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["risk", "control"], name="one_risk_control")]


class RiskRequirement(Link):
    risk = models.ForeignKey(Risk, models.CASCADE, related_name="+")
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["risk", "requirement"], name="one_risk_requirement")]


class Assessment(Tracked):
    """One dated judgement of a risk under one edition of the criteria; never changed, the next one follows it."""

    kind: ClassVar[str] = "assessment"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    risk = models.ForeignKey(Risk, models.PROTECT, related_name="assessments")
    edition = models.ForeignKey(CriteriaEdition, models.PROTECT, related_name="+")
    on = models.DateField(_("assessed on"))
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("assessed by"))
    round = models.CharField(_("round"), max_length=80, blank=True)
    inherent_likelihood = models.PositiveSmallIntegerField(_("inherent likelihood"), null=True, blank=True)
    inherent_consequence = models.PositiveSmallIntegerField(_("inherent consequence"), null=True, blank=True)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    consequence = models.PositiveSmallIntegerField(_("consequence"))
    target_likelihood = models.PositiveSmallIntegerField(_("target likelihood"), null=True, blank=True)
    target_consequence = models.PositiveSmallIntegerField(_("target consequence"), null=True, blank=True)
    level = models.PositiveSmallIntegerField(_("level"))
    target_level = models.PositiveSmallIntegerField(_("target level"), null=True, blank=True)
    rationale = models.TextField(_("rationale"), blank=True, max_length=20_000)

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["risk", "-on"], name="assessment_by_day")]

    def __str__(self) -> str:
        return f"{self.risk.ref} {self.on}"


class Acceptance(Tracked):
    """A risk taken knowingly, by its owner up to their authority and above it by the next authority too."""

    kind: ClassVar[str] = "acceptance"

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for the next authority")
        IN_FORCE = "in_force", _("in force")
        REFUSED = "refused", _("refused")
        ENDED = "ended", _("ended")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    risk = models.ForeignKey(Risk, models.PROTECT, related_name="acceptances")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    level = models.PositiveSmallIntegerField()
    reason = models.TextField(_("reason"), max_length=20_000)
    conditions = models.TextField(_("conditions"), blank=True, max_length=20_000)
    until_on = models.DateField(_("until"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    next_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.risk.ref} → {self.until_on}"


def latest(risk: Any) -> Assessment | None:
    return risk.assessments.first()  # type: ignore[no-any-return]
