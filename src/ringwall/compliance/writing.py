"""The spreadsheet of a check as a file. Loaded late: the writer is heavy."""

from contextlib import closing
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from ringwall.compliance.models import Check, Value
from ringwall.compliance.sheets import COLUMNS, READ_ONLY, header, rows_of
from ringwall.reports.text import printable

WIDTHS = {"identifier": 14, "title": 34, "statement": 18, "verb": 12, "text": 60, "answer": 14, "stamp": 14}
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def workbook_of(check: Check) -> bytes:
    """One sheet in the language in use: answers are chosen from a list, what is not to be changed is shaded."""
    stream = BytesIO()
    with closing(xlsxwriter.Workbook(stream, {"constant_memory": True, **SAFE})) as workbook:
        workbook.set_properties({"title": printable(str(check))[:255]})
        head = workbook.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
        fixed = workbook.add_format({"bg_color": "#F1F3F5", "valign": "top", "text_wrap": True})
        free = workbook.add_format({"valign": "top", "text_wrap": True})
        sheet = workbook.add_worksheet(_("Answers"))
        for index, key in enumerate(COLUMNS):
            sheet.set_column(index, index, WIDTHS.get(key, 28), None, {"hidden": key == "stamp"})
        sheet.freeze_panes(1, 2)
        for index, title in enumerate(header()):
            sheet.write_string(0, index, title, head)
        styles = [fixed if key in READ_ONLY else free for key in COLUMNS]
        number = 0
        for number, row in enumerate(rows_of(check), 1):
            _write(sheet, number, row, styles)
        answers = list(COLUMNS).index("answer")
        words = [str(label) for value, label in Value.choices if value != Value.OPEN]
        sheet.data_validation(1, answers, max(number, 1), answers, {"validate": "list", "source": words})
        sheet.autofilter(0, 0, max(number, 1), len(COLUMNS) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    return stream.getvalue()


def _write(sheet: Any, number: int, row: list[Any], styles: list[Any]) -> None:
    for index, (value, style) in enumerate(zip(row, styles, strict=True)):
        if isinstance(value, int):
            sheet.write_number(number, index, value, style)
        else:
            sheet.write_string(number, index, printable(value or "")[:32_000], style)
