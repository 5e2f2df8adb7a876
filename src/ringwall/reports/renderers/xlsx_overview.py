"""The first sheet of a workbook: title block, status and everything of the report that is no table, in order."""

from collections.abc import Sequence
from textwrap import wrap

from ringwall.reports import wording
from ringwall.reports.document import (
    Block,
    Figure,
    Findings,
    Heading,
    KeyValues,
    Note,
    PageBreak,
    Paragraph,
    Report,
    Table,
)
from ringwall.reports.renderers.xlsx_cells import Styles, fitting_text
from ringwall.reports.renderers.xlsx_sheet import RowSheet, Written
from ringwall.reports.text import printable

_LINE = 120


def write_overview(sheet: RowSheet, styles: Styles, report: Report, sheets: Sequence[str]) -> None:
    """Writes the overview; ``sheets`` are the names of the sheets of the report's tables, in order."""
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 9, 22)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    _Overview(sheet, styles, sheets).write(report)


class _Overview:
    def __init__(self, sheet: RowSheet, styles: Styles, sheets: Sequence[str]) -> None:
        self._sheet, self._styles, self._sheets, self._row = sheet, styles, iter(sheets), 0
        self._words = wording.frame_words()

    def write(self, report: Report) -> None:
        styles = self._styles
        self._put((printable(report.title), styles.title), height=27)
        if report.subtitle:
            self._put((printable(report.subtitle), styles.heading), height=20)
        self._row += 1
        for name, value in wording.title_facts(report):
            self._put((name, styles.name), (fitting_text(value), styles.line))
        sign = wording.SIGNS["good" if report.is_authorised else "neutral"]
        for number, line in enumerate(report.status):
            first = number == 0
            text = printable(f"{sign} {line}" if first else line)
            name = self._words["status"] if first else ""
            self._put((name, styles.name), (text, styles.strong if first else styles.line))
        self._row += 1
        for block in report.blocks:
            self._block(block)

    def _put(self, *cells: Written, height: float | None = None) -> None:
        self._sheet.put_row(self._row, cells, height)
        self._row += 1

    def _block(self, block: Block) -> None:
        styles = self._styles
        match block:
            case Heading():
                self._row += 1
                self._put((printable(block.text), styles.heading), height=20)
            case Paragraph():
                self._lines(block.text)
            case Note():
                self._lines(block.title, styles.strong)
                self._lines(block.text)
            case KeyValues():
                for name, value in block.rows:
                    self._put((printable(name), styles.name), styles.written(value, styles.line, styles.number))
            case Table():
                self._lines(f"{self._words['sheet']}: {next(self._sheets)} ({len(block.rows)})")
            case Figure():
                self._figure(block)
            case Findings():
                self._findings(block)
            case PageBreak():
                pass

    def _lines(self, text: str, style: int | None = None) -> None:
        """Running text over several rows, because a cell that spans columns does not fit its height to its text."""
        for part in printable(text).split("\n"):
            for line in wrap(part, _LINE, break_on_hyphens=False, replace_whitespace=False):
                self._put((line, self._styles.line if style is None else style))

    def _figure(self, figure: Figure) -> None:
        self._lines(figure.caption, self._styles.strong)
        for number, row in enumerate(figure.table):
            style = self._styles.head if number == 0 else self._styles.line
            self._put(*((fitting_text(cell), style) for cell in row))
        if not figure.table:
            self._lines(figure.alt)
        self._row += 1

    def _findings(self, block: Findings) -> None:
        if not block.findings:
            self._lines(block.empty_text or self._words["none"])
        for finding in block.findings:
            sign = wording.SIGNS[wording.SEVERITY_TONES[finding.severity]]
            self._put(
                (f"{sign} {wording.severity_word(finding.severity)}", self._styles.strong),
                (printable(finding.where), self._styles.line),
                (fitting_text(finding.message), self._styles.line),
            )
