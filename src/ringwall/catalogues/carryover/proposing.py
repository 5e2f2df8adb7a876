"""Works out the worklist between two catalogues: what hangs on the old one, and what may become of it in the new one.

Loaded by name: comparing brings readers and parsers with it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ringwall.access.policy import Actor
from ringwall.catalogues.carryover import rules
from ringwall.catalogues.carryover.models import CarriedRow, CarryOver
from ringwall.catalogues.carryover.rules import Line, Reason, Thing, Way
from ringwall.catalogues.comparing import changes_between
from ringwall.catalogues.mapping.covering import rows_to
from ringwall.catalogues.mapping.queries import between
from ringwall.catalogues.models import Catalogue, Requirement, Statement
from ringwall.catalogues.rules import is_new_edition
from ringwall.kit import registry
from ringwall.oscal.compare import ChangeKind
from ringwall.oscal.mappings import MappingRow

WAYS = {
    ChangeKind.SAME: Reason.SAME,
    ChangeKind.MOVED: Reason.MOVED,
    ChangeKind.REWORDED: Reason.REWORDED,
    ChangeKind.RESTORED: Reason.REWORDED,
    ChangeKind.WITHDRAWN: Reason.WITHDRAWN,
}


@dataclass(frozen=True)
class Sides:
    """Identifier → id, position of the requirements of both catalogues."""

    source: Mapping[str, tuple[UUID, int]]
    target: Mapping[str, tuple[UUID, int]]

    @classmethod
    def of(cls, source: Catalogue, target: Catalogue) -> "Sides":
        return cls(*(_requirements(one) for one in (source, target)))


def _requirements(catalogue: Catalogue) -> dict[str, tuple[UUID, int]]:
    rows = Requirement.objects.filter(catalogue=catalogue).order_by("position")
    return {name: (pk, position) for pk, name, position in rows.values_list("pk", "identifier", "position")}


def bases(actor: Actor, source: Catalogue, target: Catalogue) -> list[CarryOver.Basis]:
    """By what one may be carried to the other: a mapping between them, and comparing where it is a later edition. The
    numbers of two norms may agree by chance; comparing is offered only where most of them do."""
    found = [CarryOver.Basis.MAPPING] if between(actor, source, target) else []
    known, wanted = (
        list(Requirement.objects.filter(catalogue=one).exclude(category="group").values_list("identifier", flat=True))
        for one in (source, target)
    )
    stable = Requirement.objects.filter(catalogue=source).exclude(stable_id="").values("stable_id")
    keeps = Requirement.objects.filter(catalogue=target, stable_id__in=stable).count()
    if is_new_edition(known, wanted) or 2 * keeps > len(wanted):
        found.append(CarryOver.Basis.COMPARISON)
    return found


OUTCOMES = ("by_rule", "proposed", "need_person")


def offer(actor: Actor, source: Catalogue, target: Catalogue, basis: CarryOver.Basis) -> dict[str, Any]:
    """What would come of it: how many lines of which outcome; nothing is stored."""
    trial = CarryOver(organisation_id=actor.organisation_id, source=source, target=target, basis=basis)
    rows = worklist(trial, actor)
    counts = Counter("by_rule" if row.is_by_rule else str(row.state) for row in rows)
    found = (counts["by_rule"], counts[CarriedRow.State.PROPOSED], counts[CarriedRow.State.NEEDS_PERSON])
    return {"basis": str(basis), **dict(zip(OUTCOMES, found, strict=True))}


def worklist(carry_over: CarryOver, actor: Actor) -> list[CarriedRow]:
    """The lines, not stored, in the order of the old catalogue. Of what is answered in the new one already, none."""
    sides = Sides.of(carry_over.source, carry_over.target)
    names = {pk: name for name, (pk, _position) in sides.source.items()}
    found: list[tuple[int, int, CarriedRow]] = []
    plan = _Plan(carry_over, actor)
    for kind, carrier in registry.carriers.items():
        attached = carrier.attached(actor, list(names))
        if not attached:
            continue
        targets = [pk for pk, _position in sides.target.values()]
        present = {(one.place, one.requirement) for one in carrier.attached(actor, targets) if one.answer}
        things = [Thing((one.key, one.requirement), names[one.requirement], one.place, one.answer) for one in attached]
        for line in plan.lines(things, is_decision=carrier.is_decision):
            target = sides.target[line.target] if line.target is not None else None
            if target is not None and (line.place, target[0]) in present:
                continue
            row = _row(carry_over, kind, line, target[0] if target else None)
            position = sides.source[names[row.source_id]][1]
            found.append((position, target[1] if target else -1, row))
    found.sort(key=lambda one: one[:2])
    for number, (_source, _target, row) in enumerate(found):
        row.position = number
    return [row for _source, _target, row in found]


class _Plan:
    """What became of the requirements, worked out once for all carriers."""

    def __init__(self, carry_over: CarryOver, actor: Actor) -> None:
        self.is_comparison = carry_over.basis == CarryOver.Basis.COMPARISON
        self.ways: dict[str, Way] = {}
        self.rows: list[MappingRow] = []
        self.requirement_of: dict[str, str] = {}
        source, target = carry_over.source, carry_over.target
        if self.is_comparison:
            for kind, changes in changes_between(source, target).items():
                for change in changes:
                    if change.old is not None:
                        self.ways[change.old.identifier] = Way(
                            change.new.identifier if change.new else None, WAYS[kind]
                        )
            return
        rows, sources = rows_to(target, [one.pk for one in between(actor, source, target)])
        self.requirement_of = {name: told[2] for name, told in sources.items()}
        whose: dict[str, str] = {}
        statements: dict[str, list[str]] = {}
        found = Statement.objects.filter(requirement__catalogue=target, is_withdrawn=False).order_by("position")
        for number, identifier in found.values_list("number", "requirement__identifier"):
            if number != identifier:
                whose[number] = identifier
            statements.setdefault(identifier, []).append(number)
        self.rows = rules.towards_requirements(rows, whose, statements)

    def lines(self, things: Sequence[Thing], *, is_decision: bool) -> list[Line]:
        if self.is_comparison:
            return rules.by_comparing(things, self.ways, is_decision=is_decision)
        return rules.by_mapping(things, self.rows, self.requirement_of)


def _row(carry_over: CarryOver, kind: str, line: Line, target: UUID | None) -> CarriedRow:
    sources = [[str(key), str(requirement)] for key, requirement in line.sources]
    return CarriedRow(
        organisation_id=carry_over.organisation_id,
        carry_over=carry_over,
        carrier=kind,
        place=line.place,
        source_id=UUID(sources[0][1]),
        target_id=target,
        sources=sources,
        reason=str(line.reason),
        answer=line.answer,
        state=str(line.state),
        is_by_rule=line.is_by_rule,
    )
