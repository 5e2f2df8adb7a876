"""Reads spreadsheets that users bring: XLSX and ODS workbooks, and CSV of any country.

Whatever is wrong with the file as a whole raises `SheetError`; whatever is wrong with single cells is listed in
`Sheet.findings`, so that every finding can be told at once. Nothing in a sheet is ever evaluated.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from ringwall.lib.sheets_text import read_text
from ringwall.lib.sheets_types import Cell, CellFinding, Limits, Sheet, SheetError, column_letters, column_number
from ringwall.lib.sheets_workbook import ENCRYPTED_STREAM, LEGACY, plain, read_workbook

__all__ = ["Cell", "CellFinding", "Limits", "Sheet", "SheetError", "column_letters", "column_number", "read_sheet"]

WORKBOOK_ENDINGS = ("xlsx", "xlsm", "ods")
TEXT_ENDINGS = ("csv", "tsv", "txt")
LARGEST_EXACT = 2**53
"""Floating-point numbers hold every whole number up to here."""

# Neither tab nor line feed; C1 controls too, which are the usual trace of a wrongly declared encoding.
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK", "a workbook or another archive"),
    (LEGACY, "an old workbook (XLS)"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "XML"),
)


def read_sheet(
    data: bytes,
    name: str,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = Limits(),  # noqa: B008
) -> Sheet:
    """One sheet of the file called `name`: its header (first row that is not blank) and the rows below it.

    `sheet` names the sheet of a workbook (default: the first). `encoding` and `delimiter` declare those of a CSV file;
    without them the encoding is found by its mark, else UTF-8 if valid, else Windows-1252, and the delimiter among
    semicolon, comma and tab. Texts come stripped, in Unicode form C, with "\\n" at line ends. Formula cells give their
    stored result.

    Raises SheetError, which names code, place and remedy (codes: `sheets_types.ERRORS`).
    """
    if len(data) > limits.size:
        raise SheetError("too_large", size=len(data), limit=limits.size)
    if not data.strip(b"\x00\t\r\n "):
        raise SheetError("empty")
    if _is_workbook(data, name):
        raw = read_workbook(data, sheet, limits)
        return _assemble(raw.name, raw.names, raw.rows, 1, raw.findings, limits)
    text = read_text(data, encoding, delimiter, limits)
    title = name.rpartition("/")[2]
    found = _assemble(title, (title,), text.records, text.first_record, [], limits)
    return Sheet(
        found.name,
        found.names,
        found.header,
        found.rows,
        found.first_row_number,
        found.findings,
        encoding=text.encoding,
        delimiter=text.delimiter,
    )


def _is_workbook(data: bytes, name: str) -> bool:
    """Decides by the content, and refuses a name that says otherwise."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    start = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    found = next((words for signature, words in SIGNATURES if start.startswith(signature.lower())), None)
    if data.startswith(LEGACY) and ENCRYPTED_STREAM in data:
        raise SheetError("encrypted")
    if ending in WORKBOOK_ENDINGS:
        if data.startswith(b"PK\x03\x04"):
            return True
        if data.startswith(b"PK"):
            raise SheetError("damaged", detail="it holds nothing")
        raise SheetError("wrong_format", ending=ending.upper(), found=found or "plain text")
    if found is not None and ending in TEXT_ENDINGS:
        raise SheetError("wrong_format", ending=ending.upper(), found=found)
    if ending in TEXT_ENDINGS:
        return False
    if ending:
        raise SheetError("wrong_format", ending=ending.upper(), found=found or "of a kind that is not known")
    if data.startswith(b"PK\x03\x04"):
        return True
    if found is not None:
        raise SheetError("unsupported", found=found)
    return False


def _assemble(
    name: str,
    names: tuple[str, ...],
    raw: Iterable[list[Any]],
    first_number: int,
    findings: list[CellFinding],
    limits: Limits,
) -> Sheet:
    place = f"sheet {name}"
    records = iter(raw)
    for number, record in enumerate(records, first_number):
        if any(_is_filled(value) for value in record):
            header = [_header_name(value, f"{place}, row {number}") for value in record]
            break
    else:
        raise SheetError("no_rows", place=place)
    while header and not header[-1]:
        header.pop()
    _refuse_duplicates(header, f"{place}, row {number}")
    found = [finding for finding in findings if finding.row > number]
    rows: list[list[Cell]] = []
    last_filled = 0
    for offset, record in enumerate(records, 1):
        row = _row(record, header, number + offset, found, limits)
        rows.append(row)
        if any(cell is not None for cell in row):
            last_filled = offset
    del rows[last_filled:]
    found.sort(key=lambda finding: (finding.row, finding.column))
    return Sheet(name, names, header, rows, number + 1, found)


def _is_filled(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _header_name(value: Any, place: str) -> str:
    if not _is_filled(value):
        return ""
    text = " ".join(unicodedata.normalize("NFC", value).split()) if isinstance(value, str) else ""
    if not text or UNWANTED.search(text):
        raise SheetError("no_header", place=place, value=str(value)[:40].encode("ascii", "backslashreplace").decode())
    return text


def _refuse_duplicates(header: list[str], place: str) -> None:
    first: dict[str, int] = {}
    for column, title in enumerate(header, 1):
        if not title:
            continue
        earlier = first.setdefault(title.casefold(), column)
        if earlier != column:
            letters = column_letters(earlier), column_letters(column)
            raise SheetError("duplicate_header", place=place, first=letters[0], second=letters[1], name=title)


def _row(record: list[Any], header: list[str], number: int, findings: list[CellFinding], limits: Limits) -> list[Cell]:
    row: list[Cell] = []
    for column, (value, title) in enumerate(zip_longest(record, header, fillvalue=None), 1):
        cell = _cell(value, number, column, findings, limits)
        if not title:
            if cell is not None:
                findings.append(CellFinding("no_column_name", number, column))
            if column > len(header):
                continue
        row.append(cell)
    return row


def _cell(value: Any, row: int, column: int, findings: list[CellFinding], limits: Limits) -> Cell:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _text(value, row, column, findings, limits)
    if isinstance(value, float):
        # Spreadsheet programs show and compare fifteen digits.
        return int(value) if value.is_integer() and abs(value) < LARGEST_EXACT else Decimal(f"{value:.15g}")
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date()
    return plain(value)  # type: ignore[return-value]


def _text(value: str, row: int, column: int, findings: list[CellFinding], limits: Limits) -> str | None:
    text = value.strip().replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    unwanted = UNWANTED.search(text)
    if unwanted:
        findings.append(CellFinding("control_character", row, column, {"character": f"U+{ord(unwanted[0]):04X}"}))
    if len(text) > limits.cell_text:
        findings.append(CellFinding("text_too_long", row, column, {"length": len(text), "limit": limits.cell_text}))
    if text.startswith("="):
        findings.append(CellFinding("formula_text", row, column))
    return text or None
