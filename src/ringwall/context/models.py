"""What the ISMS covers and why: scopes, obligations, and waivers of separation of duties."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Unit
from ringwall.access.policy import Actor
from ringwall.catalogues.models import Catalogue, Requirement
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
    covers = models.TextField(_("what is in"), max_length=20_000, help_text=_("Processes, sites, systems and services that the ISMS covers."))
    boundaries = models.TextField(_("boundaries and interfaces"), blank=True, max_length=20_000)
    exclusions = models.TextField(_("exclusions with reason"), blank=True, max_length=20_000)
    units = models.ManyToManyField(Unit, through="ScopeUnit", related_name="+", blank=True, verbose_name=_("units in scope"))
    reference = models.ForeignKey(
        Catalogue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reference catalogue"),
        help_text=_("The catalogue whose entries the statement of applicability answers; Annex A where left empty."),
    )
    review_on = models.DateField(_("review on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("ISMS scope")
        verbose_name_plural = _("ISMS scopes")

    def is_covered_by(self, actor: Actor, grant: str) -> bool:
        """True where the grant holds over the whole scope: its own unit and every unit in it."""
        return actor.covers(grant, [self.unit_id, *(unit.pk for unit in self.units.all())])


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
    review_on = models.DateField(_("review on"), null=True, blank=True)
    requirements = models.ManyToManyField(
        Requirement, through="ObligationRequirement", related_name="obligations", blank=True, verbose_name=_("makes necessary"),
        help_text=_("Reference controls that this obligation calls for, such as A.5.24."),
    )

    class Meta(Record.Meta):
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="obligation_by_title"),
            models.Index(fields=["organisation", "review_on", "ref_key"], name="obligation_by_review"),
        ]


class ObligationRequirement(Link):
    """An obligation calls for a reference control."""

    obligation = models.ForeignKey(Obligation, models.CASCADE, related_name="+")
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["obligation", "requirement"], name="one_obligation_requirement")]


class Waiver(Record):
    """A rule of separation of duties that a very small organisation does without, decided by top management."""

    kind: ClassVar[str] = "waiver"
    prefix: ClassVar[str] = "W"

    class Rule(models.TextChoices):
        AUTHOR_APPROVES = "author_approves", _("The author does not approve their own work")
        OWNER_VERIFIES = "owner_verifies", _("Nobody verifies what they own or implemented")
        OWNER_AUDITS = "owner_audits", _("Nobody audits what they own or implemented")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        ENDED = "ended", _("ended")

    title_field: ClassVar[str] = "rule"

    rule = models.CharField(_("rule"), max_length=30, choices=Rule.choices)
    reason = models.TextField(_("why"), max_length=5000)
    compensation = models.TextField(_("what makes up for it"), max_length=5000)
    until_on = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PROPOSED, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")

    @property
    def title_text(self) -> str:
        return str(self.get_rule_display())


def waiver_in_force(organisation_id: Any, rule: str, on: Any) -> Waiver | None:
    """The granted waiver of a rule on a day, if any."""
    rows = Waiver.objects.filter(organisation_id=organisation_id, rule=rule, state=Waiver.State.GRANTED, until_on__gte=on, withdrawn_on=None)
    return rows.order_by("-until_on").first()
