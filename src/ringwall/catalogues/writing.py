"""Catalogues as spreadsheets, and the template to fill in. Loaded late: the writer is heavy."""

import io
from typing import Any

from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.catalogues.sheets import TEMPLATE
from ringwall.kit.exports import write_csv
from ringwall.reports.document import Column
from ringwall.reports.renderers.xlsx import write_rows

PLAIN = TEMPLATE[:8]
EXAMPLE = (
    ("1", "", "group", "Access", "", "", "", "", "Zugang", "", "", ""),
    (
        "1.1", "1", "requirement", "Leaving staff",
        "Access of people who leave MUST be withdrawn on their last day. Keys SHOULD be collected in person.", "HR tells IT a week ahead.",
        "basic", "", "Ausscheidende Beschäftigte",
        "Der Zugang ausscheidender Personen MUSS am letzten Arbeitstag entzogen werden. Schlüssel SOLLTEN persönlich eingezogen werden.",
        "Die Personalabteilung gibt der IT eine Woche vorher Bescheid.", "HR; IT",
    ),
)  # fmt: skip


def template(ending: str) -> bytes:
    """The columns that are understood, with two rows as an example. `attribute:…` stands for as many as one likes."""
    header = [*TEMPLATE, "attribute:who"]
    return _workbook(header, [list(row) for row in EXAMPLE]) if ending == "xlsx" else write_csv(header, EXAMPLE)


def workbook_of(catalogue: Catalogue) -> bytes:
    """All rows of a catalogue in the columns of the template."""
    rows = list(Requirement.objects.filter(catalogue=catalogue).select_related("parent").order_by("position"))
    names = list(dict.fromkeys(name for row in rows for name in row.attributes))
    languages = sorted({language for row in rows for language in row.translations})
    translated = [(language, key) for language in languages for key in ("title", "text", "guidance")]
    header = [*PLAIN, *(f"{key}_{language}" for language, key in translated), *(f"attribute:{name}" for name in names)]
    return _workbook(header, (_cells(row, translated, names) for row in rows))


def _cells(row: Requirement, translated: list[tuple[str, str]], names: list[str]) -> list[Any]:
    texts = [(row.translations.get(language) or {}).get(key, "") for language, key in translated]
    attributes = ["; ".join(row.attributes.get(name, [])) for name in names]
    parent = row.parent.identifier if row.parent else ""
    return [
        row.identifier, parent, row.category, row.title, row.text, row.guidance, row.level, "yes" if row.is_withdrawn else "", *texts,
        *attributes,
    ]  # fmt: skip


def _workbook(header: list[str], rows: Any) -> bytes:
    stream = io.BytesIO()
    write_rows(stream, [Column(key=name, title=name, kind="text") for name in header], rows)
    return stream.getvalue()
