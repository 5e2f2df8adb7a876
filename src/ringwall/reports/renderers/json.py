"""JSON: the report's structure for programs, keys in order, no needless white space (RFC 8785 but for floats)."""

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal

from ringwall.reports import document
from ringwall.reports.document import Report, Table

FORMAT = "ringwall-report"
FORMAT_VERSION = 1

_BLOCK_NAMES = {
    document.Heading: "heading",
    document.Paragraph: "paragraph",
    document.Note: "note",
    document.KeyValues: "facts",
    document.Table: "table",
    document.Figure: "figure",
    document.Findings: "findings",
    document.PageBreak: "page_break",
}


def render(report: Report) -> bytes:
    """UTF-8 JSON ``{format, format_version, title, …, blocks: [{block, …}]}``.

    A table is ``{block, caption, columns: [{key, title, kind, unit}], rows: [{key: value}]}``. Dates are ISO 8601,
    decimals are strings, a state is ``{label, tone}``, a level ``{label, position, of}``. Drawings are left out; their
    tables stay.
    """
    made = {"format": FORMAT, "format_version": FORMAT_VERSION, **_plain_fields(report)}
    return json.dumps(made, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _plain_fields(record: object) -> dict[str, object]:
    assert is_dataclass(record)
    return {each.name: _plain(getattr(record, each.name)) for each in fields(record)}


def _table(table: Table) -> dict[str, object]:
    columns = [
        {"key": column.key, "title": column.title, "kind": column.kind, "unit": column.unit} for column in table.columns
    ]
    keys = [column.key for column in table.columns]
    rows = [{key: _plain(cell) for key, cell in zip(keys, row, strict=True)} for row in table.rows]
    return {"block": "table", "caption": table.caption, "name": table.name, "columns": columns, "rows": rows}


def _plain(value: object) -> object:
    match value:
        case str():
            return _encodable(value)
        case None | bool() | int() | float():
            return value
        case Decimal():
            return f"{value:f}"
        case datetime() | date():
            return value.isoformat()
        case Table():
            return _table(value)
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            plain = _plain_fields(value)
            plain.pop("svg", None)
            name = _BLOCK_NAMES.get(type(value))
            return plain if name is None else {"block": name, **plain}


def _encodable(text: str) -> str:
    """Text without lone surrogates, which UTF-8 cannot hold; they come out as U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
