"""Measures the tables of an ODS workbook (OpenDocument 1.3 part 3, 9.1).

Rows and cells may say how often they repeat, so a few bytes can stand for a billion cells.
"""

from ringwall.lib.sheets_types import Limits, SheetError
from ringwall.lib.sheets_xml import Attributes, Extent, attributes_of, local_name, parse, root_name, whole_number

CONTENT = "content.xml"
MANIFEST = "META-INF/manifest.xml"
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""The largest sheet that spreadsheet programs can make."""

CELLS = frozenset({"table-cell", "covered-table-cell"})


def is_encrypted(parts: dict[str, bytes]) -> bool:
    """OpenDocument 1.3 part 2, 3.4.1: encrypted parts are marked in the manifest."""
    if "encrypted-package" in parts:
        return True
    return MANIFEST in parts and bool(attributes_of(MANIFEST, parts[MANIFEST], "encryption-data"))


def extents(parts: dict[str, bytes], limits: Limits) -> dict[str, Extent]:
    """Every table by its name."""
    for name, content in parts.items():
        if content and name.lower().endswith(".xml"):
            root_name(name, content)
    scan = _TableScan(limits)
    parse(CONTENT, parts[CONTENT], scan.start, scan.end, scan.characters)
    return scan.extents


class _TableScan:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.extents: dict[str, Extent] = {}
        self.extent = Extent(limits, "")
        self.row = self.column = 0
        self.row_repeats = self.repeats = 1
        self.kind: str | None = None
        self.text = ""
        self.in_cell = False

    def start(self, name: str, attributes: Attributes) -> None:
        name = local_name(name)
        if name in CELLS:
            self._enter_cell(attributes)
        elif name == "table-row":
            self.row_repeats = whole_number(_attribute(attributes, "number-rows-repeated"), 1)
            self.row += self.row_repeats
            self.column = 0
            _refuse_beyond(self.row, LAST_ROW, self.extent.place)
        elif name == "table":
            title = _attribute(attributes, "name") or ""
            self.extent = self.extents[title] = Extent(self.limits, f"sheet {title}")
            self.row = self.column = 0

    def end(self, name: str) -> None:
        name = local_name(name)
        if name in CELLS:
            self.in_cell = False
            if self.kind is not None or self.text:
                self.extent.reach(self.row, self.column)
                self.extent.add_text(len(self.text) * self.repeats * self.row_repeats)
            if self.kind == "error":
                self.extent.note("error_value", self.row, self.column, value=self.text.strip())

    def characters(self, text: str) -> None:
        if self.in_cell:
            self.text += text

    def _enter_cell(self, attributes: Attributes) -> None:
        self.in_cell = True
        self.text = ""
        self.repeats = 1
        self.kind = None
        for name, value in attributes.items():
            if name == "calcext:value-type" and value == "error":
                self.kind = "error"
                break
            key = local_name(name)
            if key == "value-type":
                self.kind = value
            elif key == "number-columns-repeated":
                self.repeats = whole_number(value, 1)
        self.column += self.repeats
        _refuse_beyond(self.column, LAST_COLUMN, self.extent.place)


def _attribute(attributes: Attributes, wanted: str) -> str | None:
    return next((value for name, value in attributes.items() if local_name(name) == wanted), None)


def _refuse_beyond(position: int, last: int, place: str) -> None:
    # Some programs write a few rows more than a sheet can have.
    if position > last + 1_000:
        raise SheetError("damaged", place=place, detail="a cell stands beyond the end of the sheet")
