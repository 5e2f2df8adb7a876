"""What is asked of carry-overs: those of the organisation, one with its worklist as far as the reader may see it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues.carryover.models import CarriedRow, CarryOver
from ringwall.catalogues.carryover.rules import SUCCESSIONS
from ringwall.kit import registry
from ringwall.kit.errors import Denied, NotFound
from ringwall.kit.registry import Attached, Carriage

VIEW = "carry_over.view"


def require_view(actor: Actor) -> None:
    """A carry-over concerns the whole organisation, and so must the right. Raises Denied."""
    if not actor.may_everywhere(VIEW):
        raise Denied(_("Your role does not include carrying over between catalogues."))


def carry_overs_of(actor: Actor) -> QuerySet[CarryOver]:
    """The newest first, each with its rows, the proposed ones, and those that need a person counted."""
    require_view(actor)
    counts = {
        "lines": Count("rows"),
        "waiting": Count("rows", filter=Q(rows__state=CarriedRow.State.PROPOSED)),
        "personal": Count("rows", filter=Q(rows__state=CarriedRow.State.NEEDS_PERSON)),
    }
    rows = CarryOver.objects.filter(organisation_id=actor.organisation_id)
    return rows.select_related("source", "target", "started_by").annotate(**counts).order_by("-started_at")


def carry_over_by(actor: Actor, key: UUID) -> CarryOver:
    found: CarryOver | None = carry_overs_of(actor).filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A line with what stands behind it, of which the reader sees at least one."""

    row: CarriedRow
    sources: Sequence[Attached]

    @property
    def carriage(self) -> Carriage:
        replaces = self.row.reason in SUCCESSIONS
        return Carriage(self.row.place, self.row.target, self.row.answer, self.sources, replaces=replaces)


_HEAVY = ("text", "guidance", "attributes", "links")


def rows_of(carry_over: CarryOver) -> QuerySet[CarriedRow]:
    heavy = [f"{side}__{name}" for side in ("source", "target") for name in _HEAVY]
    rows = CarriedRow.objects.filter(carry_over=carry_over).select_related("source", "target__catalogue", "decided_by")
    return rows.defer(*heavy).order_by("position")


class Short(NamedTuple):
    """A line as far as it is needed to say whether a reader sees it, and how it stands."""

    pk: UUID
    carrier: str
    sources: list[list[str]]
    state: str


def short_rows(carry_over: CarryOver, *, state: str | None = None, kind: str | None = None) -> list[Short]:
    """The lines in their order, all or those of a state and kind of record: a worklist may have thousands, of which a
    page shows few."""
    rows = CarriedRow.objects.filter(carry_over=carry_over).order_by("position")
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(carrier=kind) if kind else rows
    return [Short(*one) for one in rows.values_list("pk", "carrier", "sources", "state")]


def seen_short(actor: Actor, rows: Iterable[Short]) -> list[Short]:
    rows = list(rows)
    found = _attached(actor, rows)
    return [row for row in rows if any((row.carrier, key, at) in found for key, at in row.sources)]


def seen_rows(actor: Actor, rows: Iterable[CarriedRow]) -> list[SeenRow]:
    """Each line with the records behind it that the actor sees; lines of which none is seen, or none is there any more,
    are left out. A constant number of queries for each carrier."""
    rows = list(rows)
    found = _attached(actor, rows)
    seen = []
    for row in rows:
        sources = [one for key, at in row.sources if (one := found.get((row.carrier, key, at))) is not None]
        if sources:
            seen.append(SeenRow(row, sources))
    return seen


def _attached(actor: Actor, rows: Sequence[Short | CarriedRow]) -> dict[tuple[str, str, str], Attached]:
    """(carrier, record, requirement) → what the actor sees hanging there."""
    found: dict[tuple[str, str, str], Attached] = {}
    for kind in {row.carrier for row in rows} & registry.carriers.keys():
        wanted = {requirement for row in rows if row.carrier == kind for _key, requirement in row.sources}
        for thing in registry.carriers[kind].attached(actor, [UUID(requirement) for requirement in wanted]):
            found[kind, str(thing.key), str(thing.requirement)] = thing
    return found


def counts_of(rows: Iterable[Short]) -> dict[str, int]:
    """How many lines stand how, all states present."""
    counts = Counter(one.state for one in rows)
    return {str(state): counts[str(state)] for state in CarriedRow.State}


def summary(one: Any) -> dict[str, Any]:
    """What programs are told of a carry-over, as `carry_overs_of` gives it. The counts are of all its lines."""
    return {
        "id": str(one.pk),
        "source": one.source.code,
        "target": one.target.code,
        "basis": str(one.basis),
        "state": str(one.state),
        "lines": one.lines,
        "proposed": one.waiting,
        "need_person": one.personal,
        "started_at": one.started_at.isoformat(),
        "started_by": one.started_by.name if one.started_by else None,
        "ended_on": one.ended_on.isoformat() if one.ended_on else None,
        "version": one.version,
    }


def told(seen: SeenRow) -> dict[str, Any]:
    """What programs are told of a line of the worklist."""
    row = seen.row
    return {
        "id": str(row.pk),
        "kind": row.carrier,
        "records": [{"id": str(one.key), "ref": one.ref, "title": one.title} for one in seen.sources],
        "source": row.source.identifier,
        "target": row.target.identifier if row.target else None,
        "reason": row.reason,
        "answer": row.answer,
        "state": str(row.state),
        "by_rule": row.is_by_rule,
        "left": row.is_left,
        "decided_by": row.decided_by.name if row.decided_by else None,
        "decided_on": row.decided_on.isoformat() if row.decided_on else None,
    }
