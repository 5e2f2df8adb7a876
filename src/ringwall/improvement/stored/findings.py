"""Findings and the requirements they name."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Person
from ringwall.catalogues.models import Requirement
from ringwall.improvement.rules import findings as rules
from ringwall.improvement.stored.people import person
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

    def hand_to(self, person: Person) -> None:
        super().hand_to(person)
        self.checked_by_another()

    def checked_by_another(self) -> None:
        """Nobody checks what they own: then it waits for another checker."""
        if self.checker_id == self.owner_id:
            self.checker = None

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
