"""What the ISMS covers and why: scopes, obligations, and waivers of separation of duties."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Person, Unit
from ringwall.access.policy import SEE_RESTRICTED, Actor
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.context import rules
from ringwall.kit import registry
from ringwall.kit.errors import Refused
from ringwall.kit.records import Link, Record


class IsmsScope(Record):
    """What an ISMS covers: units, processes, sites, systems, with boundaries and interfaces (27001 4.3)."""

    kind: ClassVar[str] = "scope"
    prefix: ClassVar[str] = "S"

    class Method(models.TextChoices):
        ISO = "iso", "ISO/IEC 27001"
        GRUNDSCHUTZ = "grundschutz", "BSI IT-Grundschutz"

    title = models.CharField(_("title"), max_length=200)
    method = models.CharField(_("method"), max_length=12, choices=Method.choices, default=Method.ISO)
    covers = models.TextField(
        _("what is in"), max_length=20_000, help_text=_("Processes, sites, systems and services that the ISMS covers.")
    )
    boundaries = models.TextField(
        _("boundaries and interfaces"),
        blank=True,
        max_length=20_000,
        help_text=_("Where the scope ends, and what crosses that line: suppliers, other units, customers."),
    )
    exclusions = models.TextField(_("exclusions with reason"), blank=True, max_length=20_000)
    units = models.ManyToManyField(
        Unit,
        through="ScopeUnit",
        related_name="+",
        blank=True,
        verbose_name=_("units in scope"),
        help_text=_("Names of units, parted by commas; the units below them belong to it too."),
    )
    reference = models.ForeignKey(
        Catalogue,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reference catalogue"),
        help_text=_("The catalogue whose entries the statement of applicability answers; Annex A where left empty."),
    )
    review_on = models.DateField(_("review on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("ISMS scope")
        verbose_name_plural = _("ISMS scopes")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="scope_by_title"),
            models.Index(fields=["organisation", "review_on", "ref_key"], name="scope_by_review"),
        ]

    @property
    def unit_ids(self) -> list[UUID]:
        """Every unit over which a grant must hold for the scope to be seen whole."""
        return [self.unit_id, *(unit.pk for unit in self.units.all())]

    def is_covered_by(self, actor: Actor, grant: str) -> bool:
        """True where the grant holds over the whole scope, and the actor may know of the scope where it is
        restricted.
        """
        is_hidden = self.restricted and not actor.may_in(SEE_RESTRICTED, self.unit_id)
        return not is_hidden and actor.covers(grant, self.unit_ids)

    def withdraw(self, on: date, reason: str) -> None:
        """Refused while anything of an upper floor (risks, a statement of applicability) still stands in this scope."""
        if used_by := list(dict.fromkeys(str(noun) for noun in registry.answers("where_used", self))):
            raise Refused(
                _("%(scope)s is still in use: %(used_by)s.") % {"scope": self, "used_by": ", ".join(used_by)},
                remedy=_("Move them to another scope or withdraw them first."),
            )
        super().withdraw(on, reason)


class ScopeUnit(Link):
    """A unit that a scope covers."""

    scope = models.ForeignKey(IsmsScope, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "unit"], name="one_scope_unit")]


class Obligation(Record):
    """What a law, a contract or a decision demands (27001 4.2, A.5.31)."""

    kind: ClassVar[str] = "obligation"
    prefix: ClassVar[str] = "O"

    class Category(models.TextChoices):
        LAW = "law", _("Law or regulation")
        CONTRACT = "contract", _("Contract")
        STANDARD = "standard", _("Standard")
        DECISION = "decision", _("Own decision")

    title = models.CharField(_("title"), max_length=200)
    category = models.CharField(_("kind"), max_length=20, choices=Category.choices)
    source = models.CharField(_("source"), max_length=300, help_text=_("Law, contract or decision, with its date."))
    clause = models.CharField(_("clause"), max_length=120, blank=True)
    demands = models.TextField(_("what it demands"), max_length=20_000)
    from_on = models.DateField(_("applies from"), null=True, blank=True)
    until_on = models.DateField(_("applies until"), null=True, blank=True)
    review_on = models.DateField(_("review on"), null=True, blank=True)
    notify_hours = models.PositiveSmallIntegerField(
        _("incidents to be told within (hours)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 90)],
        help_text=_("Of contracts: counted from when the organisation knows of the incident."),
    )
    requirements = models.ManyToManyField(
        Requirement,
        through="ObligationRequirement",
        related_name="obligations",
        blank=True,
        verbose_name=_("makes necessary"),
        help_text=_("Reference controls that this obligation calls for, such as A.5.24."),
    )

    class Meta(Record.Meta):
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(from_on=None)
                | models.Q(until_on=None)
                | models.Q(until_on__gte=models.F("from_on")),
                name="obligation_ends_after_it_starts",
            ),
        ]
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="obligation_by_title"),
            models.Index(fields=["organisation", "category", "ref_key"], name="obligation_by_category"),
            models.Index(fields=["organisation", "review_on", "ref_key"], name="obligation_by_review"),
        ]

    def clean(self) -> None:
        if self.from_on and self.until_on and self.until_on < self.from_on:
            raise ValidationError({"until_on": _("It ends before it starts. Give a day from the first one on.")})

    def applies_on(self, day: date) -> bool:
        return (self.from_on is None or self.from_on <= day) and (self.until_on is None or day <= self.until_on)


class ObligationRequirement(Link):
    """An obligation calls for a reference control."""

    obligation = models.ForeignKey(Obligation, models.CASCADE, related_name="+")
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["obligation", "requirement"], name="one_obligation_requirement")]


class Waiver(Record):
    """A rule of separation of duties that a very small organisation does without, decided by top management.

    It holds in its unit and below; what was decided is no longer changed, the next need is a new waiver.
    """

    kind: ClassVar[str] = "waiver"
    prefix: ClassVar[str] = "W"

    class Rule(models.TextChoices):
        AUTHOR_APPROVES = "author_approves", _("The author does not approve their own work")
        OWNER_VERIFIES = "owner_verifies", _("Nobody verifies what they own, designed or implemented")
        OWNER_AUDITS = "owner_audits", _("Nobody audits what they own or implemented")
        OWNER_CHECKS = "owner_checks", _("Nobody checks the effect of what they own, corrected or carried out")

    class State(models.TextChoices):
        PROPOSED = rules.PROPOSED, pgettext_lazy("waiver", "proposed")
        GRANTED = rules.GRANTED, pgettext_lazy("waiver", "granted")
        REFUSED = rules.REFUSED, pgettext_lazy("waiver", "refused")
        ENDED = rules.ENDED, pgettext_lazy("waiver", "ended")

    SUBSTANCE: ClassVar[tuple[str, ...]] = ("rule", "justification", "compensation", "until_on", "unit_id")

    title = models.CharField(_("title"), max_length=200, help_text=_("Who does what that would otherwise be parted."))
    rule = models.CharField(_("rule that is waived"), max_length=30, choices=Rule.choices)
    justification = models.TextField(_("why"), max_length=5000)
    compensation = models.TextField(
        _("what makes up for it"), max_length=5000, help_text=_("For example a yearly look by somebody from outside.")
    )
    until_on = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PROPOSED, editable=False)
    decided_on = models.DateField(_("decided on"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("decided by")
    )
    decision = models.CharField(_("decision in words"), max_length=2000, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "rule", "state", "until_on"], name="waiver_in_force"),
            models.Index(fields=["organisation", "until_on", "ref_key"], name="waiver_by_end"),
        ]

    def clean(self) -> None:
        stored = self.stored()
        if self.state != self.State.PROPOSED:
            changed = [name for name in self.SUBSTANCE if stored.get(name, getattr(self, name)) != getattr(self, name)]
            if changed:
                raise ValidationError(
                    {
                        name.removesuffix("_id"): _("Decided: this can no longer change. Propose a new waiver.")
                        for name in changed
                    }
                )
        elif self.until_on and self.until_on != stored.get("until_on") and self.until_on < timezone.localdate():
            raise ValidationError({"until_on": _("This day is over. Give one that is still to come.")})

    def is_in_force(self, day: date) -> bool:
        return self.state == self.State.GRANTED and self.withdrawn_on is None and day <= self.until_on

    def withdraw(self, on: date, reason: str) -> None:
        """Refused while granted: a decision of top management is ended by top management."""
        if self.state == self.State.GRANTED:
            raise Refused(_("A waiver in force is not withdrawn but ended."), remedy=_("Ask top management to end it."))
        super().withdraw(on, reason)
