"""Risks: criteria, scenarios, dated assessments, treatment and acceptance (27001 6.1.2, 6.1.3; 27005)."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person
from ringwall.access.tracked import Tracked
from ringwall.assets.models import Asset
from ringwall.catalogues.models import Requirement
from ringwall.context.models import IsmsScope, Waiver
from ringwall.controls.models import Control
from ringwall.kit.records import Link, Record
from ringwall.risk.rules.acceptance import months_later, still_holds
from ringwall.risk.rules.criteria import STEPS, Criteria, read
from ringwall.risk.rules.defaults import default_content
from ringwall.risk.rules.standing import Situation

LEVELS = [(number, str(number)) for number in range(1, STEPS.stop)]
"""Stored levels are numbers, the lowest 1; their names stand in the edition of the criteria."""

JUDGEMENTS = ("", "target_", "inherent_")
"""Prefixes of the three judgements of an assessment: current, target and inherent."""

AXES = ("likelihood", "consequence")
JUDGED = tuple(f"{prefix}{axis}" for prefix in JUDGEMENTS for axis in AXES)


class RiskCriteria(Record):
    """How risks are judged. What was approved stays as it was in its editions; `content` is the draft of the next.

    `authors` holds the ids of those who changed the draft since the last approval: none of them may approve it.
    """

    kind: ClassVar[str] = "criteria"
    prefix: ClassVar[str] = "RC"

    title = models.CharField(_("title"), max_length=200)
    content = models.JSONField(_("scales, matrix, acceptance, authority"), default=default_content, editable=False)
    authors = models.JSONField(_("drafted by"), default=list, editable=False)
    has_draft = models.BooleanField(_("draft not approved yet"), default=True, editable=False)
    in_force = models.PositiveIntegerField(_("edition in force"), null=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("risk criteria")
        verbose_name_plural = _("risk criteria")


class CriteriaEdition(Tracked):
    """Risk criteria as they were approved; never changed. `content` has the shape that `rules.criteria` describes."""

    kind: ClassVar[str] = "criteria_edition"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    criteria = models.ForeignKey(RiskCriteria, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    name = models.CharField(_("edition"), max_length=60)
    content = models.JSONField()
    approved_on = models.DateField()
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    waiver = models.ForeignKey(Waiver, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["criteria", "number"], name="criteria_edition_number")]
        indexes = [models.Index(fields=["organisation", "id"], name="criteria_edition_newest")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls, organisation_id: Any) -> "CriteriaEdition | None":
        """The edition under which risks are judged today: the one approved last."""
        rows = cls.objects.filter(organisation_id=organisation_id, criteria__withdrawn_on=None)
        return rows.defer("content").order_by("-pk").first()  # UUIDv7 keys rise with time

    def read(self) -> Criteria:
        return criteria_of(self.pk)


_read_editions: dict[UUID, Criteria] = {}


def criteria_of(edition_id: UUID) -> Criteria:
    """The criteria of an edition. Editions never change, so that each is read once in the life of a process."""
    if (found := _read_editions.get(edition_id)) is None:
        content = CriteriaEdition.objects.values_list("content", flat=True).get(pk=edition_id)
        found = _read_editions[edition_id] = read(content)
    return found


class Option(models.TextChoices):
    """Treatment (27005; in words of 200-3: reduction, avoidance, transfer, acceptance)."""

    UNDECIDED = "undecided", pgettext_lazy("treatment", "undecided")
    MODIFY = "modify", pgettext_lazy("treatment", "modify")
    AVOID = "avoid", pgettext_lazy("treatment", "avoid")
    SHARE = "share", pgettext_lazy("treatment", "share")
    RETAIN = "retain", pgettext_lazy("treatment", "retain")


class AcceptanceState(models.TextChoices):
    """Of a risk: whether it is accepted. Of an acceptance: also how it ended."""

    NONE = "no", pgettext_lazy("acceptance", "not accepted")
    WAITING = "waiting", pgettext_lazy("acceptance", "waits for the next authority")
    IN_FORCE = "in_force", pgettext_lazy("acceptance", "accepted")
    REFUSED = "refused", pgettext_lazy("acceptance", "refused")
    ENDED = "ended", pgettext_lazy("acceptance", "ended")


def _level(label: Any) -> Any:
    return models.PositiveSmallIntegerField(label, choices=LEVELS, null=True, blank=True, editable=False)


class Risk(Record):
    """A scenario: a threat uses a vulnerability of assets. The owner answers for it.

    Levels, `edition` and the state of acceptance repeat the latest assessment and acceptance, so that lists and counts
    come from indexes alone.
    """

    kind: ClassVar[str] = "risk"
    prefix: ClassVar[str] = "R"

    title = models.CharField(_("title"), max_length=200)
    scope = models.ForeignKey(
        IsmsScope, models.PROTECT, null=True, blank=True, related_name="risks", verbose_name=_("ISMS scope")
    )
    description = models.TextField(_("scenario"), blank=True, max_length=20_000)
    threat = models.CharField(_("threat"), max_length=300, blank=True)
    vulnerability = models.CharField(_("vulnerability"), max_length=300, blank=True)
    assets = models.ManyToManyField(
        Asset, through="RiskAsset", related_name="risks", blank=True, verbose_name=_("assets")
    )
    treatment = models.CharField(_("treatment"), max_length=10, choices=Option.choices, default=Option.UNDECIDED)
    treatment_note = models.TextField(_("treatment in words"), blank=True, max_length=20_000)
    controls = models.ManyToManyField(
        Control, through="RiskControl", related_name="risks", blank=True, verbose_name=_("controls")
    )
    requirements = models.ManyToManyField(
        Requirement,
        through="RiskRequirement",
        related_name="risks",
        blank=True,
        verbose_name=_("reference controls"),
        help_text=_("Entries of Annex A or another catalogue that the treatment needs, such as A.8.13."),
    )
    due_on = models.DateField(_("treated by"), null=True, blank=True)
    review_on = models.DateField(
        _("review on"), null=True, blank=True, help_text=_("Left empty: as the risk criteria say for its level.")
    )
    edition = models.ForeignKey(
        CriteriaEdition, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("risk criteria")
    )
    assessed_on = models.DateField(_("assessed on"), null=True, editable=False)
    likelihood = _level(_("likelihood"))
    consequence = _level(_("consequence"))
    level = _level(_("level"))
    target_likelihood = _level(_("target likelihood"))
    target_consequence = _level(_("target consequence"))
    target_level = _level(_("target level"))
    inherent_likelihood = _level(_("inherent likelihood"))
    inherent_consequence = _level(_("inherent consequence"))
    inherent_level = _level(_("inherent level"))
    is_above_acceptance = models.BooleanField(_("above acceptance"), default=False, editable=False)
    acceptance = models.CharField(
        _("acceptance"),
        max_length=10,
        choices=AcceptanceState.choices[:3],
        default=AcceptanceState.NONE,
        editable=False,
    )
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
            # These cover the counts of the heat map and of the home page, with what decides who sees a row.
            *(
                models.Index(
                    fields=[
                        "organisation",
                        "withdrawn_on",
                        f"{prefix}likelihood",
                        f"{prefix}consequence",
                        "edition",
                        "scope",
                        "unit",
                        "restricted",
                        "owner",
                    ],
                    name=f"risk_{prefix}by_cell",
                )
                for prefix in JUDGEMENTS
            ),
            models.Index(
                fields=[
                    "organisation",
                    "withdrawn_on",
                    "is_above_acceptance",
                    "treatment",
                    "acceptance",
                    "accepted_until",
                    "review_on",
                    "due_on",
                    "level",
                    "unit",
                    "restricted",
                    "owner",
                ],
                name="risk_by_debt",
            ),
        ]

    @property
    def criteria(self) -> Criteria | None:
        """The criteria under which the risk was judged last."""
        return criteria_of(self.edition_id) if self.edition_id else None

    @property
    def situation(self) -> Situation:
        return Situation(
            has_owner=self.owner_id is not None,
            level=self.level,
            is_above_acceptance=self.is_above_acceptance,
            treatment=self.treatment,
            acceptance=self.acceptance,
            accepted_until=self.accepted_until,
            due_on=self.due_on,
            review_on=self.review_on,
        )

    @property
    def is_judged_anew(self) -> bool:
        """Whether one of the six judged values differs from what is stored."""
        stored = self.stored()
        return any(getattr(self, name) != stored.get(name) for name in JUDGED)

    @classmethod
    def before_check(cls, records: Sequence[Any]) -> None:
        """Two queries for any number of risks: the edition in force, and acceptances that a new judgement may end."""
        if not (judged := [risk for risk in records if risk.is_judged_anew]):
            return
        edition = CriteriaEdition.current(judged[0].organisation_id)
        accepted = [risk.pk for risk in judged if risk.acceptance != AcceptanceState.NONE]
        open_ones = Acceptance.open_of(accepted) if accepted else []
        for risk in judged:
            risk.__dict__["_edition"] = edition
            risk.__dict__["_open"] = [acceptance for acceptance in open_ones if acceptance.risk_id == risk.pk]

    def clean(self) -> None:
        if self.is_judged_anew:
            self._judge()
        elif self.level is not None and self.assessed_on and self.review_on is None and self.criteria:
            self.review_on = months_later(self.assessed_on, self.criteria.band(self.level).review_months)

    def _judge(self) -> None:
        """Levels given with the risk itself (form, API, sheet) are an assessment of today."""
        edition: CriteriaEdition | None = self.__dict__.pop("_edition", None)
        if edition is None:
            raise ValidationError(
                {"likelihood": _("No risk criteria are approved yet. Have them approved, then assess.")}
            )
        assessment = Assessment(
            organisation_id=self.organisation_id,
            risk=self,
            edition=edition,
            on=timezone.localdate(),
            **{name: getattr(self, name) for name in JUDGED},
        )
        assessment.judge()
        planned = self.review_on if self.review_on and self.review_on > assessment.on else None
        self.take(assessment, self.__dict__.pop("_open", []), review_on=planned)
        self.__dict__["_assessment"] = assessment

    def take(self, assessment: "Assessment", open_ones: Sequence["Acceptance"], *, review_on: Any = None) -> None:
        """Repeat an assessment in the risk. Acceptances that do not cover it end; saving them is the act's (`jobs`)."""
        criteria = criteria_of(assessment.edition_id)
        for acceptance in open_ones:
            given = acceptance.assessment
            if not still_holds(criteria_of(given.edition_id), acceptance.level, criteria, assessment.level):
                acceptance.end(assessment.on)
                acceptance.is_overtaken = True
                self.acceptance, self.accepted_until = AcceptanceState.NONE, None
                self.__dict__.setdefault("_ended", []).append(acceptance)
        self.edition_id, self.assessed_on = assessment.edition_id, assessment.on
        for name in JUDGED:
            setattr(self, name, getattr(assessment, name))
        self.level, self.target_level = assessment.level, assessment.target_level
        self.inherent_level = assessment.inherent_level
        self.is_above_acceptance = criteria.is_above_acceptance(assessment.level)
        self.review_on = review_on or months_later(assessment.on, criteria.band(assessment.level).review_months)


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
    inherent_level = models.PositiveSmallIntegerField(_("inherent level"), null=True, blank=True)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    consequence = models.PositiveSmallIntegerField(_("consequence"))
    level = models.PositiveSmallIntegerField(_("level"))
    target_likelihood = models.PositiveSmallIntegerField(_("target likelihood"), null=True, blank=True)
    target_consequence = models.PositiveSmallIntegerField(_("target consequence"), null=True, blank=True)
    target_level = models.PositiveSmallIntegerField(_("target level"), null=True, blank=True)
    rationale = models.TextField(_("rationale"), blank=True, max_length=20_000)

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["risk", "-on", "-id"], name="assessment_by_day")]

    def __str__(self) -> str:
        return f"{self.risk.ref} {self.on}"

    def judge(self) -> None:
        """Set the levels of the three pairs. Raises ValidationError by field for half a pair and unknown steps."""
        criteria = criteria_of(self.edition_id)
        errors: dict[str, Any] = {}
        for prefix in JUDGEMENTS:
            likelihood, consequence = (getattr(self, f"{prefix}{axis}") for axis in AXES)
            if likelihood is None and consequence is None:
                if not prefix:
                    errors["likelihood"] = _(
                        "Give the current likelihood and consequence; an assessment cannot be taken back."
                    )
                continue
            for axis, value in zip(AXES, (likelihood, consequence), strict=True):
                name, highest = f"{prefix}{axis}", len(criteria.steps(axis))
                if value is None:
                    errors[name] = _("Likelihood and consequence belong together: give both.")
                elif not 1 <= value <= highest:
                    errors[name] = _("The scale has the steps 1 to %(highest)d.") % {"highest": highest}
            if not any(name.startswith(prefix) for name in errors):
                setattr(self, f"{prefix}level", criteria.level(likelihood, consequence))
        if errors:
            raise ValidationError(errors)


