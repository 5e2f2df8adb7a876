"""Cross-reference tables of the IT-Grundschutz: which elementary threats a requirement counters. They come apart from
the Kompendium, and are added to the catalogue that it became. Loaded by name: the reader brings a parser with it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues.actions import OUTCOMES, ImportReport, report_of, same_file, store
from ringwall.catalogues.exporting import stored_rows
from ringwall.catalogues.models import Catalogue, Requirement, SourceFile
from ringwall.catalogues.refusals import ImportRefused
from ringwall.catalogues.rules import CatalogueRow, Contents
from ringwall.catalogues.storing import planned, source_file
from ringwall.oscal.crossreference import CrossReferenceReading, join_rows, looks_like_tables, read_cross_references
from ringwall.oscal.findings import Finding


def import_tables(data: bytes, name: str, *, actor: Actor, code: str = "") -> ImportReport:
    """Add the tables to the catalogue with this identifier, else to the one that has most of their requirements.

    Raises ImportRefused where the workbook cannot be read, or no catalogue of the organisation is what it is about.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    files = SourceFile.objects.filter(
        organisation_id=actor.organisation_id, sha256=sha256, catalogue__withdrawn_on=None
    )
    files = files.filter(at__gte=F("catalogue__imported_at"), **({"catalogue__code": code} if code else {}))
    if same := files.select_related("catalogue").first():
        return same_file(same.catalogue)
    reading = read_cross_references(data)
    if reading.references is None:
        raise ImportRefused(reading.findings)
    catalogue = _catalogue_of(reading, actor, code)
    rows = stored_rows(catalogue)
    joined, findings = _joined(rows, reading)
    plan = planned(catalogue, _contents(catalogue, joined))
    told = [asdict(finding) for finding in [*reading.findings, *findings]]
    catalogue.imported_at = timezone.now()
    source = source_file(catalogue, data, name, sha256, catalogue.edition, actor.label)
    source.findings, source.outcome = told, {key: plan.outcome[key] for key in OUTCOMES}
    store(actor=actor, plan=plan, source=source)
    return report_of(catalogue, plan, told)


def joined_again(catalogue: Catalogue, contents: Contents) -> Contents:
    """The contents of a new file with what tables added to the catalogue before, for the Kompendium itself knows
    nothing of it."""
    for file in catalogue.files.all():
        if looks_like_tables(data := bytes(file.content)):
            rows, findings = _joined(contents.rows, read_cross_references(data))
            return replace(contents, rows=rows, findings=[*contents.findings, *findings])
    return contents


def _joined(rows: Sequence[CatalogueRow], reading: CrossReferenceReading) -> tuple[list[CatalogueRow], list[Finding]]:
    threats = [one.row.identifier for one in rows if one.category == Requirement.Kind.THREAT]
    demands = {one.row.identifier: one.row for one in rows if one.category == Requirement.Kind.REQUIREMENT}
    joined, findings = join_rows(demands.values(), threats, reading)
    found = {row.identifier: row for row in joined}
    return [
        replace(one, row=found[one.row.identifier]) if one.row.identifier in demands else one for one in rows
    ], findings


def _catalogue_of(reading: CrossReferenceReading, actor: Actor, code: str) -> Catalogue:
    names = list(reading.references or {})
    own = Catalogue.objects.filter(organisation_id=actor.organisation_id, withdrawn_on=None, is_builtin=False)
    candidates = own.filter(code=code) if code else own.filter(source=Catalogue.Source.KOMPENDIUM)
    known = [(Requirement.objects.filter(catalogue=one, identifier__in=names).count(), one) for one in candidates]
    most, found = max(known, key=lambda pair: (pair[0], pair[1].imported_at), default=(0, None))
    if found is None or not most:
        message = _(
            "These are cross-reference tables of the IT-Grundschutz. Import the Kompendium that they belong to first, "
            "or name its catalogue."
        )
        raise ImportRefused([Finding("error", "", message)])
    return found


def _contents(catalogue: Catalogue, rows: Sequence[CatalogueRow]) -> Contents:
    return Contents(
        title=catalogue.title,
        edition=catalogue.edition,
        language=catalogue.language,
        publisher=catalogue.publisher,
        document_id=catalogue.document_id,
        source=catalogue.source,
        is_reference=catalogue.is_reference,
        rows=rows,
        titles=catalogue.titles,
    )
