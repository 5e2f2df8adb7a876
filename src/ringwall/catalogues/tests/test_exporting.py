"""Catalogues go out as OSCAL: byte for byte where nothing was changed, valid, and back with zero changes."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ringwall.access.policy import Actor
from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.builtin import ANNEX_A, CLAUSES
from ringwall.catalogues.carrying import ATTRIBUTE, unpacked
from ringwall.catalogues.exporting import document_of
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.catalogues.rules import CatalogueRow
from ringwall.catalogues.tests.files import KEYS, LOCK, SHARED, control, oscal, real
from ringwall.catalogues.tests.test_importing_formats import FILES
from ringwall.catalogues.writing import workbook_of
from ringwall.conftest import World
from ringwall.kit.exports import write_csv
from ringwall.lib.sheets import read_sheet
from ringwall.oscal.content import RequirementRow
from ringwall.oscal.reader import read
from ringwall.oscal.tests.test_writing import validator

pytestmark = pytest.mark.once

ODD_SHEET = (
    "Identifier,Parent,Kind,Title,Text,Title_de,Text (de),attribute: Who does it,attribute: tags,Requirement level\n"
    'A,,,Access  control,,Zugang,,,"a, b",\n'
    'A 1,A,,Leavers,"Access MUST end.  Keys SHOULD {{ come }} back.",Gehende,Der  Zugang MUSS enden.,HR; IT,,basic\n'
    "A 2,A,reference control,,Guests wait.,,,,,very high\n"
    "T,A,threat,Thief,Steals.,Dieb,,,,\n"
    "T.1,T,,Below,x,,,,,\n"
)
SHEETS = {"odd.csv": ODD_SHEET.encode(), "without-verbs.csv": b"identifier,kind,title\n1,requirement,Lock\n"}


def stored(code: str) -> list[dict[str, Any]]:
    """All that is stored of a catalogue's rows, without keys."""
    rows = Requirement.objects.filter(catalogue__code=code).order_by("position").select_related("parent")
    told = []
    for row in rows:
        fields = {f.attname: getattr(row, f.attname) for f in row._meta.fields}
        statements = list(row.statements.filter(is_withdrawn=False).values_list("number", "verb", "text"))
        told.append(
            {name: value for name, value in fields.items() if name not in ("id", "catalogue_id", "parent_id")}
            | {"parent": row.parent and row.parent.identifier, "statements": statements}
        )
    return told


def goes_round(actor: Actor, code: str, form: Any) -> bytes:
    """Out and in again, twice the same bytes, with nothing changed."""
    before = stored(code)
    data = document_of(Catalogue.objects.get(code=code), form)
    assert data == document_of(Catalogue.objects.get(code=code), form)
    report = import_catalogue(data, f"again.{form}", actor=actor, code=code)
    assert report.is_unchanged
    assert not [finding for finding in report.findings if finding["severity"] != "info"]
    assert stored(code) == before
    return data


def is_valid(data: bytes) -> None:
    if (SHARED / "oscal-schemas").is_dir():
        assert [error.message[:300] for error in validator("catalog").iter_errors(json.loads(data))] == []


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("name", [*FILES, *SHEETS])
def test_every_format_goes_out_as_oscal_and_comes_back_unchanged(world: World, name: str, form: str) -> None:
    ana = world.actor("ana")
    data = SHEETS[name] if name in SHEETS else FILES[name][0]
    import_catalogue(data, name, actor=ana, code="one")
    given = goes_round(ana, "one", form)
    assert (given == data) is (name.endswith(form) and FILES[name][1] == "oscal")
    if form == "json":
        is_valid(given)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("nist/NIST_SP-800-53_rev5.2.0_catalog.json", "json"),
        ("nist/NIST_SP-800-53_rev4_catalog-min.json", "xml"),
        ("bsi/BSI-Stand-der-Technik-Kernel-catalog.json", "xml"),
        ("bsi/XML_Kompendium_2023.xml", "json"),
        ("bsi/XML_Kompendium_2023.xml", "xml"),
    ],
)
def test_real_catalogues_go_out_and_come_back_unchanged(world: World, path: str, form: str) -> None:
    data, ana = real(path), world.actor("ana")
    import_catalogue(data, path, actor=ana, code="real")
    given = goes_round(ana, "real", form)
    assert (given == data) is path.endswith(f"catalog.{form}")


def test_the_kompendium_goes_out_valid(world: World) -> None:
    import_catalogue(real("bsi/XML_Kompendium_2023.xml"), "k.xml", actor=world.actor("ana"), code="k")
    tree = json.loads(document_of(Catalogue.objects.get(code="k"), "json"))
    # One layer and the threats stand for all: the whole takes minutes to validate.
    tree["catalog"]["groups"] = [group for group in tree["catalog"]["groups"] if group["id"] == "ORP"]
    is_valid(json.dumps(tree).encode())


@pytest.mark.parametrize("code", [CLAUSES, ANNEX_A])
def test_the_built_in_catalogues_go_out_valid_and_come_in_the_same_under_another_name(
    world: World, builtin: Actor, code: str
) -> None:
    data = document_of(Catalogue.objects.get(code=code), "json")
    is_valid(data)
    import_catalogue(data, "copy.json", actor=world.actor("ana"), code="copy")
    organisation = {"organisation_id": world.actor("ana").organisation_id}
    assert [row | organisation for row in stored(code)] == stored("copy")


