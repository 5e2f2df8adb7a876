"""What is asked of scopes, obligations and waivers."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from ringwall.access.models import UnitTree
from ringwall.access.policy import Actor
from ringwall.context.models import IsmsScope, Obligation, ObligationRequirement, Waiver
from ringwall.kit.errors import NotFound
from ringwall.ledger.queries import history


def waiver_in_force(
    organisation_id: UUID, rule: str, on: date | None = None, *, unit_ids: Collection[UUID] | None = None
) -> Waiver | None:
    """The granted waiver of a rule on a day (default today); where several hold, the one that lasts longest.

    `unit_ids`: the unit of the record in question and all above it (`units_above`). Without them the waiver must hold
    for the whole organisation.
    """
    rows = Waiver.objects.filter(
        organisation_id=organisation_id,
        rule=rule,
        state=Waiver.State.GRANTED,
        until_on__gte=on or timezone.localdate(),
        withdrawn_on=None,
    )
    rows = rows.filter(unit__parent=None) if unit_ids is None else rows.filter(unit_id__in=unit_ids)
    return rows.order_by("-until_on", "ref_key").first()


def waiver_of_owner_verifying(actor: Actor, unit_id: UUID, on: date | None = None) -> Waiver | None:
    """The waiver under which one may verify what one owns or implemented, in this unit."""
    above = units_above(actor.units, unit_id)
    return waiver_in_force(actor.organisation_id, Waiver.Rule.OWNER_VERIFIES, on, unit_ids=above)


def proposers_of(waiver: Waiver) -> set[UUID]:
    """Everybody who wrote the waiver, by the ledger: created, imported or changed it before it was decided."""
    told = history(waiver.organisation_id, waiver.pk, limit=1000)
    writing = {"waiver.create", "waiver.import", "waiver.update"}
    return {c.act.actor_id for c in told if c.act.actor_id is not None and c.act.verb in writing}


def units_above(units: UnitTree, unit_id: UUID) -> list[UUID]:
    """The unit itself and all above it, up to the root."""
    found: list[UUID] = []
    above: UUID | None = unit_id
    while above is not None and above in units.units:
        found.append(above)
        above = units.units[above].parent_id
    return found


def scope_by_id(actor: Actor, pk: UUID) -> IsmsScope:
    """A scope of the actor's organisation, with no right checked: for wholes, whose rules check theirs. NotFound."""
    return _with_units(actor, pk=pk)


def covered_scope(actor: Actor, ref: str, grant: str) -> IsmsScope:
    """A scope over which the grant holds whole; NotFound otherwise, as if it did not exist."""
    found = _with_units(actor, ref=ref)
    if not found.is_covered_by(actor, grant):
        raise NotFound
    return found


def _with_units(actor: Actor, **named: Any) -> IsmsScope:
    rows = IsmsScope.objects.filter(organisation_id=actor.organisation_id, **named).prefetch_related("units")
    if (found := rows.first()) is None:
        raise NotFound
    return found


def units_of_scope(scope: IsmsScope, units: UnitTree) -> set[UUID]:
    """Units whose records concern the scope: those in it with all below them, and those above (a rule of the whole
    organisation holds in the scope too). A scope that names no units covers its own unit.
    """
    named = [unit.pk for unit in scope.units.all()] or [scope.unit_id]
    found: set[UUID] = set()
    for unit_id in named:
        found |= units.below(unit_id) | set(units_above(units, unit_id))
    return found


def obligations_for(
    organisation_id: UUID, requirement_ids: Iterable[UUID] | None = None, on: date | None = None
) -> dict[UUID, list[Obligation]]:
    """Requirement → obligations that call for it and apply on a day (default today). Two queries, no rights checked."""
    links = ObligationRequirement.objects.filter(organisation_id=organisation_id, obligation__withdrawn_on=None)
    if requirement_ids is not None:
        links = links.filter(requirement_id__in=list(requirement_ids))
    pairs = list(links.values_list("requirement_id", "obligation_id"))
    by_id = Obligation.objects.select_related("unit", "owner").in_bulk(
        {obligation for _requirement, obligation in pairs}
    )
    found: dict[UUID, list[Obligation]] = {}
    day = on or timezone.localdate()
    for requirement_id, obligation_id in pairs:
        if by_id[obligation_id].applies_on(day):
            found.setdefault(requirement_id, []).append(by_id[obligation_id])
    return {key: sorted(rows, key=lambda row: row.ref_key) for key, rows in found.items()}


def overdue_reviews(actor: Actor, today: date) -> dict[str, int]:
    """Kind → how many visible scopes and obligations should have been reviewed before today."""
    return {
        model.kind: model.objects.visible_to(actor).present().filter(review_on__lt=today).count()
        for model in (IsmsScope, Obligation)
        if actor.may(f"{model.kind}.view")
    }


def proposed_waivers(actor: Actor) -> int:
    if not actor.may("waiver.view"):
        return 0
    return int(Waiver.objects.visible_to(actor).present().filter(state=Waiver.State.PROPOSED).count())
