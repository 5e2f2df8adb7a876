"""Figures of checks: answers by group, and the rounds so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ringwall.compliance.models import Check
from ringwall.compliance.queries import OutlineRow
from ringwall.compliance.rules import Progress, Value
from ringwall.compliance.wording import VALUES
from ringwall.lib.figures.bars import Bar, Bars
from ringwall.lib.figures.line import Line, Series

MOST_BARS = 24
ORDER = (Value.YES, Value.NOT_NEEDED, Value.OPEN, Value.PARTIALLY, Value.NO)
"""From good to bad, as the colours of a scale go."""


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in the table beside the figure: counts in the order of ORDER."""

    identifier: str
    name: str
    counts: Sequence[int]
    percent: int
    maturity: str


def shown_groups(rows: Sequence[OutlineRow]) -> list[OutlineRow]:
    """The highest groups of which there is more than one; nothing where a check asks one group only."""
    groups = [row for row in rows if row.progress is not None]
    for depth in sorted({row.depth for row in groups}):
        found = [row for row in groups if row.depth == depth]
        if len(found) > 1:
            return found
    return []


def group_lines(rows: Sequence[OutlineRow]) -> list[GroupLine]:
    lines = []
    for row in shown_groups(rows):
        found = row.progress
        assert found is not None
        maturity = "" if found.maturity is None else f"{found.maturity:.1f}"
        counts = [found.counts[value] for value in ORDER]
        lines.append(GroupLine(row.identifier, _name(row), counts, found.percent, maturity))
    return lines


def _name(row: OutlineRow) -> str:
    return row.name if row.title in ("", row.name) else f"{row.name} {row.title}"


def bars_of(rows: Sequence[OutlineRow], width: float = 720.0) -> Bars | None:
    """Answers by group; None where there is nothing to compare or too much to draw."""
    groups = shown_groups(rows)
    if not 1 < len(groups) <= MOST_BARS:
        return None
    bars = [Bar(_short(row), tuple(row.progress.counts[value] for value in ORDER)) for row in groups if row.progress]
    names = tuple(str(VALUES[value]) for value in ORDER)
    return Bars(
        _("Answers by group"), _("How many requirements of each group are met."), names, tuple(bars), width=width
    )


def _short(row: OutlineRow) -> str:
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
