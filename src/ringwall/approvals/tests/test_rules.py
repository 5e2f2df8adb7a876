from hypothesis import given
from hypothesis import strategies as st

from ringwall.approvals.rules import Bar, Row, bars, compare, freeze

values = st.one_of(
    st.text(max_size=20),
    st.integers(-(2**50), 2**50),
    st.lists(st.text(max_size=5), max_size=3),
    st.none(),
    st.booleans(),
)
names = st.sampled_from(["applicability", "justification", "controls"])
rows = st.lists(
    st.builds(
        Row,
        st.text("abc123.", min_size=1, max_size=5),
        st.text(max_size=10),
        st.dictionaries(names, values),
        st.dictionaries(names, values),
    ),
    max_size=8,
    unique_by=lambda row: row.key,
)


@given(rows)
def test_a_state_does_not_differ_from_itself(state: list[Row]) -> None:
    found = compare(state, state)
    assert not found.substance
    assert not found.drift


@given(rows, rows)
def test_equal_hashes_mean_equal_rows_and_no_difference(one: list[Row], other: list[Row]) -> None:
    first, second = freeze("soa", "s", "S", one), freeze("soa", "s", "S", other)
    assert (first.sha256 == second.sha256) == (first.text == second.text)
    if first.sha256 == second.sha256:
        found = compare(first.rows, second.rows)
        assert not found.substance
        assert not found.drift


@given(rows)
def test_what_is_frozen_can_be_read_again(state: list[Row]) -> None:
    again = freeze("soa", "s", "S", freeze("soa", "s", "S", state).rows)
    assert again.sha256 == freeze("soa", "s", "S", state).sha256


@given(rows, st.data())
def test_a_change_of_progress_alone_is_drift_and_never_stale(state: list[Row], data: st.DataObject) -> None:
    if not state:
        return
    row = data.draw(st.sampled_from(state))
    changed = [Row(r.key, r.label, r.substance, {**r.progress, "evidence": 7}) if r is row else r for r in state]
    found = compare(state, changed)
    assert not found.is_stale
    assert [difference.key for difference in found.drift] == [row.key]


@given(rows, st.data())
def test_a_row_that_goes_or_changes_in_substance_makes_stale(state: list[Row], data: st.DataObject) -> None:
    if not state:
        return
    row = data.draw(st.sampled_from(state))
    assert compare(state, [r for r in state if r is not row]).is_stale
    changed = [
        Row(r.key, r.label, {**r.substance, "applicability": "changed here"}, r.progress) if r is row else r
        for r in state
    ]
    assert compare(state, changed).is_stale


def test_the_author_does_not_approve_unless_the_rule_is_waived() -> None:
    asked = {"person": "p", "is_open": True, "asked": True, "answered": False}
    assert bars(authors={"p"}, has_waiver=False, **asked) == [Bar.AUTHOR]  # type: ignore[arg-type]
    assert bars(authors={"p"}, has_waiver=True, **asked) == []  # type: ignore[arg-type]
    assert bars(authors={"q"}, has_waiver=False, **asked) == []  # type: ignore[arg-type]


def test_a_closed_version_and_a_person_not_asked_bar_an_answer() -> None:
    assert bars(person="p", authors=(), is_open=False, asked=False, answered=False, has_waiver=False) == [
        Bar.CLOSED,
        Bar.NOT_ASKED,
    ]
