"""Rows become strict OSCAL and come back with zero changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ringwall.oscal.building import catalogue_tree, mapping_tree
from ringwall.oscal.catalogue import Catalogue
from ringwall.oscal.ciso_assistant import read_library
from ringwall.oscal.compare import ChangeKind, compare
from ringwall.oscal.content import CatalogueContent, Level, LinkRow, ModalVerb, StatementRow, ThreatRow, Translation
from ringwall.oscal.findings import FindingLog
from ringwall.oscal.mapping_collection import MappingCollection
from ringwall.oscal.mappings import MappingRow, MappingSet, Relation, mapping_sets
from ringwall.oscal.reader import read
from ringwall.oscal.requirements import flatten
from ringwall.oscal.tests.shared import KERNEL, REV4, needs_data
from ringwall.oscal.tests.test_ciso_assistant import LIBRARY
from ringwall.oscal.tests.test_comparison import row
from ringwall.oscal.tests.test_kompendium import kompendium
from ringwall.oscal.tests.test_requirements import content
from ringwall.oscal.tests.test_writing import validator
from ringwall.oscal.writer import to_json
from ringwall.oscal.xml_writing import to_xml

NOW = "2026-01-31T12:00:00Z"


def again(given: CatalogueContent, *, as_xml: bool = False) -> CatalogueContent:
    tree = catalogue_tree(given, NOW)
    reading = read(to_xml("catalog", tree) if as_xml else to_json("catalog", tree))
    assert reading.findings == []
    assert isinstance(reading.document, Catalogue)
    return flatten(reading.document)


def made(*rows: Any, **more: Any) -> CatalogueContent:
    placed = [replace(one, position=number) for number, one in enumerate(rows)]
    return replace(CatalogueContent("Own rules", "T", "1", "de", "Someone", NOW, placed), **more)


EVERYTHING = made(
    row("A.5", None, kind="group", title="Organizational", label="A.5", text="About.", attributes={"class": ["theme"]}),
    row(
        "A.5.1 (new)",
        "A.5",
        title="Policies",
        label="5.1",
        text="It MUST be so.\n\n- one\n- two",
        guidance="Think.",
        level=Level.ELEVATED,
        withdrawn=True,
        stable_id="11111111-1111-4111-8111-111111111111",
        attributes={"type": ["preventive", "detective"], "roles": ["OT (A, B)", "Owner"]},
        statements=(StatementRow("UA.1", "It MUST be so.", ModalVerb.MUST, "A.5.1 (new)-UA.1"),),
        links=(LinkRow("related", "5.2", "", is_internal=True), LinkRow("reference", "https://example.org/a")),
        threats=("G 0.1", "G 0.2"),
        translations={"fr": Translation("Politiques", "Texte", "Note")},
    ),
    row("5.2", "A.5", title="Roles", label="5.2", text="Nothing binding here."),
    row("sub", "5.2", kind="group", title="Below", label="sub"),
    row("5.2.1", "sub", title="Deep", label="5.2.1"),
    threats=[ThreatRow("G 0.1", "Fire", "Text.", {"kind": ["elementary"]})],
)


@pytest.mark.parametrize("as_xml", [False, True])
def test_every_field_of_a_row_comes_back(as_xml: bool) -> None:
    assert again(EVERYTHING, as_xml=as_xml) == EVERYTHING


def test_groups_and_requirements_in_mixed_order_keep_it() -> None:
    given = made(
        row("g", None, kind="group", title="G", label="g"),
        row("a", "g", label="a"),
        row("h", "g", kind="group", title="H", label="h"),
        row("b", "h", label="b"),
        row("c", "g", label="c"),
    )
    assert again(given) == given


@needs_data
@pytest.mark.parametrize("path", [KERNEL, REV4])
def test_real_catalogues_come_back_the_same(path: str) -> None:
    given = content(path)
    compared = compare(given, again(given))
    assert {change.kind for change in compared.changes} == {ChangeKind.SAME}


@needs_data
def test_the_kompendium_and_libraries_come_back_the_same_and_are_valid() -> None:
    library = read_library(LIBRARY.encode(), "sample.yaml").content
    assert library is not None
    for given in (kompendium(), library, EVERYTHING):
        returned = again(given)
        assert {change.kind for change in compare(given, returned).changes} == {ChangeKind.SAME}
        assert returned.statement_counts == given.statement_counts
        assert returned.threats == given.threats
    for small in (library, EVERYTHING):
        root = {"catalog": catalogue_tree(small, NOW)}
        assert [error.message[:200] for error in validator("catalog").iter_errors(root)] == []


def test_the_same_rows_give_the_same_bytes() -> None:
    assert to_json("catalog", catalogue_tree(EVERYTHING, NOW)) == to_json("catalog", catalogue_tree(EVERYTHING, NOW))


MAPPINGS = MappingSet(
    "Old",
    "New",
    "",
    "e486b639-584e-4c4a-a1b3-7d64897955c3",
    [
        MappingRow("A1-UA.1", "b.1", Relation.SUBSET, True, "Because.", "1d8cc717-b1d3-5aa4-8e52-11c9c5fd8639"),
        MappingRow("A2", "b.2", Relation.EQUAL, target_stable_id="e79e970d-ec9c-40a9-8000-0264e198a698"),
    ],
)


def test_mappings_come_back_the_same() -> None:
    tree = mapping_tree([MAPPINGS], "Old to new", "1", NOW, "Judged by people.")
    reading = read(to_json("mapping-collection", tree))
    assert reading.findings == []
    assert isinstance(reading.document, MappingCollection)
    returned = mapping_sets(reading.document, FindingLog())[0]
    assert (returned.source_catalogue, returned.target_uuid) == ("Old", MAPPINGS.target_uuid)
    assert [replace(one, identifier="") for one in returned.rows] == [replace(o, identifier="") for o in MAPPINGS.rows]
    assert returned.rows[0].identifier == MAPPINGS.rows[0].identifier


@needs_data
def test_built_mappings_are_valid() -> None:
    root = {"mapping-collection": mapping_tree([MAPPINGS], "Old to new", "1", NOW, "Judged by people.")}
    assert [error.message[:200] for error in validator("mapping-collection").iter_errors(root)] == []


def test_a_collection_without_maps_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one map"):
        mapping_tree([replace(MAPPINGS, rows=[])], "T", "1", NOW, "D")
