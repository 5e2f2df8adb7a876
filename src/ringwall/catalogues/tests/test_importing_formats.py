"""Every format that the intake knows comes in through page, API and function alike, its bytes kept."""

import hashlib
from dataclasses import asdict

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ringwall.catalogues import queries
from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.models import Catalogue, Requirement, SourceFile, Statement
from ringwall.catalogues.refusals import ImportRefused
from ringwall.catalogues.tests.files import KEYS, LOCK, oscal, real
from ringwall.conftest import World
from ringwall.oscal.reader import read
from ringwall.oscal.tests.test_ciso_assistant import LIBRARY
from ringwall.oscal.tests.test_kompendium import BOOK
from ringwall.oscal.xml_writing import to_xml

pytestmark = pytest.mark.once

YAML = """
catalog:
  uuid: 11111111-2222-4333-8444-555555555555
  metadata: {title: House rules, last-modified: '2026-01-01T00:00:00Z', version: '1', oscal-version: 1.1.2}
  controls:
  - {id: h-1, title: Lock, parts: [{id: h-1_smt, name: statement, prose: Doors MUST be locked.}]}
"""
FILES = {
    "house.json": (oscal(LOCK, KEYS), "oscal", 2),
    "house.xml": (to_xml("catalog", read(oscal(LOCK, KEYS)).tree), "oscal", 2),
    "house.yaml": (YAML.encode(), "oscal", 1),
    "book.xml": (BOOK.encode(), "kompendium", 3),
    "library.yaml": (LIBRARY.encode(), "library", 2),
}


@pytest.mark.parametrize("name", FILES)
def test_page_api_and_function_take_the_same_files(world: World, name: str) -> None:
    data, source, count = FILES[name]
    client, api = world.client("ana"), world.token("ana")
    page = client.post(world.url("catalogues/import/"), {"file": SimpleUploadedFile(name, data), "code": "page"})
    assert page.headers["Location"] == world.url("catalogues/page/")
    told = api.post("/api/v1/catalogues/import", {"file": SimpleUploadedFile(name, data), "code": "api"}).json()
    report = import_catalogue(data, name, actor=world.actor("ana"), code="function")
    assert (told["added"], report.added) == (count, count)
    assert asdict(report)["findings"] == told["findings"]
    for code in ("page", "api", "function"):
        catalogue = Catalogue.objects.get(code=code)
        assert (catalogue.source, catalogue.counts["requirements"]) == (source, count)
        kept = SourceFile.objects.get(catalogue=catalogue)
        assert (bytes(kept.content), kept.sha256) == (data, hashlib.sha256(data).hexdigest())
        assert client.get(world.url(f"catalogues/{code}/")).status_code == 200


def test_the_kompendium_comes_in_whole(world: World) -> None:
    data = real("bsi/XML_Kompendium_2023.xml")
    ana = world.actor("ana")
    report = import_catalogue(data, "XML_Kompendium_2023.xml", actor=ana)
    assert (report.catalogue, report.version, report.added) == ("kompendium-2023", "2023", 2125)
    told = queries.summary(queries.catalogue_named(ana, report.catalogue))
    assert (told["groups"], told["requirements"], told["withdrawn"], told["threats"]) == (121, 2125, 290, 748)
    assert told["levels"] == {"basic": 652, "elevated": 459, "standard": 1014}
    assert told["statements"] == {"MUST": 2058, "MUST_NOT": 75, "SHOULD": 4423, "SHOULD_NOT": 87, "MAY": 0}
    assert Statement.objects.count() == 6643
    again = import_catalogue(data, "XML_Kompendium_2023.xml", actor=ana)
    assert (again.is_unchanged, again.unchanged) == (True, 2125)


def test_a_module_holds_its_order_target_requirements_and_threats(world: World) -> None:
    import_catalogue(BOOK.encode(), "book.xml", actor=world.actor("ana"), code="book")
    rows = {row.identifier: row for row in Requirement.objects.filter(catalogue__code="book").select_related("parent")}
    module = rows["ORP.1"]
    assert (module.category, module.parent) == ("group", rows["ORP"])
    assert (module.attributes["order"], module.attributes["target_object_type"]) == (["R1"], ["Verbund"])
    requirement = rows["ORP.1.A1"]
    assert (requirement.level, requirement.attributes["roles"]) == ("basic", ["OT (A, B)", "Planende"])
    assert rows["ORP.1.A2"].is_withdrawn
    assert [(rows[name].category, rows[name].parent) for name in ("G 0.1", "ORP.1-G1")] == [
        ("threat", None),
        ("threat", module),
    ]
    client = world.client("ana")
    assert "Feuer" in client.get(world.url("catalogues/book/G%200.1/")).content.decode()
    tree = client.get(world.url("catalogues/book/")).content.decode()
    assert "3 requirements" in tree and tree.count(" data-threat") == 2


def test_a_library_brings_its_translations_and_what_is_beside_its_framework_refuses_nothing(world: World) -> None:
    report = import_catalogue(LIBRARY.encode(), "library.yaml", actor=world.actor("ana"), code="library")
    row = Requirement.objects.get(catalogue__code="library", identifier="1.1")
    assert row.translations == {"fr": {"title": "Enjeux", "text": "Texte"}}
    assert [link["target"] for link in row.links if link["rel"] == "threat"] == ["fire"]
    assert {finding["severity"] for finding in report.findings} == {"warning"}
    told = {finding["path"]: finding["message"] for finding in report.findings}
    for path in ("requirement_mapping_sets", "risk_matrices", "reference_controls"):
        assert "left out" in told[f"objects/{path}"]


def test_reference_controls_and_threats_of_a_library_without_framework_are_a_catalogue(world: World) -> None:
    threat = "ref_id: fire, name: Fire, translations: {de: {name: Feuer}}"
    data = LIBRARY.replace("\n  framework:", "\n  frame:").replace("ref_id: fire, name: Fire", threat)
    report = import_catalogue(data.encode(), "library.yaml", actor=world.actor("ana"), code="controls")
    rows = {row.identifier: row for row in Requirement.objects.filter(catalogue__code="controls")}
    assert (report.added, rows["C1"].category, rows["C1"].attributes) == (
        1,
        "reference_control",
        {"category": ["physical"]},
    )
    assert (rows["fire"].category, rows["fire"].translations) == ("threat", {"de": {"title": "Feuer"}})
    assert {finding["path"] for finding in report.findings} >= {"objects/risk_matrices"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            LIBRARY.replace("\n  framework:", "\n  frame:")
            .replace("\n  threats:", "\n  no_threats:")
            .replace("\n  reference_controls:", "\n  none:")
            .encode(),
            "no framework",
        ),
        (
            LIBRARY.replace("ref_id: '1.0'", "ref_id: '1.0'\n      parent_urn: urn:test:risk:req_node:sample:1.1"),
            "in a circle: 1.0, 1.1",
        ),
        (BOOK[:900], "no well-formed XML"),
    ],
)
def test_what_cannot_be_taken_whole_is_refused(world: World, data: bytes | str, reason: str) -> None:
    given = data.encode() if isinstance(data, str) else data
    with pytest.raises(ImportRefused, match=reason):
        import_catalogue(given, "file.yaml", actor=world.actor("ana"))


def test_a_threat_whose_identifier_is_taken_is_left_out_and_told(world: World) -> None:
    data = LIBRARY.replace("ref_id: fire, name: Fire", "ref_id: '1.0', name: Fire").encode()
    report = import_catalogue(data, "library.yaml", actor=world.actor("ana"), code="library")
    assert any("this threat was left out" in finding["message"] for finding in report.findings)
