"""Where blocks come to stand on paper: portrait and landscape sections, and how much text a column holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from ringwall.reports.document import Block, Heading, Note, PageBreak, Paragraph, Table

#: Width of the text on A4 in millimetres: 210 or 297 less both margins.
PORTRAIT_WIDTH = 166.0
LANDSCAPE_WIDTH = 253.0

#: Mean width in millimetres of a character of table text; a guess on the safe side.
_CHARACTER = 1.75
_CELL_PADDING = 3.2


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that share one orientation of the page."""

    is_landscape: bool
    blocks: tuple[Block, ...]


def sections(blocks: Sequence[Block]) -> list[Section]:
    """Runs of blocks of the same orientation.

    Headings, paragraphs and notes right before a landscape table go with it, so that no heading stays alone on the page
    before. Page breaks at the seam of two sections fall away: the turn of the page is one.
    """
    runs: list[tuple[bool, list[Block]]] = []
    for block in blocks:
        is_landscape = isinstance(block, Table) and block.landscape
        if not runs or runs[-1][0] != is_landscape:
            moved = _introduction(runs[-1][1]) if runs and is_landscape else []
            if runs and not runs[-1][1]:
                runs.pop()
            if runs and runs[-1][0] == is_landscape:
                runs[-1][1].extend(moved)
            else:
                runs.append((is_landscape, moved))
        runs[-1][1].append(block)
    made: list[Section] = []
    for is_landscape, run in runs:
        trimmed = tuple(_without_outer_breaks(run))
        if trimmed and made and made[-1].is_landscape == is_landscape:
            made[-1] = Section(is_landscape, (*made[-1].blocks, PageBreak(), *trimmed))
        elif trimmed:
            made.append(Section(is_landscape, trimmed))
    return made


def _introduction(run: list[Block]) -> list[Block]:
    """Takes the heading with what follows it off the end of a run."""
    start = len(run)
    while start and isinstance(run[start - 1], Paragraph | Note):
        start -= 1
    if not start or not isinstance(run[start - 1], Heading):
        return []
    while start and isinstance(run[start - 1], Heading):
        start -= 1
    moved = run[start:]
    del run[start:]
    return moved


def _without_outer_breaks(run: list[Block]) -> list[Block]:
    first = 0
    while first < len(run) and isinstance(run[first], PageBreak):
        first += 1
    last = len(run)
    while last > first and isinstance(run[last - 1], PageBreak):
        last -= 1
    return run[first:last]


def column_widths(table: Table, width: float) -> list[float]:
    """Widths of the columns of a table in millimetres, after their weights."""
    total = sum(max(column.weight, 0.05) for column in table.columns)
    return [width * max(column.weight, 0.05) / total for column in table.columns]


def column_rooms(table: Table, width: float) -> list[int]:
    """How many characters of a word fit into each column."""
    return [max(3, int((each - _CELL_PADDING) / _CHARACTER)) for each in column_widths(table, width)]
