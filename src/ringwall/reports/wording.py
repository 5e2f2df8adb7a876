"""The frame's own words and the way values are written, in the language of the report."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import dateformat, formats, timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from ringwall.reports.document import Cell, Column, Level, Report, Severity, State, Tone

#: Signs that stand before a state, so that its colour is never the only carrier; all in the bundled fonts.
SIGNS: dict[Tone, str] = {"neutral": "○", "good": "✓", "attention": "△", "bad": "✗"}

#: Long date, short date and time, as Django's date format strings. Django's English ones are American.
_DATE_FORMATS = {"en": ("j F Y", "Y-m-d", "H:i"), "de": ("j. F Y", "d.m.Y", "H:i")}

#: For values that stand in no table.
PLAIN_COLUMN = Column("", "")

SEVERITY_TONES: dict[Severity, Tone] = {"error": "bad", "warning": "attention", "notice": "neutral"}


def severity_word(severity: Severity) -> str:
    return {"error": _("Error"), "warning": _("Warning"), "notice": _("Notice")}[severity]


def recipient_word() -> str:
    return _("Recipient")


def frame_words() -> dict[str, str]:
    """Words of the frame in the active language, by the names that templates use."""
    return {
        "page": _("Page"),
        "contents": _("Contents"),
        "status": _("Status"),
        "none": _("None."),
        "overview": _("Overview"),
        "sheet": _("Sheet"),
        "missing": _(
            "Characters that the fonts of this document do not have are shown as □. These characters are concerned:"
        ),
    }


def title_facts(report: Report) -> list[tuple[str, str]]:
    """Rows of the title block: what of, for whom, which version, as of when. Empty ones are left out."""
    facts = [
        (_("Organisation"), report.organisation),
        (_("Scope"), report.scope),
        (pgettext("of a document", "Version"), report.version),
        (_("Classification"), report.classification),
        (_("As of"), shown_date(report.as_of) if report.as_of else ""),
        (_("Made on"), shown_instant(report.made_at)),
        (recipient_word(), report.recipient or ""),
        *report.facts,
    ]
    return [(name, value) for name, value in facts if value]


def shown_date(day: date) -> str:
    """A date with the month as a word: "3 November 2026", "3. November 2026"."""
    return dateformat.format(day, _formats()[0])


def _formats() -> tuple[str, str, str]:
    return _DATE_FORMATS.get((get_language() or "en")[:2], _DATE_FORMATS["en"])


def shown_instant(instant: datetime) -> str:
    """An instant with its time zone, to the minute."""
    local = timezone.localtime(instant)
    long, _short, time = _formats()
    return f"{dateformat.format(local, f'{long}, {time}')} {local.tzname() or ''}".strip()


def shown_number(value: int | float | Decimal, places: int | None = None) -> str:
    """A number with the language's separators; ``places`` fixes the decimals."""
    return formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


def shown_cell(cell: Cell, column: Column) -> str:
    """The text of a table cell, without sign or colour."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case State() | Level():
            return cell.label
        case bool():
            return _("yes") if cell else _("no")
        case datetime():
            _long, short, time = _formats()
            return dateformat.format(timezone.localtime(cell) if cell.tzinfo else cell, f"{short} {time}")
        case date():
            return dateformat.format(cell, _formats()[1])
        case _:
            return shown_number(cell, column.places)
