"""Mappings as OSCAL mapping collections (JSON, XML) and as spreadsheets. Loaded late: the writers are heavy."""

import io
from collections import Counter
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import quote

from ringwall.catalogues.mapping.models import MappedPair, Mapping, Relation
from ringwall.catalogues.mapping.queries import PairQuery, pairs_of
from ringwall.catalogues.mapping.reading import CODE, UNVERSIONED
from ringwall.catalogues.mapping.storing import export_id
from ringwall.catalogues.models import Catalogue
from ringwall.kit.exports import write_csv
from ringwall.oscal import mappings as pure
from ringwall.oscal import own
from ringwall.oscal.building import mapping_tree
from ringwall.oscal.writer import to_json
from ringwall.oscal.xml_writing import to_xml
from ringwall.reports.document import Column
from ringwall.reports.renderers.xlsx import write_rows

Tree = dict[str, Any]
WRITERS = {"json": to_json, "xml": to_xml}
METHODS, RATIONALES = ("human", "automation", "hybrid"), ("syntactic", "semantic", "functional")
STATUSES = ("complete", "not-complete", "draft", "deprecated", "superseded")


def document_of(mapping: Mapping, form: Literal["json", "xml"]) -> bytes:
    """The mapping as it stands now, without withdrawn rows. The same data give the same bytes. Raises ValueError where
    no row is in force."""
    pairs = list(pairs_of(mapping, PairQuery()))
    rows = [_row(pair) for pair in pairs]
    given = pure.MappingSet(
        mapping.source.title, mapping.target.title, _uuid(mapping.source), _uuid(mapping.target), rows
    )
    tree = mapping_tree([given], mapping.title, mapping.edition or UNVERSIONED, _changed(mapping, pairs), "")
    tree["uuid"] = own.uuid_of("mapping-collection", export_id(mapping))
    tree["provenance"] = _provenance(mapping, pairs)
    if mapping.publisher:
        party = own.uuid_of("party", mapping.publisher)
        tree["metadata"] |= {
            "roles": [{"id": "publisher", "title": "Publisher"}],
            "parties": [{"uuid": party, "type": "organization", "name": mapping.publisher}],
            "responsible-parties": [{"role-id": "publisher", "party-uuids": [party]}],
        }
    made = tree["mappings"][0]
    made["uuid"] = export_id(mapping)
    for key, catalogue in (("source-resource", mapping.source), ("target-resource", mapping.target)):
        made[key]["href"] = made[key]["href"] if _uuid(catalogue) else f"urn:x-catalogue:{quote(catalogue.code)}"
        made[key]["props"].append({"name": CODE, "ns": own.NAMESPACE, "value": catalogue.code})
    twice = {name for name, count in Counter(pair.identifier for pair in pairs).items() if count > 1}
    for entry, pair in zip(made["maps"], pairs, strict=True):
        if not own.is_uuid(pair.identifier) or pair.identifier in twice:
            entry["uuid"] = own.uuid_of("map", export_id(mapping), *map(str, (pair.source_name, pair.target_name)))
        for key, statement in (("sources", pair.source_statement), ("targets", pair.target_statement)):
            entry[key][0]["type"] = "statement" if statement else "control"
    return WRITERS[form]("mapping-collection", tree)


def _row(pair: MappedPair) -> pure.MappingRow:
    """A requirement goes out with the identifier that outlives versions; a statement has none of its own."""
    return pure.MappingRow(
        pair.source_name,
        pair.target_name,
        pure.Relation(pair.relation),
        pair.is_defaulted,
        pair.rationale,
        pair.identifier,
        "" if pair.source_statement else pair.source.stable_id,
        "" if pair.target_statement else pair.target.stable_id,
    )


def _uuid(catalogue: Catalogue) -> str:
    return catalogue.document_id if own.is_uuid(catalogue.document_id) else ""


def _changed(mapping: Mapping, pairs: list[MappedPair]) -> str:
    """When what goes out was changed last."""
    latest: datetime = max([mapping.imported_at, *(pair.changed_at for pair in pairs)])
    return latest.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _provenance(mapping: Mapping, pairs: list[MappedPair]) -> Tree:
    """As the publisher gave it; what the schema demands besides is what can be said for sure."""
    given = mapping.provenance
    is_judged = not any(pair.is_defaulted for pair in pairs)
    method, rationale, status = given.get("method"), given.get("matching-rationale"), given.get("status")
    return {
        "method": method if method in METHODS else "human" if is_judged else "hybrid",
        "matching-rationale": rationale if rationale in RATIONALES else "semantic",
        "status": status if status in STATUSES else "not-complete",
        "mapping-description": given.get("description") or mapping.title,
    }


def workbook_of(mapping: Mapping) -> bytes:
    """All rows in force in the columns of the template; whose they are stands in brackets behind source and target."""
    pairs = list(pairs_of(mapping, PairQuery()))
    source, target = (f"{name} ({one.code})" for name, one in (("source", mapping.source), ("target", mapping.target)))
    header = [
        source,
        "source title",
        "relation",
        target,
        "target title",
        "rationale",
        "defaulted",
        "judged by",
        "judged on",
    ]
    rows = [
        [
            pair.source_name,
            pair.source.title_text,
            pair.relation,
            pair.target_name,
            pair.target.title_text,
            pair.rationale,
            "yes" if pair.is_defaulted else "",
            pair.judged_by.name if pair.judged_by else "",
            pair.judged_on.isoformat() if pair.judged_on else "",
        ]
        for pair in pairs
    ]
    return _workbook(header, rows, max([mapping.imported_at, *(pair.changed_at for pair in pairs)]))


def template(ending: str) -> bytes:
    """The columns that are understood, with one row for each relation."""
    header = ["source (iso27001-2022-annex-a)", "relation", "target (our-catalogue)", "rationale", "defaulted"]
    rows = [
        [f"A.5.{number}", str(relation), f"R.{number}", "", "yes" if relation == Relation.INTERSECTS else ""]
        for number, relation in enumerate(Relation, 1)
    ]
    return _workbook(header, rows) if ending == "xlsx" else write_csv(header, rows)


def _workbook(header: list[str], rows: list[list[str]], made_at: datetime | None = None) -> bytes:
    stream = io.BytesIO()
    write_rows(stream, [Column(key=name, title=name, kind="text") for name in header], rows, made_at=made_at)
    return stream.getvalue()
