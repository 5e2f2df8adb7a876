"""One door for a catalogue in whatever format: what is it, and what does it hold?"""

from __future__ import annotations

import re

from ringwall.oscal.catalogue import Catalogue
from ringwall.oscal.ciso_assistant import LibraryReading, read_library
from ringwall.oscal.content import ContentReading
from ringwall.oscal.decoding import looks_like_xml
from ringwall.oscal.findings import Finding
from ringwall.oscal.kompendium import read_kompendium
from ringwall.oscal.reader import MAX_BYTES, read
from ringwall.oscal.requirements import flatten


def read_catalogue(data: bytes, name: str = "", *, max_bytes: int = MAX_BYTES) -> ContentReading:
    """The rows of an OSCAL catalogue (JSON, YAML, XML), of the IT-Grundschutz-Kompendium (DocBook) or of a CISO
    Assistant library (YAML). Never raises for what stands in the file."""
    if len(data) <= max_bytes and looks_like_xml(data) and re.search(rb"<(?:\w+:)?book[\s>]", data[:4096]):
        return read_kompendium(data)
    if len(data) <= max_bytes and re.search(rb"^objects:", data, re.MULTILINE):
        return _of_library(read_library(data, name))
    reading = read(data, name, max_bytes=max_bytes)
    if isinstance(reading.document, Catalogue):
        content = flatten(reading.document)
        return ContentReading(content, reading.sha256, [*reading.findings, *content.findings])
    findings = reading.findings
    if reading.document is not None:
        hint = "; resolve it first" if reading.model == "profile" else ""
        message = f"this is no catalogue but a {reading.model}{hint}"
        findings = [*findings, Finding("error", reading.model, message)]
    return ContentReading(None, reading.sha256, findings)


def _of_library(library: LibraryReading) -> ContentReading:
    """Its framework, else its reference controls and threats; whatever else it holds is told, none is lost in
    silence."""
    findings, content = list(library.findings), library.content
    if library.is_refused:
        return ContentReading(content, library.sha256, findings)
    left_out = {
        "requirement_mapping_sets": (len(library.mappings), "mapping", "import the file among the mappings too"),
        "risk_matrices": (
            len(library.matrices),
            "risk matrix",
            "take it over where risk criteria are edited",
        ),
    }
    if content is None and library.alone is not None:
        content = library.alone
    else:
        hint = "the requirements name them as an attribute; put them into a library of their own to import them"
        left_out["reference_controls"] = (len(library.reference_controls), "reference control", hint)
    if content is None:
        findings.append(Finding("error", "objects", "the library holds no framework, reference control or threat"))
    for path, (count, what, hint) in left_out.items():
        if count:
            told = f"{count} × {what}: not part of the catalogue and left out; {hint}"
            findings.append(Finding("warning", f"objects/{path}", told))
    return ContentReading(content, library.sha256, findings)
