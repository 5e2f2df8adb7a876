"""Catalogues are seen by the organisation that imported them; shared ones by all; through every door alike."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ringwall.access.policy import Actor
from ringwall.catalogues import queries
from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.builtin import ANNEX_A
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.catalogues.tests.files import KEYS, LOCK, oscal
from ringwall.conftest import World

Counted = Callable[[], tuple[int, ...]]


@pytest.fixture
def house(world: World) -> Catalogue:
    report = import_catalogue(oscal(LOCK, KEYS), "house.json", actor=world.actor("ana"))
    return Catalogue.objects.get(code=report.catalogue)


@pytest.mark.parametrize("name", ["ana", "ben", "cleo", "dora"])
def test_readers_of_any_unit_see_the_catalogues_and_their_requirements(
    world: World, builtin: Actor, house: Catalogue, name: str
) -> None:
    client = world.client(name)
    assert "House rules" in client.get(world.url("catalogues/")).content.decode()
    assert client.get(world.url("catalogues/house/h-1/")).status_code == 200
    assert client.get(world.url(f"catalogues/{ANNEX_A}/A.5.1/")).status_code == 200
    assert client.get(world.url(f"catalogues/house/original/{house.sha256}/")).content == oscal(LOCK, KEYS)


def test_a_foreign_catalogue_answers_as_if_it_did_not_exist(world: World, elsewhere: World, house: Catalogue) -> None:
    client, api = elsewhere.client("ana"), elsewhere.token("ana")
    for path in ("", "h-1/", "catalogue.xlsx", f"original/{house.sha256}/"):
        foreign = client.get(elsewhere.url(f"catalogues/house/{path}"))
        unknown = client.get(elsewhere.url(f"catalogues/nothing/{path}"))
        assert foreign.status_code == unknown.status_code == 404
        assert "House rules" not in foreign.content.decode()
    for path in ("", "/requirements"):
        assert api.get(f"/api/v1/catalogues/house{path}").status_code == 404
        assert api.get(f"/api/v1/catalogues/{house.pk}{path}").status_code == 404
    assert "House rules" not in client.get(elsewhere.url("catalogues/")).content.decode()
    assert api.get("/api/v1/catalogues").json() == {"rows": []}
    assert queries.search_requirements(elsewhere.actor("ana"), "Lock") == []
    requirement = Requirement.objects.get(identifier="h-1")
    assert Requirement.named(elsewhere.actor("ana"), ["house:h-1", str(requirement.pk), "h-1"]) == {}


def test_the_same_identifier_in_two_organisations_leads_each_to_its_own(
    world: World, elsewhere: World, house: Catalogue
) -> None:
    import_catalogue(oscal(LOCK, title="Other rules"), "house.json", actor=elsewhere.actor("ana"))
    assert queries.catalogue_named(world.actor("ana"), "house").title == "House rules"
    assert queries.catalogue_named(elsewhere.actor("ana"), "house").title == "Other rules"


def test_the_same_bytes_in_another_organisation_are_imported_there_anew(
    world: World, elsewhere: World, house: Catalogue
) -> None:
    report = import_catalogue(oscal(LOCK, KEYS), "house.json", actor=elsewhere.actor("ana"))
    assert report.added == 2


def test_who_sees_no_catalogues_is_refused_at_every_door(world: World, house: Catalogue) -> None:
    client, api = world.client("nobody"), world.token("nobody")
    for path in ("", "import/", "template.csv", "house/", "house/h-1/", f"house/original/{house.sha256}/"):
        assert client.get(world.url(f"catalogues/{path}")).status_code == 403
    assert api.get("/api/v1/catalogues").status_code == 403
    assert api.get("/api/v1/catalogues/house/requirements").status_code == 403
    assert queries.search_requirements(world.actor("nobody"), "Lock") == []


def test_a_reader_finds_no_way_to_import(world: World, house: Catalogue, everything_stored: Counted) -> None:
    client, api = world.client("ben"), world.token("ben")
    before = everything_stored()
    assert "catalogues/import/" not in client.get(world.url("catalogues/")).content.decode()
    file = SimpleUploadedFile("x.json", oscal(LOCK))
    assert client.post(world.url("catalogues/import/"), {"file": file}).status_code == 403
    file.seek(0)
    assert api.post("/api/v1/catalogues/import", {"file": file}).status_code == 403
    assert everything_stored() == before


def test_a_token_for_reading_imports_nothing(world: World, everything_stored: Counted) -> None:
    api = world.token("ana", "read")
    before = everything_stored()
    assert api.post("/api/v1/catalogues/import", {"file": SimpleUploadedFile("x.json", oscal(LOCK))}).status_code == 403
    assert everything_stored() == before


def test_who_imported_a_shared_catalogue_is_told_to_nobody_outside(world: World, builtin: Actor) -> None:
    import_catalogue(oscal(LOCK), "house.json", actor=builtin)
    page = world.client("ana").get(world.url("catalogues/house/")).content.decode()
    assert "House rules" in page
    assert builtin.label not in page
