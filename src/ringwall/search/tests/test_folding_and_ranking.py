"""The pure rules of full text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.search import rules


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Prüfung", "prufung"),
        ("Straße", "strasse"),
        ("ÉCOLE", "ecole"),
        ("ﬁrewall", "firewall"),
        ("K\u2126", "kω"),
        ("İ", "i"),
    ],
)
def test_folding_takes_away_case_accents_and_compatibility_forms(text, folded):
    assert rules.fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert rules.tokens(" ".join(rules.tokens(text))) == rules.tokens(text)


@given(st.text(max_size=200))
def test_no_token_can_be_an_operator_or_a_quote_of_any_query_language(text):
    for phrase in rules.phrases(text):
        assert phrase
        assert all(token.isalnum() for token in phrase)


def test_a_reference_is_one_phrase():
    assert rules.phrases("R-0042  server") == (("r", "0042"), ("server",))


def test_chinese_is_found_by_any_of_its_characters():
    assert rules.tokens("信息安全") == ["信", "息", "安", "全"]


def test_the_reference_itself_comes_first_then_title_then_text_then_what_is_withdrawn():
    rank = rules.ranking(rules.phrases("R-1"))
    assert rank("R-1", "Something", False) == 0
    rank = rules.ranking(rules.phrases("mail server"))
    order = [
        rank("A-1", "Mail server", False),
        rank("A-2", "Mail server in Bonn", False),
        rank("A-3", "Server for mail", False),
        rank("A-4", "Exchange", False),
        rank("A-5", "Mail server", True),
    ]
    assert order == sorted(set(order))


def test_an_excerpt_shows_the_line_round_the_hit_as_it_was_written():
    text = "word " * 80 + "the yearly Prüfung of backups " + "word " * 80
    line = rules.excerpt(text, rules.phrases("pruf"))
    assert "Prüfung of backups" in line
    assert line.startswith("…") and line.endswith("…")
    assert len(line) < 160


def test_an_excerpt_is_empty_where_the_text_does_not_hold_the_word():
    assert rules.excerpt("nothing of the kind", rules.phrases("server")) == ""


@given(st.text(max_size=300), st.text(min_size=1, max_size=20))
def test_an_excerpt_is_never_an_error_and_never_long(text, asked):
    assert len(rules.excerpt(text, rules.phrases(asked))) <= 142


def test_one_letter_does_not_go_on_but_two_do():
    scope = (rules.Scope(frozenset({"o1"})),)
    assert not rules.Question((("s",),), scope).has_prefix
    assert rules.Question((("se",),), scope).has_prefix
