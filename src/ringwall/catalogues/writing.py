"""Catalogues as spreadsheets, and the template to fill in. Loaded late: the writer is heavy."""

import io
from collections.abc import Sequence
from typing import Any

from ringwall.catalogues.exporting import stored_rows
from ringwall.catalogues.models import Catalogue
from ringwall.catalogues.rules import CatalogueRow
from ringwall.catalogues.sheet_extras import ABOUT, FACTS, column, cut, packed
from ringwall.catalogues.sheets import TEMPLATE, read_sheet_catalogue
from ringwall.kit.exports import write_csv
from ringwall.reports.document import Column
from ringwall.reports.renderers.xlsx import write_rows

PLAIN = TEMPLATE[:8]
_EXAMPLES = (
    {"identifier": "1", "kind": "group", "title": "Access", "title_de": "Zugang"},
    {
        "identifier": "1.1",
        "parent": "1",
        "kind": "requirement",
        "title": "Leaving staff",
        "text": "Access of people who leave MUST end on their last day. Keys SHOULD be collected in person.",
        "guidance": "HR tells IT a week ahead.",
        "level": "basic",
        "title_de": "Ausscheidende Beschäftigte",
        "text_de": "Der Zugang ausscheidender Personen MUSS am letzten Arbeitstag enden. "
        "Schlüssel SOLLTEN persönlich eingezogen werden.",
        "guidance_de": "Die Personalabteilung gibt der IT eine Woche vorher Bescheid.",
        "attribute:who": "HR; IT",
    },
)


def template(ending: str) -> bytes:
    """The columns that are understood, with two rows as an example. `attribute:…` stands for as many as one likes."""
    header = [*TEMPLATE, "attribute:who"]
    rows = [[row.get(name, "") for name in header] for row in _EXAMPLES]
    return _workbook(header, rows) if ending == "xlsx" else write_csv(header, rows)


def workbook_of(catalogue: Catalogue) -> bytes:
    """A template with all rows of the catalogue, which comes back with zero changes.

    Written once and read to see what the cells alone would give back otherwise, and again with that carried along.
    """
    rows = stored_rows(catalogue)
    names = _attribute_names(rows)
    languages = sorted({language for one in rows for language in one.translations})
    translated = [(language, key) for language in languages for key in ("title", "text", "guidance")]
    header = [*PLAIN, *(f"{key}_{language}" for language, key in translated), *(f"attribute:{name}" for name in names)]
    lines = [_cells(one, translated, names) for one in rows]
    data = _workbook(header, lines, catalogue)
    returned = {one.row.identifier: one for one in read_sheet_catalogue(data, "catalogue.xlsx").rows}
    carried = [cut(packed(one, returned.get(one.row.identifier))) for one in rows]
    width = max(map(len, carried), default=0)
    if not width:
        return data
    header += [column(number) for number in range(width)]
    whole = [[*line, *more, *[""] * (width - len(more))] for line, more in zip(lines, carried, strict=True)]
    return _workbook(header, whole, catalogue)


def _attribute_names(rows: Sequence[CatalogueRow]) -> list[str]:
    """Those that a heading can tell apart from the others; the rest is carried."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(name for one in rows for name in one.row.attributes):
        if name == " ".join(name.split()) and ":" not in name and len(name) < 100:
            found.setdefault(name.casefold(), name)
    return list(found.values())


def _cells(one: CatalogueRow, translated: list[tuple[str, str]], names: list[str]) -> list[Any]:
    row = one.row
    texts = [(one.translations.get(language) or {}).get(key, "") for language, key in translated]
    attributes = ["; ".join(row.attributes.get(name, [])) for name in names]
    return [
        row.identifier,
        row.parent_identifier or "",
        one.category,
        row.title,
        row.text,
        row.guidance,
        str(row.level or ""),
        "yes" if row.withdrawn else "",
        *texts,
        *attributes,
    ]


def _about(catalogue: Catalogue) -> list[list[str]]:
    told = (
        catalogue.title,
        catalogue.edition,
        catalogue.language,
        catalogue.publisher,
        catalogue.document_id,
        "yes" if catalogue.is_reference else "no",
    )
    titles = [[f"title_{language}", text] for language, text in sorted(catalogue.titles.items())]
    return [*([name, value] for name, value in zip(FACTS, told, strict=True)), *titles]


def _workbook(header: list[str], rows: Any, catalogue: Catalogue | None = None) -> bytes:
    """The time of the catalogue's import stands in the file, so that the same rows give the same bytes."""
    stream = io.BytesIO()
    more = {ABOUT: (_columns(("name", "value")), _about(catalogue))} if catalogue else {}
    made_at = catalogue.imported_at if catalogue else None
    write_rows(stream, _columns(header), rows, made_at=made_at, more=more)
    return stream.getvalue()


def _columns(header: Sequence[str]) -> list[Column]:
    return [Column(key=name, title=name, kind="text") for name in header]
