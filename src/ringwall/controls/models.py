"""The organisation's own controls: planned, implemented, verified."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person
from ringwall.access.tracked import Tracked
from ringwall.catalogues.models import Requirement
from ringwall.context.models import Waiver
from ringwall.controls import rules
from ringwall.kit.records import Link, Record


class State(models.TextChoices):
    PLANNED = rules.PLANNED, pgettext_lazy("control", "planned")
    IN_PROGRESS = rules.IN_PROGRESS, pgettext_lazy("control", "in progress")
    BLOCKED = rules.BLOCKED, pgettext_lazy("control", "blocked")
    IMPLEMENTED = rules.IMPLEMENTED, pgettext_lazy("control", "implemented")


class Priority(models.IntegerChoices):
    URGENT = 1, pgettext_lazy("priority", "urgent")
    HIGH = 2, pgettext_lazy("priority", "high")
    NORMAL = 3, pgettext_lazy("priority", "normal")
    LOW = 4, pgettext_lazy("priority", "low")


class Result(models.TextChoices):
    EFFECTIVE = "effective", pgettext_lazy("control", "effective")
    PARTLY = "partly", pgettext_lazy("control", "partly effective")
    INEFFECTIVE = "ineffective", pgettext_lazy("control", "not effective")


def days(label: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(
        label, max_digits=8, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )


def money(label: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(
        label, max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


def person(label: Any, help_text: Any = "") -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label, help_text=help_text
    )


class Control(Record):
    """A safeguard of the organisation with its objective, the state that is planned (27000 3.14; 27003:2010, 9.2)."""

    kind: ClassVar[str] = "control"
    prefix: ClassVar[str] = "C"

    title = models.CharField(_("title"), max_length=200)
    objective = models.TextField(
        _("objective"),
        blank=True,
        max_length=20_000,
        help_text=_("The state that shall be reached, so that one can test whether it is."),
    )
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PLANNED)
    blocked_reason = models.CharField(_("blocked by"), max_length=500, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    designer = person(_("designed by"))
    implementer = person(_("implemented by"))
    reports_to = person(_("completion reported to"), _("Gets a task when the control is implemented."))
    due_on = models.DateField(_("due"), null=True, blank=True)
    implemented_on = models.DateField(_("implemented on"), null=True, blank=True)
    effort_once = days(_("effort once (days)"))
    effort_yearly = days(_("effort yearly (days)"))
    cost_once = money(_("cost once"))
    cost_yearly = money(_("cost yearly"))
    verify_every = models.PositiveSmallIntegerField(
        _("verified every (months)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    verifier = person(_("verified by"), _("Neither who owns it, nor who designed or implemented it."))
    expectation = models.TextField(
        _("tested against"),
        blank=True,
        max_length=20_000,
        help_text=_("What must be found for the control to count as effective."),
    )
    sample = models.CharField(
        _("sample and method"),
        max_length=500,
        blank=True,
        help_text=_("How many of what are looked at, and how: such as 20 of all servers, drawn by lot."),
    )
    verified_on = models.DateField(_("last verified"), null=True, blank=True, editable=False)
    verified_result = models.CharField(
        _("last result"), max_length=12, blank=True, choices=Result.choices, editable=False
    )
    verify_next_on = models.DateField(
        _("next verification"),
        null=True,
        blank=True,
        help_text=_(
            "Left empty, it follows from the interval and the last verification, or the day of implementation."
        ),
    )
    requirements = models.ManyToManyField(
        Requirement,
        through="ControlRequirement",
        related_name="controls",
        blank=True,
        verbose_name=_("implements"),
        help_text=_("Reference controls and requirements, such as A.8.8; several parted by commas."),
    )

    class Meta(Record.Meta):
        verbose_name = _("control")
        verbose_name_plural = _("controls")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="control_by_title"),
            models.Index(fields=["organisation", "state", "ref_key"], name="control_by_state"),
            models.Index(fields=["organisation", "priority", "ref_key"], name="control_by_priority"),
            models.Index(fields=["organisation", "due_on", "ref_key"], name="control_by_due"),
            models.Index(fields=["organisation", "verify_next_on", "ref_key"], name="control_by_verification"),
            # Holds all that `queries.standing` counts, so that the home page reads no rows.
            models.Index(
                fields=[
                    "organisation",
                    "withdrawn_on",
                    "state",
                    "due_on",
                    "verify_next_on",
                    "verified_result",
                    "unit",
                    "restricted",
                    "owner",
                ],
                name="control_standing",
            ),
        ]

    def clean(self) -> None:
        """States follow one another as the rules say, dates are possible, the next verification is not put off."""
        stored = self.stored()
        self._clean_figures()
        self._clean_state(str(stored.get("state", "")))
        self._clean_blocking(stored)
        self._clean_implementation(stored)
        self._clean_verification()

    def _clean_figures(self) -> None:
        errors: dict[str, list[str]] = {}
        for name in ("effort_once", "effort_yearly", "cost_once", "cost_yearly", "verify_every"):
            if (value := getattr(self, name)) is not None:
                try:
                    self._meta.get_field(name).run_validators(value)  # type: ignore[union-attr]
                except ValidationError as error:
                    errors[name] = error.messages
        if errors:
            raise ValidationError(errors)

    def _clean_state(self, before: str) -> None:
        if before and not rules.may_follow(before, self.state):
            raise ValidationError(
                {
                    "state": _("“%(new)s” cannot follow “%(old)s”; possible are: %(choices)s.")
                    % {
                        "new": State(self.state).label,
                        "old": State(before).label,
                        "choices": ", ".join(
                            str(State(state).label) for state in State if state in rules.FOLLOWS[before]
                        ),
                    }
                }
            )

    def _clean_blocking(self, stored: dict[str, Any]) -> None:
        if self.state == State.BLOCKED:
            if not self.blocked_reason.strip():
                raise ValidationError({"blocked_reason": _("Say what blocks it.")})
        elif self.blocked_reason and self.blocked_reason != stored.get("blocked_reason"):
            raise ValidationError(
                {"blocked_reason": _("Only a control in the state “blocked” is blocked by something.")}
            )
        else:
            self.blocked_reason = ""

    def _clean_implementation(self, stored: dict[str, Any]) -> None:
        if self.state == State.IMPLEMENTED:
            if self.implemented_on is None and stored and stored["state"] != State.IMPLEMENTED:
                self.implemented_on = timezone.localdate()
            if self.implemented_on and self.implemented_on > timezone.localdate():
                raise ValidationError(
                    {"implemented_on": _("This day is still to come. While it is planned, use the due date.")}
                )
        elif self.implemented_on and self.implemented_on != stored.get("implemented_on"):
            raise ValidationError({"implemented_on": _("Only a control in the state “implemented” has such a day.")})
        else:
            self.implemented_on = None

    def _clean_verification(self) -> None:
        if self.state != State.IMPLEMENTED:
            return
        latest = rules.latest_next(self.verify_every, self.verified_on, self.implemented_on)
        if self.verify_next_on is None:
            self.verify_next_on = latest
        elif latest is not None and self.verify_next_on > latest:
            raise ValidationError(
                {
                    "verify_next_on": _(
                        "By its interval it is due by %(day)s at the latest. Change the interval or verify it."
                    )
                    % {"day": date_format(latest, "SHORT_DATE_FORMAT")}
                }
            )

    def timeliness(self, today: date | None = None) -> tuple[rules.Timeliness, date | None]:
        return rules.timeliness(self.state, self.due_on, self.verify_next_on, today or timezone.localdate())


class ControlRequirement(Link):
    """A control implements a reference control or requirement."""

    control = models.ForeignKey(Control, models.CASCADE, related_name="+")
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["control", "requirement"], name="one_control_requirement")]


class Verification(Tracked):
    """One test whether a control works, by somebody who neither owns, designed nor implemented it.

    Never changed; the next one follows it. `waiver` names the decision under which the separation was waived.
    """

    kind: ClassVar[str] = "verification"
    Result = Result
    FAILED: ClassVar[tuple[str, ...]] = (Result.PARTLY, Result.INEFFECTIVE)

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    control = models.ForeignKey(Control, models.PROTECT, related_name="verifications")
    on = models.DateField(_("verified on"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("verified by"))
    result = models.CharField(_("result"), max_length=12, choices=Result.choices)
    expectation = models.TextField(_("tested against"), blank=True)
    """As the control said at the time."""

    sample = models.CharField(_("sample and method"), max_length=500, blank=True)
    remark = models.TextField(_("remark"), blank=True, max_length=20_000)
    remedy = models.TextField(_("what should be done at once"), blank=True, max_length=20_000)
    waiver = models.ForeignKey(Waiver, models.PROTECT, null=True, related_name="+", verbose_name=_("waiver"))

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["control", "-on"], name="verification_by_day")]

    def __str__(self) -> str:
        return self.ref

    # Who sees a verification is who sees its control: the ledger takes these four from here.

    @property
    def ref(self) -> str:
        return f"{self.control.ref} {self.on}"

    @property
    def unit_id(self) -> UUID:
        return self.control.unit_id

    @property
    def restricted(self) -> bool:
        return self.control.restricted

    @property
    def owner_id(self) -> UUID | None:
        return self.control.owner_id
