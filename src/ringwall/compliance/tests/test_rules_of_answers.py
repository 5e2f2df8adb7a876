"""What answers mean, whatever they are."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.compliance.rules import (
    Clash,
    Given,
    Line,
    Tally,
    Unmet,
    Value,
    chosen,
    clash,
    lacks_reason,
    progress,
    settle,
    stamp_of,
    unmet,
    whole,
)

values = st.sampled_from(Value)
verbs = st.sampled_from(["MUST", "MUST_NOT", "SHOULD", "SHOULD_NOT", "MAY", ""])
numbers = st.sampled_from(["UA.1", "UA.2", "UA.3"])
answers = st.builds(
    Given,
    values,
    st.dictionaries(numbers, values.filter(lambda value: value is not Value.OPEN)),
    st.none() | st.integers(0, 5),
    st.sampled_from(["", "because"]),
    st.sampled_from(["", "seen"]),
)


@given(st.lists(values, min_size=1))
def test_the_whole_is_open_while_a_statement_is_and_never_better_than_its_parts(parts: list[Value]) -> None:
    found = whole(parts)
    assert (found is Value.OPEN) == (Value.OPEN in parts)
    if found is Value.YES:
        assert not {Value.NO, Value.PARTIALLY} & set(parts)
    if found is Value.NO:
        assert not {Value.YES, Value.PARTIALLY} & set(parts)
    assert (found is Value.NOT_NEEDED) == (set(parts) == {Value.NOT_NEEDED})
    assert whole(list(reversed(parts))) is found


@given(values, values, st.dictionaries(numbers, values))
def test_who_answers_the_whole_speaks_for_its_statements(now: Value, before: Value, told: dict[str, Value]) -> None:
    value, kept = settle(now, before, told)
    assert value is now
    assert Value.OPEN not in kept.values()
    if now is before:
        assert kept.keys() == {number for number, answer in told.items() if answer is not Value.OPEN}
    elif now is not Value.OPEN:
        assert not kept


@given(values, st.dictionaries(numbers, verbs, min_size=1), st.data())
def test_only_what_is_not_met_deviates_and_by_its_strongest_verb(
    value: Value, demands: dict[str, str], data: st.DataObject
) -> None:
    told = data.draw(st.dictionaries(st.sampled_from(sorted(demands)), values))
    found = unmet(value, told, demands)
    if value not in {Value.NO, Value.PARTIALLY}:
        assert found is Unmet.NONE
    elif not told:
        strongest = {"MUST", "MUST_NOT", ""} & set(demands.values())
        assert (found is Unmet.MUST) == bool(strongest)
    else:
        failed = {demands[number] for number, answer in told.items() if answer in {Value.NO, Value.PARTIALLY}}
        assert (found is Unmet.MUST) == bool(failed & {"MUST", "MUST_NOT", ""})


def test_a_requirement_without_statements_demands() -> None:
    assert unmet(Value.NO, {}, {}) is Unmet.MUST


@given(values, st.sampled_from(Unmet), st.text(max_size=3))
def test_a_reason_is_missing_only_where_one_is_needed(value: Value, strength: Unmet, text: str) -> None:
    needed = value is Value.NOT_NEEDED or strength is Unmet.SHOULD
    assert lacks_reason(value, strength, text) == (needed and not text.strip())


@given(st.lists(st.tuples(values, st.sampled_from(Unmet), st.booleans(), st.booleans(), st.integers(1, 9))))
def test_progress_counts_every_requirement_once(rows: list[tuple[Value, Unmet, bool, bool, int]]) -> None:
    found = progress(Tally(*row) for row in rows)
    assert found.total == sum(row[4] for row in rows)
    assert found.total == found.done + found.open + found.carried
    assert 0 <= found.percent <= 100 and 0 <= found.met_percent <= 100


TREE = [
    Line("g1", 0, False),
    Line("a", 1, True, "basic"),
    Line("b", 1, True, "elevated"),
    Line("g2", 0, False),
    Line("g21", 1, False),
    Line("c", 2, True, "standard"),
    Line("c1", 3, True),
    Line("d", 1, True),
]


def test_what_a_check_asks_follows_parts_and_level() -> None:
    assert chosen(TREE, (), "") == ["a", "b", "c", "c1", "d"]
    assert chosen(TREE, {"g2"}, "") == ["c", "c1", "d"]
    assert chosen(TREE, {"g21", "a"}, "") == ["a", "c", "c1"]
    assert chosen(TREE, (), "basic") == ["a", "c1", "d"]
    assert chosen(TREE, (), "standard") == ["a", "c", "c1", "d"]
    assert chosen(TREE, {"c"}, "") == ["c", "c1"]


@settings(max_examples=200)
@given(answers, answers, answers)
def test_only_what_two_changed_differently_is_a_conflict(was: Given, theirs: Given, now: Given) -> None:
    found = clash(stamp_of(was), theirs, now)
    if theirs == now:
        assert found is Clash.SAME
    elif was == now:
        assert found is Clash.TAKE
    elif was == theirs:
        assert found is Clash.KEEP
    else:
        assert found is Clash.CONFLICT
    assert clash("", theirs, now) in {Clash.SAME, Clash.TAKE}
