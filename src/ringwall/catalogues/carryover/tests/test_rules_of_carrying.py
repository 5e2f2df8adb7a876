"""What is carried, proposed, or left to a person: never more than the relation says."""

from hypothesis import given
from hypothesis import strategies as st

from ringwall.catalogues.carryover.rules import (
    Line,
    Reason,
    State,
    Thing,
    Way,
    by_comparing,
    by_mapping,
    towards_requirements,
)
from ringwall.oscal.mappings import Answer, MappingRow, Relation, bounds

WAYS = {
    "a": Way("a", Reason.SAME),
    "b": Way("b2", Reason.MOVED),
    "c": Way("c", Reason.REWORDED),
    "d": Way(None, Reason.WITHDRAWN),
}


def one(requirement: str, answer: str = "yes", place: str = "p") -> Thing:
    return Thing(f"{place}-{requirement}", requirement, place, answer)


def told(lines: list[Line]) -> dict[str, tuple[str, str, str, bool]]:
    return {str(line.sources[0]): (str(line.state), str(line.reason), line.answer, line.is_by_rule) for line in lines}


def test_between_editions_only_what_is_the_same_is_carried_by_rule() -> None:
    things = [one(name) for name in "abcde"]
    assert told(by_comparing(things, WAYS, is_decision=False)) == {
        "p-a": ("proposed", "same", "yes", True),
        "p-b": ("proposed", "moved", "yes", True),
        "p-c": ("proposed", "reworded", "yes", False),
        "p-d": ("needs_person", "withdrawn", "", False),
        "p-e": ("needs_person", "no_way", "", False),
    }
    assert not any(line.is_by_rule for line in by_comparing(things, WAYS, is_decision=True))
    left = [
        one("a", "left_out"),
        one("b", "not_taken"),
        one("c", "left_out", "q"),
        one("c", "not_taken"),
        one("d", "not_taken"),
    ]
    told_of = {line.sources[0]: line.is_by_rule for line in by_comparing(left, WAYS, is_decision=False)}
    assert told_of == {"p-a": True, "p-b": True, "q-c": False, "p-c": True}
    assert by_mapping(left, [MappingRow("a", "x", Relation.EQUAL)], {}) == []
    odd = [one("a", "not_needed"), one("b", ""), one("c", "partially")]
    assert told(by_comparing(odd, WAYS, is_decision=False)) == {
        "p-a": ("needs_person", "not_needed", "", False),
        "p-c": ("proposed", "reworded", "partially", False),
    }


def test_two_requirements_that_became_one_agree_or_need_a_person() -> None:
    ways = {"a": Way("x", Reason.MOVED), "b": Way("x", Reason.MOVED)}
    (line,) = by_comparing([one("a"), one("b")], ways, is_decision=False)
    assert (line.sources, line.answer) == (("p-a", "p-b"), "yes")
    (line,) = by_comparing([one("a"), one("b", "no")], ways, is_decision=False)
    assert (line.reason, line.state, line.is_by_rule) == (Reason.CONTRADICTORY, State.NEEDS_PERSON, False)


def test_a_mapping_proposes_what_its_relation_says() -> None:
    rows = [
        MappingRow("a", "x", Relation.SUPERSET),
        MappingRow("b", "y", Relation.SUBSET),
        MappingRow("c-1", "z", Relation.EQUAL),
        MappingRow("d", "w", Relation.EQUAL, is_defaulted=True),
    ]
    lines = by_mapping([*(one(name) for name in "abcde"), one("f", "not_needed")], rows, {"c-1": "c"})
    assert {(line.target, str(line.reason), line.answer, str(line.state)) for line in lines} == {
        ("x", "superset", "yes", "proposed"),
        ("y", "subset", "partially", "proposed"),
        ("z", "equal", "yes", "proposed"),
        ("w", "defaulted", "", "needs_person"),
        (None, "no_way", "", "needs_person"),
        (None, "not_needed", "", "needs_person"),
    }
    (line,) = by_mapping([one("a", "no"), one("b")], [*rows[:1], MappingRow("b", "x", Relation.INTERSECTS)], {})
    assert line.answer == "partially"
    (line,) = by_mapping([one("a", "no")], rows, {})
    assert (line.reason, line.state) == (Reason.UNCERTAIN, State.NEEDS_PERSON)


def test_what_is_said_of_a_statement_is_said_of_a_part_of_its_requirement() -> None:
    rows = [MappingRow("a", "t-1", relation) for relation in Relation]
    whose, several = {"t-1": "t"}, {"t": ["t-1", "t-2"]}
    found = [row.relation for row in towards_requirements(rows, whose, several)]
    assert found == [Relation.SUBSET, Relation.SUBSET, Relation.SUBSET, Relation.INTERSECTS, Relation.INTERSECTS]
    assert [row.relation for row in towards_requirements(rows, whose, {"t": ["t-1"]})] == list(Relation)


ROWS = st.lists(
    st.builds(MappingRow, st.sampled_from("abc"), st.sampled_from("xy"), st.sampled_from(Relation), st.booleans()),
    max_size=6,
)
THINGS = st.lists(
    st.builds(one, st.sampled_from("abc"), st.sampled_from(["yes", "partially", "no", "not_needed", ""])),
    max_size=4,
    unique_by=lambda thing: thing.requirement,
)
ANSWERS = {"yes": Answer.YES, "partially": Answer.PARTIALLY, "no": Answer.NO}


@given(THINGS, ROWS)
def test_every_answered_thing_stands_in_the_list_and_nothing_is_claimed_beyond_the_relations(
    things: list[Thing], rows: list[MappingRow]
) -> None:
    lines = by_mapping(things, rows, {})
    assert {key for line in lines for key in line.sources} == {thing.key for thing in things if thing.answer}
    answers = {thing.requirement: thing.answer for thing in things}
    for line in lines:
        assert not line.is_by_rule
        judged = [row for row in rows if row.target == line.target and not row.is_defaulted]
        judged = [row for row in judged if answers.get(row.source, "") in ANSWERS]
        if line.state is State.PROPOSED:
            assert judged
            for row in judged:
                low, high = bounds(row.relation, ANSWERS[answers[row.source]])
                assert low <= ANSWERS[line.answer] <= high
        else:
            assert line.answer == ""
