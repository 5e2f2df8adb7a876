"""What a mapping between two catalogues says, and what may be concluded from it.

A relation reads "source R target": source subset of target means that all the source demands the target demands too.
No conclusion here claims more than that: what several sources cover together stays partial, because nobody has judged
whether nothing is missing.
Source: the relationships of the OSCAL mapping model 1.2.3; set relations after NIST IR 8477.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from ringwall.oscal.catalogue import value_of
from ringwall.oscal.findings import FindingLog
from ringwall.oscal.lookup import Lookup
from ringwall.oscal.mapping_collection import Map, MappedRequirement, MappingCollection


class Relation(StrEnum):
    EQUAL = "equal"
    EQUIVALENT = "equivalent"
    SUBSET = "subset"
    SUPERSET = "superset"
    INTERSECTS = "intersects"

    @property
    def reversed(self) -> Relation:
        """The relation of the target to the source."""
        return {Relation.SUBSET: Relation.SUPERSET, Relation.SUPERSET: Relation.SUBSET}.get(self, self)

    @property
    def contains_target(self) -> bool:
        """Whether all the target demands the source demands too."""
        return self in (Relation.EQUAL, Relation.EQUIVALENT, Relation.SUPERSET)


RELATION_NAMES = {
    "equal-to": Relation.EQUAL,
    "equal": Relation.EQUAL,
    "equivalent-to": Relation.EQUIVALENT,
    "equivalent": Relation.EQUIVALENT,
    "subset-of": Relation.SUBSET,
    "subset": Relation.SUBSET,
    "superset-of": Relation.SUPERSET,
    "superset": Relation.SUPERSET,
    "intersects-with": Relation.INTERSECTS,
    "intersects": Relation.INTERSECTS,
    "intersect": Relation.INTERSECTS,
}
OSCAL_NAMES = {
    Relation.EQUAL: "equal-to",
    Relation.EQUIVALENT: "equivalent-to",
    Relation.SUBSET: "subset-of",
    Relation.SUPERSET: "superset-of",
    Relation.INTERSECTS: "intersects-with",
}


@dataclass(frozen=True, slots=True)
class MappingRow:
    """source R target. Both are identifiers of requirements or of statements; the stable ones, where the file gives
    them, outlive a renumbering. A relation is defaulted if a tool set it and nobody judged it."""

    source: str
    target: str
    relation: Relation
    is_defaulted: bool = False
    rationale: str = ""
    identifier: str = ""
    source_stable_id: str = ""
    target_stable_id: str = ""

    @property
    def reversed(self) -> MappingRow:
        return replace(
            self,
            source=self.target,
            target=self.source,
            relation=self.relation.reversed,
            source_stable_id=self.target_stable_id,
            target_stable_id=self.source_stable_id,
        )


@dataclass(frozen=True, slots=True)
class MappingSet:
    """All rows between two catalogues, named as the file names them (address or title, and UUID where it is given)."""

    source_catalogue: str
    target_catalogue: str
    source_uuid: str
    target_uuid: str
    rows: list[MappingRow]


def mapping_sets(collection: MappingCollection, log: FindingLog) -> list[MappingSet]:
    """The rows of an OSCAL mapping collection; several sources or targets of one map become a row each."""
    found = []
    for number, mapping in enumerate(collection.mappings):
        sides = []
        for resource in (mapping.source_resource, mapping.target_resource):
            props = resource.props if resource else ()
            title = value_of(props, "catalog_title") or (resource.href if resource else "")
            sides.append((title, value_of(props, "catalog_uuid") or ""))
        rows = [
            row
            for place, entry in enumerate(mapping.maps)
            for row in _rows(entry, f"mapping-collection/mappings[{number}]/maps[{place}]", log)
        ]
        (source, source_uuid), (target, target_uuid) = sides
        found.append(MappingSet(source, target, source_uuid, target_uuid, rows))
    return found


def _rows(entry: Map, path: str, log: FindingLog) -> list[MappingRow]:
    relation = RELATION_NAMES.get(entry.relationship)
    if relation is None:
        message = f"the relationship {entry.relationship[:40]!r} is not known; the map was left out"
        log.add("warning", path, message)
        return []
    if len(entry.sources) > 1 or len(entry.targets) > 1:
        relation = _of_members(relation, len(entry.sources), len(entry.targets))
        log.add("info", path, "a map with several sources or targets was taken apart, each pair with what is certain")
    is_defaulted = value_of(entry.props, "relationship_defaulted") == "true"
    return [
        MappingRow(
            source=source.id_ref,
            target=target.id_ref,
            relation=relation,
            is_defaulted=is_defaulted,
            rationale=entry.remarks or "",
            identifier=entry.uuid,
            source_stable_id=_stable_id(source),
            target_stable_id=_stable_id(target),
        )
        for source in entry.sources
        for target in entry.targets
    ]


def _stable_id(end: MappedRequirement) -> str:
    return value_of(end.props, "oscal_uuid") or value_of(end.props, "alt-identifier") or ""


def anchored(rows: Iterable[MappingRow], source: Lookup, target: Lookup, log: FindingLog) -> list[MappingRow]:
    """The rows with the identifiers of the catalogues at hand.

    A mapping is made for one version of a catalogue; in the next, identifiers may be renumbered or gone. Ends are found
    by their stable identifier first; what is found under another number is told, what is not found is told and left
    out.
    """
    found = []
    for row in rows:
        ends = source.identifier(row.source, row.source_stable_id), target.identifier(row.target, row.target_stable_id)
        for name, now in zip((row.source, row.target), ends, strict=True):
            if now is None:
                log.add("warning", name, f"{name} is not in the catalogue; the map was left out", "an end that is gone")
            elif now != name:
                log.add("info", name, f"{name} is {now} in this version of the catalogue", "an end with a new number")
        if ends[0] is not None and ends[1] is not None:
            found.append(replace(row, source=ends[0], target=ends[1]))
    return found


def _of_members(relation: Relation, sources: int, targets: int) -> Relation:
    """What is certain of single members when a relation is said of sets: of several sources that together are (in) the
    target each is a subset; one source that is (or contains) several targets contains each; else they overlap."""
    if targets == 1 and relation in (Relation.EQUAL, Relation.EQUIVALENT, Relation.SUBSET):
        return Relation.SUBSET
    if sources == 1 and relation.contains_target:
        return Relation.SUPERSET
    return Relation.INTERSECTS


class Coverage(StrEnum):
    COVERED = "covered"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Covered:
    """How far a target is covered: `because` are the rows that say so, `unjudged` those that say nothing because their
    relation is defaulted."""

    target: str
    coverage: Coverage
    because: tuple[MappingRow, ...] = ()
    unjudged: tuple[MappingRow, ...] = ()


def coverage(
    targets: Iterable[str], rows: Iterable[MappingRow], statements: Mapping[str, Iterable[str]] | None = None
) -> dict[str, Covered]:
    """How far each target is covered by the sources of `rows`.

    `statements` gives the statements of a target by its identifier: a target all of whose statements are covered is
    covered; one of whose statements is, is partly covered.
    """
    by_target: defaultdict[str, list[MappingRow]] = defaultdict(list)
    for row in rows:
        by_target[row.target].append(row)
    return {target: _covered(target, by_target, tuple((statements or {}).get(target, ()))) for target in targets}


def _covered(target: str, by_target: Mapping[str, list[MappingRow]], statements: tuple[str, ...]) -> Covered:
    own = by_target.get(target, [])
    unjudged = tuple(row for row in own if row.is_defaulted)
    whole = tuple(row for row in own if not row.is_defaulted and row.relation.contains_target)
    if whole:
        return Covered(target, Coverage.COVERED, whole, unjudged)
    part = tuple(row for row in own if not row.is_defaulted)
    inner = [_covered(statement, by_target, ()) for statement in statements]
    reasons = part + tuple(row for one in inner for row in one.because)
    unjudged += tuple(row for one in inner for row in one.unjudged)
    if inner and all(one.coverage is Coverage.COVERED for one in inner):
        return Covered(target, Coverage.COVERED, reasons, unjudged)
    return Covered(target, Coverage.PARTLY if reasons else Coverage.NOT, reasons, unjudged)


class Answer(IntEnum):
    """Answers to a requirement, from less to more. *Not needed* is not among them: it never carries."""

    NO = 0
    PARTIALLY = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the answers to the sources say about a target.

    `answer` is proposed to a person, None if nothing can be; it lies between `at_least` and `at_most`, which bind
    ("a no on a subset source means the target is not yes"). `is_contradictory`: the sources cannot all be right.
    """

    target: str
    answer: Answer | None
    at_least: Answer
    at_most: Answer
    because: tuple[tuple[MappingRow, Answer], ...] = ()
    is_contradictory: bool = False


