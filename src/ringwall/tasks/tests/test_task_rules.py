from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ringwall.tasks.rules import Rhythm, escalation, mentions, steps_of, week_part

DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
RHYTHMS = st.builds(Rhythm, DAYS, st.integers(1, 24), st.sampled_from(["week", "month"]))


@given(RHYTHMS, st.integers(0, 60))
def test_a_series_moves_on_without_drifting(rhythm: Rhythm, turn: int) -> None:
    day, following = rhythm.day(turn), rhythm.day(turn + 1)
    assert day < following
    if rhythm.period == "week":
        assert (following - day).days == 7 * rhythm.every
    else:
        months = (following.year - day.year) * 12 + following.month - day.month
        assert months == rhythm.every
        is_last = (following + timedelta(days=1)).day == 1
        assert following.day == rhythm.first.day or (is_last and following.day < rhythm.first.day)


@given(RHYTHMS, st.integers(0, 20), DAYS)
def test_the_next_turn_is_the_first_that_has_not_passed(rhythm: Rhythm, turn: int, today: date) -> None:
    following = rhythm.next_turn(turn, today)
    assert following > turn
    assert rhythm.day(following) >= today or following == turn + 1
    assert following == turn + 1 or rhythm.day(following - 1) < today


@given(DAYS, st.integers(-400, 400))
def test_lateness_only_ever_climbs(due: date, days: int) -> None:
    today = due + timedelta(days=days)
    assert escalation(due, today) == (0 if days < 7 else 1 if days < 14 else 2)
    assert escalation(due, today) <= escalation(due, today + timedelta(days=1))
    assert escalation(None, today) == 0


@given(DAYS, DAYS)
def test_every_task_stands_in_one_part_of_the_week(due: date, today: date) -> None:
    part = week_part(due, today)
    assert (part == "overdue") == (due < today) and (part == "today") == (due == today)
    if part == "week":
        assert due.isocalendar()[:2] == today.isocalendar()[:2]
    assert week_part(None, today) == "later"


@given(st.text(max_size=200))
def test_any_text_has_its_mentions_and_steps(text: str) -> None:
    for candidates in mentions(text):
        assert candidates and all(name in text for name in candidates)
    assert all(step and step == step.strip() for step in steps_of(text))


def test_names_after_an_at_sign_are_tried_from_the_longest() -> None:
    (found,) = mentions("Please look, @Carla von Ruf-Stein, before Friday")
    assert found[0] == "Carla von Ruf-Stein, before Friday"
    assert {"Carla von Ruf-Stein", "Carla von", "Carla"} <= set(found)
    assert [names[-1] for names in mentions("@Ana and @Ben: see ana@demo.example")] == ["Ana", "Ben"]
    assert steps_of("- Find it\n\n * Fix it \nTell") == ["Find it", "Fix it", "Tell"]
