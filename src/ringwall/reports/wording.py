"""The frame's own words and the way values are written, in the language of the report."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ringwall.reports.document import Cell, Column, Level, Report, Severity, State, Tone

#: Signs that stand before a state, so that its colour is never the only carrier; all in the bundled fonts.
SIGNS: dict[Tone, str] = {"neutral": "○", "good": "✓", "attention": "△", "bad": "✗"}

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
        "where": _("Where"),
        "finding": _("Finding"),
        "severity": _("Severity"),
        "data": _("The figure as a table"),
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
    """A date as people of the language write it: 3 Nov 2026 as "Nov. 3, 2026" or "3. November 2026"."""
    return formats.date_format(day, "DATE_FORMAT")


def shown_instant(instant: datetime) -> str:
    """An instant with its time zone, to the minute."""
    local = timezone.localtime(instant)
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} {local.tzname() or ''}".strip()


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
            return formats.date_format(timezone.localtime(cell) if cell.tzinfo else cell, "SHORT_DATETIME_FORMAT")
        case date():
            return formats.date_format(cell, "SHORT_DATE_FORMAT")
        case _:
            return shown_number(cell, column.places)
