import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.reports.text import breakable, printable, visible

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)


@given(ANY_TEXT)
def test_printable_text_has_no_control_character_surrogate_or_reordering_mark(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    assert not [each for each in shown if unicodedata.category(each) in ("Cc", "Cs") and each not in "\n\t"]
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("bell \x07", "bell □"),
        ("safe\u202egpj.exe", "safe□gpj.exe"),
        ("half \ud800", "half □"),
        ("Grüße – 中文 ✓", "Grüße – 中文 ✓"),
    ],
)
def test_line_ends_become_one_and_unprintable_characters_become_visible(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.sampled_from("abcXY19/.-_ \n"), max_size=200), st.integers(3, 60))
def test_break_opportunities_change_nothing_but_themselves(text: str, longest: int) -> None:
    assert breakable(text, longest).replace("\u200b", "") == text


@given(st.text(st.sampled_from("ABC129/._"), max_size=200), st.integers(3, 60))
def test_no_piece_of_a_code_or_path_is_longer_than_its_column(text: str, longest: int) -> None:
    assert all(len(piece) <= longest for piece in breakable(text, longest).split("\u200b"))


def test_natural_words_are_left_to_hyphenation() -> None:
    assert breakable("Informationssicherheitsereignis", 40) == "Informationssicherheitsereignis"
    assert breakable("Zugriffsberechtigungen,", 8) == "Zugriffsberechtigungen,"
    assert "\u200b" in breakable("A" * 20, 8)


@pytest.mark.parametrize("text", ["", "  \n", "\u200b\u2060"])
def test_a_text_that_shows_nothing_becomes_a_dash(text: str) -> None:
    assert visible(text) == "–"
