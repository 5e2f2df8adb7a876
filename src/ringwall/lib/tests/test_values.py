from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.lib.values import (
    CellValueError,
    DateOrder,
    parse_bool,
    parse_date,
    parse_decimal,
    split_list,
    write_bool,
    write_date,
    write_decimal,
    write_list,
)

four_digit_years = st.dates(min_value=date(1000, 1, 1))
plain_numbers = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15)
references = st.text(alphabet=st.characters(exclude_characters=";,\r\n", exclude_categories=["Cc", "Z"]), min_size=1)


def code_of(call) -> str:
    with pytest.raises(CellValueError) as caught:
        call()
    assert str(caught.value)
    return caught.value.code


@given(four_digit_years, st.sampled_from(DateOrder))
def test_a_written_date_reads_back(day, order):
    assert parse_date(write_date(day, order), order) == day


@given(four_digit_years, st.sampled_from(DateOrder))
def test_an_iso_date_reads_under_every_order(day, order):
    assert parse_date(day.isoformat(), order) == day
    assert parse_date(f"{day.isoformat()} 00:00:00", order) == day


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("3.4.2025", "dmy", date(2025, 4, 3)),
        ("3/4/2025", "mdy", date(2025, 3, 4)),
        ("2025/4/3", "ymd", date(2025, 4, 3)),
        (" 03. 04. 2025 ", "dmy", date(2025, 4, 3)),
        ("03-04-2025", "dmy", date(2025, 4, 3)),
    ],
)
def test_text_is_read_in_the_declared_order(text, order, expected):
    assert parse_date(text, order) == expected


def test_date_cells_need_no_order():
    assert parse_date(datetime(2025, 4, 3, 12, 30), "mdy") == date(2025, 4, 3)
    assert parse_date(date(2025, 4, 3), "mdy") == date(2025, 4, 3)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("31.02.2025", "date_impossible"),
        ("12.13.2025", "date_impossible"),
        ("1.2.25", "date_short_year"),
        ("soon", "date_unclear"),
        ("", "date_unclear"),
        (None, "date_unclear"),
        ("٣.٤.٢٠٢٥", "date_unclear"),
        (45000, "date_is_number"),
        (True, "date_is_number"),
    ],
)
def test_what_is_no_date_says_why(value, code):
    assert code_of(lambda: parse_date(value, "dmy")) == code


@given(plain_numbers, st.booleans())
def test_a_written_number_reads_back(number, decimal_comma):
    assert parse_decimal(write_decimal(number, decimal_comma), decimal_comma) == number


@given(st.integers(-(10**18), 10**18), st.booleans())
def test_groups_of_three_are_read(number, decimal_comma):
    text = f"{number:,}".replace(",", "." if decimal_comma else ",")
    assert parse_decimal(text, decimal_comma) == number


@pytest.mark.parametrize(
    ("text", "decimal_comma", "expected"),
    [
        ("12.500,50 €", True, "12500.50"),
        ("EUR 1,234.5", False, "1234.5"),
        ("CHF 1'250.00", False, "1250.00"),
        ("1\u202f250,5", True, "1250.5"),
        ("\u22125", True, "-5"),
        (",5", True, "0.5"),
        ("+7", False, "7"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, decimal_comma, expected):
    assert parse_decimal(text, decimal_comma) == Decimal(expected)


@pytest.mark.parametrize(
    ("value", "decimal_comma", "code"),
    [
        ("1.5", True, "number_grouping"),
        ("1,5", False, "number_grouping"),
        ("1.2345.678", True, "number_grouping"),
        ("12 %", True, "number_unclear"),
        ("1e5", False, "number_unclear"),
        ("--5", False, "number_unclear"),
        ("5,", True, "number_unclear"),
        ("1.000,5.5", True, "number_unclear"),
        ("9" * 50, False, "number_unclear"),
        ("NaN", False, "number_unclear"),
        (Decimal("Infinity"), False, "number_unclear"),
        (True, False, "number_unclear"),
        (date(2025, 1, 1), False, "number_unclear"),
        ("", False, "number_unclear"),
        (None, False, "number_unclear"),
    ],
)
def test_what_is_no_number_says_why(value, decimal_comma, code):
    assert code_of(lambda: parse_decimal(value, decimal_comma)) == code


@given(st.text() | st.integers() | st.none() | st.booleans() | st.dates(), st.booleans())
def test_any_cell_is_read_or_refused_with_a_reason(value, flag):
    for read in (lambda: parse_date(value, "dmy"), lambda: parse_decimal(value, flag), lambda: parse_bool(value)):
        try:
            read()
        except CellValueError as error:
            assert str(error)
    assert all(piece == piece.strip() != "" for piece in split_list(value))


@given(st.booleans(), st.sampled_from(["en", "de"]))
def test_a_written_answer_reads_back(answer, language):
    assert parse_bool(write_bool(answer, language)) is answer


@pytest.mark.parametrize("value", ["Ja", " x ", "WAHR", "true", 1, True, "✓"])
def test_words_for_yes(value):
    assert parse_bool(value) is True


@pytest.mark.parametrize("value", ["Nein", "FALSCH", "no", 0, False, Decimal(0)])
def test_words_for_no(value):
    assert parse_bool(value) is False


@pytest.mark.parametrize("value", ["perhaps", "", None, 2, date(2025, 1, 1)])
def test_other_words_are_no_answer(value):
    assert code_of(lambda: parse_bool(value)) == "bool_unclear"


@given(st.lists(references, unique=True))
def test_a_written_list_reads_back(names):
    assert split_list(write_list(names)) == names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A-1, A-2,A-1", ["A-1", "A-2"]),
        ("Meier, Eva; Huber, Jan", ["Meier, Eva", "Huber, Jan"]),
        ("A-1,\nA-2,\n", ["A-1", "A-2"]),
        (" ; ", []),
        (None, []),
        (5, ["5"]),
    ],
)
def test_lists_are_parted_at_the_strongest_sign(text, expected):
    assert split_list(text) == expected
