"""The catalogues that ship with the product: ISO/IEC 27001:2022, clauses 4 to 10 and Annex A, ids and titles."""

import csv
import hashlib
import io
from importlib.resources import files

from ringwall.access.policy import Actor
from ringwall.catalogues.actions import ImportReport, store_contents
from ringwall.catalogues.models import Catalogue
from ringwall.catalogues.rules import CatalogueRow, Contents
from ringwall.kit.errors import Refused
from ringwall.oscal.content import RequirementRow

CLAUSES, ANNEX_A = "iso27001-2022", "iso27001-2022-annex-a"
ATTRIBUTES = (
    "control_type",
    "infosec_properties",
    "cybersecurity_concepts",
    "operational_capabilities",
    "security_domains",
)
"""The five attributes of ISO/IEC 27002:2022, annex A."""

_READ_AS = "1"
"""Counted up when the same files are read into other rows, so that an update stores them again."""


def load_builtin(actor: Actor) -> list[ImportReport]:
    """Store the built-in catalogues in the organisation *installation*; what is stored already stays untouched."""
    if not actor.organisation.is_installation:
        raise Refused("Built-in catalogues belong to the organisation of the installation.")
    known = {one.code: one for one in Catalogue.objects.filter(organisation_id=actor.organisation_id, is_builtin=True)}
    reports = []
    for code, file, read in ((CLAUSES, "iso27001_clauses.csv", clauses), (ANNEX_A, "iso27001_annex_a.csv", annex_a)):
        data = (files("ringwall.catalogues") / "knowledge" / file).read_bytes()
        sha256 = hashlib.sha256(data + _READ_AS.encode()).hexdigest()
        catalogue = known.get(code) or Catalogue(organisation_id=actor.organisation_id, code=code, is_builtin=True)
        if catalogue.sha256 == sha256:
            reports.append(
                ImportReport(code, catalogue.title, catalogue.edition, unchanged=catalogue.counts["requirements"])
            )
            continue
        contents = read(data)
        catalogue.title, catalogue.edition = contents.title, contents.edition
        reports.append(store_contents(catalogue, contents, actor=actor, sha256=sha256))
    return reports


def clauses(data: bytes) -> Contents:
    """Clauses that can be assessed are requirements, the headings above them groups."""
    rows = []
    for position, line in enumerate(_lines(data)):
        is_group = line["assessable"] != "yes"
        row = RequirementRow(
            line["id"], line["parent"] or None, "group" if is_group else "requirement", line["title"], position
        )
        rows.append(CatalogueRow(row, "group" if is_group else "requirement", {"de": {"title": line["title_de"]}}))
    return _contents("ISO/IEC 27001:2022, clauses 4 to 10", "ISO/IEC 27001:2022, Abschnitte 4 bis 10", False, rows)


def annex_a(data: bytes) -> Contents:
    """The 93 reference controls under their four themes, with the five attributes."""
    rows: list[CatalogueRow] = []
    themes: dict[str, None] = {}
    for line in _lines(data):
        theme = line["id"].rpartition(".")[0]
        if theme not in themes:
            themes[theme] = None
            title = f"{line['theme']} controls"
            rows.append(
                CatalogueRow(
                    RequirementRow(theme, None, "group", title, len(rows)), "group", {"de": {"title": line["theme_de"]}}
                )
            )
        attributes = {name: line[name].split(";") for name in ATTRIBUTES if line[name]}
        row = RequirementRow(line["id"], theme, "requirement", line["title"], len(rows), attributes=attributes)
        rows.append(CatalogueRow(row, "reference_control", {"de": {"title": line["title_de"]}}))
    return _contents("ISO/IEC 27001:2022, Annex A", "ISO/IEC 27001:2022, Anhang A", True, rows)


def _contents(title: str, title_de: str, is_reference: bool, rows: list[CatalogueRow]) -> Contents:
    return Contents(title, "2022", "en", "ISO/IEC", "", "builtin", is_reference, rows, titles={"de": title_de})


def _lines(data: bytes) -> csv.DictReader[str]:
    return csv.DictReader(io.StringIO(data.decode("utf-8")))
