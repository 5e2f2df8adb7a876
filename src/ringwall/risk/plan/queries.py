"""The risk treatment plan of a scope: its risks with what is done about them (27001 6.1.3 e)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ringwall.context.models import IsmsScope
from ringwall.controls.models import Control
from ringwall.risk.models import Acceptance, CriteriaEdition, Option, Risk, criteria_of
from ringwall.risk.queries import UNTREATED, latest_acceptances
from ringwall.risk.rules.criteria import Criteria


@dataclass(frozen=True, slots=True)
class PlannedRisk:
    """One row of the plan. `level` and `target` are names in the words of the edition the risk was assessed under."""

    risk: Risk
    criteria: Criteria | None
    controls: list[Control]
    entries: list[str]
    acceptance: Acceptance | None

    def level_name(self, level: int | None, language: str) -> str:
        return self.criteria.band(level).name(language) if self.criteria and level else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows from the highest level down. `controls` are all controls of the plan, each once."""

    scope: IsmsScope
    rows: list[PlannedRisk]
    edition: CriteriaEdition | None
    untreated: list[Risk]
    controls: list[Control] = field(default_factory=list)

    def total(self, name: str) -> Decimal:
        """Sum over the plan's controls: effort_once, effort_yearly (days), cost_once, cost_yearly."""
        return sum((getattr(control, name) or Decimal() for control in self.controls), Decimal())

    @property
    def ends_on(self) -> date | None:
        """The latest date by which a control that is not implemented shall be."""
        days = [control.due_on for control in self.controls if control.due_on and control.state != "implemented"]
        return max(days, default=None)


def plan_of(scope: IsmsScope) -> Plan:
    """Every risk of the scope for which something is to be done or was accepted. A constant number of queries."""
    rows = Risk.objects.filter(scope=scope, withdrawn_on=None).order_by("-level", "ref_key")
    risks = list(
        rows.select_related("owner").prefetch_related("controls__owner", "controls__implementer", "requirements")
    )
    acceptances = latest_acceptances([risk.pk for risk in risks])
    planned = [
        PlannedRisk(
            risk,
            criteria_of(risk.edition_id) if risk.edition_id else None,
            sorted(
                (control for control in risk.controls.all() if not control.is_withdrawn),
                key=lambda control: control.ref_key,
            ),
            sorted(entry.identifier for entry in risk.requirements.all()),
            acceptances.get(risk.pk),
        )
        for risk in risks
    ]
    controls: dict[UUID, Control] = {}
    for row in planned:
        controls |= {control.pk: control for control in row.controls}
    untreated = [risk.pk for risk in Risk.objects.filter(UNTREATED, scope=scope, withdrawn_on=None).only("pk")]
    return Plan(
        scope,
        planned,
        CriteriaEdition.current(scope.organisation_id),
        [risk for risk in risks if risk.pk in untreated],
        sorted(controls.values(), key=lambda control: (control.priority, control.due_on or date.max, control.ref_key)),
    )


def owners_of(plan: Plan) -> list[Any]:
    """Everybody who owns a risk in the plan, each once: the plan carries the signature of each."""
    return list({row.risk.owner_id: row.risk.owner for row in plan.rows if row.risk.owner is not None}.values())


def is_decided(risk: Risk) -> bool:
    return risk.treatment != Option.UNDECIDED
