"""Profile resolution gives what NIST's own results give."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ringwall.oscal.reader import read
from ringwall.oscal.resolver.resolve import Resolution, resolve, resolve_file
from ringwall.oscal.tests.shared import DATA, data, needs_data

CASES = DATA / "profile-resolution" / "requirement-tests"
EXPECTED = sorted(CASES.glob("output-expected/*.xml")) if CASES.is_dir() else []

Tree = dict[str, Any]


def content(catalogue: Tree | None) -> Tree:
    """What the specification settles: everything but identity and the note on how the catalogue came about."""
    assert catalogue is not None
    return {key: value for key, value in catalogue.items() if key not in ("uuid", "metadata")}


def identifiers(holder: Tree) -> list[str]:
    found = []
    for group in holder.get("groups", []):
        found += identifiers(group)
    for control in holder.get("controls", []):
        found += [control["id"], *identifiers(control)]
    return found


@needs_data
@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.stem.removesuffix("_RESOLVED"))
def test_the_requirement_tests_of_nist_come_out_exactly(expected: Path) -> None:
    name = expected.name.replace("_RESOLVED", "")
    resolution = resolve_file(CASES / name)
    assert content(resolution.catalogue) == content(read(expected.read_bytes()).tree)


@needs_data
@pytest.mark.parametrize("name", ["req-merge-keep1.xml", "req-merge-keep2.xml"])
def test_keep_keeps_every_control_of_both_imports_and_tells_the_clashes(name: str) -> None:
    resolution = resolve_file(CASES / name)
    assert resolution.catalogue is not None
    simple = ["a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3", "c3.a", "c3.a-1"]
    mixed = ["b2", "b1", "b3", "a3", "a2", "a1", "c3", "c3.a", "c3.a-1", "c1", "c2"]
    assert identifiers(resolution.catalogue) == simple + mixed
    assert any("comes from two imports" in finding.message for finding in resolution.findings)


@needs_data
def test_rev4_low_comes_out_as_nist_resolved_it() -> None:
    resolution = resolve_file(DATA / "nist/NIST_SP-800-53_rev4_LOW-baseline_profile.json")
    expected = json.loads(data("nist/NIST_SP-800-53_rev4_LOW-baseline-resolved-profile_catalog-min.json"))["catalog"]
    assert resolution.catalogue is not None
    assert json.dumps(content(resolution.catalogue)) == json.dumps(content(expected))
    assert resolution.catalogue["metadata"]["title"] == expected["metadata"]["title"]
    assert resolution.catalogue["metadata"]["version"] == expected["metadata"]["version"]


@needs_data
def test_rev5_low_takes_its_149_controls_in_the_order_of_the_catalogue() -> None:
    resolution = resolve_file(DATA / "nist/NIST_SP-800-53_rev5_LOW-baseline_profile.json")
    assert resolution.catalogue is not None
    assert len(identifiers(resolution.catalogue)) == 149
    assert [group["id"] for group in resolution.catalogue["groups"]][:3] == ["ac", "at", "au"]


@needs_data
def test_a_missing_import_is_told_by_name_and_nothing_comes_out() -> None:
    resolution = resolve_file(DATA / "bsi/Grundschutz++-profile.json")
    errors = [finding.message for finding in resolution.findings if finding.severity == "error"]
    assert resolution.catalogue is None
    assert len(errors) == 1
    assert "BSI-Stand-der-Technik-Kernel-G0-catalog.json" in errors[0]


def control(identifier: str, **more: Any) -> Tree:
    return {"id": identifier, "title": identifier} | more


def run(profile: Tree, **files: Tree) -> Resolution:
    """Resolve a profile named p.json against files named by keyword (a_json: catalogue or {"profile": ...})."""
    documents = {
        name.replace("_", "."): json.dumps(tree if set(tree) & {"profile", "catalog"} else {"catalog": tree}).encode()
        for name, tree in files.items()
    }
    head = {"uuid": "u", "metadata": {"title": "P", "version": "1"}}
    return resolve(json.dumps({"profile": head | profile}).encode(), "p.json", documents.get)


def test_circular_imports_are_told_with_the_whole_circle() -> None:
    q = {"profile": {"imports": [{"href": "p.json"}]}}
    resolution = run({"imports": [{"href": "q.json"}]}, q_json=q)
    assert resolution.catalogue is None
    assert "p.json → q.json → p.json" in resolution.findings[0].message


def test_a_linked_file_with_another_hash_is_told() -> None:
    catalogue = {"controls": [control("a")]}
    stated = [
        {"algorithm": "SHA-256", "value": "0" * 64},
        {"algorithm": "sha-512", "value": hashlib.sha512(json.dumps({"catalog": catalogue}).encode()).hexdigest()},
        {"algorithm": "crc", "value": "1"},
    ]
    resource = {"uuid": "r", "rlinks": [{"href": "c.json", "hashes": stated}]}
    resolution = run({"imports": [{"href": "#r"}], "back-matter": {"resources": [resource]}}, c_json=catalogue)
    told = [finding.message for finding in resolution.findings if finding.path == "c.json"]
    assert resolution.catalogue is not None
    assert len(told) == 2
    assert "not the file the profile means" in told[0]
    assert "cannot be checked" in told[1]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("use-first", [control("a", props=[{"name": "x", "value": "1"}])]),
        ("merge", [control("a", props=[{"name": "x", "value": "1"}, {"name": "y", "value": "2"}])]),
    ],
)
def test_controls_that_come_twice_are_combined(method: str, expected: list[Tree]) -> None:
    resolution = run(
        {"imports": [{"href": "c.json"}, {"href": "d.json"}], "merge": {"combine": {"method": method}}},
        c_json={"controls": [control("a", props=[{"name": "x", "value": "1"}])]},
        d_json={"controls": [control("a", props=[{"name": "y", "value": "2"}])]},
    )
    assert content(resolution.catalogue) == {"controls": expected}


def test_a_custom_structure_takes_the_controls_it_names_in_its_order() -> None:
    custom = {
        "groups": [
            {
                "id": "g",
                "title": "G",
                "insert-controls": [{"order": "descending", "include-controls": [{"matching": [{"pattern": "a*"}]}]}],
            }
        ]
    }
    resolution = run(
        {"imports": [{"href": "c.json"}], "merge": {"custom": custom}},
        c_json={"groups": [{"id": "x", "title": "X", "controls": [control("a1"), control("a2"), control("b1")]}]},
    )
    assert content(resolution.catalogue) == {
        "groups": [{"id": "g", "title": "G", "controls": [control("a2"), control("a1")]}]
    }


GROUPED = {
    "groups": [
        {"id": "b", "title": "B", "controls": [control("b1"), control("b2")]},
        {"title": "A", "params": [{"id": "p"}], "controls": [control("a2"), control("a1", controls=[control("a1.1")])]},
    ]
}


def importing(address: str, *chosen: str) -> Tree:
    return {"href": address, "include-controls": [{"with-ids": list(chosen)}]}


def test_groups_of_one_catalogue_that_come_through_two_imports_are_one_again_in_its_order() -> None:
    between = {"profile": {"imports": [{"href": "c.json", "include-all": {}}], "merge": {"as-is": True}}}
    resolution = run(
        {"imports": [importing("q.json", "a1", "b2"), importing("c.json", "a2", "b1")], "merge": {"as-is": True}},
        c_json=GROUPED,
        q_json=between,
    )
    assert resolution.catalogue is not None
    found = [[one["id"] for one in group["controls"]] for group in resolution.catalogue["groups"]]
    assert found == [["b1", "b2"], ["a2", "a1"]]


@pytest.mark.parametrize(("version", "expected"), [("1.0.4", ["a1", "a1.1"]), ("1.1.0", ["a1.1"])])
def test_a_child_brings_its_parent_only_where_the_profile_is_of_oscal_1_0(version: str, expected: list[str]) -> None:
    metadata = {"title": "P", "version": "1", "oscal-version": version}
    resolution = run({"metadata": metadata, "imports": [importing("c.json", "a1.1")]}, c_json=GROUPED)
    assert resolution.catalogue is not None
    assert identifiers(resolution.catalogue) == expected


def test_a_pattern_that_is_empty_matches_nothing() -> None:
    clause = {"href": "c.json", "include-controls": [{"matching": [{}, {"pattern": ""}]}]}
    assert content(run({"imports": [clause]}, c_json=GROUPED).catalogue) == {}


def test_parameters_of_groups_float_free_where_groups_go_and_are_told_where_groups_stay() -> None:
    used = [{"name": "statement", "prose": "{{ insert: param, p }}"}]
    groups = [{"id": "g", "title": "G", "params": [{"id": "p"}, {"id": "q"}], "controls": [control("a", parts=used)]}]
    flat = run({"imports": [{"href": "c.json"}]}, c_json={"groups": groups})
    assert content(flat.catalogue)["params"] == [{"id": "p"}]
    as_is = run({"imports": [{"href": "c.json"}], "merge": {"as-is": True}}, c_json={"groups": groups})
    assert "params" not in content(as_is.catalogue)
    assert as_is.findings[0].message == "parameters of a group left out: p, q"


def test_what_has_no_namespace_is_removed_with_oscals_own() -> None:
    props = [
        {"name": "x", "value": "1"},
        {"name": "x", "value": "2", "ns": "http://csrc.nist.gov/ns/oscal"},
        {"name": "x", "value": "3", "ns": "http://other.example"},
    ]
    removes = [{"by-name": "x", "by-ns": "http://csrc.nist.gov/ns/oscal"}]
    resolution = run(
        {"imports": [{"href": "c.json"}], "modify": {"alters": [{"control-id": "a", "removes": removes}]}},
        c_json={"controls": [control("a", props=props)]},
    )
    assert resolution.catalogue is not None
    assert [prop["value"] for prop in resolution.catalogue["controls"][0]["props"]] == ["3"]


def test_modifications_set_parameters_remove_and_add_in_their_places() -> None:
    catalogue = {
        "controls": [
            control(
                "a",
                params=[{"id": "p", "label": "old"}],
                props=[{"name": "label", "value": "A"}],
                parts=[{"id": "s", "name": "statement", "parts": [{"id": "s.1", "name": "item", "prose": "one"}]}],
            )
        ]
    }
    changes = {
        "set-parameters": [{"param-id": "p", "values": ["v"]}, {"param-id": "gone", "values": ["v"]}],
        "alters": [
            {
                "control-id": "a",
                "removes": [{"by-name": "label"}],
                "adds": [
                    {"position": "starting", "props": [{"name": "new", "value": "N"}], "title": "B"},
                    {"position": "after", "by-id": "s.1", "parts": [{"id": "s.2", "name": "item"}]},
                    {"by-id": "s", "props": [{"name": "q", "value": "Q"}]},
                ],
            }
        ],
    }
    resolution = run({"imports": [{"href": "c.json"}], "modify": changes}, c_json=catalogue)
    assert resolution.catalogue is not None
    changed = resolution.catalogue["controls"][0]
    assert changed["title"] == "B"
    assert changed["params"] == [{"id": "p", "label": "old", "values": ["v"]}]
    assert changed["props"] == [{"name": "new", "value": "N"}]
    assert [part["id"] for part in changed["parts"][0]["parts"]] == ["s.1", "s.2"]
    assert changed["parts"][0]["props"] == [{"name": "q", "value": "Q"}]
    assert any("'gone' is to be set" in finding.message for finding in resolution.findings)


def test_the_same_input_gives_the_same_bytes() -> None:
    catalogue = {"controls": [control("a")]}
    once, again = (run({"imports": [{"href": "c.json"}]}, c_json=catalogue) for _ in range(2))
    assert json.dumps(once.catalogue) == json.dumps(again.catalogue)
