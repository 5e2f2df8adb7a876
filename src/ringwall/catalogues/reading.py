"""From the bytes of a file to the contents of a catalogue. Loaded by name: the readers bring parsers with them."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace

from django.utils.translation import gettext as _

from ringwall.catalogues import sheets
from ringwall.catalogues.carrying import unpacked
from ringwall.catalogues.models import Catalogue
from ringwall.catalogues.refusals import Unreadable
from ringwall.catalogues.rules import CatalogueRow, Contents
from ringwall.oscal.content import CatalogueContent, RequirementRow, ThreatRow, Translation
from ringwall.oscal.decoding import looks_like_xml
from ringwall.oscal.findings import Finding
from ringwall.oscal.intake import read_catalogue
from ringwall.oscal.shapes import MODELS

SHEET_ENDINGS = ("xlsx", "xlsm", "ods", "csv", "tsv", "txt", "xls")
WORKBOOK_STARTS = (b"PK", b"\xd0\xcf\x11\xe0")
NOT_IMPORTED = ("objects/risk_matri", "objects/requirement_mapping", "objects/reference_control")
"""Where in a library of CISO Assistant stands what is no part of its catalogue."""

TITLE_LENGTH, IDENTIFIER_LENGTH = 500, 120


def read_contents(data: bytes, name: str) -> Contents:
    """Whatever catalogue the bytes hold: OSCAL in JSON, XML or YAML, the Kompendium, a library of CISO Assistant, or a
    spreadsheet. Raises Unreadable."""
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if data.startswith(WORKBOOK_STARTS) or ending in SHEET_ENDINGS:
        contents = sheets.read_sheet_catalogue(data, name)
    else:
        contents = _by_intake(data, name)
    return _fitting(contents)


def _by_intake(data: bytes, name: str) -> Contents:
    reading = read_catalogue(data, name)
    findings = [_for_a_reader(finding) for finding in reading.findings]
    errors = [finding for finding in findings if finding.severity == "error"]
    if reading.content is None or errors:
        raise Unreadable([*errors, *(finding for finding in findings if finding.severity != "error")])
    return of_content(reading.content, source_of(data), findings)


def source_of(data: bytes) -> str:
    """Which of the formats that are no spreadsheet, told as the intake tells them."""
    if looks_like_xml(data) and re.search(rb"<(?:\w+:)?book[\s>]", data[:4096]):
        return Catalogue.Source.KOMPENDIUM
    return Catalogue.Source.LIBRARY if re.search(rb"^objects:", data, re.MULTILINE) else Catalogue.Source.OSCAL


def _for_a_reader(finding: Finding) -> Finding:
    """In the reader's language where it is the commonest slip; what is wrong in parts of a library that are not
    imported refuses nothing."""
    if finding.path in MODELS and finding.message.startswith("this is no catalogue but"):
        message = _(
            "This is no catalogue but another document of OSCAL: %(model)s. Choose a file that holds a catalogue."
        )
        return replace(finding, message=message % {"model": finding.path})
    is_beside = finding.severity == "error" and finding.path.startswith(NOT_IMPORTED)
    return replace(finding, severity="warning") if is_beside else finding


def of_content(content: CatalogueContent, source: str, findings: Sequence[Finding]) -> Contents:
    """Rows as the OSCAL floor gives them, `findings` those of their reading. Without any modal verb (NIST's
    imperatives) they are reference controls."""
    is_reference = not any(content.statement_counts.values())
    category = "reference_control" if is_reference else "requirement"
    rows = [_row_of(row, "group" if row.kind == "group" else category) for row in content.rows]
    taken = {row.identifier for row in content.rows}
    twins: list[Finding] = []
    for threat in content.threats:
        if threat.identifier in taken:
            message = _("The identifier “%(name)s” stands twice; this threat was left out.")
            twins.append(Finding("warning", threat.identifier, message % {"name": threat.identifier[:80]}))
            continue
        taken.add(threat.identifier)
        row = _threat_row(threat, len(rows), taken)
        rows.append(unpacked(CatalogueRow(row, "threat", _texts_of(threat.translations))))
    return Contents(
        title=content.title,
        edition=content.version,
        language=content.language,
        publisher=content.publisher,
        document_id=content.identifier,
        source=source,
        is_reference=is_reference,
        rows=rows,
        findings=[*findings, *twins],
    )


def _row_of(row: RequirementRow, category: str) -> CatalogueRow:
    return unpacked(CatalogueRow(row, category, _texts_of(row.translations)))


def _texts_of(translations: Mapping[str, Translation]) -> dict[str, dict[str, str]]:
    """Language → the texts that are there."""
    found = {
        language: {name: value for name, value in asdict(text).items() if value}
        for language, text in translations.items()
    }
    return {language: texts for language, texts in found.items() if texts}


def _threat_row(threat: ThreatRow, position: int, known: Collection[str]) -> RequirementRow:
    """Under its module where it belongs to one."""
    module = next(iter(threat.attributes.get("module", [])), None)
    return RequirementRow(
        identifier=threat.identifier,
        parent_identifier=module if module in known else None,
        kind="requirement",
        title=threat.title,
        position=position,
        label=threat.identifier,
        text=threat.text,
        attributes=threat.attributes,
    )


def _circle(rows: Sequence[CatalogueRow]) -> list[str]:
    """Identifiers of rows that stand under each other, so that no way leads to them from the top."""
    parents = {one.row.identifier: one.row.parent_identifier for one in rows}
    reached: set[str | None] = {None}
    lost: set[str] = set()
    for start in parents:
        way: list[str] = []
        at: str | None = start
        while at in parents and at not in reached and at not in lost and at not in way:
            way.append(at)
            at = parents[at]
        (lost if at in lost or at in way else reached).update(way)
    return sorted(lost)


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
    if lost := _circle(rows):
        message = _("These rows stand under each other in a circle: %(names)s.")
        errors.append(Finding("error", "", message % {"names": ", ".join(name[:80] for name in lost[:5])}))
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
