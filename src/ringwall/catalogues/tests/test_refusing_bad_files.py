"""A file that cannot be taken whole is refused with a reason, and nothing at all is stored."""

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ringwall.catalogues.actions import LARGEST, import_catalogue
from ringwall.catalogues.models import Requirement
from ringwall.catalogues.refusals import ImportRefused
from ringwall.catalogues.tests.files import KEYS, LOCK, control, oscal, real
from ringwall.conftest import World

pytestmark = pytest.mark.once

Counted = Callable[[], tuple[int, ...]]


def zipped(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * size)
    return out.getvalue()


BOMB = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<catalog xmlns="http://csrc.nist.gov/ns/oscal/1.0"><metadata><title>&b;</title></metadata></catalog>"""
BAD = {
    "empty": ("a.json", b""),
    "truncated": ("a.json", oscal(LOCK, KEYS)[:-40]),
    "no JSON": ("a.json", b"hello"),
    "JSON that is no OSCAL": ("a.json", b'{"controls": []}'),
    "another model": ("a.json", json.dumps({"profile": {"uuid": "x", "metadata": {"title": "P"}}}).encode()),
    "no requirement": ("a.json", oscal()),
    "a wrong encoding": ("a.json", oscal(LOCK).replace(b"Lock", b"L\xfcck")),
    "deep nesting": ("a.json", b'{"catalog":' * 100_000),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 100),
    "an XML bomb": ("a.xml", BOMB),
    "a damaged workbook": ("a.xlsx", b"PK\x03\x04broken"),
    "a zip bomb": ("a.xlsx", zipped(60_000_000)),
    "an identifier without end": ("a.json", oscal(control("h" * 300, "Long", "x"))),
    "a sheet without identifiers": ("a.csv", b"title;text\nLock;Doors MUST be locked.\n"),
    "a sheet with twins": ("a.csv", b"identifier;title\n1;Lock\n1;Keys\n"),
    "a sheet with an unknown parent": ("a.csv", b"identifier;parent;title\n1;9;Lock\n"),
    "a sheet in a circle": ("a.csv", b"identifier;parent;title\n1;2;Lock\n2;1;Keys\n"),
    "a sheet with a jump": ("a.csv", b"identifier;depth;title\n1;1;Lock\n2;3;Keys\n"),
    "a sheet with control characters": ("a.csv", b"identifier;title\n1;Lo\x07ck\n"),
    "a text in a wrong kind": ("a.csv", b"identifier;kind;title\n1;nonsense;Lock\n"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_files_are_refused_whole(world: World, what: str, everything_stored: Counted) -> None:
    name, data = BAD[what]
    before = everything_stored()
    with pytest.raises(ImportRefused) as refused:
        import_catalogue(data, name, actor=world.actor("ana"))
    assert any(finding.severity == "error" and finding.message for finding in refused.value.findings)
    assert everything_stored() == before


def test_100_megabytes_are_refused_without_being_read(world: World, everything_stored: Counted) -> None:
    before = everything_stored()
    with pytest.raises(ImportRefused, match="30 MB"):
        import_catalogue(bytes(100 * 1024 * 1024), "a.json", actor=world.actor("ana"))
    assert everything_stored() == before


def test_every_finding_of_a_sheet_is_told_with_its_row(world: World) -> None:
    data = b"identifier;parent;title;withdrawn\n1;;Lock;\n;;Keys;\n2;9;Gate;perhaps\n"
    with pytest.raises(ImportRefused) as refused:
        import_catalogue(data, "a.csv", actor=world.actor("ana"))
    assert sorted(finding.path for finding in refused.value.findings) == ["row 3, A", "row 4, B", "row 4, D"]


def test_a_page_refuses_a_bad_file_with_its_findings(world: World, everything_stored: Counted) -> None:
    before = everything_stored()
    file = SimpleUploadedFile("a.json", oscal(LOCK)[:-30])
    response = world.client("ana").post(world.url("catalogues/import/"), {"file": file})
    assert response.status_code == 422
    assert "cut off" in response.content.decode()
    assert everything_stored() == before


def test_a_page_refuses_a_file_that_is_too_large(world: World, everything_stored: Counted) -> None:
    before = everything_stored()
    file = SimpleUploadedFile("a.json", bytes(LARGEST + 1))
    response = world.client("ana").post(world.url("catalogues/import/"), {"file": file})
    assert response.status_code == 422
    assert "30 MB" in response.content.decode()
    assert everything_stored() == before


def test_the_api_tells_a_refused_file_as_a_problem(world: World, everything_stored: Counted) -> None:
    before = everything_stored()
    file = SimpleUploadedFile("a.csv", b"identifier;title\n1;Lock\n1;Keys\n")
    client = world.token("ana")
    before = everything_stored()
    response = client.post("/api/v1/catalogues/import", {"file": file})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "row 3, A"
    assert everything_stored() == before


def test_html_and_script_in_a_catalogue_are_shown_as_text(world: World) -> None:
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) ![p](https://evil.example/p.png)"
    data = oscal(
        control(
            'h-1"><script>', nasty, nasty, links=[{"href": "javascript:alert(1)", "rel": "reference", "text": nasty}]
        ),
        title=nasty,
    )
    report = import_catalogue(data, "<script>.json", actor=world.actor("ana"), code="nasty")
    client = world.client("ana")
    row = Requirement.objects.get(title=nasty)
    for url in (
        "catalogues/",
        "catalogues/nasty/",
        f"catalogues/nasty/{row.identifier}/",
        "catalogues/nasty/?q=%3Cscript%3E",
    ):
        html = client.get(world.url(url)).content.decode()
        assert report.added == 1
        assert "<script>alert" not in html
        assert "<img src=x" not in html and 'evil.example/p.png"' not in html
        assert 'href="javascript:' not in html


def test_a_profile_of_nist_is_told_to_be_no_catalogue(world: World) -> None:
    data = real("nist/NIST_SP-800-53_rev5_LOW-baseline_profile.json")
    with pytest.raises(ImportRefused, match="profile"):
        import_catalogue(data, "profile.json", actor=world.actor("ana"))
