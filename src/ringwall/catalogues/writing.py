"""Catalogues as spreadsheets, and the template to fill in. Loaded late: the writer is heavy."""

import io
from datetime import datetime
from typing import Any

from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.catalogues.sheets import TEMPLATE
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
    """All rows of a catalogue in the columns of the template."""
    rows = list(Requirement.objects.filter(catalogue=catalogue).select_related("parent").order_by("position"))
    names = list(dict.fromkeys(name for row in rows for name in row.attributes))
    languages = sorted({language for row in rows for language in row.translations})
    translated = [(language, key) for language in languages for key in ("title", "text", "guidance")]
    header = [*PLAIN, *(f"{key}_{language}" for language, key in translated), *(f"attribute:{name}" for name in names)]
    return _workbook(header, (_cells(row, translated, names) for row in rows), catalogue.imported_at)


def _cells(row: Requirement, translated: list[tuple[str, str]], names: list[str]) -> list[Any]:
    texts = [(row.translations.get(language) or {}).get(key, "") for language, key in translated]
    attributes = ["; ".join(row.attributes.get(name, [])) for name in names]
    parent = row.parent.identifier if row.parent else ""
    return [
        row.identifier,
        parent,
        row.category,
        row.title,
        row.text,
        row.guidance,
        row.level,
        "yes" if row.is_withdrawn else "",
        *texts,
        *attributes,
    ]


def _workbook(header: list[str], rows: Any, made_at: datetime | None = None) -> bytes:
    """`made_at` stands in the file, so that the same rows give the same bytes."""
    stream = io.BytesIO()
    write_rows(stream, [Column(key=name, title=name, kind="text") for name in header], rows, made_at=made_at)
    return stream.getvalue()
