"""Findings with their corrective actions and checks, exceptions, improvements (27001 clause 10)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person
from ringwall.access.tracked import Tracked
from ringwall.catalogues.models import Requirement
from ringwall.context.models import Waiver
from ringwall.controls.models import Control
from ringwall.improvement.rules import exceptions, improvements
from ringwall.improvement.rules import findings as rules
from ringwall.kit.errors import Refused
from ringwall.kit.records import Link, Record


class Category(models.TextChoices):
    MAJOR = rules.MAJOR, pgettext_lazy("finding", "major nonconformity")
    MINOR = rules.MINOR, pgettext_lazy("finding", "minor nonconformity")
    OBSERVATION = rules.OBSERVATION, pgettext_lazy("finding", "observation")
    OPPORTUNITY = rules.OPPORTUNITY, pgettext_lazy("finding", "opportunity for improvement")


class Source(models.TextChoices):
    """What brought the finding to light."""

    AUDIT = "audit", pgettext_lazy("source of a finding", "internal audit")
    EXTERNAL = "external", pgettext_lazy("source of a finding", "external audit or customer")
    CHECK = "check", pgettext_lazy("source of a finding", "check of requirements")
    VERIFICATION = "verification", pgettext_lazy("source of a finding", "verification of a control")
    INCIDENT = "incident", pgettext_lazy("source of a finding", "security incident")
    REVIEW = "review", pgettext_lazy("source of a finding", "management review")


class State(models.TextChoices):
    OPEN = rules.OPEN, pgettext_lazy("finding", "open")
    CORRECTED = rules.CORRECTED, pgettext_lazy("finding", "corrected")
    ANALYSED = rules.ANALYSED, pgettext_lazy("finding", "cause known")
    ACTING = rules.ACTING, pgettext_lazy("finding", "actions under way")
    CHECKING = rules.CHECKING, pgettext_lazy("finding", "to be checked")
    CLOSED = rules.CLOSED, pgettext_lazy("finding", "closed")


class Method(models.TextChoices):
    """How the cause was looked for."""

    WHYS = "whys", _("five whys")
    FISHBONE = "fishbone", _("fishbone diagram")


def person(label: Any, **options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label, **options
    )


class Finding(Record):
    """What was found to be not as it should be, whoever found it, and what comes of it.

    `subject_kind` and `subject_id` name the record it is about, which only those see who may. The fields from
    `correction` to `cause_lines` are those of the present `round`; a check that found the actions without effect
    keeps those of the round before. `cause_lines`: list of [branch, text], the branch a key of `words.BRANCHES` or "".
    """

    kind: ClassVar[str] = "finding"
    prefix: ClassVar[str] = "F"
    SUBSTANCE: ClassVar[tuple[str, ...]] = ("title", "category", "description", "evidence", "owner_id", "waiting_days")

    title = models.CharField(_("title"), max_length=200)
    category = models.CharField(_("kind"), max_length=12, choices=Category.choices)
    source = models.CharField(_("found by"), max_length=12, choices=Source.choices)
    found_on = models.DateField(_("found on"), default=timezone.localdate)
    description = models.TextField(
        _("what was found"), blank=True, max_length=20_000, help_text=_("What is so, and what should be instead.")
    )
    evidence = models.TextField(
        _("what shows it"),
        blank=True,
        max_length=20_000,
        help_text=_("Records, observations, statements. Files can be added as evidence once it is recorded."),
    )
    requirements = models.ManyToManyField(
        Requirement,
        through="FindingRequirement",
        related_name="findings",
        blank=True,
        verbose_name=_("requirements not met"),
        help_text=_("Clauses, reference controls and requirements, such as 9.2 or A.8.8; several parted by commas."),
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    checker = person(
        _("effectiveness checked by"),
        help_text=_("Neither who owns the finding, nor who recorded the correction or carries out an action."),
    )
    waiting_days = models.PositiveSmallIntegerField(
        _("days until the check"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(365)],
        help_text=_("After the last action, so that the fault has time to come again. Empty: 60, minor ones 30."),
    )
    recurrence_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="recurrences", verbose_name=_("recurrence of")
    )
    remedy = models.TextField(
        _("proposed correction"), blank=True, max_length=20_000, help_text=_("What could be done at once.")
    )
    subject_kind = models.CharField(max_length=40, blank=True, editable=False)
    subject_id = models.UUIDField(null=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    round = models.PositiveSmallIntegerField(_("round"), default=1, editable=False)
    correction = models.TextField(_("correction"), blank=True, editable=False)
    corrected_on = models.DateField(_("corrected on"), null=True, editable=False)
    corrected_by = person(_("corrected by"), editable=False)
    cause = models.TextField(_("cause"), blank=True, editable=False)
    cause_method = models.CharField(_("found with"), max_length=10, choices=Method.choices, blank=True, editable=False)
    cause_lines = models.JSONField(_("course of the analysis"), default=list, editable=False)
    check_on = models.DateField(_("check from"), null=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    conclusion = models.TextField(_("conclusion"), blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="finding_by_title"),
            models.Index(fields=["organisation", "category", "ref_key"], name="finding_by_category"),
            models.Index(fields=["organisation", "state", "ref_key"], name="finding_by_state"),
            models.Index(fields=["organisation", "found_on", "ref_key"], name="finding_by_day"),
            models.Index(fields=["organisation", "due_on", "ref_key"], name="finding_by_due"),
            models.Index(fields=["organisation", "check_on", "ref_key"], name="finding_by_check"),
            models.Index(fields=["organisation", "checker", "state"], name="finding_by_checker"),
            models.Index(fields=["organisation", "subject_id"], name="finding_by_subject"),
            # Holds all that `queries.standing` counts, so that the home page reads no rows.
            models.Index(
                fields=[
                    "organisation",
                    "withdrawn_on",
                    "state",
                    "category",
                    "due_on",
                    "found_on",
                    "check_on",
                    "unit",
                    "restricted",
                    "owner",
                ],
                name="finding_standing",
            ),
        ]

    @property
    def is_nonconformity(self) -> bool:
        return self.category in rules.NONCONFORMITIES

    def clean(self) -> None:
        stored = self.stored()
        if stored and stored["state"] == State.CLOSED:
            self._clean_closed(stored)
        if stored and stored["category"] in rules.NONCONFORMITIES and not self.is_nonconformity:
            raise ValidationError(
                {
                    "category": _(
                        "A nonconformity does not become less by renaming it. If it was none, withdraw it with the "
                        "reason and record what it is."
                    )
                }
            )
        if self.found_on > timezone.localdate() and self.found_on != stored.get("found_on"):
            raise ValidationError({"found_on": _("This day is still to come.")})
        if self.checker_id and self.checker_id == self.owner_id:
            raise ValidationError({"checker": _("Whoever owns the finding does not check it. Name somebody else.")})
        is_joined = self.recurrence_of_id is not None and self.recurrence_of_id != stored.get("recurrence_of_id")
        if is_joined and self.recurrence_of is not None and not self.is_after(self.recurrence_of):
            raise ValidationError({"recurrence_of": _("A finding is a recurrence of an earlier one only.")})
        if self.waiting_days is not None and not 0 <= self.waiting_days <= 365:
            raise ValidationError({"waiting_days": _("Give between 0 and 365 days.")})

    def is_after(self, other: "Finding") -> bool:
        """Whether it was found later, or on the same day and recorded later."""
        return (self.found_on, self.pk) > (other.found_on, other.pk)

    def _clean_closed(self, stored: dict[str, Any]) -> None:
        if changed := [name for name in self.SUBSTANCE if stored.get(name) != getattr(self, name)]:
            closed = _("It is closed: this no longer changes. Record a new finding as its recurrence.")
            raise ValidationError({name.removesuffix("_id"): closed for name in changed})


class FindingRequirement(Link):
    """A finding says that a requirement is not met."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="+")
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["finding", "requirement"], name="one_finding_requirement")]


