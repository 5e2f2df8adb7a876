from hypothesis import given
from hypothesis import strategies as st

from ringwall.soa.rules import APPLICABLE, NOT_APPLICABLE, UNDECIDED, Finding, Progress, RowState, findings, progress

STATES = ["planned", "in_progress", "blocked", "implemented"]


@given(st.lists(st.sampled_from(STATES)))
def test_a_row_is_implemented_only_when_every_control_is(states: list[str]) -> None:
    found = progress(states)
    assert (found is Progress.IMPLEMENTED) == (bool(states) and set(states) == {"implemented"})
    assert (found is Progress.NONE) == (not states)


@given(st.lists(st.sampled_from(STATES), min_size=1))
def test_one_more_implemented_control_never_sets_a_row_back(states: list[str]) -> None:
    order = list(Progress)
    assert order.index(progress([*states, "implemented"])) >= order.index(Progress.PARTLY)


def test_an_exclusion_needs_its_reason_and_tells_when_something_calls_for_the_entry() -> None:
    assert findings(RowState(NOT_APPLICABLE, False)) == [Finding.NO_JUSTIFICATION]
    assert findings(RowState(NOT_APPLICABLE, True)) == []
    assert findings(RowState(NOT_APPLICABLE, True, ["R-0001"])) == [Finding.EXCLUDED_WITH_DRIVER]


def test_an_applicable_row_needs_a_driver_or_reason_a_control_and_an_owner() -> None:
    assert findings(RowState(APPLICABLE, False)) == [Finding.NO_JUSTIFICATION, Finding.NO_CONTROL]
    assert findings(RowState(APPLICABLE, False, ["R-1"], ["R-1"], ["planned"], ["C-0001"])) == [Finding.NO_OWNER]
    assert findings(RowState(APPLICABLE, True, (), (), ["implemented"])) == []


@given(st.booleans(), st.lists(st.text()), st.lists(st.sampled_from(STATES)))
def test_an_undecided_row_says_only_that(has_justification: bool, drivers: list[str], states: list[str]) -> None:
    assert findings(RowState(UNDECIDED, has_justification, drivers, drivers, states)) == [Finding.UNDECIDED]
