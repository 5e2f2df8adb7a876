import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ringwall.lib.canonical import MAX_INTEGER, CanonicalError, decode, encode

keys = st.text(st.characters(max_codepoint=127), max_size=8)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5))


@given(values)
def test_the_text_is_that_of_an_independent_rfc_8785_writer(value: Any) -> None:
    assert encode(value).encode() == rfc8785.dumps(value)


@given(values)
def test_a_text_is_read_back_to_the_value_it_was_written_from(value: Any) -> None:
    assert decode(encode(value)) == value


@given(values)
def test_any_other_spelling_of_the_same_value_is_refused(value: Any) -> None:
    spaced = json.dumps(value, indent=1, ensure_ascii=False) + " "
    with pytest.raises(CanonicalError):
        decode(spaced)


@pytest.mark.parametrize(
    ("value", "path", "word"),
    [
        ({"a": [1, {"b": 0.5}]}, "/a/1/b", "float"),
        ({"a/b": {"c~d": float("nan")}}, "/a~1b/c~0d", "float"),
        ([2**53], "/0", "2^53"),
        ([-(2**53)], "/0", "2^53"),
        ({"a": {"ü": 1}}, "/a", "ASCII"),
        ({"a": {1: 1}}, "/a", "ASCII"),
        ({"on": date(2025, 1, 1)}, "/on", "date"),
        ({"cost": Decimal("1.50")}, "/cost", "Decimal"),
        (["x", "\ud800"], "/1", "surrogate"),
        (0.0, "", "float"),
    ],
)
def test_a_value_without_canonical_form_is_refused_with_its_place(value: Any, path: str, word: str) -> None:
    with pytest.raises(CanonicalError, match=word.replace("^", r"\^")) as caught:
        encode(value)
    assert caught.value.path == path


def test_a_value_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(CanonicalError, match="nested"):
        encode(loop)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[1] ", "[" * 5000, "[" * 5000 + "]" * 5000),
        *("1.0", "1e3", "-0", "NaN", "9007199254740992", "9" * 5000),
        *('{"a":1,"a":1}', '{"b":1,"a":1}', '{"ü":1}', '{"\\u00fc":1}', '"\\u0041"', '"\\ud800"', '"\\/"'),
    ],
)
def test_text_that_is_not_canonical_json_is_refused(text: str) -> None:
    with pytest.raises(CanonicalError):
        decode(text)
