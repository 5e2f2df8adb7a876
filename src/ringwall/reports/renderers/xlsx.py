"""XLSX by XlsxWriter: an overview, then one filterable sheet per table. Numbers and dates are real, text is only text."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import BinaryIO

import xlsxwriter
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ringwall.lib.figures.palette import level_scale
from ringwall.reports import wording
from ringwall.reports.document import (
    Cell,
    Column,
    Figure,
    Findings,
    Heading,
    KeyValues,
    Level,
    Note,
    PageBreak,
    Paragraph,
    Report,
    ReportError,
    State,
    Table,
)
from ringwall.reports.text import printable

MAX_ROWS = 1_048_575
MAX_TEXT = 32_767

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "remove_timezone": True,
    "use_zip64": True,
}
_EPOCH = date(1900, 3, 1)
_FONT = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
_DATE_FORMATS = {"en": "yyyy-mm-dd", "de": "dd.mm.yyyy"}
_UNFIT_FOR_SHEET = re.compile(r"[\[\]:*?/\\']")


def render(report: Report) -> bytes:
    """The report as a workbook; figures come as their tables."""
    stream = BytesIO()
    workbook = _workbook(stream, report.made_at, constant_memory=False)
    workbook.set_properties(
        {
            "title": printable(report.title)[:255],
            "subject": printable(report.scope)[:255],
            "author": printable(report.organisation)[:255],
            "category": printable(report.classification)[:255],
            "created": report.made_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    sheets = _sheet_names(report)
    styles = _Styles(workbook, report.language)
    _Overview(workbook.add_worksheet(sheets[0]), styles, report, sheets[1:]).write()
    for name, table in zip(sheets[1:], report.tables(), strict=True):
        sheet = workbook.add_worksheet(name)
        _write_table(sheet, styles, table.columns, table.rows, printable(report.classification))
    workbook.close()
    return stream.getvalue()


def write_rows(
    stream: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    name: str = "Data",
    language: str = "en",
    made_at: datetime | None = None,
) -> int:
    """Writes one sheet from rows as they come, in memory that does not grow with them; returns their number.

    ``stream`` is a seekable binary file. The header row is frozen and filterable. Raises ReportError when a sheet cannot
    hold the rows (1,048,575) or a row has not as many cells as there are columns.
    """
    workbook = _workbook(stream, made_at, constant_memory=True)
    styles = _Styles(workbook, language)
    sheet = workbook.add_worksheet(_fitting_name(name, set()))
    try:
        return _write_table(sheet, styles, columns, rows, "")
    finally:
        workbook.close()


def _workbook(stream: BinaryIO, made_at: datetime | None, *, constant_memory: bool) -> Workbook:
    options = {**_OPTIONS, "constant_memory": constant_memory, "in_memory": not constant_memory}
    workbook = xlsxwriter.Workbook(stream, options)
    workbook.formats[0].set_font_name(_FONT["font_name"])
    workbook.formats[0].set_font_size(_FONT["font_size"])
    if made_at is not None:
        workbook.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
    return workbook


class _Styles:
    """The cell formats of a workbook, each made once."""

    def __init__(self, workbook: Workbook, language: str) -> None:
        self._workbook, self._known = workbook, dict[tuple[tuple[str, object], ...], Format]()
        day = _DATE_FORMATS.get(language, _DATE_FORMATS["en"])
        self.title = self.made(bold=True, font_size=18, text_wrap=False)
        self.heading = self.made(bold=True, font_size=13, text_wrap=False)
        self.head = self.made(bold=True, text_wrap=True, bottom=2, valign="bottom")
        self.head_end = self.made(bold=True, text_wrap=True, bottom=2, valign="bottom", align="right")
        self.text = self.made(text_wrap=True, num_format="@")
        self.name = self.made(text_wrap=True, num_format="@", font_color="#5B626B")
        self.strong = self.made(text_wrap=True, num_format="@", bold=True)
        self.day = self.made(num_format=day, align="left")
        self.instant = self.made(num_format=f"{day} hh:mm", align="left")

    def made(self, **properties: object) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._known:
            self._known[key] = self._workbook.add_format({**_FONT, **properties})
        return self._known[key]

    def number(self, column: Column) -> Format:
        places = column.places
        decimals = "." + "0" * places if places else ""
        shown = "General" if places is None else f"#,##0{decimals}"
        return self.made(num_format=shown, align={"start": "left", "end": "right"}.get(column.alignment, "center"))

    def level(self, level: Level) -> Format:
        paint = level_scale(level.of)[level.position - 1]
        return self.made(num_format="@", bg_color=paint.ground.light, font_color=paint.ink.light)


def _write_table(
    sheet: Worksheet, styles: _Styles, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], header: str
) -> int:
    widest = max(column.weight for column in columns)
    for number, column in enumerate(columns):
        width = max(9.0, len(column.heading) * 1.15 + 3, min(60.0, 55 * column.weight / max(widest, 2.2)))
        sheet.set_column(number, number, width)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{header.replace('&', '&&')[:120]}&R&P / &N")
    for number, column in enumerate(columns):
        heading = styles.head_end if column.alignment == "end" else styles.head
        sheet.write_string(0, number, _text(column.heading), heading)
    numbers = [styles.number(column) for column in columns]
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007
        if count > MAX_ROWS:
            raise ReportError("A sheet holds 1,048,575 rows. Filter the list or export it in parts.")
        if len(row) != len(columns):
            raise ReportError(f"Row {count}: {len(row)} cells for {len(columns)} columns.")
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(count, place, _text(cell), styles.text)
            elif cell is not None:
                _write_cell(sheet, count, place, cell, styles, numbers[place])
    sheet.autofilter(0, 0, count, len(columns) - 1)
    return count


def _write_cell(sheet: Worksheet, row: int, place: int, cell: Cell, styles: _Styles, number: Format) -> None:
    match cell:
        case None:
            pass
        case str():
            sheet.write_string(row, place, _text(cell), styles.text)
        case State():
            sheet.write_string(row, place, _text(cell.label), styles.text)
        case Level():
            sheet.write_string(row, place, _text(cell.label), styles.level(cell))
        case bool():
            sheet.write_boolean(row, place, cell, styles.text)
        case datetime():
            local = timezone.localtime(cell).replace(tzinfo=None) if cell.tzinfo else cell
            _write_day(sheet, row, place, local, styles.instant, styles)
        case date():
            _write_day(sheet, row, place, cell, styles.day, styles)
        case _:
            _write_number(sheet, row, place, cell, number, styles)


def _write_day(sheet: Worksheet, row: int, place: int, day: date, style: Format, styles: _Styles) -> None:
    """A real date; one before March 1900, which workbooks count wrongly, as ISO 8601 text."""
    if (day.date() if isinstance(day, datetime) else day) < _EPOCH:
        sheet.write_string(row, place, day.isoformat(), styles.text)
    else:
        sheet.write_datetime(row, place, day, style)


def _write_number(
    sheet: Worksheet, row: int, place: int, value: int | float | Decimal, style: Format, styles: _Styles
) -> None:
    """A real number; one that a workbook's 64-bit floats cannot hold exactly, or no number at all, as text."""
    is_whole = isinstance(value, int)
    if (is_whole and abs(value) > 10**15) or (not is_whole and not Decimal(value).is_finite()):
        sheet.write_string(row, place, str(value), styles.text)
    else:
        sheet.write_number(row, place, value, style)


