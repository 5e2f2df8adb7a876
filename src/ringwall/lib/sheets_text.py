"""Reads CSV files: which encoding, which delimiter, and every record as a list of texts."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ringwall.lib.sheets_types import Limits, SheetError

DELIMITERS = (";", ",", "\t")
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SAMPLE_RECORDS = 50


@dataclass(frozen=True, slots=True)
class Text:
    encoding: str
    delimiter: str
    first_record: int
    """Number of the first record that holds data: 2 where the file begins with `sep=;`."""
    records: Iterator[list[str]]


def read_text(data: bytes, encoding: str | None, delimiter: str | None, limits: Limits) -> Text:
    """RFC 4180 with the delimiters of all countries. Raises SheetError: `encoding`, `unknown_encoding`, `quoting`."""
    name, text = _decode(data, encoding)
    first_record = 1
    if text[:4].lower() == "sep=" and text[4:5] and text[5:6] in ("\r", "\n"):
        delimiter = delimiter or text[4]
        text = text[5:].removeprefix("\r").removeprefix("\n")
        first_record = 2
    chosen = delimiter or _likely_delimiter(text)
    return Text(name, chosen, first_record, _records(text, chosen, first_record, limits))


def _decode(data: bytes, declared: str | None) -> tuple[str, str]:
    marked = next((name for mark, name in MARKS if data.startswith(mark)), None)
    name = declared or marked or ("utf-8" if _is_utf8(data) else _unmarked(data))
    try:
        canonical = codecs.lookup(name).name
        text = data.decode(name)
    except UnicodeDecodeError as error:
        raise SheetError("encoding", encoding=name, offset=error.start + 1) from error
    except (LookupError, UnicodeError, ValueError) as error:
        # Codecs that give no text (base64, zip …) count as unknown too.
        raise SheetError("unknown_encoding", encoding=name) from error
    return canonical, text.removeprefix("\ufeff")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in data


def _unmarked(data: bytes) -> str:
    """UTF-16 without its mark shows as a zero in nearly every second byte; else the Western Windows code page."""
    sample = data[:2000]
    if sample[1::2].count(0) > len(sample) // 4:
        return "utf-16-le"
    if sample[0::2].count(0) > len(sample) // 4:
        return "utf-16-be"
    return "cp1252"


def _likely_delimiter(text: str) -> str:
    """The delimiter that cuts the first records into the same number of fields, more fields before fewer."""

    def fit(delimiter: str) -> tuple[float, int]:
        widths = []
        reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter)
        try:
            for record in reader:
                if record:
                    widths.append(len(record))
                if len(widths) >= SAMPLE_RECORDS:
                    break
        except csv.Error:
            return (0.0, 0)
        if not widths or widths[0] < 2:
            return (0.0, 0)
        return (Counter(widths)[widths[0]] / len(widths), widths[0])

    return max(DELIMITERS, key=fit)


def _records(text: str, delimiter: str, first_record: int, limits: Limits) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = first_record
    cells = 0
    try:
        for record in reader:
            if number > limits.rows:
                raise SheetError("too_many_rows", limit=limits.rows)
            if len(record) > limits.columns:
                raise SheetError("too_many_columns", place=f"row {number}", limit=limits.columns)
            cells += len(record)
            if cells > limits.cells:
                raise SheetError("too_many_cells", limit=limits.cells)
            yield record
            number += 1
    except csv.Error as error:
        raise SheetError("quoting", place=f"row {number}, line {reader.line_num}", detail=str(error)) from error