class Acceptance(Tracked):
    """A risk taken knowingly, by its owner up to their authority and above it by the next authority too."""

    kind: ClassVar[str] = "acceptance"
    State: ClassVar[type[AcceptanceState]] = AcceptanceState

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    risk = models.ForeignKey(Risk, models.PROTECT, related_name="acceptances")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=AcceptanceState.choices[1:])
    level = models.PositiveSmallIntegerField()
    reason = models.TextField(_("reason"), max_length=20_000)
    conditions = models.TextField(_("conditions"), blank=True, max_length=20_000)
    until_on = models.DateField(_("until"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    next_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    next_at = models.DateTimeField(null=True, blank=True)
    waiver = models.ForeignKey(Waiver, models.PROTECT, null=True, blank=True, related_name="+")
    next_waiver = models.ForeignKey(Waiver, models.PROTECT, null=True, blank=True, related_name="+")
    next_remark = models.TextField(_("remark of the next authority"), blank=True, max_length=20_000)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_reason = models.CharField(_("why it ended"), max_length=500, blank=True)
    is_overtaken = models.BooleanField(_("ended by a worse assessment"), default=False)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["risk", "-at"], name="acceptance_by_time")]

    def __str__(self) -> str:
        return f"{self.risk.ref} → {self.until_on}"

    @classmethod
    def open_of(cls, risk_ids: Sequence[Any]) -> list["Acceptance"]:
        """Acceptances in force or waiting, with the assessments they were given on."""
        rows = cls.objects.filter(state__in=[AcceptanceState.WAITING, AcceptanceState.IN_FORCE]).select_related(
            "assessment"
        )
        return [row for at in range(0, len(risk_ids), 500) for row in rows.filter(risk__in=risk_ids[at : at + 500])]

    def end(self, on: Any, reason: str = "") -> None:
        self.state, self.ended_on, self.ended_reason = AcceptanceState.ENDED, on, reason[:500]
