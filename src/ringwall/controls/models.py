"""The organisation's own controls: planned, implemented, verified."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person
from ringwall.access.tracked import Tracked
from ringwall.catalogues.models import Requirement
from ringwall.kit.records import Link, Record


class State(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("control", "planned")
    IN_PROGRESS = "in_progress", pgettext_lazy("control", "in progress")
    BLOCKED = "blocked", pgettext_lazy("control", "blocked")
    IMPLEMENTED = "implemented", pgettext_lazy("control", "implemented")


class Priority(models.IntegerChoices):
    URGENT = 1, pgettext_lazy("priority", "urgent")
    HIGH = 2, pgettext_lazy("priority", "high")
    NORMAL = 3, pgettext_lazy("priority", "normal")
    LOW = 4, pgettext_lazy("priority", "low")


class Control(Record):
    """A safeguard of the organisation with its objective, the state that is planned (27000 3.14; 27003:2010, 9.2)."""

    kind: ClassVar[str] = "control"
    prefix: ClassVar[str] = "C"

    title = models.CharField(_("title"), max_length=200)
    objective = models.TextField(_("objective"), blank=True, max_length=20_000, help_text=_("The state that shall be reached."))
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PLANNED)
    blocked_reason = models.CharField(_("blocked by"), max_length=500, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    designer = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("designed by"))
    implementer = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("implemented by"))
    reports_to = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("completion reported to")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    implemented_on = models.DateField(_("implemented on"), null=True, blank=True)
    effort_once = models.DecimalField(
        _("effort once (days)"), max_digits=8, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    effort_yearly = models.DecimalField(
        _("effort yearly (days)"), max_digits=8, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    cost_once = models.DecimalField(_("cost once"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)])
    cost_yearly = models.DecimalField(_("cost yearly"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)])
    verify_every = models.PositiveSmallIntegerField(
        _("verified every (months)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    verified_on = models.DateField(_("last verified"), null=True, blank=True, editable=False)
    verified_result = models.CharField(_("last result"), max_length=12, blank=True, editable=False)
    verify_next_on = models.DateField(_("next verification"), null=True, blank=True)
    requirements = models.ManyToManyField(
        Requirement, through="ControlRequirement", related_name="controls", blank=True, verbose_name=_("implements"),
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
        ]

    def clean(self) -> None:
        if self.state == State.BLOCKED and not self.blocked_reason.strip():
            raise ValidationError({"blocked_reason": _("Say what blocks it.")})


class ControlRequirement(Link):
    """A control implements a reference control or requirement."""

    control = models.ForeignKey(Control, models.CASCADE, related_name="+")
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["control", "requirement"], name="one_control_requirement")]


class Verification(Tracked):
    """One test whether a control works, by somebody who neither owns nor implements it."""

    kind: ClassVar[str] = "verification"

    class Result(models.TextChoices):
        EFFECTIVE = "effective", _("effective")
        PARTLY = "partly", _("partly effective")
        INEFFECTIVE = "ineffective", _("not effective")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    control = models.ForeignKey(Control, models.PROTECT, related_name="verifications")
    on = models.DateField(_("verified on"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("verified by"))
    result = models.CharField(_("result"), max_length=12, choices=Result.choices)
    remark = models.TextField(_("sample and remark"), blank=True, max_length=20_000)

    class Meta:
        ordering = ["-on"]
        indexes = [models.Index(fields=["control", "-on"], name="verification_by_day")]

    def __str__(self) -> str:
        return f"{self.control.ref} {self.on}"