class ActionState(models.TextChoices):
    OPEN = "open", pgettext_lazy("corrective action", "open")
    DONE = "done", pgettext_lazy("corrective action", "done")
    DROPPED = "dropped", pgettext_lazy("corrective action", "dropped")


class CorrectiveAction(Record):
    """Something done against the cause of a finding; its owner is who does it."""

    kind: ClassVar[str] = "corrective_action"
    prefix: ClassVar[str] = "CA"

    title = models.CharField(_("what is to be done"), max_length=200)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="actions", verbose_name=_("finding"))
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    due_on = models.DateField(_("due"), null=True, blank=True)
    round = models.PositiveSmallIntegerField(_("round"), default=1, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=ActionState.choices, default=ActionState.OPEN, editable=False
    )
    done_on = models.DateField(_("done on"), null=True, editable=False)
    done_by = person(_("reported by"), editable=False)
    outcome = models.TextField(_("what was done"), blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("corrective action")
        verbose_name_plural = _("corrective actions")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="action_by_title"),
            models.Index(fields=["organisation", "state", "due_on", "ref_key"], name="action_by_state"),
            models.Index(fields=["organisation", "due_on", "ref_key"], name="action_by_due"),
        ]

    @classmethod
    def before_check(cls, records: Sequence[Any]) -> None:
        models.prefetch_related_objects(list(records), "finding")

    def clean(self) -> None:
        """An action belongs to the round of its finding in which it was planned; what is finished stays as it was."""
        stored = self.stored()
        if stored.get("finding_id") != self.finding_id:
            if stored:
                raise ValidationError({"finding": _("An action stays with its finding. Drop it and plan another one.")})
            self._clean_planning()
            self.round = self.finding.round
        elif self.state != ActionState.OPEN:
            changed = [n for n in ("title", "owner_id", "due_on", "description") if stored[n] != getattr(self, n)]
            if changed:
                told = _("The action is finished: this no longer changes.")
                raise ValidationError({name.removesuffix("_id"): told for name in changed})

    def _clean_planning(self) -> None:
        finding = self.finding
        if finding.is_withdrawn or finding.state == State.CLOSED:
            raise ValidationError({"finding": _("This finding is closed or withdrawn; it takes no further action.")})
        facts = rules.Facts(finding.category, has_cause=bool(finding.cause))
        if rules.bar(rules.Step.PLAN, facts, today=timezone.localdate()):
            raise ValidationError({"finding": _("Say first what caused it: an action is taken against the cause.")})

    def withdraw(self, on: date, reason: str) -> None:
        if self.finding.state == State.CLOSED:
            raise Refused(_("Its finding is closed on the strength of this action."))
        super().withdraw(on, reason)


