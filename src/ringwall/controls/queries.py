"""What is asked of controls: progress per requirement, cost, verifications, debts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.context.models import Waiver
from ringwall.controls import rules
from ringwall.controls.models import Control, ControlRequirement, State, Verification


@dataclass(frozen=True, slots=True)
class RequirementProgress:
    """The controls that implement one requirement, by reference, and how far they do so."""

    controls: list[Control]
    progress: rules.Progress

    @property
    def without_owner(self) -> list[Control]:
        return [control for control in self.controls if control.owner_id is None]


NO_PROGRESS = RequirementProgress([], rules.progress(()))


def progress_of(
    organisation_id: UUID, requirement_ids: Iterable[UUID] | None = None, *, unit_ids: Iterable[UUID] | None = None
) -> dict[UUID, RequirementProgress]:
    """Requirement → its controls in use and their progress; requirements without any control are left out.

    `unit_ids` limits the controls to those of certain units (`context.queries.units_of_scope`). Two queries. No rights
    are checked: a statement is shown whole, to those whose grant covers the whole scope.
    """
    links = ControlRequirement.objects.filter(organisation_id=organisation_id, control__withdrawn_on=None)
    if requirement_ids is not None:
        links = links.filter(requirement_id__in=list(requirement_ids))
    if unit_ids is not None:
        links = links.filter(control__unit_id__in=list(unit_ids))
    pairs = list(links.values_list("requirement_id", "control_id"))
    rows = Control.objects.filter(pk__in={control for _requirement, control in pairs}).select_related("owner", "unit")
    by_id = {control.pk: control for control in rows}
    found: dict[UUID, list[Control]] = {}
    for requirement_id, control_id in pairs:
        found.setdefault(requirement_id, []).append(by_id[control_id])
    return {
        key: RequirementProgress(
            sorted(controls, key=lambda control: control.ref_key), rules.progress(control.state for control in controls)
        )
        for key, controls in found.items()
    }


@dataclass(frozen=True, slots=True)
class Cost:
    """Effort in days, cost in the organisation's currency; `unpriced` counts controls that give neither."""

    controls: int = 0
    effort_once: Decimal = field(default=Decimal(0))
    effort_yearly: Decimal = field(default=Decimal(0))
    cost_once: Decimal = field(default=Decimal(0))
    cost_yearly: Decimal = field(default=Decimal(0))
    unpriced: int = 0


FIGURES = ("effort_once", "effort_yearly", "cost_once", "cost_yearly")


def cost_of(controls: QuerySet[Control]) -> Cost:
    """What a set of controls takes, each counted once. One query."""
    unpriced = Q(**{f"{name}__isnull": True for name in FIGURES})
    found = Control.objects.filter(pk__in=controls.order_by().values("pk")).aggregate(
        controls=Count("pk"), unpriced=Count("pk", filter=unpriced), **{name: Sum(name) for name in FIGURES}
    )
    sums = {name: found[name] or Decimal(0) for name in FIGURES}
    return Cost(controls=found["controls"], unpriced=found["unpriced"], **sums)


def verifications_of(control: Control) -> list[Verification]:
    """The newest first."""
    return list(control.verifications.select_related("by", "waiver")[:50])


def verifications_under(waiver: Waiver, actor: Actor) -> list[Verification]:
    """The visible verifications for which a waiver was used, the newest first."""
    seen = Control.objects.visible_to(actor).values("pk")
    rows = Verification.objects.filter(organisation_id=actor.organisation_id, waiver_id=waiver.pk, control_id__in=seen)
    return list(rows.select_related("by", "control")[:50])


@dataclass(frozen=True, slots=True)
class Standing:
    """How many visible controls stand how; each is a list that the register can show."""

    total: int
    implemented: int
    overdue: int
    verification_overdue: int
    without_owner: int
    blocked: int
    ineffective: int


def standing(actor: Actor, today: date) -> Standing:
    """One query over the visible controls in use."""
    open_states = [state for state in State if state != State.IMPLEMENTED]
    done = Q(state=State.IMPLEMENTED)

    conditions = {
        "implemented": done,
        "overdue": Q(state__in=open_states, due_on__lt=today),
        "verification_overdue": done & Q(verify_next_on__lt=today),
        "without_owner": Q(owner=None),
        "blocked": Q(state=State.BLOCKED),
        "ineffective": done & Q(verified_result=Verification.Result.INEFFECTIVE),
    }
    counts = {name: Count("organisation", filter=condition) for name, condition in conditions.items()}
    rows: Any = Control.objects.visible_to(actor).present().order_by()
    return actor.counted(
        "control.view", ("standing", today), lambda: Standing(**rows.aggregate(total=Count("*"), **counts))
    )


def own_open_controls(actor: Actor, limit: int) -> list[Control]:
    """What the person owns or implements and has not finished, the most pressing first."""
    if actor.person_id is None:
        return []
    rows = Control.objects.visible_to(actor).present().exclude(state=State.IMPLEMENTED)
    mine = rows.filter(Q(owner_id=actor.person_id) | Q(implementer_id=actor.person_id))
    return list(mine.order_by(F("due_on").asc(nulls_last=True), "priority", "ref_key")[:limit])


def parts_of(person: Person) -> dict[str, list[Control]]:
    """What this person is still to do at controls in force, whoever asks: field → controls. Who implemented a control
    stays named at it.
    """
    rows = Control._base_manager.filter(organisation_id=person.organisation_id, withdrawn_on=None).order_by("ref_key")
    unfinished = rows.exclude(state=State.IMPLEMENTED)
    return {
        "implementer": list(unfinished.filter(implementer=person)),
        "reports_to": list(unfinished.filter(reports_to=person)),
        "verifier": list(rows.filter(verifier=person)),
    }