def _text(text: str) -> str:
    if len(text) < MAX_TEXT:
        return printable(text)
    return f"{printable(text[: MAX_TEXT - 1])}…"


class _Overview:
    """The first sheet: title block, status and everything that is no table, in order."""

    def __init__(self, sheet: Worksheet, styles: _Styles, report: Report, sheets: Sequence[str]) -> None:
        self._sheet, self._styles, self._report, self._row = sheet, styles, report, 0
        self._sheets = iter(sheets)
        self._words = wording.frame_words()

    def write(self) -> None:
        self._sheet.set_column(0, 0, 28)
        self._sheet.set_column(1, 8, 24)
        self._sheet.hide_gridlines(2)
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        report = self._report
        self._line((_text(report.title), self._styles.title))
        if report.subtitle:
            self._line((_text(report.subtitle), self._styles.heading))
        for name, value in wording.title_facts(report):
            self._line((_text(name), self._styles.name), (_text(value), self._styles.text))
        for number, line in enumerate(report.status):
            sign = wording.SIGNS["good" if report.is_authorised else "neutral"]
            self._line(
                (self._words["status"] if number == 0 else "", self._styles.name),
                (_text(f"{sign} {line}" if number == 0 else line), self._styles.strong if number == 0 else self._styles.text),
            )
        self._row += 1
        for block in report.blocks:
            self._block(block)

    def _line(self, *cells: tuple[str, Format]) -> None:
        for place, (text, style) in enumerate(cells):
            if text:
                self._sheet.write_string(self._row, place, text, style)
        self._row += 1

    def _block(self, block: object) -> None:
        styles = self._styles
        match block:
            case Heading():
                self._row += 1
                self._line((_text(block.text), styles.heading))
            case Paragraph():
                self._wide(block.text)
            case Note():
                self._wide(f"{block.title}\n{block.text}" if block.title else block.text)
            case KeyValues():
                for name, value in block.rows:
                    self._sheet.write_string(self._row, 0, _text(name), styles.name)
                    _write_cell(self._sheet, self._row, 1, value, styles, styles.number(wording.PLAIN_COLUMN))
                    self._row += 1
            case Table():
                name = next(self._sheets)
                target = f"internal:'{name}'!A1"
                label = _text(f"{self._words['sheet']}: {block.caption or name} ({len(block.rows)})")
                self._sheet.write_url(self._row, 0, target, string=label)
                self._row += 1
            case Figure():
                self._figure(block)
            case Findings():
                self._findings(block)
            case PageBreak():
                pass

    def _wide(self, text: str) -> None:
        for part in filter(None, text.split("\n")):
            self._sheet.merge_range(self._row, 0, self._row, 5, "", self._styles.text)
            self._sheet.write_string(self._row, 0, _text(part), self._styles.text)
            self._sheet.set_row(self._row, 14.0 * (1 + len(part) // 130))
            self._row += 1

    def _figure(self, figure: Figure) -> None:
        self._line((_text(figure.caption), self._styles.strong))
        for number, row in enumerate(figure.table):
            style = self._styles.head if number == 0 else self._styles.text
            self._line(*((_text(cell), style) for cell in row))
        if not figure.table:
            self._wide(figure.alt)
        self._row += 1

    def _findings(self, block: Findings) -> None:
        if not block.findings:
            self._wide(block.empty_text or self._words["none"])
        for finding in block.findings:
            sign = wording.SIGNS[wording.SEVERITY_TONES[finding.severity]]
            severity = f"{sign} {wording.severity_word(finding.severity)}"
            self._line(
                (severity, self._styles.strong),
                (_text(finding.where), self._styles.text),
                (_text(finding.message), self._styles.text),
            )


def _sheet_names(report: Report) -> list[str]:
    taken: set[str] = set()
    names = [_fitting_name(wording.frame_words()["overview"], taken)]
    for number, table in enumerate(report.tables(), start=1):
        fallback = f"{wording.frame_words()['sheet']} {number}"
        names.append(_fitting_name(table.name or table.caption or fallback, taken))
    return names


def _fitting_name(name: str, taken: set[str]) -> str:
    """A sheet's name as workbooks allow it: 31 characters, none of ``[]:*?/\\'``, unlike the others without regard to case."""
    clean = " ".join(_UNFIT_FOR_SHEET.sub(" ", printable(name)).split())[:31].strip() or "Data"
    candidate, number = clean, 2
    while candidate.casefold() in taken or candidate.casefold() == "history":
        suffix = f" {number}"
        candidate, number = clean[: 31 - len(suffix)].rstrip() + suffix, number + 1
    taken.add(candidate.casefold())
    return candidate
