"""What may be carried from one catalogue to another, and how far: by comparing two editions, or by a mapping. Pure.

The same requirement, or one that only moved, is carried by rule; a reworded one is proposed. A mapping proposes what
its relation says and never more; a relation that nobody judged carries nothing, and neither does *not needed*. Whatever
cannot be carried needs a person.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ringwall.oscal.mappings import Answer, MappingRow, Proposal, Relation, propose

Key = Any
"""The caller's own: what tells two things, or two places, apart. Can be hashed."""


class State(StrEnum):
    PROPOSED = "proposed"
    TAKEN = "taken"
    REFUSED = "refused"
    NEEDS_PERSON = "needs_person"


class Reason(StrEnum):
    """Why a line stands in the worklist as it does."""

    SAME = "same"
    MOVED = "moved"
    REWORDED = "reworded"
    EQUAL = "equal"
    EQUIVALENT = "equivalent"
    SUPERSET = "superset"
    SUBSET = "subset"
    INTERSECTS = "intersects"
    UNCERTAIN = "uncertain"
    CONTRADICTORY = "contradictory"
    DEFAULTED = "defaulted"
    NOT_NEEDED = "not_needed"
    WITHDRAWN = "withdrawn"
    NO_WAY = "no_way"


ANSWERS = {"yes": Answer.YES, "partially": Answer.PARTIALLY, "no": Answer.NO}
NAMES = {answer: name for name, answer in ANSWERS.items()}
NOT_NEEDED = "not_needed"
LEFT_OUT, NOT_TAKEN = "left_out", "not_taken"
"""With a reason, and without: carried from edition to edition; of another catalogue nothing follows from it. Without a
reason nobody decided anything, so that it stays so even where the requirement was reworded."""

SUCCESSIONS = frozenset({Reason.SAME, Reason.MOVED, Reason.REWORDED})
"""The target is the source in another edition."""

STRENGTH = (Relation.EQUAL, Relation.EQUIVALENT, Relation.SUPERSET, Relation.SUBSET, Relation.INTERSECTS)


@dataclass(frozen=True, slots=True)
class Thing:
    """What hangs on a requirement: see `kit.registry.Attached`."""

    key: Key
    requirement: str
    place: Key
    answer: str


