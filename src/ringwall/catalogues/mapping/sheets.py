"""Mappings in spreadsheets: one row a pair. The catalogue of a side may stand in brackets behind the column's name."""

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from ringwall.catalogues.mapping.contents import Contents, GivenMapping, Side
from ringwall.catalogues.mapping.models import Mapping
from ringwall.catalogues.refusals import Unreadable
from ringwall.catalogues.sheets import LIMITS, NO, YES
from ringwall.kit.words import cell_words, file_words
from ringwall.lib.columns import guess
from ringwall.lib.sheets import read_sheet
from ringwall.lib.sheets_types import WARNINGS, SheetError, column_letters
from ringwall.oscal.findings import Finding, FindingLog
from ringwall.oscal.mappings import RELATION_NAMES, MappingRow, Relation

COLUMNS: dict[str, tuple[str, ...]] = {
    "source": ("from", "source requirement", "source identifier", "quelle", "von", "quellanforderung"),
    "relation": ("relationship", "mapping", "beziehung", "relation type", "verhältnis"),
    "target": ("to", "target requirement", "target identifier", "ziel", "nach", "zielanforderung"),
    "rationale": ("reason", "remark", "remarks", "comment", "begründung", "bemerkung", "anmerkung"),
    "defaulted": ("set by a tool", "not judged", "unjudged", "von werkzeug gesetzt", "nicht beurteilt"),
}
NEEDED = ("source", "relation", "target")
WORDS: dict[str, Relation] = {
    **{name.replace("-", " "): relation for name, relation in RELATION_NAMES.items()},
    **dict.fromkeys(("=", "same", "identical", "gleich", "identisch", "ist gleich"), Relation.EQUAL),
    **dict.fromkeys(("≡", "gleichwertig", "äquivalent", "gleichwertig mit"), Relation.EQUIVALENT),
    **dict.fromkeys(("⊂", "⊆", "part of", "teil von", "teilmenge", "teilmenge von"), Relation.SUBSET),
    **dict.fromkeys(("⊃", "⊇", "contains", "covers", "umfasst", "obermenge", "obermenge von"), Relation.SUPERSET),
    **dict.fromkeys(
        ("∩", "overlaps", "overlaps with", "partial", "überschneidet", "überschneidet sich mit", "überlappt"),
        Relation.INTERSECTS,
    ),
}
NONE = frozenset({"none", "no relation", "no relationship", "not related", "keine", "keine beziehung"})
_NAMED = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$")


def read_sheet_mapping(data: bytes, name: str) -> Contents:
    """The mapping in the first sheet of a workbook or in a CSV file. Raises Unreadable."""
    try:
        sheet = read_sheet(data, name, limits=LIMITS)
    except SheetError as error:
        raise Unreadable([Finding("error", error.place, " ".join(file_words(error)))]) from None
    columns = {key: index for index, key in guess(sheet.header, COLUMNS).items() if key}
    if missing := [key for key in NEEDED if key not in columns]:
        message = _("The column “%(column)s” is missing. The template shows the columns that are understood.")
        raise Unreadable([Finding("error", _("first row"), message % {"column": column}) for column in missing])
    log = FindingLog()
    for one in sheet.findings:
        if one.code != "no_column_name":
            place = f"{_('row %(row)d') % {'row': one.row}}, {column_letters(one.column)}"
            log.add("info" if one.code in WARNINGS else "warning", place, cell_words(one))
    rows = [row for number, cells in sheet.numbered_rows() if (row := _row(number, cells, columns, log)) is not None]
    stem = re.split(r"[/\\]", name)[-1].rpartition(".")[0] or name
    sides = [Side(code=match[1].strip()) if match else Side() for match in _names(sheet.header, columns)]
    given = GivenMapping(sides[0], sides[1], rows, title=stem)
    return Contents(Mapping.Origin.SHEET, [given], title=stem, findings=log.close())


def _names(header: Sequence[str], columns: dict[str, int]) -> list[re.Match[str] | None]:
    return [_NAMED.search(header[columns[key]]) for key in ("source", "target")]


def _row(number: int, cells: Sequence[Any], columns: dict[str, int], log: FindingLog) -> MappingRow | None:
    """A row that cannot be understood is told and left out."""
    texts = {key: _text(cells, index) for key, index in columns.items()}
    place = _("row %(row)d") % {"row": number}
    for key in NEEDED:
        if not texts[key]:
            log.add("warning", place, _("The column “%(column)s” is empty; the row was left out.") % {"column": key})
            return None
    word = " ".join(texts["relation"].replace("-", " ").replace("_", " ").casefold().split())
    if word in NONE:
        return None
    if (relation := WORDS.get(word)) is None:
        message = _("The relation “%(word)s” is not known; the row was left out.")
        log.add("warning", place, message % {"word": texts["relation"][:40]}, "an unknown relation")
        return None
    defaulted = texts.get("defaulted", "").casefold()
    if defaulted not in YES | NO:
        log.add("warning", place, _("“%(value)s” is neither yes nor no.") % {"value": defaulted[:40]})
    return MappingRow(
        _end(texts["source"]), _end(texts["target"]), relation, defaulted in YES, texts.get("rationale", "")
    )


def _end(text: str) -> str:
    return " ".join(text.split())


def _text(cells: Sequence[Any], index: int) -> str:
    value = cells[index] if index < len(cells) else None
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