class EffectivenessCheck(Tracked):
    """One judgement whether the actions of a round worked, by somebody without a part in it. Never changed.

    Keeps correction, cause and analysis as they were judged, since a finding that comes back begins anew.
    """

    kind: ClassVar[str] = "effectiveness_check"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="checks")
    round = models.PositiveSmallIntegerField(_("round"))
    on = models.DateField(_("checked on"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("checked by"))
    is_effective = models.BooleanField(_("effective"))
    looked_at = models.TextField(_("what was looked at"))
    correction = models.TextField(_("correction"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    cause_method = models.CharField(_("found with"), max_length=10, choices=Method.choices, blank=True)
    cause_lines = models.JSONField(_("course of the analysis"), default=list)
    waiver = models.ForeignKey(Waiver, models.PROTECT, null=True, related_name="+", verbose_name=_("waiver"))

    class Meta:
        verbose_name = _("effectiveness check")
        verbose_name_plural = _("effectiveness checks")
        ordering = ["-round"]
        constraints = [models.UniqueConstraint(fields=["finding", "round"], name="one_check_per_round")]

    def __str__(self) -> str:
        return self.ref

    # Who sees a check is who sees its finding: the ledger takes these four from here.

    @property
    def ref(self) -> str:
        return f"{self.finding.ref} {self.on}"

    @property
    def unit_id(self) -> UUID:
        return self.finding.unit_id

    @property
    def restricted(self) -> bool:
        return self.finding.restricted

    @property
    def owner_id(self) -> UUID | None:
        return self.finding.owner_id


class ExceptionState(models.TextChoices):
    ASKED = exceptions.ASKED, pgettext_lazy("exception", "asked for")
    JUDGED = exceptions.JUDGED, pgettext_lazy("exception", "judged")
    GRANTED = exceptions.GRANTED, pgettext_lazy("exception", "granted")
    REFUSED = exceptions.REFUSED, pgettext_lazy("exception", "refused")
    ENDED = exceptions.ENDED, pgettext_lazy("exception", "ended")


class ExceptionLevel(models.TextChoices):
    """How much risk an exception brings, and so who may grant it."""

    LOW = exceptions.LOW, pgettext_lazy("risk of an exception", "low")
    RAISED = exceptions.RAISED, pgettext_lazy("risk of an exception", "raised")
    HIGH = exceptions.HIGH, pgettext_lazy("risk of an exception", "high")


class AuthorisedException(Record):
    """An exception: an authorised, time-limited departure from a requirement or a control. (Python has the bare word.)

    What was decided no longer changes; when it shall last longer, a new one renews it and is decided anew.
    """

    kind: ClassVar[str] = "exception"
    prefix: ClassVar[str] = "EX"
    SUBSTANCE: ClassVar[tuple[str, ...]] = ("deviation", "justification", "compensation", "until_on", "asked_by_id")

    title = models.CharField(_("title"), max_length=200)
    deviation = models.TextField(
        _("what is done differently"), max_length=20_000, help_text=_("Where, by whom, and which rule is not kept.")
    )
    justification = models.TextField(_("why the rule cannot be kept"), max_length=20_000)
    requirements = models.ManyToManyField(
        Requirement,
        through="ExceptionRequirement",
        related_name="exceptions",
        blank=True,
        verbose_name=_("departs from requirements"),
        help_text=_("Clauses, reference controls and requirements, such as 9.2 or A.8.8; several parted by commas."),
    )
    controls = models.ManyToManyField(
        Control,
        through="ExceptionControl",
        related_name="exceptions",
        blank=True,
        verbose_name=_("departs from controls"),
    )
    compensation = models.TextField(
        _("what makes up for it"), blank=True, max_length=20_000, help_text=_("What keeps the risk small meanwhile.")
    )
    until_on = models.DateField(_("until"), help_text=_("A year after the decision at most."))
    asked_by = person(_("asked for by"))
    renews = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="renewals",
        editable=False,
        verbose_name=pgettext_lazy("exception", "renews"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ExceptionState.choices, default=ExceptionState.ASKED, editable=False
    )
    level = models.CharField(_("risk of it"), max_length=10, choices=ExceptionLevel.choices, blank=True, editable=False)
    risk = models.TextField(_("risk in words"), blank=True, editable=False)
    judged_by = person(_("judged by"), editable=False)
    judged_on = models.DateField(_("judged on"), null=True, editable=False)
    decision = models.TextField(_("decision in words"), blank=True, editable=False)
    decided_by = person(_("decided by"), editable=False)
    decided_on = models.DateField(_("decided on"), null=True, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    ended_reason = models.TextField(_("why it ended"), blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = pgettext_lazy("authorised", "exception")
        verbose_name_plural = pgettext_lazy("authorised", "exceptions")
        constraints = [models.UniqueConstraint(fields=["organisation", "ref"], name="exception_ref")]
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="exception_by_title"),
            models.Index(fields=["organisation", "until_on", "ref_key"], name="exception_by_end"),
            models.Index(fields=["organisation", "state", "ref_key"], name="exception_by_state"),
            models.Index(fields=["organisation", "asked_by", "ref_key"], name="exception_by_asker"),
            models.Index(
                fields=["organisation", "withdrawn_on", "state", "until_on", "unit", "restricted", "owner"],
                name="exception_standing",
            ),
        ]

    @classmethod
    def before_check(cls, records: Sequence[Any]) -> None:
        """The links as they are stored, to see whether they change: two queries for any number."""
        if relinked := [record for record in records if not record.is_new and record.__dict__.get("_links")]:
            models.prefetch_related_objects(relinked, "requirements", "controls")

    def clean(self) -> None:
        """A request that is changed is judged anew; a decision stands."""
        stored = self.stored()
        changed = [name for name in self.SUBSTANCE if stored.get(name, getattr(self, name)) != getattr(self, name)]
        changed += [name for name in ("requirements", "controls") if stored and self._is_relinked(name)]
        if not changed:
            if not stored:
                self._clean_end()
            return
        if self.state in {ExceptionState.GRANTED, ExceptionState.REFUSED, ExceptionState.ENDED}:
            decided = _("Decided: this can no longer change. Renew it, or ask for a new one.")
            raise ValidationError({name.removesuffix("_id"): decided for name in changed})
        if "until_on" in changed:
            self._clean_end()
        self.state = ExceptionState.ASKED

    def _clean_end(self) -> None:
        if self.until_on and self.until_on <= timezone.localdate():
            raise ValidationError({"until_on": _("This day is over. Give one that is still to come.")})

    def _is_relinked(self, name: str) -> bool:
        pending = self.__dict__.get("_links", {}).get(name)
        if pending is None:
            return False
        return {row.pk for row in pending} != {row.pk for row in getattr(self, name).all()}

    def is_in_force(self, day: date) -> bool:
        return self.withdrawn_on is None and exceptions.is_in_force(self.state, self.until_on, day, self.decided_on)

    def withdraw(self, on: date, reason: str) -> None:
        """Refused while granted: a decision is ended by those who may decide."""
        if self.state == ExceptionState.GRANTED:
            raise Refused(_("An exception in force is not withdrawn but ended."))
        super().withdraw(on, reason)


class ExceptionRequirement(Link):
    """An exception departs from a requirement."""

    exception = models.ForeignKey(AuthorisedException, models.CASCADE, related_name="+")
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exception", "requirement"], name="one_exception_requirement")]


class ExceptionControl(Link):
    """An exception departs from a control of one's own."""

    exception = models.ForeignKey(AuthorisedException, models.CASCADE, related_name="+")
    control = models.ForeignKey(Control, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exception", "control"], name="one_exception_control")]


class ImprovementState(models.TextChoices):
    SUGGESTED = improvements.SUGGESTED, pgettext_lazy("improvement", "suggested")
    ACCEPTED = improvements.ACCEPTED, pgettext_lazy("improvement", "accepted")
    DECLINED = improvements.DECLINED, pgettext_lazy("improvement", "declined")
    DONE = improvements.DONE, pgettext_lazy("improvement", "done")


class Improvement(Record):
    """An idea how the ISMS or the security could be better, from anybody; decided with a reason (27001 10.1)."""

    kind: ClassVar[str] = "improvement"
    prefix: ClassVar[str] = "I"

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
