"""Reading: every real file goes in, every broken one is told why not."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from ringwall.oscal.catalogue import Catalogue
from ringwall.oscal.reader import Reading, read
from ringwall.oscal.tests.shared import DATA, data, needs_data, reading
from ringwall.oscal.typed import unbuild

SMALL: dict[str, Any] = {
    "uuid": "74c8ba1e-5cd4-4ad1-bbfd-d888e2f6c724",
    "metadata": {
        "title": "Small",
        "last-modified": "2026-01-01T00:00:00Z",
        "version": "1",
        "oscal-version": "1.2.1",
    },
    "groups": [{"id": "g", "title": "Group", "controls": [{"id": "c-1", "title": "First"}]}],
}


def read_catalogue(**changes: Any) -> Reading:
    return read(json.dumps({"catalog": SMALL | changes}).encode(), "small.json")


def messages(given: Reading) -> str:
    return "\n".join(f"{f.severity} {f.path}: {f.message}" for f in given.findings)


@needs_data
@pytest.mark.parametrize(
    "path", sorted(str(p.relative_to(DATA)) for p in DATA.glob("[!o]*/*.json")) if DATA.is_dir() else []
)
def test_every_real_json_file_is_taken_and_round_trips_with_all_its_keys(path: str) -> None:
    given = reading(path)
    assert given.document is not None
    assert given.errors == []
    assert given.sha256 == hashlib.sha256(data(path)).hexdigest()
    assert unbuild(given.document) == json.loads(data(path))[given.model]


def test_a_well_formed_catalogue_has_no_findings() -> None:
    given = read_catalogue()
    assert given.findings == []
    assert isinstance(given.document, Catalogue)
    assert given.document.groups[0].controls[0].title == "First"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"colour": "red"}, "warning catalog/colour: 'colour' is not known in catalog"),
        (
            {"controls": [{"id": "5.1", "title": "T"}]},
            "warning catalog/controls[0]/id: '5.1' is no OSCAL token",
        ),
        (
            {"controls": [{"id": "a", "title": "T", "links": {"href": "#b"}}]},
            "warning catalog/controls[0]/links: 'links' should be a list",
        ),
        ({"controls": [{"title": "T"}]}, "warning catalog/controls[0]: 'id' is missing in control"),
        ({"controls": [7]}, "error catalog/controls[0]: 'control' should be an object, but is a number"),
        ({"controls": [{"id": 7, "title": "T"}]}, "warning catalog/controls[0]/id: 'id' should be text; 7 was taken"),
        ({"controls": [None]}, "warning catalog/controls[0]: 'controls' is null"),
        (
            {"controls": [{"id": "abc", "title": "T"}], "back-matter": {"resources": [{"uuid": "abc"}]}},
            "warning catalog/back-matter/resources[0]/uuid: 'abc' is no UUID",
        ),
        ({"groups": []}, "warning catalog/groups: 'groups' is an empty list"),
        ({"uuid": None}, "warning catalog/uuid: 'uuid' is null"),
        ({"metadata": SMALL["metadata"] | {"oscal-version": "v1.1.3"}}, "should be '1.1.3'"),
    ],
)
def test_a_breach_of_the_schema_is_a_finding_with_its_place_and_the_rest_is_taken(
    changes: dict[str, Any], expected: str
) -> None:
    given = read_catalogue(**changes)
    assert expected in messages(given)
    assert given.document is not None
    assert given.document.title == "Small"


def test_a_single_link_given_as_an_object_is_taken_as_a_list() -> None:
    given = read_catalogue(controls=[{"id": "a", "title": "T", "links": {"href": "#b"}}])
    assert isinstance(given.document, Catalogue)
    assert given.document.controls[0].links[0].href == "#b"


def test_the_schema_key_at_the_top_is_legal() -> None:
    given = read(json.dumps({"$schema": "http://x", "catalog": SMALL}).encode())
    assert given.findings == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty"),
        (b'{"catalog": {"uuid": "74c8', "cut off"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not encoded in UTF-8"),
        ('{"catalog": {"title": "Maßnahme"}}'.encode("latin-1"), "not encoded in UTF-8 (byte 26, line 1)"),
        (b'{"catalog": [1]}', "'catalog' should be an object"),
        (b"[1, 2]", "an object with one member such as 'catalog' is expected"),
        (b'{"bundle": {}}', "none of catalog, profile"),
        (b'{"catalog": {"uuid": NaN}}', "NaN is no JSON number"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"catalog": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_001, "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "no valid JSON"),
    ],
)
def test_what_is_no_oscal_file_is_refused_with_a_reason(content: bytes, expected: str) -> None:
    given = read(content, "x.json")
    assert given.document is None
    assert [finding.severity for finding in given.findings] == ["error"]
    assert expected in given.findings[0].message


def test_a_file_over_the_limit_is_refused_unread() -> None:
    given = read(b"{" * 2_000_000, "x.json", max_bytes=1_000_000)
    assert given.is_refused
    assert "more than 1 MB" in given.findings[0].message


def test_controls_nested_beyond_reason_are_cut_with_an_error() -> None:
    control: dict[str, Any] = {"id": "c", "title": "T"}
    for _ in range(200):
        control = {"id": "c", "title": "T", "controls": [control]}
    given = read_catalogue(controls=[control])
    assert "nested more than 60 levels deep" in messages(given)
    assert given.document is not None


def test_utf16_is_taken_with_a_warning() -> None:
    given = read(json.dumps({"catalog": SMALL}).encode("utf-16"))
    assert given.document is not None
    assert "UTF-16" in messages(given)


def test_control_characters_and_half_surrogates_never_come_through() -> None:
    content = json.dumps({"catalog": SMALL | {"controls": [{"id": "a", "title": "a\x00b\ud800c"}]}}).encode()
    given = read(content)
    assert isinstance(given.document, Catalogue)
    assert given.document.controls[0].title == "a\ufffdb\ufffdc"
    assert "were replaced" in messages(given)


def test_findings_of_one_kind_are_counted_after_the_first_twenty() -> None:
    given = read_catalogue(controls=[{"id": f"{n} x", "title": "T"} for n in range(100)])
    assert len(given.findings) == 21
    assert given.findings[-1].message.startswith("80 more of this kind")