def test_a_title_given_at_the_import_goes_out_with_all_else_as_it_came(world: World) -> None:
    ana = world.actor("ana")
    lock = control("h-1", "Lock", "Doors MUST be {{ insert: param, p }}.", params=[{"id": "p", "values": ["locked"]}])
    import_catalogue(oscal(lock), "house.json", actor=ana, code="house", title="Our rules", edition="7")
    tree = json.loads(goes_round(ana, "house", "json"))["catalog"]
    assert (tree["metadata"]["title"], tree["metadata"]["version"]) == ("Our rules", "7")
    assert tree["groups"][0]["controls"][0]["params"] == [{"id": "p", "values": ["locked"]}]


def test_what_an_edition_no_longer_has_is_not_brought_back(world: World) -> None:
    ana = world.actor("ana")
    import_catalogue(oscal(LOCK, KEYS), "house.json", actor=ana, code="house")
    import_catalogue(oscal(LOCK, version="2"), "house.json", actor=ana, code="house")
    assert b"h-2" not in goes_round(ana, "house", "xml")


@pytest.mark.parametrize(
    "value",
    [
        "no json",
        "[]",
        '{"category":"nonsense"}',
        '{"statements":[["a"]]}',
        '{"statements":[["1","NONSENSE","x"]]}',
        '{"links":[["a","b"]]}',
        '{"attributes":{"a":"b"}}',
        '{"title":1}',
        "[" * 100_000,
    ],
)
def test_a_strangers_carried_facts_are_an_attribute_like_any_other(value: str) -> None:
    row = RequirementRow("h-1", None, "requirement", "Lock", 0, attributes={ATTRIBUTE: [value]})
    one = CatalogueRow(row, "requirement")
    assert unpacked(one) == one


def test_carried_control_characters_reach_no_database() -> None:
    row = RequirementRow("h-1", None, "requirement", "Lock", 0, attributes={ATTRIBUTE: ['{"text":"a\\u0000b"}']})
    assert unpacked(CatalogueRow(row, "requirement")).row.text == "a\ufffdb"


def test_an_export_reads_back_without_a_finding(world: World, everything_stored: Callable[[], Any]) -> None:
    import_catalogue(ODD_SHEET.encode(), "odd.csv", actor=world.actor("ana"), code="odd")
    before = everything_stored()
    assert read(document_of(Catalogue.objects.get(code="odd"), "json")).findings == []
    assert everything_stored() == before


REAL = {
    "nist/NIST_SP-800-53_rev5.2.0_catalog.json": 1196,
    "bsi/XML_Kompendium_2023.xml": 2125,
    "bsi/BSI-Stand-der-Technik-Kernel-catalog.json": 901,
}


@pytest.mark.parametrize("path", REAL)
def test_a_real_catalogue_as_spreadsheet_comes_back_with_zero_changes(world: World, path: str) -> None:
    ana = world.actor("ana")
    import_catalogue(real(path), path.rpartition("/")[2], actor=ana, code="real")
    before, catalogue = stored("real"), Catalogue.objects.get(code="real")
    assert catalogue.counts["requirements"] == REAL[path]
    report = import_catalogue(workbook_of(catalogue), "edited.xlsx", actor=ana, code="real")
    assert (report.added, report.changed, report.withdrawn, report.unchanged) == (0, 0, 0, REAL[path])
    assert stored("real") == before
    # As nothing changed, what it came as stays, with the parameters that a spreadsheet has no place for.
    now = Catalogue.objects.get(code="real")
    assert (now.source, now.sha256, now.version) == (catalogue.source, catalogue.sha256, catalogue.version)


def test_an_edited_row_of_such_a_spreadsheet_goes_before_what_is_carried_beside_it(world: World) -> None:
    """A copy elsewhere is the same; an edited text is split anew, and all else of its row and of the others stays."""
    ana = world.actor("ana")
    import_catalogue(ODD_SHEET.encode(), "odd.csv", actor=ana, code="odd", title="Odd rules", edition="3")
    import_catalogue(oscal(LOCK, KEYS, title="Locks"), "locks.json", actor=ana, code="locks")
    for code in ("odd", "locks"):
        data = workbook_of(Catalogue.objects.get(code=code))
        copy = import_catalogue(data, "copy.xlsx", actor=ana, code=f"{code}-copy")
        assert (copy.title, copy.version, stored(copy.catalogue)) == (
            Catalogue.objects.get(code=code).title,
            Catalogue.objects.get(code=code).edition,
            stored(code),
        )
    sheet = read_sheet(data, "locks.xlsx")
    at = sheet.header.index("text")
    rows = [[*row] for row in sheet.rows]
    rows[1][at] = "Doors MUST be shut."
    report = import_catalogue(write_csv(list(sheet.header), rows), "locks.csv", actor=ana, code="locks", title="Locks")
    assert (report.changed, report.unchanged) == (1, 1)
    assert "parameters" in report.findings[-1]["message"]
    lock = Requirement.objects.get(catalogue__code="locks", identifier="h-1")
    assert list(lock.statements.filter(is_withdrawn=False).values_list("text", flat=True)) == ["Doors MUST be shut."]
    assert lock.links == Requirement.objects.get(catalogue__code="locks-copy", identifier="h-1").links
