"""Decisions from a spreadsheet: one row an entry; scope and entry together name the row."""

from dataclasses import replace

from ringwall.access.policy import Actor
from ringwall.context.models import IsmsScope
from ringwall.kit import registry
from ringwall.kit.imports import Declared, Plan, guess_columns, make_plan
from ringwall.lib.sheets_types import Sheet
from ringwall.soa.actions import row_ref
from ringwall.soa.queries import statement


def plan_decisions(actor: Actor, scope: IsmsScope, sheet: Sheet, declared: Declared | None = None) -> Plan:
    """The kit's import of soa rows, with reference and scope filled in from the entry where the file has them not."""
    register = registry.registers["soa_row"]
    columns = dict(declared.columns if declared and declared.columns else guess_columns(register, sheet.header))
    chosen = {key: index for index, key in columns.items()}
    header, rows = list(sheet.header), [list(row) for row in sheet.rows]
    entry = chosen.get("requirement")
    # Rows made before have the reference that they got then.
    refs = {row.key: row.stored.ref for row in statement(scope).rows if row.stored is not None}
    for key in ("ref", "scope"):
        if key in chosen:
            continue
        columns[len(header)] = key
        header.append(key)
        for row in rows:
            name = str(row[entry] or "").split(" ", 1)[0] if entry is not None and entry < len(row) else ""
            filled = any(cell is not None for cell in row)
            value = scope.ref if key == "scope" else refs.get(name) or row_ref(scope, name) if name else None
            row.append(value if filled else None)
    settings = (
        Declared(declared.date_order, declared.has_decimal_comma, columns) if declared else Declared(columns=columns)
    )
    return make_plan(register, actor, replace(sheet, header=header, rows=rows), settings)
