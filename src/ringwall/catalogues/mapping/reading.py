"""From the bytes of a file to mappings: OSCAL (JSON, YAML, XML), libraries of CISO Assistant, spreadsheets.

Loaded by name: the readers bring parsers with them.
"""

import re

from django.utils.translation import gettext as _

from ringwall.catalogues.mapping import sheets
from ringwall.catalogues.mapping.contents import Contents, GivenMapping, Side
from ringwall.catalogues.mapping.models import Mapping
from ringwall.catalogues.reading import SHEET_ENDINGS, WORKBOOK_STARTS
from ringwall.catalogues.refusals import Unreadable
from ringwall.oscal import own
from ringwall.oscal.catalogue import value_of
from ringwall.oscal.ciso_assistant import read_library
from ringwall.oscal.findings import Finding, FindingLog
from ringwall.oscal.mapping_collection import MappedResource, MappingCollection
from ringwall.oscal.mapping_collection import Mapping as TypedMapping
from ringwall.oscal.mappings import MappingSet, mapping_sets
from ringwall.oscal.reader import read

CODE = "catalogue"
"""Our own property: the short name of a catalogue here, which tells two editions of one document apart."""

UNVERSIONED = "unversioned"
"""What stands in our files for no version, since OSCAL demands one."""


def read_mappings(data: bytes, name: str) -> Contents:
    """Whatever mappings the bytes hold. Raises Unreadable where there are none."""
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if data.startswith(WORKBOOK_STARTS) or ending in SHEET_ENDINGS:
        contents = sheets.read_sheet_mapping(data, name)
    elif re.search(rb"^objects:", data, re.MULTILINE):
        contents = _of_library(data, name)
    else:
        contents = _of_oscal(data, name)
    if not any(given.rows for given in contents.mappings):
        message = _("The file holds no row of a mapping that could be understood.")
        raise Unreadable([Finding("error", "", message), *contents.findings])
    return contents


def _of_oscal(data: bytes, name: str) -> Contents:
    reading = read(data, name)
    document = reading.document
    if document is None:
        raise Unreadable(reading.findings)
    if not isinstance(document, MappingCollection):
        message = _("This is no mapping collection but another document of OSCAL: %(model)s.") % {
            "model": reading.model
        }
        raise Unreadable([Finding("error", reading.model, message)])
    log = FindingLog()
    sets = mapping_sets(document, log)
    provenance = document.provenance
    common = {
        "method": provenance.method if provenance else "",
        "matching-rationale": provenance.matching_rationale if provenance else "",
        "status": provenance.status if provenance else "",
        "description": provenance.mapping_description if provenance else "",
    }
    title = document.title
    pairs = list(zip(document.mappings, sets, strict=True))
    return Contents(
        Mapping.Origin.OSCAL,
        [_given(typed, one, number, common, title, len(pairs)) for number, (typed, one) in enumerate(pairs)],
        title=title,
        edition="" if document.version == UNVERSIONED else document.version,
        publisher=_publisher(document),
        findings=[*reading.findings, *log.close()],
    )


def _given(
    typed: TypedMapping, one: MappingSet, number: int, common: dict[str, str], title: str, count: int
) -> GivenMapping:
    """One mapping of a collection bears the collection's title, and where there are several, that of its target too."""
    told = {
        "method": typed.method,
        "matching-rationale": typed.matching_rationale,
        "status": typed.status,
    }
    source = _side(typed.source_resource, one.source_catalogue, one.source_uuid)
    target = _side(typed.target_resource, one.target_catalogue, one.target_uuid)
    return GivenMapping(
        source=source,
        target=target,
        rows=one.rows,
        title=f"{title}: {target}" if count > 1 and target.is_named else title,
        document_id=typed.uuid,
        path=f"mapping-collection/mappings[{number}]",
        provenance={name: text for name, text in (common | {k: v for k, v in told.items() if v}).items() if text},
    )


def _side(resource: MappedResource | None, title: str, document_id: str) -> Side:
    if resource is None:
        return Side()
    code = own.value_of(resource.props, CODE)
    named = value_of(resource.props, "catalog_title")
    # An address alone names a file at its publisher's; it is told, but identifies nothing here.
    return Side(named or title, document_id or _urn(resource.href), code)


def _urn(href: str) -> str:
    return href.removeprefix("urn:uuid:") if href.startswith("urn:") else ""


def _publisher(document: MappingCollection) -> str:
    """Who published or made it; parties and roles stand in the metadata as they were read."""
    extra = document.metadata.extra if document.metadata else {}
    names = {party.get("uuid"): party.get("name", "") for party in extra.get("parties", ())}
    wanted = (
        key
        for one in extra.get("responsible-parties", ())
        if one.get("role-id") in ("publisher", "creator")
        for key in one.get("party-uuids", ())
    )
    return next((names[key] for key in wanted if names.get(key)), "")


def _of_library(data: bytes, name: str) -> Contents:
    library = read_library(data, name)
    errors = [finding for finding in library.findings if finding.severity == "error"]
    if library.is_refused:
        raise Unreadable(errors)
    given = [
        GivenMapping(
            source=Side("", one.source_catalogue),
            target=Side("", one.target_catalogue),
            rows=one.rows,
            path=f"objects/requirement_mapping_sets[{number}]",
        )
        for number, one in enumerate(library.mappings)
    ]
    return Contents(Mapping.Origin.LIBRARY, given, findings=library.findings)
