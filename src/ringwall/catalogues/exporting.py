"""Catalogues going out as OSCAL. Loaded by name: readers and writers bring parsers with them.

What came as OSCAL goes out as the bytes it came in, or as the same document in the other form; all else is built of
its rows.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any, Literal
from uuid import UUID

from ringwall.catalogues.carrying import attach, facts_of
from ringwall.catalogues.models import Catalogue, Requirement, SourceFile, Statement
from ringwall.catalogues.reading import of_content
from ringwall.catalogues.rules import CatalogueRow
from ringwall.oscal import catalogue as typed
from ringwall.oscal import own
from ringwall.oscal.building import catalogue_tree, tokens_of
from ringwall.oscal.content import (
    CatalogueContent,
    Level,
    LinkRow,
    ModalVerb,
    RequirementRow,
    StatementRow,
    ThreatRow,
    Translation,
)
from ringwall.oscal.decoding import decode
from ringwall.oscal.findings import FindingLog
from ringwall.oscal.reader import read
from ringwall.oscal.requirements import flatten
from ringwall.oscal.writer import to_json
from ringwall.oscal.xml_writing import to_xml

Form = Literal["json", "xml"]
Tree = dict[str, Any]

WRITERS = {"json": to_json, "xml": to_xml}


def document_of(catalogue: Catalogue, form: Form) -> bytes:
    """The catalogue as OSCAL. The same data give the same bytes."""
    file = catalogue.files.filter(sha256=catalogue.sha256).first()
    if file is not None and catalogue.source == Catalogue.Source.OSCAL:
        return _as_it_came(catalogue, file, form)
    return _built(catalogue, form)


def control_ids(catalogue: Catalogue) -> dict[str, str]:
    """Identifier of each row → the id that `document_of` gives its control or group."""
    if catalogue.source == Catalogue.Source.OSCAL:
        names = Requirement.objects.filter(catalogue=catalogue).order_by("position")
        return {name: own.token_of(name) for name in names.values_list("identifier", flat=True)}
    return tokens_of(row.identifier for row in content_of(catalogue).rows)


def _as_it_came(catalogue: Catalogue, file: SourceFile, form: Form) -> bytes:
    """Title and version may have been given at the import; they then stand in place of the file's own."""
    data = bytes(file.content)
    # Decoding alone tells whether these bytes may go; reading all of a large catalogue takes ten times as long.
    came_as, root = decode(data, file.name, FindingLog())
    metadata = root.get("catalog", {}).get("metadata", {})
    title, version = str(metadata.get("title", "")), str(metadata.get("version", ""))
    is_same = (title[:300] or catalogue.title, version[:80]) == (catalogue.title, catalogue.edition)
    if is_same and came_as == form:
        return data
    reading = read(data, file.name)
    metadata = reading.tree.get("metadata", {})
    if reading.document is None:
        return _built(catalogue, form)
    given = {} if is_same else {"title": catalogue.title, "version": catalogue.edition or version}
    return _written(reading.tree | {"metadata": metadata | given}, form, stored_rows(catalogue))


def _built(catalogue: Catalogue, form: Form) -> bytes:
    rows = stored_rows(catalogue)
    made_at = catalogue.imported_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    tree = catalogue_tree(_content(catalogue, rows), made_at)
    return _written(tree, form, rows)


def _written(tree: Tree, form: Form, rows: Sequence[CatalogueRow]) -> bytes:
    """Written once and read back to see what would come back differently, and again with that carried along."""
    data = WRITERS[form]("catalog", tree)
    document = read(data).document
    if not isinstance(document, typed.Catalogue):
        raise TypeError("what was written cannot be read back")
    returned = {one.row.identifier: facts_of(one) for one in of_content(flatten(document), "oscal", ()).rows}
    carried: dict[str, Tree] = {}
    for one in rows:
        found = returned.get(one.row.identifier)
        if found is not None and found != (facts := facts_of(one)):
            carried[one.row.identifier] = {name: fact for name, fact in facts.items() if found[name] != fact}
    if not carried:
        return data
    attach(tree, carried)
    return WRITERS[form]("catalog", tree)


def stored_rows(catalogue: Catalogue) -> list[CatalogueRow]:
    """All rows as an import would give them, in the catalogue's order. Two queries, and no parent is read twice."""
    statements: dict[UUID, list[tuple[str, str, str]]] = {}
    found = Statement.objects.filter(requirement__catalogue=catalogue, is_withdrawn=False).order_by("position")
    for requirement, *told in found.values_list("requirement_id", "number", "verb", "text"):
        statements.setdefault(requirement, []).append((told[0], told[1], told[2]))
    rows = list(Requirement.objects.filter(catalogue=catalogue).order_by("position"))
    names = {row.pk: row.identifier for row in rows}
    return [
        _row(row, names.get(row.parent_id) if row.parent_id else None, position, statements.get(row.pk, []))
        for position, row in enumerate(rows)
    ]


def content_of(catalogue: Catalogue) -> CatalogueContent:
    """The catalogue as the OSCAL floor compares it."""
    return _content(catalogue, stored_rows(catalogue))


def _row(
    row: Requirement, parent: str | None, position: int, statements: Sequence[tuple[str, str, str]]
) -> CatalogueRow:
    threats = [link for link in row.links if link["rel"] == "threat" and link["internal"]]
    others = [link for link in row.links if link not in threats]
    given = RequirementRow(
        identifier=row.identifier,
        parent_identifier=parent,
        kind="group" if row.category == Requirement.Kind.GROUP else "requirement",
        title=row.title,
        position=position,
        label=row.label or row.identifier,
        text=row.text,
        guidance=row.guidance,
        level=row.level or None,  # type: ignore[arg-type]
        attributes=row.attributes,
        withdrawn=row.is_withdrawn,
        stable_id=row.stable_id or None,
        statements=tuple(_statement(row, one) for one in statements),
        links=tuple(LinkRow(link["rel"], link["target"], link["text"], link["internal"]) for link in others),
        threats=tuple(link["target"] for link in threats),
    )
    return CatalogueRow(given, row.category, row.translations)


def _statement(row: Requirement, one: tuple[str, str, str]) -> StatementRow:
    number, verb, text = one
    return StatementRow(number.removeprefix(f"{row.identifier}-"), text, ModalVerb(verb) if verb else None, number)


def _content(catalogue: Catalogue, rows: Sequence[CatalogueRow]) -> CatalogueContent:
    above = {one.row.parent_identifier for one in rows}
    threats = [one for one in rows if _is_plain_threat(one, above)]
    apart = {one.row.identifier for one in threats}
    return CatalogueContent(
        identifier=catalogue.document_id or catalogue.code,
        title=catalogue.title,
        version=catalogue.edition,
        language=catalogue.language,
        publisher=catalogue.publisher,
        last_modified="",
        rows=[_buildable(one) for one in rows if one.row.identifier not in apart],
        threats=[ThreatRow(t.row.identifier, t.row.title, t.row.text, t.row.attributes) for t in threats],
    )


def _is_plain_threat(one: CatalogueRow, above: set[str | None]) -> bool:
    """Whether it stands where an import puts a threat: at the top, or under its module, with nothing below."""
    place = next(iter(one.row.attributes.get("module", [])), None)
    return one.category == "threat" and one.row.parent_identifier == place and one.row.identifier not in above


def _buildable(one: CatalogueRow) -> RequirementRow:
    """Levels that the floor does not know are left to be carried."""
    texts = {language: Translation(**texts) for language, texts in one.translations.items()}
    return replace(one.row, level=_LEVELS.get(str(one.row.level)), translations=texts)


_LEVELS = {level.value: level for level in Level}
