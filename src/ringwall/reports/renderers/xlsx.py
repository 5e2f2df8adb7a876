"""XLSX by XlsxWriter: an overview, then one filterable sheet per table; real numbers and dates, text only text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from math import ceil
from types import MappingProxyType
from typing import BinaryIO, cast

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.workbook import Workbook

from ringwall.reports import wording
from ringwall.reports.document import Cell, Column, Report, ReportError
from ringwall.reports.renderers.xlsx_cells import FONT, Styles, fitting_text
from ringwall.reports.renderers.xlsx_overview import write_overview
from ringwall.reports.renderers.xlsx_sheet import RowSheet, Written
from ringwall.reports.text import printable

MAX_ROWS = 1_048_575

_LINE_HEIGHT = 13.5
_UNFIT_FOR_SHEET = re.compile(r"[\[\]:*?/\\']")


def render(report: Report) -> bytes:
    """The report as a workbook; figures come as their tables."""
    stream = BytesIO()
    with closing(_workbook(stream, report.made_at)) as workbook:
        workbook.set_properties(
            {
                "title": printable(report.title)[:255],
                "subject": printable(report.scope)[:255],
                "author": printable(report.organisation)[:255],
                "category": printable(report.classification)[:255],
                "created": report.made_at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        names = _sheet_names(report)
        styles = Styles(workbook, report.language)
        write_overview(_sheet(workbook, names[0]), styles, report, names[1:])
        for name, table in zip(names[1:], report.tables(), strict=True):
            sheet = _sheet(workbook, name)
            sheet.set_footer(_footer(report.classification))
            _write_table(sheet, styles, table.columns, table.rows, wraps=True)
    return stream.getvalue()


def write_rows(
    stream: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    name: str = "Data",
    language: str = "en",
    made_at: datetime | None = None,
    more: Mapping[str, tuple[Sequence[Column], Iterable[Sequence[Cell]]]] = MappingProxyType({}),
) -> int:
    """Writes one sheet from rows as they come, in memory that does not grow with them; returns their number.

    ``stream`` is a seekable binary file. The header row is frozen and filterable. ``more`` are sheets behind it, by
    name. Raises ReportError when a sheet cannot hold the rows (1,048,575) or a row has not as many cells as there are
    columns; the stream is then of no use.
    """
    with closing(_workbook(stream, made_at)) as workbook:
        taken: set[str] = set()
        styles = Styles(workbook, language)
        count = _write_table(_sheet(workbook, _fitting_name(name, taken)), styles, columns, rows, wraps=False)
        for title, (heads, lines) in more.items():
            _write_table(_sheet(workbook, _fitting_name(title, taken)), styles, heads, lines, wraps=False)
        return count


def _workbook(stream: BinaryIO, made_at: datetime | None) -> Workbook:
    workbook = xlsxwriter.Workbook(stream, {"constant_memory": True, "use_zip64": True})
    workbook.formats[0].set_font_name(FONT["font_name"])
    workbook.formats[0].set_font_size(FONT["font_size"])
    if made_at is not None:
        workbook.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
    return workbook


def _sheet(workbook: Workbook, name: str) -> RowSheet:
    return cast(RowSheet, workbook.add_worksheet(name, RowSheet))


def _footer(classification: str) -> str:
    return f"&L{printable(classification).replace('&', '&&')[:120]}&R&P / &N"


def _write_table(
    sheet: RowSheet, styles: Styles, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, wraps: bool
) -> int:
    widths = _widths(columns)
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    heads = [styles.head_end if column.alignment == "end" else styles.head for column in columns]
    sheet.put_row(0, [(fitting_text(column.heading), head) for column, head in zip(columns, heads, strict=True)], 30)
    text = styles.text if wraps else styles.line
    numbers = [styles.of_column(column) for column in columns]
    expected, count, written = len(columns), 0, styles.written
    for row in rows:
        count += 1
        if count > MAX_ROWS:
            raise ReportError(_("A sheet holds 1,048,575 rows. Filter the list or export it in parts."))
        if len(row) != expected:
            raise ReportError(f"Row {count}: {len(row)} cells for {expected} columns.")
        cells = [written(cell, text, number) for cell, number in zip(row, numbers, strict=True)]
        sheet.put_row(count, cells, _height(cells, widths) if wraps else None)
    sheet.autofilter(0, 0, count, expected - 1)
    return count


def _widths(columns: Sequence[Column]) -> list[float]:
    """Widths in characters: after the weights, at least the heading, at most 60."""
    widest = max(2.2, *(column.weight for column in columns)) if len(columns) > 1 else 2.2
    return [max(10.0, len(column.heading) * 1.1 + 4, min(60.0, 55 * column.weight / widest)) for column in columns]


def _height(cells: Sequence[Written], widths: Sequence[float]) -> float:
    """Height in points of the longest text of a row, because not every reader fits rows to wrapped text by itself."""
    lines = 1
    for (value, _style), width in zip(cells, widths, strict=True):
        if isinstance(value, str) and (len(value) > width * 0.9 or "\n" in value):
            lines = max(lines, sum(ceil(max(1, len(part)) / (width * 0.95)) for part in value.split("\n")))
    return min(409.0, _LINE_HEIGHT * lines + 1.5)


def _sheet_names(report: Report) -> list[str]:
    taken: set[str] = set()
    words = wording.frame_words()
    names = [_fitting_name(words["overview"], taken)]
    for number, table in enumerate(report.tables(), start=1):
        names.append(_fitting_name(table.name or table.caption or f"{words['sheet']} {number}", taken))
    return names


def _fitting_name(name: str, taken: set[str]) -> str:
    """A sheet's name as workbooks allow it: 31 characters, none of ``[]:*?/\\'``, not taken in any case."""
    clean = " ".join(_UNFIT_FOR_SHEET.sub(" ", printable(name)).split())[:31].strip() or "Data"
    candidate, number = clean, 2
    while candidate.casefold() in taken or candidate.casefold() == "history":
        suffix = f" {number}"
        candidate, number = clean[: 31 - len(suffix)].rstrip() + suffix, number + 1
    taken.add(candidate.casefold())
    return candidate
