from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ringwall.controls import rules

STATES = st.sampled_from(list(rules.FOLLOWS))
DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
PEOPLE = st.sampled_from(["ana", "carl", "olga", None])


@given(DAYS, st.integers(1, 60))
def test_months_later_is_the_same_day_or_the_end_of_a_shorter_month(day: date, months: int) -> None:
    later = rules.add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_the_end_of_january_plus_a_month_is_the_end_of_february() -> None:
    assert rules.add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert rules.add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)


@given(st.none() | st.integers(1, 60), st.none() | DAYS, st.none() | DAYS)
def test_the_next_verification_counts_from_the_later_of_implementation_and_last_verification(
    every: int | None, verified: date | None, implemented: date | None
) -> None:
    found = rules.latest_next(every, verified, implemented)
    days = [day for day in (verified, implemented) if day]
    assert (found is None) == (every is None or not days)
    if found and every:
        assert all(found >= rules.add_months(day, every) for day in days)


@given(STATES)
def test_every_state_leads_to_implementation_and_what_is_blocked_is_unblocked_first(state: str) -> None:
    reached, open_ = {state}, [state]
    while open_:
        fresh = rules.FOLLOWS[open_.pop()] - reached
        reached |= fresh
        open_ += fresh
    assert reached == set(rules.FOLLOWS)
    assert not rules.may_follow(rules.BLOCKED, rules.IMPLEMENTED)
    assert not rules.may_follow(rules.IMPLEMENTED, rules.PLANNED)


@given(PEOPLE, PEOPLE, PEOPLE, PEOPLE)
def test_a_person_has_exactly_the_parts_they_hold(
    person: str | None, owner: str | None, designer: str | None, implementer: str | None
) -> None:
    parts = rules.parts_of(person, owner=owner, designer=designer, implementer=implementer)
    assert bool(parts) == (person is not None and person in {owner, designer, implementer})


@given(STATES, st.none() | DAYS, st.none() | DAYS, DAYS)
def test_overdue_is_what_lies_before_today_by_the_day_that_counts(
    state: str, due: date | None, verify: date | None, today: date
) -> None:
    found, day = rules.timeliness(state, due, verify, today)
    counts = verify if state == rules.IMPLEMENTED else due
    assert day == counts
    assert (found is rules.Timeliness.OVERDUE) == (counts is not None and counts < today)
    if found is rules.Timeliness.SOON:
        assert day is not None and 0 <= (day - today).days <= rules.SOON_DAYS


@given(st.lists(STATES))
def test_a_requirement_is_implemented_only_when_all_its_controls_are(states: list[str]) -> None:
    found = rules.progress(states)
    done = [state for state in states if state == rules.IMPLEMENTED]
    assert (found.extent is rules.Extent.IMPLEMENTED) == (bool(states) and len(done) == len(states))
    assert (found.percent == 100) == (found.extent is rules.Extent.IMPLEMENTED)
    assert (found.extent is rules.Extent.NONE) == (not states)
    assert found.total == len(states)


@given(DAYS, DAYS, STATES, st.none() | DAYS)
def test_only_an_implemented_control_is_verified_between_its_implementation_and_today(
    on: date, today: date, state: str, implemented: date | None
) -> None:
    is_possible = state == rules.IMPLEMENTED and on <= today and (implemented is None or implemented <= on)
    assert (rules.date_fault(on, today, state, implemented) is None) == is_possible
