"""Values as people write them in cells, under a declared order of dates and decimal sign.

The readers take what a sheet gives (text, numbers, dates) and raise `CellValueError`; the writers give text that the
reader reads back to the same value.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from ringwall.lib.sheets_types import Cell


class DateOrder(StrEnum):
    """Order of day, month and year where a date is text. ISO 8601 (2025-03-09) is read under every order."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


ERRORS: dict[str, str] = {
    "date_unclear": "“{value}” is not a date; write it as {example}.",
    "date_impossible": "“{value}” is not a day of the calendar when read as {order}.",
    "date_short_year": "“{value}” does not give the year in four digits; write it as {example}.",
    "date_is_number": "{value} is a number, not a date; format the column as a date.",
    "number_unclear": "“{value}” is not a number; write it as {example}.",
    "number_grouping": "In “{value}”, “{sign}” does not part groups of three digits; the decimal sign is “{decimal}”.",
    "bool_unclear": "“{value}” is neither yes nor no.",
}
"""Code → message; parameters in braces."""

DATE_EXAMPLES = {DateOrder.DMY: "31.12.2025", DateOrder.MDY: "12/31/2025", DateOrder.YMD: "2025-12-31"}
DATE_SIGNS = {DateOrder.DMY: ".", DateOrder.MDY: "/", DateOrder.YMD: "-"}

TRUE_WORDS = frozenset({"1", "ja", "j", "yes", "y", "true", "wahr", "x", "✓", "✔", "☑"})
FALSE_WORDS = frozenset({"0", "nein", "n", "no", "false", "falsch", "☐"})

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?", re.ASCII)
_THREE_NUMBERS = re.compile(r"(\d{1,4})\s*[./\-]\s*(\d{1,2})\s*[./\-]\s*(\d{1,4})\.?", re.ASCII)
_CURRENCY = re.compile(r"(?:€|\$|£|EUR|USD|GBP|CHF)", re.IGNORECASE)
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")
_MOST_DIGITS = 40


class CellValueError(ValueError):
    """A value that cannot be read; `code` and `parameters` serve translation, the text is English."""

    def __init__(self, code: str, **parameters: str) -> None:
        self.code = code
        self.parameters = parameters
        super().__init__(ERRORS[code].format(**parameters))


def parse_date(value: Cell, order: DateOrder | str) -> date:
    """The day meant by a date cell or by text such as "31.12.2025"; a time of day is dropped.

    Raises CellValueError: `date_unclear`, `date_impossible`, `date_short_year`, `date_is_number`.
    """
    order = DateOrder(order)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (bool, int, float, Decimal)):
        raise CellValueError("date_is_number", value=str(value))
    text = (value or "").translate(_SPACES).strip()
    if match := _ISO.fullmatch(text):
        return _day(text, *match.groups(), order=DateOrder.YMD)
    match = _THREE_NUMBERS.fullmatch(text)
    if match is None:
        raise CellValueError("date_unclear", value=_shown(text), example=DATE_EXAMPLES[order])
    first, second, third = match.groups()
    if order is DateOrder.YMD:
        return _day(text, first, second, third, order=order)
    if order is DateOrder.MDY:
        return _day(text, third, first, second, order=order)
    return _day(text, third, second, first, order=order)


def write_date(day: date, order: DateOrder | str) -> str:
    order = DateOrder(order)
    parts = {"d": f"{day.day:02}", "m": f"{day.month:02}", "y": f"{day.year:04}"}
    return DATE_SIGNS[order].join(parts[letter] for letter in order)


def parse_decimal(value: Cell, decimal_comma: bool) -> Decimal:
    """The number in a cell or in text such as "12.500,50 €"; groups of three digits and a currency sign are dropped.

    Raises CellValueError: `number_unclear`, `number_grouping`.
    """
    decimal, grouping = (",", ".") if decimal_comma else (".", ",")
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    unclear = CellValueError("number_unclear", value=_shown(value), example=f"12500{decimal}50")
    if not isinstance(value, str) or len(value) > 2 * _MOST_DIGITS:
        raise unclear
    text = value.translate(_SPACES).replace("\u2212", "-").replace("’", "'")
    text = _CURRENCY.sub("", text, count=1).strip()
    sign, digits = (text[0], text[1:].strip()) if text[:1] in ("-", "+") else ("", text)
    whole, separator, fraction = digits.partition(decimal)
    if separator and not _are_digits(fraction):
        raise unclear
    for mark in (grouping, " ", "'"):
        if mark in whole:
            groups = whole.split(mark)
            if not all(_are_digits(group) for group in groups):
                raise unclear
            if not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:]):
                raise CellValueError("number_grouping", value=_shown(value), sign=mark, decimal=decimal)
            whole = "".join(groups)
    if not (_are_digits(whole) or (separator and not whole)) or len(whole) + len(fraction) > _MOST_DIGITS:
        raise unclear
    return Decimal(f"{sign}{whole or '0'}.{fraction or '0'}" if separator else f"{sign}{whole}")


def write_decimal(number: Decimal | int, decimal_comma: bool) -> str:
    """Plain digits without groups or exponent."""
    text = f"{number:f}"
    return text.replace(".", ",") if decimal_comma else text


def parse_bool(value: Cell) -> bool:
    """Yes or no in English or German words, as a tick or cross, or as 1 and 0. Raises CellValueError `bool_unclear`."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold() if isinstance(value, (str, int, Decimal)) else ""
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise CellValueError("bool_unclear", value=_shown(value))


def write_bool(answer: bool, language: str = "en") -> str:
    return {True: "ja", False: "nein"}[answer] if language == "de" else {True: "yes", False: "no"}[answer]


def split_list(value: Cell) -> list[str]:
    """The references in a cell, in order, each once.

    Semicolons and line breaks part them; commas do so only where there is neither, for names may hold commas
    ("Meier, Eva; Huber, Jan").
    """
    if value is None:
        return []
    text = str(value)
    pieces = re.split(r"[;\r\n]", text) if re.search(r"[;\r\n]", text.strip()) else text.split(",")
    return list(dict.fromkeys(piece for piece in (piece.strip().strip(",").strip() for piece in pieces) if piece))


def write_list(references: Iterable[str]) -> str:
    return "; ".join(references)


def _day(text: str, year: str, month: str, day: str, *, order: DateOrder) -> date:
    if len(year) != 4:
        raise CellValueError("date_short_year", value=_shown(text), example=DATE_EXAMPLES[order])
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise CellValueError("date_impossible", value=_shown(text), order=_described(order)) from error


def _described(order: DateOrder) -> str:
    return ", ".join({"d": "day", "m": "month", "y": "year"}[letter] for letter in order)


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _shown(value: object) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= 40 else f"{text[:39]}…"