@dataclass(frozen=True, slots=True)
class Way:
    """What became of a requirement in the new edition: `reason` is same, moved, reworded or withdrawn."""

    target: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the worklist. `target` is an identifier of the other catalogue, None where no way leads there;
    `is_by_rule` marks what may be carried without asking."""

    place: Key
    target: str | None
    sources: tuple[Key, ...]
    reason: Reason
    answer: str
    state: State
    is_by_rule: bool = False


def by_comparing(things: Iterable[Thing], ways: Mapping[str, Way], *, is_decision: bool) -> list[Line]:
    """The worklist between two editions. What has not been answered is not carried: there is nothing to carry."""
    lines = []
    for thing in things:
        way = ways.get(thing.requirement, Way(None, Reason.NO_WAY))
        is_gone = way.reason is Reason.WITHDRAWN or way.target is None
        if not thing.answer or (is_gone and thing.answer == NOT_TAKEN):
            continue
        line = Line(thing.place, way.target, (thing.key,), way.reason, thing.answer, State.PROPOSED)
        if is_gone:
            line = replace(line, answer="", state=State.NEEDS_PERSON)
        elif thing.answer == NOT_NEEDED:
            line = replace(line, answer="", reason=Reason.NOT_NEEDED, state=State.NEEDS_PERSON)
        elif way.reason in (Reason.SAME, Reason.MOVED) or thing.answer == NOT_TAKEN:
            line = replace(line, is_by_rule=not is_decision)
        lines.append(line)
    return _merged(lines)


def by_mapping(things: Iterable[Thing], rows: Sequence[MappingRow], requirement_of: Mapping[str, str]) -> list[Line]:
    """The worklist along a mapping. The sources of `rows` are requirements or statements (`requirement_of` gives
    whose), their targets requirements (see `towards_requirements`). Answers of one place are considered together."""
    by_place: defaultdict[Key, list[Thing]] = defaultdict(list)
    for thing in things:
        if thing.answer not in ("", LEFT_OUT, NOT_TAKEN):
            by_place[thing.place].append(thing)
    rows_from: defaultdict[str, list[MappingRow]] = defaultdict(list)
    for row in rows:
        rows_from[requirement_of.get(row.source, row.source)].append(row)
    return [line for place, found in by_place.items() for line in _lines_of(place, found, rows_from, requirement_of)]


def _lines_of(
    place: Key,
    things: Sequence[Thing],
    rows_from: Mapping[str, Sequence[MappingRow]],
    requirement_of: Mapping[str, str],
) -> list[Line]:
    answered = [thing for thing in things if thing.answer != NOT_NEEDED]
    rows = [
        row for thing in {t.requirement: t for t in answered}.values() for row in rows_from.get(thing.requirement, ())
    ]
    keys: defaultdict[str, list[Key]] = defaultdict(list)
    for thing in answered:
        keys[thing.requirement].append(thing.key)
    answers = {thing.requirement: ANSWERS[thing.answer] for thing in answered}
    proposals = propose(rows, answers, requirement_of)
    lines = []
    for target, proposal in proposals.items():
        sources = _keys(keys, (row for row, _answer in proposal.because), requirement_of)
        lines.append(_of_proposal(place, target, proposal, sources))
    unjudged: defaultdict[str, list[MappingRow]] = defaultdict(list)
    for row in rows:
        if row.is_defaulted and row.target not in proposals:
            unjudged[row.target].append(row)
    for target, found in unjudged.items():
        sources = _keys(keys, found, requirement_of)
        lines.append(Line(place, target, sources, Reason.DEFAULTED, "", State.NEEDS_PERSON))
    reached = {key for line in lines for key in line.sources}
    for thing in things:
        if thing.answer == NOT_NEEDED:
            lines.append(Line(place, None, (thing.key,), Reason.NOT_NEEDED, "", State.NEEDS_PERSON))
        elif thing.key not in reached:
            lines.append(Line(place, None, (thing.key,), Reason.NO_WAY, "", State.NEEDS_PERSON))
    return lines


def _keys(
    keys: Mapping[str, Sequence[Key]], rows: Iterable[MappingRow], requirement_of: Mapping[str, str]
) -> tuple[Key, ...]:
    found = [key for row in rows for key in keys.get(requirement_of.get(row.source, row.source), ())]
    return tuple(dict.fromkeys(found))


def _of_proposal(place: Key, target: str, proposal: Proposal, sources: tuple[Key, ...]) -> Line:
    if proposal.is_contradictory:
        return Line(place, target, sources, Reason.CONTRADICTORY, "", State.NEEDS_PERSON)
    if proposal.answer is None:
        return Line(place, target, sources, Reason.UNCERTAIN, "", State.NEEDS_PERSON)
    relations = {row.relation for row, _answer in proposal.because}
    reason = Reason(next(relation for relation in STRENGTH if relation in relations))
    return Line(place, target, sources, reason, NAMES[proposal.answer], State.PROPOSED)


def _merged(lines: Iterable[Line]) -> list[Line]:
    """Two requirements that became one in a place make one line, which a person looks at."""
    found: dict[tuple[Key, object], Line] = {}
    for line in lines:
        key = (line.place, line.target if line.target is not None else line.sources)
        if (twin := found.get(key)) is None:
            found[key] = line
        elif twin.answer == line.answer:
            found[key] = replace(twin, sources=twin.sources + line.sources)
        else:
            sources = twin.sources + line.sources
            found[key] = Line(line.place, line.target, sources, Reason.CONTRADICTORY, "", State.NEEDS_PERSON)
    return list(found.values())


def towards_requirements(
    rows: Iterable[MappingRow], whose: Mapping[str, str], statements: Mapping[str, Collection[str]]
) -> list[MappingRow]:
    """The rows with requirements as targets. What is said of one statement among several is said of a part: whatever is
    equal to, or part of, that statement is part of the requirement; whatever contains it, or overlaps, overlaps."""
    found = []
    for row in rows:
        requirement = whose.get(row.target)
        if requirement is None:
            found.append(row)
            continue
        relation = row.relation
        if len(statements.get(requirement, ())) > 1:
            is_inside = relation in (Relation.EQUAL, Relation.EQUIVALENT, Relation.SUBSET)
            relation = Relation.SUBSET if is_inside else Relation.INTERSECTS
        found.append(replace(row, target=requirement, relation=relation))
    return found
