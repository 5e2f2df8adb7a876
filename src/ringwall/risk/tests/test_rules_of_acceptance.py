from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.risk.rules.acceptance import (
    Attempt,
    countersign_refusal,
    is_expired,
    latest_expiry,
    months_later,
    refusal,
    required_authorities,
    still_holds,
)
from ringwall.risk.rules.criteria import Band, Criteria
from ringwall.risk.rules.defaults import default_criteria
from ringwall.risk.rules.standing import TONES, Situation, next_step, standing

TODAY = date(2026, 3, 31)
GOOD = Attempt(
    is_owner=True,
    is_assessor=False,
    has_waiver=False,
    until=date(2026, 9, 30),
    on=TODAY,
    level=3,
)
CALM = Situation(
    has_owner=True,
    level=2,
    is_above_acceptance=False,
    treatment="undecided",
    acceptance="no",
    accepted_until=None,
    due_on=None,
    review_on=date(2027, 1, 1),
)


def _forbidding() -> Criteria:
    criteria = default_criteria()
    highest: Band = criteria.bands[-1]
    return replace(criteria, bands=(*criteria.bands[:-1], replace(highest, authority="nobody")))


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
def test_months_later_lands_in_the_month_meant_and_never_on_a_later_day(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
    assert later.day == day.day or (later + timedelta(days=1)).month != later.month


@pytest.mark.parametrize(
    ("attempt", "code"),
    [
        (GOOD, ""),
        (replace(GOOD, level=None), "not_assessed"),
        (replace(GOOD, is_owner=False), "not_the_owner"),
        (replace(GOOD, is_assessor=True), "own_assessment"),
        (replace(GOOD, is_assessor=True, has_waiver=True), ""),
        (replace(GOOD, until=TODAY), "already_over"),
        (replace(GOOD, until=date(2027, 3, 31)), ""),
        (replace(GOOD, until=date(2027, 4, 1)), "too_long"),
    ],
)
def test_an_acceptance_is_refused_with_the_rule_that_stands_against_it(attempt: Attempt, code: str) -> None:
    assert refusal(default_criteria(), attempt) == code


def test_a_level_that_nobody_may_accept_is_refused_even_to_its_owner() -> None:
    assert refusal(_forbidding(), replace(GOOD, level=5)) == "nobody_may"
    assert required_authorities(_forbidding(), 5) == ()


def test_the_owner_signs_alone_up_to_their_authority_and_top_management_too_above_it() -> None:
    criteria = default_criteria()
    assert required_authorities(criteria, 3) == ("owner",)
    assert required_authorities(criteria, 4) == ("owner", "top_management")
    assert latest_expiry(criteria, date(2024, 2, 29)) == date(2025, 2, 28)


def test_the_second_signature_is_neither_of_the_first_signatory_nor_of_the_assessor() -> None:
    assert countersign_refusal(is_first_signatory=True, is_assessor=False, has_waiver=True) == "second_by_the_first"
    assert countersign_refusal(is_first_signatory=False, is_assessor=True, has_waiver=False) == "own_assessment"
    assert countersign_refusal(is_first_signatory=False, is_assessor=True, has_waiver=True) == ""


@given(st.integers(1, 5), st.integers(1, 5))
def test_an_acceptance_covers_what_is_no_worse_and_ends_with_what_is(accepted: int, now: int) -> None:
    criteria = default_criteria()
    assert still_holds(criteria, accepted, criteria, now) == (now <= accepted)


def test_an_acceptance_does_not_outlive_criteria_that_ask_for_more_authority() -> None:
    assert not still_holds(default_criteria(), 5, _forbidding(), 5)


def test_an_acceptance_holds_on_its_last_day() -> None:
    assert not is_expired(TODAY, TODAY)
    assert is_expired(TODAY - timedelta(days=1), TODAY)


@pytest.mark.parametrize(
    ("situation", "state", "step"),
    [
        (CALM, "within", ""),
        (replace(CALM, review_on=date(2026, 3, 30)), "within", "review"),
        (replace(CALM, level=None), "unassessed", "assess"),
        (replace(CALM, has_owner=False, level=None), "unassessed", "own"),
        (replace(CALM, is_above_acceptance=True), "untreated", "treat"),
        (replace(CALM, is_above_acceptance=True, treatment="retain"), "unaccepted", "accept"),
        (replace(CALM, is_above_acceptance=True, treatment="modify"), "in_treatment", ""),
        (replace(CALM, is_above_acceptance=True, treatment="modify", due_on=date(2026, 3, 30)), "overdue", "finish"),
        (replace(CALM, is_above_acceptance=True, acceptance="waiting"), "waiting", "countersign"),
        (replace(CALM, is_above_acceptance=True, acceptance="in_force", accepted_until=TODAY), "accepted", ""),
        (
            replace(CALM, is_above_acceptance=True, acceptance="in_force", accepted_until=date(2026, 3, 30)),
            "expired",
            "accept_again",
        ),
    ],
)
def test_a_risk_says_where_it_stands_and_what_it_needs_next(situation: Situation, state: str, step: str) -> None:
    assert standing(situation, TODAY) == state
    assert next_step(situation, TODAY) == step
    assert state in TONES
