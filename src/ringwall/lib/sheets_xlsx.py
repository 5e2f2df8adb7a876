"""Measures the sheets of an XLSX workbook (ISO/IEC 29500-1, 18.3: `row/@r`, `c/@r`, `c/@t`, `f`, `v`, `is`)."""

from posixpath import join, normpath

from ringwall.lib.sheets_types import Limits, SheetError, column_number
from ringwall.lib.sheets_xml import Attributes, Extent, attributes_of, local_name, parse, root_name, whole_number

WORKBOOK = "xl/workbook.xml"
RELATIONSHIPS = "xl/_rels/workbook.xml.rels"
SHARED = "sharedstrings.xml"


def extents(parts: dict[str, bytes], limits: Limits) -> dict[str, Extent]:
    """Every part that is a worksheet, wherever it lies, by the name of its sheet (else of the part)."""
    roots = {name: root_name(name, content) for name, content in parts.items() if content}
    shared = [content for name, content in parts.items() if roots.get(name) == "sst"]
    # Bytes between two starts of a shared text are never fewer than its characters.
    longest = max((len(piece) for content in shared for piece in content.split(b"<si>")), default=0)
    titles = _titles(parts)
    found: dict[str, Extent] = {}
    for name, root in roots.items():
        if root == "worksheet":
            title = titles.get(name, name)
            quick = _QuickScan(Extent(limits, f"sheet {title}"))
            parse(name, parts[name], quick.start)
            extent = quick.extent
            if quick.needs_reading or quick.shared_cells * longest > limits.text:
                lengths = [length for content in shared for length in _text_lengths(content)]
                thorough = _ThoroughScan(Extent(limits, f"sheet {title}"), lengths)
                parse(name, parts[name], thorough.start, thorough.end, thorough.characters)
                extent = thorough.extent
            found[title] = extent
    return found


def _titles(parts: dict[str, bytes]) -> dict[str, str]:
    """Part → name of the sheet, as the workbook and its relationships say."""
    if RELATIONSHIPS not in parts:
        return {}
    targets = {
        r.get("Id", ""): r.get("Target", "") for r in attributes_of(RELATIONSHIPS, parts[RELATIONSHIPS], "Relationship")
    }
    titles: dict[str, str] = {}
    for sheet in attributes_of(WORKBOOK, parts[WORKBOOK], "sheet"):
        target = targets.get(sheet.get("id", ""), "")
        part = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        titles[part] = sheet.get("name", part)
    return titles


def _text_lengths(content: bytes) -> list[int]:
    lengths: list[int] = []

    def start(name: str, attributes: Attributes) -> None:
        if local_name(name) == "si":
            lengths.append(0)

    def characters(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    parse(SHARED, content, start, None, characters)
    return lengths


class _Position:
    """Where the cell stands that is being read; both scans follow it the same way."""

    def __init__(self, extent: Extent) -> None:
        self.extent = extent
        self.row = 0
        self.column = 0

    def enter_row(self, attributes: Attributes) -> None:
        self.row = whole_number(attributes.get("r"), self.row + 1)
        self.column = 0

    def enter_cell(self, address: str | None) -> None:
        if address is None:
            self.column += 1
            return
        letters = address.rstrip("0123456789")
        if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
            raise SheetError("damaged", place=self.extent.place, detail="a cell has no valid address")
        self.column = column_number(letters.upper())
        self.row = whole_number(address[len(letters) :], self.row)


class _QuickScan:
    """Start tags only: how far the sheet reaches, and whether it must be read thoroughly."""

    def __init__(self, extent: Extent) -> None:
        self.extent = extent
        self.position = _Position(extent)
        self.cell: Attributes = {}
        self.row_digits = ""
        self.known: set[str] = set()
        self.shared_cells = 0
        self.needs_reading = False

    def start(self, name: str, attributes: Attributes) -> None:
        if ":" in name:
            name = local_name(name)
        if name == "c":
            self.cell = attributes
            if "r" not in attributes:
                self.position.enter_cell(None)
        elif name == "v" or name == "is":
            self._reach()
        elif name == "row":
            self.position.enter_row(attributes)
            self.row_digits = attributes.get("r", "")
        elif name == "f":
            self.needs_reading = True

    def _reach(self) -> None:
        kind = self.cell.get("t")
        if kind == "s":
            self.shared_cells += 1
        elif kind == "e":
            self.needs_reading = True
        address = self.cell.get("r")
        if address is not None:
            letters = address.rstrip("0123456789")
            # Nearly every cell stands in its row and in a column already seen.
            if letters in self.known and address[len(letters) :] == self.row_digits:
                if self.extent.rows != self.position.row:
                    self.extent.reach(self.position.row, 0)
                return
            self.position.enter_cell(address)
            self.known.add(letters)
        self.extent.reach(self.position.row, self.position.column)


class _ThoroughScan:
    """Values too: their length, errors, formulas without a result."""

    def __init__(self, extent: Extent, shared: list[int]) -> None:
        self.extent = extent
        self.position = _Position(extent)
        self.shared = shared
        self.kind = ""
        self.value = ""
        self.has_formula = self.in_value = False

    def start(self, name: str, attributes: Attributes) -> None:
        name = local_name(name)
        if name == "c":
            self.kind = attributes.get("t", "")
            self.value = ""
            self.has_formula = False
            self.position.enter_cell(attributes.get("r"))
        elif name == "v" or name == "t":
            self.in_value = True
        elif name == "f":
            self.has_formula = True
        elif name == "row":
            self.position.enter_row(attributes)

    def end(self, name: str) -> None:
        name = local_name(name)
        if name == "v" or name == "t":
            self.in_value = False
        elif name == "c" and (self.value or self.has_formula):
            self._close()

    def characters(self, text: str) -> None:
        if self.in_value:
            self.value += text

    def _close(self) -> None:
        row, column = self.position.row, self.position.column
        length = len(self.value)
        if self.kind == "s":
            index = whole_number(self.value.strip(), -1)
            length = self.shared[index] if 0 <= index < len(self.shared) else 0
        if self.value:
            self.extent.reach(row, column)
            self.extent.add_text(length)
        if self.kind == "e":
            self.extent.note("error_value", row, column, value=self.value)
        elif self.has_formula and not self.value and self.kind != "str":
            self.extent.note("formula_without_value", row, column)
