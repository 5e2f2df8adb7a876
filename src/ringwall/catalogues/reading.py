"""From the bytes of a file to the contents of a catalogue. Loaded by name: the readers bring parsers with them."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from ringwall.catalogues import sheets
from ringwall.catalogues.refusals import Unreadable
from ringwall.catalogues.rules import CatalogueRow, Contents
from ringwall.oscal import reader
from ringwall.oscal.catalogue import Catalogue as OscalCatalogue
from ringwall.oscal.content import CatalogueContent, RequirementRow
from ringwall.oscal.findings import Finding
from ringwall.oscal.requirements import flatten

SHEET_ENDINGS = ("xlsx", "xlsm", "ods", "csv", "tsv", "txt", "xls")
WORKBOOK_STARTS = (b"PK", b"\xd0\xcf\x11\xe0")
TITLE_LENGTH, IDENTIFIER_LENGTH = 500, 120


def read_contents(data: bytes, name: str) -> Contents:
    """Whatever catalogue the bytes hold: OSCAL in JSON, XML or YAML, or a spreadsheet. Raises Unreadable."""
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if data.startswith(WORKBOOK_STARTS) or ending in SHEET_ENDINGS:
        contents = sheets.read_sheet_catalogue(data, name)
    else:
        contents = _oscal(data, name)
    return _fitting(contents)


def _oscal(data: bytes, name: str) -> Contents:
    reading = reader.read(data, name)
    document = reading.document
    if document is None or reading.errors:
        raise Unreadable([*reading.errors, *(one for one in reading.findings if one.severity != "error")])
    if not isinstance(document, OscalCatalogue):
        message = _(
            "This is no catalogue but another document of OSCAL: %(model)s. Choose a file that holds a catalogue."
        )
        raise Unreadable([Finding("error", reading.model, message % {"model": reading.model})])
    content = flatten(document)
    return of_content(content, "oscal", reading.findings)


def of_content(content: CatalogueContent, source: str, findings: Sequence[Finding] = ()) -> Contents:
    """Rows as the OSCAL floor gives them. Without any modal verb (NIST's imperatives) they are reference controls."""
    is_reference = not any(content.statement_counts.values())
    category = "reference_control" if is_reference else "requirement"
    rows = [CatalogueRow(row, "group" if row.kind == "group" else category) for row in content.rows]
    rows += [
        CatalogueRow(
            RequirementRow(
                threat.identifier,
                None,
                "requirement",
                threat.title,
                len(content.rows) + number,
                threat.identifier,
                threat.text,
                attributes=threat.attributes,
            ),
            "threat",
        )
        for number, threat in enumerate(content.threats)
    ]
    return Contents(
        title=content.title,
        edition=content.version,
        language=content.language,
        publisher=content.publisher,
        document_id=content.identifier,
        source=source,
        is_reference=is_reference,
        rows=rows,
        findings=[*findings, *content.findings],
    )


def _fitting(contents: Contents) -> Contents:
    """Refuses what cannot be stored, shortens what is only too long to be read. Raises Unreadable."""
    errors: list[Finding] = []
    notes: list[Finding] = []
    rows: list[CatalogueRow] = []
    if not any(one.category != "group" for one in contents.rows):
        raise Unreadable([Finding("error", "", _("The file holds no requirement. Nothing would be imported."))])
    for one in contents.rows:
        row = one.row
        if len(row.identifier) > IDENTIFIER_LENGTH or len(row.stable_id or "") > IDENTIFIER_LENGTH:
            message = _("The identifier “%(start)s…” is longer than %(limit)d characters.")
            errors.append(
                Finding(
                    "error", row.identifier[:40], message % {"start": row.identifier[:40], "limit": IDENTIFIER_LENGTH}
                )
            )
        if len(row.title) > TITLE_LENGTH:
            message = _("The title was shortened to %(limit)d characters.") % {"limit": TITLE_LENGTH}
            notes.append(Finding("warning", row.identifier, message))
            row = replace(row, title=row.title[: TITLE_LENGTH - 1] + "…")
        if len(row.label) > IDENTIFIER_LENGTH:
            row = replace(row, label="")
        rows.append(one if row is one.row else replace(one, row=row))
    if errors:
        raise Unreadable(errors)
    return replace(
        contents,
        title=contents.title[:300],
        edition=contents.edition[:80],
        publisher=contents.publisher[:200],
        document_id=contents.document_id[:120],
        language=contents.language[:10],
        rows=rows,
        findings=[*contents.findings, *notes],
    )
