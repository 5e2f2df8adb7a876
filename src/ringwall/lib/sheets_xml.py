"""A look through the XML of a workbook before it is given to the reader of workbooks.

The reader builds each sheet as a full rectangle and copies a shared text into every cell that refers to it, so a file
of a few kilobytes can ask for more memory than there is. The scans measure what a sheet would become (`Extent`), and
note what the reader would drop in silence: error values, and formulas whose result was never stored.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat  # document type definitions, the way to every XML bomb, are refused below

from ringwall.lib.sheets_types import CellFinding, Limits, SheetError

type Attributes = dict[str, str]
type Start = Callable[[str, Attributes], object]
type End = Callable[[str], object]
type Characters = Callable[[str], object]


class _Enough(Exception):
    """Ends a parse early; never leaves this module."""


@dataclass(slots=True)
class Extent:
    """What a sheet holds, in rows and columns from A1 to the last cell that is not blank, and in characters."""

    limits: Limits
    place: str
    rows: int = 0
    columns: int = 0
    text: int = 0
    findings: list[CellFinding] = field(default_factory=list)

    def reach(self, row: int, column: int) -> None:
        self.rows = max(self.rows, row)
        self.columns = max(self.columns, column)
        limits = self.limits
        if self.rows > limits.rows:
            raise SheetError("too_many_rows", place=self.place, limit=limits.rows)
        if self.columns > limits.columns:
            raise SheetError("too_many_columns", place=self.place, limit=limits.columns)
        if self.rows * self.columns > limits.cells:
            raise SheetError("too_many_cells", place=self.place, limit=limits.cells)

    def add_text(self, length: int) -> None:
        self.text += length
        if self.text > self.limits.text:
            raise SheetError("too_much_text", place=self.place, limit=self.limits.text)

    def note(self, code: str, row: int, column: int, **parameters: str | int) -> None:
        self.findings.append(CellFinding(code, row, column, parameters))


def root_name(part: str, content: bytes) -> str:
    """Local name of the root element; refuses a document type definition, which can stand only before it."""
    found = ""

    def start(name: str, attributes: Attributes) -> None:
        nonlocal found
        found = local_name(name)
        raise _Enough

    parse(part, content, start)
    return found


def attributes_of(part: str, content: bytes, wanted: str) -> list[Attributes]:
    """Attributes of all elements with this local name, in order; attribute names without their prefixes."""
    found: list[Attributes] = []

    def start(name: str, attributes: Attributes) -> None:
        if local_name(name) == wanted:
            found.append({local_name(key): value for key, value in attributes.items()})

    parse(part, content, start)
    return found


def parse(
    part: str,
    content: bytes,
    start: Start,
    end: End | None = None,
    characters: Characters | None = None,
) -> None:
    """Runs the handlers over one part; names come as written, with prefixes. Raises SheetError `damaged`, `doctype`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)
    except _Enough:
        return
    except expat.ExpatError as error:
        raise SheetError("damaged", place=part, detail=f"line {error.lineno} of its XML is not well-formed") from error


def local_name(name: str) -> str:
    return name.rpartition(":")[2]


def whole_number(text: str | None, otherwise: int) -> int:
    """The number written in an attribute, or `otherwise` where there is none; absurdly long ones become very large."""
    if text is None or not (text.isascii() and text.isdecimal()):
        return otherwise
    return int(text) if len(text) < 12 else 10**12


def _refuse_doctype(*declaration: object) -> None:
    raise SheetError("doctype")
