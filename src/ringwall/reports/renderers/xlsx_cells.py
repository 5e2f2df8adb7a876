"""Cells of a workbook: which value and which format a cell of a report becomes."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from ringwall.lib.figures.palette import level_scale
from ringwall.reports.document import Cell, Column, Level, State
from ringwall.reports.renderers.xlsx_sheet import Written, serial
from ringwall.reports.text import printable

MAX_TEXT = 32_767
FONT = {"font_name": "Calibri", "font_size": 10, "valign": "top"}

_FIRST_DAY = date(1900, 3, 1)
_LARGEST_WHOLE = 10**15
_DAY_FORMATS = {"en": "yyyy-mm-dd", "de": "dd.mm.yyyy"}


def fitting_text(text: str) -> str:
    """Text as a cell can hold it: printable, at most 32,767 characters."""
    return printable(text) if len(text) <= MAX_TEXT else f"{printable(text[: MAX_TEXT - 1])}…"


class Styles:
    """The cell formats of a workbook by use, each made once; a format is known to a row by its index."""

    def __init__(self, workbook: Workbook, language: str) -> None:
        self._workbook, self._known = workbook, dict[tuple[tuple[str, object], ...], int]()
        day = _DAY_FORMATS.get(language, _DAY_FORMATS["en"])
        self.title = self.made(bold=True, font_size=18)
        self.heading = self.made(bold=True, font_size=13)
        self.head = self.made(bold=True, text_wrap=True, bottom=1, valign="bottom")
        self.head_end = self.made(bold=True, text_wrap=True, bottom=1, valign="bottom", align="right")
        self.line = self.made(num_format="@")
        self.text = self.made(num_format="@", text_wrap=True)
        self.name = self.made(num_format="@", font_color="#5B626B")
        self.strong = self.made(num_format="@", bold=True)
        self.number = self.made(align="left")
        self.day = self.made(num_format=day, align="left")
        self.instant = self.made(num_format=f"{day} hh:mm", align="left")

    def made(self, **properties: object) -> int:
        key = tuple(sorted(properties.items()))
        if key not in self._known:
            made: Format = self._workbook.add_format({**FONT, **properties})
            self._known[key] = int(made._get_xf_index())
        return self._known[key]

    def of_column(self, column: Column) -> int:
        """Format of the numbers of a column."""
        places = column.places
        shown = "General" if places is None else "#,##0" + ("." + "0" * places if places else "")
        return self.made(num_format=shown, align={"start": "left", "end": "right"}.get(column.alignment, "center"))

    def written(self, cell: Cell, text: int, number: int) -> Written:
        """A cell as value and format: ``text`` for words, ``number`` for amounts.

        What a workbook cannot hold exactly (dates before March 1900, whole numbers of more than 15 digits, infinities)
        comes as text.
        """
        match cell:
            case None:
                return None, text
            case str():
                return fitting_text(cell), text
            case State():
                return fitting_text(cell.label), text
            case Level():
                paint = level_scale(cell.of)[cell.position - 1]
                look = self.made(num_format="@", bg_color=paint.ground.light, font_color=paint.ink.light)
                return fitting_text(cell.label), look
            case bool():
                return cell, text
            case date():
                return self._written_day(cell, text)
            case int():
                return (cell, number) if abs(cell) < _LARGEST_WHOLE else (str(cell), text)
            case _:
                return (cell, number) if Decimal(cell).is_finite() else (str(cell), text)

    def _written_day(self, day: date, text: int) -> Written:
        if not isinstance(day, datetime):
            return (serial(day), self.day) if day >= _FIRST_DAY else (day.isoformat(), text)
        local = timezone.localtime(day).replace(tzinfo=None) if day.tzinfo else day
        return (serial(local), self.instant) if local.date() >= _FIRST_DAY else (local.isoformat(" "), text)
