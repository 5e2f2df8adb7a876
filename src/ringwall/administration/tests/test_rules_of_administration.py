"""The pure rules: trees, terms, who is left to administer."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ringwall.administration import rules
from ringwall.administration.rules import Administrator, Term

TODAY = date(2026, 5, 4)
DAYS = st.integers(-500, 500).map(lambda days: TODAY + timedelta(days=days))
TERMS = st.builds(Term, st.none() | DAYS, st.none() | DAYS).filter(
    lambda term: term.first is None or term.last is None or term.first <= term.last
)


@given(st.dictionaries(st.integers(0, 20), st.none() | st.integers(0, 20)), st.integers(0, 20), st.integers(0, 20))
def test_looking_upwards_ends_even_in_a_broken_tree(parent_of, lower, upper):
    assert rules.is_at_or_below(parent_of, lower, upper) in {True, False}


def test_a_unit_is_below_its_parents_and_itself_and_nothing_else():
    parent_of = {"top": None, "it": "top", "ops": "it", "hr": "top"}
    assert rules.is_at_or_below(parent_of, "ops", "top")
    assert rules.is_at_or_below(parent_of, "ops", "ops")
    assert not rules.is_at_or_below(parent_of, "it", "ops")
    assert not rules.is_at_or_below(parent_of, "ops", "hr")


@given(TERMS)
def test_what_ends_at_once_holds_no_longer_from_today_on(term):
    ended = term.ended(None, TODAY)
    assert not any(ended.holds_on(TODAY + timedelta(days=days)) for days in range(4))
    assert ended.first is None or ended.last is None or ended.first <= ended.last


@given(TERMS, TERMS)
def test_terms_overlap_where_they_share_a_day(one, other):
    bounds = [day for day in (one.first, one.last, other.first, other.last) if day]
    days = bounds or [TODAY]
    shared = any(one.holds_on(day) and other.holds_on(day) for day in days)
    assert one.overlaps(other) == shared == other.overlaps(one)


def test_an_administrator_lasts_only_without_an_end_with_a_login_and_from_now_on():
    forever = Term(None, None)
    assert rules.has_lasting_administrator([Administrator(1, forever, True)], TODAY)
    for wrong in (
        Administrator(1, forever, False),
        Administrator(1, Term(None, TODAY + timedelta(days=900)), True),
        Administrator(1, Term(TODAY + timedelta(days=1), None), True),
    ):
        assert not rules.has_lasting_administrator([wrong], TODAY)
    assert not rules.has_lasting_administrator([], TODAY)


def test_a_token_lives_at_most_a_year():
    assert rules.is_valid_expiry(TODAY, TODAY)
    assert rules.is_valid_expiry(date(2027, 5, 4), TODAY)
    assert not rules.is_valid_expiry(TODAY - timedelta(days=1), TODAY)
    assert not rules.is_valid_expiry(date(2027, 5, 6), TODAY)
