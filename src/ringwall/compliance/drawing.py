"""Figures of checks: answers by group, and the rounds so far."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ringwall.compliance.models import Check
from ringwall.compliance.queries import GroupRow
from ringwall.compliance.rules import Progress, Value
from ringwall.compliance.wording import VALUES
from ringwall.lib.figures.bars import Bar, Bars
from ringwall.lib.figures.line import Line, Series

MOST_BARS = 24
ORDER = (Value.YES, Value.NOT_NEEDED, Value.OPEN, Value.PARTIALLY, Value.NO)
"""From good to bad, as the colours of a scale go."""


def shown_groups(rows: Sequence[GroupRow]) -> list[GroupRow]:
    """The highest groups of which there is more than one; nothing where a check asks one group only."""
    for depth in sorted({row.depth for row in rows}):
        found = [row for row in rows if row.depth == depth]
        if len(found) > 1:
            return found
    return []


def _name(row: GroupRow) -> str:
    return row.name if row.title in ("", row.name) else f"{row.name} {row.title}"


def bars_of(rows: Sequence[GroupRow], width: float = 720.0) -> Bars | None:
    """Answers by group; None where there is nothing to compare or too much to draw."""
    groups = shown_groups(rows)
    if not 1 < len(groups) <= MOST_BARS:
        return None
    bars = [Bar(_short(row), tuple(row.progress.counts[value] for value in ORDER)) for row in groups]
    names = tuple(str(VALUES[value]) for value in ORDER)
    return Bars(
        _("Answers by group"), _("How many requirements of each group are met."), names, tuple(bars), width=width
    )


def _short(row: GroupRow) -> str:
    name = _name(row)
    return name if len(name) <= 34 else f"{name[:33]}…"


def trend_of(rounds: Sequence[Check], found: Mapping[UUID, Progress]) -> Line:
    """The share met in full, round by round."""
    return Line(
        _("Met in full, by round"),
        _("The share of the requirements needed that is met in full."),
        tuple(date_format(one.on, "SHORT_DATE_FORMAT") for one in rounds),
        (Series(_("met in full"), tuple(float(found[one.pk].met_percent) for one in rounds)),),
        unit="%",
        height=160.0,
        key="trend",
    )
