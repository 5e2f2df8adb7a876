"""Mappings: coverage and carried answers never claim more than the relations say."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.oscal.findings import FindingLog
from ringwall.oscal.lookup import Lookup
from ringwall.oscal.mapping_collection import MappingCollection
from ringwall.oscal.mappings import (
    Answer,
    Coverage,
    MappingRow,
    Relation,
    anchored,
    bounds,
    coverage,
    mapping_sets,
    propose,
)
from ringwall.oscal.tests.shared import KERNEL, MAPPING, METHOD, needs_data, reading
from ringwall.oscal.tests.test_comparison import catalogue, row
from ringwall.oscal.tests.test_kompendium import kompendium
from ringwall.oscal.tests.test_requirements import content
from ringwall.oscal.typed import build

NO, PARTIALLY, YES = Answer
SOURCES = ["s1", "s2", "s3", "s4"]
TARGETS = ["t1", "t2"]

rows = st.lists(
    st.builds(MappingRow, st.sampled_from(SOURCES), st.sampled_from(TARGETS), st.sampled_from(Relation), st.booleans()),
    max_size=8,
)
answers = st.dictionaries(st.sampled_from(SOURCES), st.one_of(st.none(), st.sampled_from(Answer)))


@pytest.mark.parametrize(
    ("relation", "answer", "proposed", "at_most"),
    [
        (Relation.EQUAL, YES, YES, YES),
        (Relation.EQUIVALENT, PARTIALLY, PARTIALLY, PARTIALLY),
        (Relation.EQUAL, NO, NO, NO),
        (Relation.SUPERSET, YES, YES, YES),
        (Relation.SUPERSET, PARTIALLY, None, YES),
        (Relation.SUPERSET, NO, None, YES),
        (Relation.SUBSET, YES, PARTIALLY, YES),
        (Relation.SUBSET, PARTIALLY, PARTIALLY, PARTIALLY),
        (Relation.SUBSET, NO, None, PARTIALLY),
        (Relation.INTERSECTS, YES, PARTIALLY, YES),
        (Relation.INTERSECTS, NO, None, YES),
    ],
)
def test_an_answer_carries_as_far_as_the_relation_says(
    relation: Relation, answer: Answer, proposed: Answer | None, at_most: Answer
) -> None:
    found = propose([MappingRow("s", "t", relation)], {"s": answer})["t"]
    assert (found.answer, found.at_most) == (proposed, at_most)


def test_several_sources_of_one_target_combine() -> None:
    both = [MappingRow("s1", "t", Relation.SUBSET), MappingRow("s2", "t", Relation.SUPERSET)]
    assert propose(both, {"s1": YES, "s2": YES})["t"].answer is YES
    assert propose(both, {"s1": NO, "s2": NO})["t"].at_most is PARTIALLY
    contradiction = propose(both, {"s1": NO, "s2": YES})["t"]
    assert contradiction.is_contradictory
    assert contradiction.answer is None


def test_a_requirement_answered_yes_answers_its_statements_and_nothing_less_does() -> None:
    row = [MappingRow("A1-UA.1", "t", Relation.EQUAL)]
    assert propose(row, {"A1": YES}, {"A1-UA.1": "A1"})["t"].answer is YES
    assert propose(row, {"A1": PARTIALLY}, {"A1-UA.1": "A1"}) == {}


@given(rows, answers)
def test_yes_is_proposed_only_where_a_judged_source_contains_the_target_and_is_answered_yes(
    given_rows: list[MappingRow], given_answers: dict[str, Answer | None]
) -> None:
    for target, proposal in propose(given_rows, given_answers).items():
        if proposal.answer is YES:
            assert any(
                row.target == target
                and not row.is_defaulted
                and row.relation.contains_target
                and given_answers.get(row.source) is YES
                for row in given_rows
            )


@given(rows, answers)
def test_defaulted_relations_and_unanswered_sources_change_nothing(
    given_rows: list[MappingRow], given_answers: dict[str, Answer | None]
) -> None:
    judged = [row for row in given_rows if not row.is_defaulted and given_answers.get(row.source) is not None]
    assert propose(judged, given_answers) == propose(given_rows, given_answers)


@given(rows.flatmap(lambda made: st.tuples(st.just(made), st.permutations(made))), answers)
def test_the_order_of_rows_does_not_matter(
    orders: tuple[list[MappingRow], list[MappingRow]], given_answers: dict[str, Answer | None]
) -> None:
    first, second = (propose(order, given_answers) for order in orders)
    assert {t: (p.answer, p.at_most) for t, p in first.items()} == {t: (p.answer, p.at_most) for t, p in second.items()}


@given(rows, answers)
def test_a_further_source_never_widens_what_is_open(
    given_rows: list[MappingRow], given_answers: dict[str, Answer | None]
) -> None:
    fewer, more = propose(given_rows[:-1], given_answers), propose(given_rows, given_answers)
    for target, before in fewer.items():
        after = more[target]
        if not (before.is_contradictory or after.is_contradictory):
            assert before.at_least <= after.at_least <= after.at_most <= before.at_most
        else:
            assert after.is_contradictory


@given(st.sampled_from(Relation), st.sampled_from(Answer), st.sampled_from(Answer))
def test_what_a_source_allows_its_reverse_does_not_contradict(
    relation: Relation, source: Answer, target: Answer
) -> None:
    low, high = bounds(relation, source)
    back_low, back_high = bounds(relation.reversed, target)
    assert relation.reversed.reversed is relation
    if relation in (Relation.EQUAL, Relation.EQUIVALENT):
        assert (low <= target <= high) == (back_low <= source <= back_high)


@given(rows)
def test_a_target_is_covered_only_by_one_judged_source_that_contains_it(given_rows: list[MappingRow]) -> None:
    for target, covered in coverage(TARGETS, given_rows).items():
        own = [row for row in given_rows if row.target == target and not row.is_defaulted]
        expected = (
            Coverage.COVERED
            if any(row.relation.contains_target for row in own)
            else Coverage.PARTLY
            if own
            else Coverage.NOT
        )
        assert covered.coverage is expected
        assert all(not row.is_defaulted for row in covered.because)
        assert all(row.is_defaulted for row in covered.unjudged)


def test_a_target_is_covered_when_all_its_statements_are() -> None:
    both = [MappingRow("s1", "t-1", Relation.EQUAL), MappingRow("s2", "t-2", Relation.SUPERSET)]
    statements = {"t": ["t-1", "t-2"]}
    assert coverage(["t"], both, statements)["t"].coverage is Coverage.COVERED
    assert coverage(["t"], both[:1], statements)["t"].coverage is Coverage.PARTLY
    assert coverage(["t"], [], statements)["t"].coverage is Coverage.NOT


@needs_data
def test_the_real_mapping_comes_in_whole_with_what_was_judged_and_what_was_not() -> None:
    collection = reading(MAPPING).document
    assert isinstance(collection, MappingCollection)
    log = FindingLog()
    found = mapping_sets(collection, log)
    assert log.close() == []
    assert [(s.target_catalogue, len(s.rows)) for s in found] == [
        ("BSI Stand der Technik Kernel", 1013),
        ("BSI Methodik Grundschutz++", 172),
    ]
    every = [row for mapping in found for row in mapping.rows]
    assert Counter(row.relation for row in every) == {
        Relation.SUBSET: 464,
        Relation.INTERSECTS: 395,
        Relation.SUPERSET: 187,
        Relation.EQUIVALENT: 118,
        Relation.EQUAL: 21,
    }
    assert sum(row.is_defaulted for row in every) > 0


@needs_data
def test_targets_that_were_renumbered_are_found_by_their_stable_identifier() -> None:
    collection = reading(MAPPING).document
    assert isinstance(collection, MappingCollection)
    kernel, method = mapping_sets(collection, FindingLog())
    source = Lookup(kompendium())
    log = FindingLog()
    rows = anchored(kernel.rows, source, Lookup(content(KERNEL)), log)
    assert len(rows) == 1013
    assert sum(new.target != old.target for new, old in zip(rows, kernel.rows, strict=True)) == 79
    assert {finding.severity for finding in log.close()} == {"info"}
    log = FindingLog()
    assert len(anchored(method.rows, source, Lookup(content(METHOD)), log)) == 172 - 16
    assert any("is not in the catalogue" in finding.message for finding in log.close())


def test_an_identifier_that_now_belongs_to_another_requirement_is_no_target() -> None:
    now = Lookup(catalogue(row("a", stable_id="NEW"), row("b", stable_id="OLD"), row("c")))
    assert now.identifier("a", "OLD") == "b"
    assert now.identifier("a", "GONE") is None
    assert now.identifier("c", "GONE") == "c"
    assert now.identifier("A") == "a"
    assert now.identifier("_old") == "b"
    assert now.identifier("d") is None


@pytest.mark.parametrize(
    ("relationship", "sources", "targets", "expected"),
    [
        ("equal-to", "ab", "t", {Relation.SUBSET}),
        ("superset-of", "ab", "t", {Relation.INTERSECTS}),
        ("equal-to", "a", "tu", {Relation.SUPERSET}),
        ("subset-of", "a", "tu", {Relation.INTERSECTS}),
        ("equal-to", "ab", "tu", {Relation.INTERSECTS}),
        ("like", "a", "t", set()),
    ],
)
def test_a_map_of_sets_says_of_its_members_only_what_is_certain(
    relationship: str, sources: str, targets: str, expected: set[Relation]
) -> None:
    ends = {"sources": [{"id-ref": s} for s in sources], "targets": [{"id-ref": t} for t in targets]}
    tree = {"mappings": [{"maps": [{"uuid": "u", "relationship": relationship} | ends]}]}
    log = FindingLog()
    found = mapping_sets(build(MappingCollection, tree), log)
    assert {row.relation for row in found[0].rows} == expected
    assert (len(log.close()) == 0) == (len(sources) == len(targets) == 1 and bool(expected))
