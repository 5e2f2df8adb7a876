"""Library files of CISO Assistant."""

from __future__ import annotations

import pytest

from ringwall.oscal.ciso_assistant import read_library
from ringwall.oscal.content import ModalVerb, Translation
from ringwall.oscal.intake import read_catalogue
from ringwall.oscal.mappings import MappingRow, Relation

LIBRARY = """
urn: urn:test:risk:library:sample
locale: en
ref_id: sample
name: Sample library
version: 1.10
publication_date: 2026-01-31
provider: Someone
objects:
  framework:
    urn: urn:test:risk:framework:sample
    ref_id: sample
    name: Sample
    requirement_nodes:
    - urn: urn:test:risk:req_node:sample:1
      assessable: false
      depth: 1
      ref_id: '1.0'
      name: Context
    - urn: urn:test:risk:req_node:sample:1.1
      assessable: true
      depth: 2
      parent_urn: urn:test:risk:req_node:sample:1
      ref_id: '1.1'
      name: Issues
      description: The organization shall determine issues. It should review them.
      annotation: Think of both.
      implementation_groups: [A, B]
      threats: [urn:test:risk:threat:sample:fire]
      translations:
        fr: {name: Enjeux, description: Texte}
    - urn: urn:test:risk:req_node:sample:1.2
      assessable: true
      parent_urn: urn:test:risk:req_node:sample:gone
      ref_id: '1.1'
  threats:
  - {urn: 'urn:test:risk:threat:sample:fire', ref_id: fire, name: Fire}
  reference_controls:
  - {urn: 'urn:test:risk:function:sample:c1', ref_id: C1, name: Locks, category: physical}
  requirement_mapping_sets:
  - ref_id: a-to-b
    source_framework_urn: urn:a
    target_framework_urn: urn:b
    requirement_mappings:
    - {source_requirement_urn: 'urn:a:1', target_requirement_urn: 'urn:b:2', relationship: intersect}
    - {source_requirement_urn: 'urn:a:1', target_requirement_urn: 'urn:b:3', relationship: not_related}
    - {source_requirement_urn: 'urn:a:1', target_requirement_urn: 'urn:b:4', relationship: cousin}
  risk_matrix:
  - urn: urn:m
    ref_id: m
    name: Two by two
    probability: [{name: Rare}, {name: Often}]
    impact: [{name: Low}, {name: High, translations: {de: {name: Hoch}}}]
    risk: [{name: Green, hexcolor: '#00ff00'}, {name: Red}]
    grid: [[0, 0], [0, 1]]
  - {ref_id: n, name: Broken, probability: [{name: Rare}], impact: [{name: Low}], risk: [{name: G}], grid: [[4]]}
"""


def test_a_library_gives_its_framework_controls_threats_mappings_and_matrices() -> None:
    given = read_library(LIBRARY.encode(), "sample.yaml")
    assert given.content is not None
    assert (given.content.version, given.content.last_modified) == ("1.10", "2026-01-31")
    group, first, second = given.content.rows
    assert (group.kind, group.identifier) == ("group", "1.0")
    assert (first.kind, first.identifier, first.parent_identifier) == ("requirement", "1.1", "1.0")
    assert [statement.verb for statement in first.statements] == [ModalVerb.MUST, ModalVerb.SHOULD]
    assert first.translations == {"fr": Translation("Enjeux", "Texte")}
    assert first.threats == ("fire",)
    assert first.attributes == {"implementation_groups": ["A", "B"]}
    assert second.identifier == "1.2"
    assert given.mappings[0].rows == [MappingRow("1", "2", Relation.INTERSECTS)]
    assert [row.identifier for row in given.reference_controls] == ["C1"]
    assert given.matrices[0].grid == ((0, 0), (0, 1))
    assert given.matrices[0].consequences[1].translations["de"].title == "Hoch"
    assert [finding.message for finding in given.findings] == [
        "1.2 names a parent that is not in the file: urn:test:risk:req_node:sample:gone",
        "a mapping without a known relationship was left out",
        "the grid of the risk matrix 'Broken' does not fit its scales; it was left out",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a: 1", "no CISO Assistant library"),
        (b"a: [1", "neither JSON nor valid YAML: line"),
        (b"a: &x [1]\nb: *x\n", "uses aliases"),
        (b"a: !!python/object/apply:os.system ['true']", "neither JSON nor valid YAML"),
        (b"", "the file is empty"),
    ],
)
def test_what_is_no_library_is_refused_with_a_reason(content: bytes, expected: str) -> None:
    given = read_library(content, "x.yaml")
    assert given.is_refused
    assert expected in given.findings[0].message


def test_one_door_takes_every_format_and_says_what_a_file_is_instead() -> None:
    library = read_catalogue(LIBRARY.encode(), "sample.yaml")
    assert library.content is not None
    assert library.content.title == "Sample"
    catalogue = read_catalogue(b'<catalog xmlns="http://csrc.nist.gov/ns/oscal/1.0"><control id="a"/></catalog>')
    assert catalogue.content is not None
    assert [row.identifier for row in catalogue.content.rows] == ["a"]
    profile = read_catalogue(b'{"profile": {}}')
    assert profile.content is None
    assert profile.findings[-1].message == "this is no catalogue but a profile; resolve it first"
    assert read_catalogue(b"<book/>").content is None


def test_yaml_of_oscal_reads_like_json() -> None:
    text = "catalog:\n  uuid: u\n  metadata: {title: T, version: 1.10}\n  controls:\n  - {id: a, title: 2026-01-31}\n"
    given = read_catalogue(text.encode(), "c.yaml")
    assert given.content is not None
    assert (given.content.version, given.content.rows[0].title) == ("1.10", "2026-01-31")
