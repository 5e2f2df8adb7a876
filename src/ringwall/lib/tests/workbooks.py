"""Workbooks for tests: honest ones by XlsxWriter, hostile ones written by hand."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OPENDOCUMENT = "urn:oasis:names:tc:opendocument:xmlns"


def xlsx(rows: Sequence[Sequence[Any]], name: str = "Assets", **others: Sequence[Sequence[Any]]) -> bytes:
    """Rows of plain values, texts as texts; further sheets by keyword."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for title, content in {name: rows, **others}.items():
            sheet = workbook.add_worksheet(title)
            for number, row in enumerate(content):
                for column, value in enumerate(row):
                    if hasattr(value, "year"):
                        sheet.write_datetime(number, column, value, day)
                    elif value is not None:
                        sheet.write(number, column, value)
    return buffer.getvalue()


def raw_xlsx(sheet_data: str, *, before: str = "", shared: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """The least XLSX that is read, around the given `row` elements; `before` stands in front of the sheet's root."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>'
        '<sheet name="Assets" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{RELATION}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{MAIN}">'
        f"<sheetData>{sheet_data}</sheetData></worksheet>",
    }
    return zipped({name: content.encode() for name, content in parts.items()} | (more or {}))


def raw_ods(rows: str, *, before: str = "", manifest: str = "") -> bytes:
    """The least ODS that is read, around the given `table:table-row` elements."""
    spaces = " ".join(f'xmlns:{name}="{OPENDOCUMENT}:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f"{before}<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="Assets">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    entries = f'<manifest:manifest xmlns:manifest="{OPENDOCUMENT}:manifest:1.0">{manifest}</manifest:manifest>'
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": entries.encode(),
        }
    )


def ods_row(*texts: str, repeated: int = 1, cells_repeated: int = 1) -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{cells_repeated}">'
        f"<text:p>{text}</text:p></table:table-cell>"
        for text in texts
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()
