"""What a user's spreadsheet is once read, what may be found in it, and how large it may be.

Codes are stable: an upper floor translates them by code and parameters. The English texts stand here so that the pure
floors, the command line and logs need no translation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

type Cell = str | int | Decimal | bool | date | datetime | None
"""One value as stored in the file: blank text is `None`, whole numbers are `int`, other numbers `Decimal`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of one file; sizes in bytes, `text` in characters over all cells of a sheet."""

    size: int = 20 * 1024 * 1024
    unpacked: int = 300 * 1024 * 1024
    ratio: int = 250
    members: int = 2_000
    rows: int = 250_000
    columns: int = 500
    cells: int = 5_000_000
    text: int = 200_000_000
    cell_text: int = 100_000


ERRORS: dict[str, tuple[str, str]] = {
    "too_large": (
        "The file has {size} bytes; at most {limit} are accepted.",
        "Split it into several files, or remove pictures and sheets that are not needed.",
    ),
    "empty": ("The file is empty.", "Save the spreadsheet again and choose the new file."),
    "no_rows": ("The sheet holds no rows.", "Choose the sheet that holds the rows, or fill it in first."),
    "wrong_format": (
        "The file name ends in {ending}, but the content is {found}.",
        "Open it in a spreadsheet program and save it as XLSX, ODS or CSV.",
    ),
    "unsupported": (
        "Files that are {found} cannot be read.",
        "Open it in a spreadsheet program and save it as XLSX, ODS or CSV.",
    ),
    "encrypted": (
        "The workbook is protected by a password.",
        "Save it without a password and choose the new file.",
    ),
    "damaged": (
        "The file is damaged or was cut off: {detail}.",
        "Save or download it again and choose the new file.",
    ),
    "bomb": (
        "The file would unpack to {unpacked} bytes ({ratio} times its size, {members} parts); that is refused.",
        "Copy the rows into a new workbook, save it and choose that file.",
    ),
    "doctype": (
        "The workbook carries a document type definition; that is refused, for it can hide an attack.",
        "Copy the rows into a new workbook, save it and choose that file.",
    ),
    "too_many_rows": (
        "The sheet has more than {limit} rows.",
        "Delete empty formatted rows at the end, or split the sheet into several files.",
    ),
    "too_many_columns": (
        "The sheet has more than {limit} columns.",
        "Delete the columns that are not needed, empty formatted ones too.",
    ),
    "too_many_cells": ("The sheet has more than {limit} cells.", "Split the sheet into several files."),
    "too_much_text": ("The sheet holds more than {limit} characters.", "Split the sheet into several files."),
    "no_sheet": (
        "The workbook has no sheet named “{sheet}”; it has {sheets}.",
        "Choose one of the sheets it has.",
    ),
    "no_header": (
        "The first row does not hold column names: “{value}” is not text.",
        "Put one row with the names of the columns above the data.",
    ),
    "duplicate_header": (
        "The columns {first} and {second} have the same name “{name}”.",
        "Give each column a name of its own.",
    ),
    "encoding": (
        "The text is not valid {encoding}: byte {offset} does not belong there.",
        "Save the file as “CSV UTF-8”, or name the encoding it has.",
    ),
    "unknown_encoding": (
        "“{encoding}” is not an encoding that can be read.",
        "Name utf-8, utf-16, cp1252 or iso-8859-15.",
    ),
    "no_component_definition": (
        "This is no OSCAL component definition, but: {found}.",
        "Choose a component definition, or a spreadsheet.",
    ),
    "quoting": (
        "The quotation marks do not match: {detail}.",
        "Double each quotation mark inside a quoted field, and close every field that is opened.",
    ),
}
"""Code → (message, remedy) of everything that refuses the whole file; parameters in braces."""

FINDINGS: dict[str, str] = {
    "control_character": "holds the control character {character}",
    "error_value": "holds the error value {value} of a formula",
    "formula_without_value": "holds a formula whose result was never stored",
    "formula_text": "begins with “=”; it is taken as plain text",
    "text_too_long": "holds {length} characters; at most {limit} are accepted",
    "no_column_name": "holds a value, but its column has no name",
    "note": "{text}",
}
"""Code → what is wrong with one cell; parameters in braces."""

WARNINGS = frozenset({"formula_text", "note"})
"""Codes of findings that do not stand against taking the row."""


class SheetError(ValueError):
    """The whole file is refused.

    `code` and `parameters` serve translation; `message`, `place` ("sheet Assets, row 3") and `remedy` are English.
    `place` is empty where the file as a whole is meant.
    """

    def __init__(self, code: str, *, place: str = "", **parameters: str | int) -> None:
        message, remedy = ERRORS[code]
        self.code = code
        self.place = place
        self.parameters = parameters
        self.message = message.format(**parameters)
        self.remedy = remedy
        super().__init__(f"{place}: {self.message} {remedy}" if place else f"{self.message} {remedy}")


@dataclass(frozen=True, slots=True)
class CellFinding:
    """Something wrong with one cell. `row` and `column` count from 1 as spreadsheet programs do."""

    code: str
    row: int
    column: int
    parameters: dict[str, str | int] = field(default_factory=dict)

    @property
    def is_warning(self) -> bool:
        return self.code in WARNINGS

    @property
    def place(self) -> str:
        """The cell's address in A1 notation, for example "C7"."""
        return f"{column_letters(self.column)}{self.row}"

    @property
    def message(self) -> str:
        return f"Cell {self.place} {FINDINGS[self.code].format(**self.parameters)}."


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a file.

    `header` holds one name a column ("" where it has none); every row is as long as the header. `rows[i]` stands in the
    file at row `first_row_number + i`; blank rows between others are kept for that. `encoding` and `delimiter` are
    those of a CSV file, as declared or found. `findings` with `is_warning` false stand against taking their row.
    """

    name: str
    names: tuple[str, ...]
    header: list[str]
    rows: list[list[Cell]]
    first_row_number: int
    findings: list[CellFinding]
    encoding: str | None = None
    delimiter: str | None = None

    def numbered_rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """The rows that hold something, each with its row number in the file."""
        for number, row in enumerate(self.rows, self.first_row_number):
            if any(cell is not None for cell in row):
                yield number, row


def column_letters(number: int) -> str:
    """1 → "A", 27 → "AA"."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """ "A" → 1, "AA" → 27; the letters are upper-case A to Z."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
