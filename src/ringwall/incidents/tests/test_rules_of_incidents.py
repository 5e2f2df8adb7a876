"""Deadlines and the life of an incident, whatever happens when."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.incidents.rules import (
    CLOSED,
    NO,
    ORDER,
    RESOLVED,
    UNKNOWN,
    YES,
    Clock,
    Demand,
    Obstacle,
    Regime,
    Standing,
    a_month_after,
    clock,
    demands,
    due_at,
    hours_left,
    may_go,
    obstacles,
)

BERLIN = ZoneInfo("Europe/Berlin")
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(moments, st.integers(1, 200))
def test_hours_are_elapsed_hours_also_across_a_change_of_the_clock(aware: datetime, hours: int) -> None:
    due = due_at(Demand(Regime.CONTRACT, hours, "x"), aware.astimezone(BERLIN), BERLIN)
    assert due - aware == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("local", "due"),
    [
        (datetime(2026, 3, 28, 12, 0), datetime(2026, 3, 31, 13, 0)),  # summer begins: one hour later on the wall
        (datetime(2026, 10, 24, 12, 0), datetime(2026, 10, 27, 11, 0)),  # summer ends: one hour earlier
        (datetime(2026, 6, 1, 12, 0), datetime(2026, 6, 4, 12, 0)),
    ],
)
def test_72_hours_on_the_wall_of_berlin(local: datetime, due: datetime) -> None:
    found = due_at(Demand(Regime.GDPR, 72), local.replace(tzinfo=BERLIN), BERLIN)
    assert found.astimezone(BERLIN).replace(tzinfo=None) == due


@given(moments)
def test_a_month_is_the_same_day_and_time_or_the_last_day_of_the_next_month(start: datetime) -> None:
    before, after = start.astimezone(BERLIN), a_month_after(start, BERLIN).astimezone(BERLIN)
    assert (after.year * 12 + after.month) - (before.year * 12 + before.month) == 1
    assert after.day <= before.day
    assert after.day == before.day or (after + timedelta(days=1)).month != after.month
    assert timedelta(days=27) < after - before < timedelta(days=32)


def test_the_final_report_hangs_on_the_notification() -> None:
    aware = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
    report = Demand(Regime.NIS2_REPORT, None)
    assert due_at(report, aware, BERLIN) == datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
    sent = datetime(2026, 2, 1, 8, 0, tzinfo=UTC)
    assert due_at(report, aware, BERLIN, sent) == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@given(st.sampled_from([YES, NO, UNKNOWN]), st.sampled_from([YES, NO, UNKNOWN]), st.booleans())
def test_only_a_yes_starts_a_clock_of_the_law(significant: str, personal: str, has_contract: bool) -> None:
    contracts = [("c", 8)] if has_contract else []
    found = {demand.regime for demand in demands(significant=significant, personal_data=personal, contracts=contracts)}
    assert (Regime.GDPR in found) == (personal == YES)
    assert ({Regime.NIS2_WARNING, Regime.NIS2_NOTIFICATION, Regime.NIS2_REPORT} <= found) == (significant == YES)
    assert (Regime.CONTRACT in found) == has_contract


@given(moments, st.timedeltas(timedelta(days=-9), timedelta(days=9)), st.none() | moments)
def test_a_clock_says_one_thing(due: datetime, away: timedelta, sent: datetime | None) -> None:
    found = clock(due, due + away, sent)
    if sent is not None:
        assert found is (Clock.IN_TIME if sent <= due else Clock.LATE)
    else:
        assert (found is Clock.OVERDUE) == (away > timedelta(0))
    assert clock(due, due + away, sent, is_needed=False) is Clock.NOT_NEEDED
    hours, minutes = hours_left(due, due + away)
    assert 0 <= minutes < 60 and abs(timedelta(hours=hours, minutes=minutes) - abs(away)) < timedelta(minutes=1)


@given(st.sampled_from(ORDER), st.sampled_from(ORDER))
def test_it_goes_forward_only(before: str, after: str) -> None:
    assert not (may_go(before, after) and may_go(after, before))
    assert not may_go(CLOSED, after)


@given(
    st.builds(
        Standing,
        st.sampled_from(ORDER),
        st.booleans(),
        st.sampled_from(["", "phished"]),
        st.sampled_from([YES, NO, UNKNOWN]),
        st.sampled_from([YES, NO, UNKNOWN]),
        st.integers(0, 2),
        st.integers(0, 2),
        st.sampled_from(["", "known already"]),
    )
)
def test_nothing_is_closed_with_a_running_clock_without_cause_or_insight(found: Standing) -> None:
    left = set(obstacles(found))
    if not left:
        assert found.state == RESOLVED and found.is_classified and found.cause and not found.open_notifications
        assert found.insights or found.nothing_learnt
        assert UNKNOWN not in {found.personal_data, found.significant}
    assert (Obstacle.CLOCKS in left) == bool(found.open_notifications)