def propose(
    rows: Iterable[MappingRow],
    answers: Mapping[str, Answer | None],
    requirement_of: Mapping[str, str] | None = None,
) -> dict[str, Proposal]:
    """A proposal for every target that some judged row with an answered source points to.

    `answers` goes by source; sources that are missing, None or not needed say nothing. `requirement_of` gives the
    requirement a statement belongs to: a requirement answered yes answers its statements, anything less does not.
    """
    found: defaultdict[str, list[tuple[MappingRow, Answer]]] = defaultdict(list)
    for row in rows:
        if row.is_defaulted:
            continue
        answer = answers.get(row.source)
        if answer is None:
            whole = answers.get((requirement_of or {}).get(row.source, ""))
            answer = Answer.YES if whole is Answer.YES else None
        if answer is not None:
            found[row.target].append((row, answer))
    return {target: _proposal(target, tuple(because)) for target, because in found.items()}


def _proposal(target: str, because: tuple[tuple[MappingRow, Answer], ...]) -> Proposal:
    at_least, at_most = Answer.NO, Answer.YES
    for row, answer in because:
        low, high = bounds(row.relation, answer)
        at_least, at_most = max(at_least, low), min(at_most, high)
    if at_least > at_most:
        return Proposal(target, None, at_most, at_least, because, is_contradictory=True)
    is_settled = at_least is at_most or at_least is not Answer.NO
    return Proposal(target, at_least if is_settled else None, at_least, at_most, because)


def bounds(relation: Relation, answer: Answer) -> tuple[Answer, Answer]:
    """The least and the most the answer to a source lets the target be."""
    if relation in (Relation.EQUAL, Relation.EQUIVALENT):
        return answer, answer
    if relation is Relation.SUPERSET:
        return (Answer.YES, Answer.YES) if answer is Answer.YES else (Answer.NO, Answer.YES)
    if relation is Relation.SUBSET:
        if answer is Answer.NO:
            return Answer.NO, Answer.PARTIALLY
        return Answer.PARTIALLY, Answer.YES if answer is Answer.YES else Answer.PARTIALLY
    return (Answer.PARTIALLY, Answer.YES) if answer is Answer.YES else (Answer.NO, Answer.YES)
