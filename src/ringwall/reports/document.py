"""What a report says, independent of how it is printed.

Every text is data: no renderer reads markup, formulas or field codes in it. Feature floors build a :class:`Report`, the
renderers turn it into PDF, DOCX, XLSX or JSON.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Align = Literal["start", "center", "end"]
ColumnKind = Literal["text", "number", "money", "date", "state"]
Tone = Literal["neutral", "good", "attention", "bad"]
Severity = Literal["error", "warning", "notice"]


class ReportError(ValueError):
    """A report that cannot be printed; the message names the place and the remedy."""


@dataclass(frozen=True, slots=True)
class State:
    """A state in words; ``tone`` adds a sign and a colour, never replaces the word."""

    label: str
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a scale, 1 the lowest of ``of`` (3 to 7); printed as its name on the colour of the level."""

    label: str
    position: int
    of: int

    def __post_init__(self) -> None:
        if not (3 <= self.of <= 7 and 1 <= self.position <= self.of):
            raise ReportError(f"Level “{self.label[:60]}” is number {self.position} of {self.of}; a scale has 3 to 7.")


Cell = str | int | float | Decimal | date | datetime | State | Level | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    ``weight`` is its share of the width. ``align`` left empty follows the kind: numbers and money to the end. ``unit``
    ("EUR", "h", "%") stands in the heading. ``decimals`` left empty shows a number as it is, money with two.
    """

    key: str
    title: str
    weight: float = 1.0
    kind: ColumnKind = "text"
    align: Align | None = None
    unit: str = ""
    decimals: int | None = None

    @property
    def heading(self) -> str:
        return f"{self.title} ({self.unit})" if self.unit else self.title

    @property
    def alignment(self) -> Align:
        return self.align or ("end" if self.kind in ("number", "money") else "start")

    @property
    def places(self) -> int | None:
        return 2 if self.decimals is None and self.kind == "money" else self.decimals


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a part of the report. Levels count up from 1 without gaps (PDF/UA-1, 7.4.2)."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; line breaks in it stay, an empty line starts a new paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark set apart: a condition, a limit of what the report shows, a waiver in use."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Named facts, one per line."""

    rows: Sequence[tuple[str, Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its header row is repeated on every page. ``landscape`` turns the page for a wide one.

    ``rows`` are tuples in the order of ``columns``. ``name`` is the sheet's name in a workbook, else the caption is.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""
    landscape: bool = False
    name: str = ""
    empty_text: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing as SVG in print colours. ``alt`` says what it shows, ``table`` (first row the heading) has its figures.

    ``width`` is the share of the text's width it takes.
    """

    svg: str
    caption: str
    alt: str
    table: Sequence[Sequence[str]] = ()
    width: float = 0.85


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the report's reader must know: what (message) and where (reference)."""

    message: str
    where: str = ""
    severity: Severity = "warning"


@dataclass(frozen=True, slots=True)
class Findings:
    """A list of findings; ``empty_text`` stands there when there are none."""

    findings: Sequence[Finding]
    empty_text: str = ""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next block starts a page."""


Block = Heading | Paragraph | Note | KeyValues | Table | Figure | Findings | PageBreak


@dataclass(frozen=True, slots=True)
class Report:
    """A report about one scope in one language.

    ``status`` are the lines of the status box ("Authorised by … on …", "SHA-256 …"); ``is_authorised`` gives its
    sign. ``recipient`` is set on a version for outsiders. ``as_of`` is the date whose state is shown, ``made_at`` the
    instant it was made: the only time in it, so that equal reports give equal bytes. ``facts`` are further rows of the
    title block.
    """

    title: str
    organisation: str
    made_at: datetime
    subtitle: str = ""
    scope: str = ""
    version: str = ""
    language: Literal["en", "de"] = "en"
    classification: str = ""
    status: Sequence[str] = ()
    is_authorised: bool = False
    recipient: str | None = None
    as_of: date | None = None
    facts: Sequence[tuple[str, str]] = ()
    has_contents: bool = False
    blocks: Sequence[Block] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ReportError("A report needs a title.")
        if self.made_at.tzinfo is None:
            raise ReportError("The instant a report is made at needs a time zone.")
        _check_headings(self.blocks)
        for table in self.tables():
            _check_table(table)

    def tables(self) -> Iterator[Table]:
        """The tables in their order."""
        return (block for block in self.blocks if isinstance(block, Table))


def _check_headings(blocks: Sequence[Block]) -> None:
    level = 0
    for block in blocks:
        if isinstance(block, Heading):
            if not 1 <= block.level <= level + 1:
                raise ReportError(f"Heading “{block.text[:60]}” has level {block.level} after level {level}.")
            level = block.level


def _check_table(table: Table) -> None:
    name = table.caption or table.name or "without caption"
    if not table.columns:
        raise ReportError(f"Table “{name}” has no columns.")
    for number, row in enumerate(table.rows, start=1):
        if len(row) != len(table.columns):
            raise ReportError(f"Table “{name}”, row {number}: {len(row)} cells for {len(table.columns)} columns.")
