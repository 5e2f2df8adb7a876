"""The pages: one page for a whole tree, filters with and without a script, a requirement with what stands round it."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from ringwall.access.policy import Actor
from ringwall.catalogues import queries
from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.builtin import ANNEX_A, CLAUSES
from ringwall.catalogues.tests.files import KEYS, LOCK, VISITORS, control, oscal, real
from ringwall.conftest import World
from ringwall.kit import registry
from ringwall.kit.pages import Column, Fact, Panel, Row


def shown(html: str) -> list[str]:
    """Identifiers of the lines of the tree that are not hidden."""
    lines = re.findall(r"<li class=\"depth-\d[^>]*>", html)
    links = re.findall(r'<span class="tree-line"><a href="\./([^"]+)/">', html)
    assert len(lines) == len(links)
    return [link for line, link in zip(lines, links, strict=True) if not line.endswith(" hidden>")]


def queries_of(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def house(world: World) -> None:
    stated = control("h-4", "Alarm", "The alarm SHOULD be tested.", props=[{"name": "sec_level", "value": "erhöht"}])
    gone = control("h-5", "Moat", "", props=[{"name": "status", "value": "withdrawn"}])
    import_catalogue(oscal(LOCK, KEYS, VISITORS, stated, gone), "house.json", actor=world.actor("ana"))


def test_the_whole_tree_stands_on_one_page(world: World) -> None:
    house(world)
    html = world.client("ana").get(world.url("catalogues/house/")).content.decode()
    assert shown(html) == ["g1", "h-1", "h-2", "h-3", "h-4", "h-5"]
    assert "5 requirements" in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?verb=MAY", ["g1", "h-3"]),
        ("?verb=SHOULD", ["g1", "h-1", "h-4"]),
        ("?level=elevated", ["g1", "h-4"]),
        ("?withdrawn=only", ["g1", "h-5"]),
        ("?withdrawn=no&verb=MUST", ["g1", "h-1"]),
        ("?attribute=sec_level:erh%C3%B6ht", []),
        ("?q=copied", ["g1", "h-2"]),
        ("?q=lock", ["g1", "h-1"]),
        ("?q=nothing-of-this", []),
        ("?verb=%00&level=x", []),
    ],
)
def test_filters_work_without_a_script(world: World, query: str, expected: list[str]) -> None:
    house(world)
    html = world.client("ana").get(world.url(f"catalogues/house/{query}")).content.decode()
    assert shown(html) == expected


def test_attributes_of_annex_a_are_filters(world: World, builtin: Actor) -> None:
    client = world.client("ana")
    html = client.get(world.url(f"catalogues/{ANNEX_A}/?attribute=control_type:Corrective")).content.decode()
    found = [name for name in shown(html) if name.count(".") == 2]
    assert "A.5.24" in found or "A.5.26" in found
    assert "A.5.1" not in found


def test_trees_cost_the_same_number_of_queries_whatever_their_size(world: World, builtin: Actor) -> None:
    ana = world.actor("ana")
    import_catalogue(real("nist/NIST_SP-800-53_rev5.2.0_catalog.json"), "nist.json", actor=ana, code="nist")
    house(world)
    client = world.client("ana")
    small, large = (queries_of(client, world.url(f"catalogues/{code}/")) for code in ("house", "nist"))
    assert small == large
    few, many = (queries_of(client, world.url(f"catalogues/nist/{name}/")) for name in ("ac-2.1", "ac-2"))
    assert few == many
    html = client.get(world.url("catalogues/nist/")).content.decode()
    assert len(shown(html)) == 1196 + 20


def test_a_requirement_shows_text_verbs_neighbours_and_what_is_above(world: World) -> None:
    house(world)
    html = world.client("ana").get(world.url("catalogues/house/h-2/")).content.decode()
    assert "Keys MUST NOT be copied." in html
    assert 'class="verb verb-MUST_NOT"' in html
    assert 'href="/demo/catalogues/house/h-1/" rel="prev"' in html
    assert 'href="/demo/catalogues/house/h-3/" rel="next"' in html
    assert 'href="/demo/catalogues/house/g1/">g1</a>' in html


def test_parameters_are_filled_and_relations_lead_on(world: World) -> None:
    ana = world.actor("ana")
    import_catalogue(real("nist/NIST_SP-800-53_rev5.2.0_catalog.json"), "nist.json", actor=ana, code="nist")
    html = world.client("ana").get(world.url("catalogues/nist/ac-2/")).content.decode()
    assert "{{" not in html
    assert 'href="/demo/catalogues/nist/ac-3/"' in html
    assert world.client("ana").get(world.url("catalogues/nist/AC-2(1)/")).status_code == 200


def test_our_guidance_stands_on_the_page_in_the_language_of_the_reader(world: World, builtin: Actor) -> None:
    client = world.client("ana")
    english = client.get(world.url(f"catalogues/{ANNEX_A}/A.5.1/")).content.decode()
    assert "What an auditor asks" in english and "Policies for information security" in english
    person = world.people["ana"]
    assert person.user is not None
    type(person.user)._base_manager.filter(pk=person.user.pk).update(language="de")
    german = client.get(world.url(f"catalogues/{ANNEX_A}/A.5.1/")).content.decode()
    assert "Was im Audit gefragt wird" in german and "Informationssicherheitspolitik" in german
    clause = client.get(world.url(f"catalogues/{CLAUSES}/4.3/")).content.decode()
    assert "Was häufig schiefgeht" in clause


def test_upper_floors_tell_where_a_requirement_is_used(world: World, monkeypatch: Any) -> None:
    house(world)

    def used(requirement: Any, actor: Actor) -> list[Panel]:
        return [Panel("used", "Checks", facts=[Fact(actor.label, f"checked {requirement.identifier}")])]

    monkeypatch.setitem(registry.providers, "requirement_used", [used])
    assert "checked h-2" in world.client("ana").get(world.url("catalogues/house/h-2/")).content.decode()


def test_tasks_about_the_records_that_a_requirement_names_stand_on_its_page(world: World, monkeypatch: Any) -> None:
    house(world)
    ana = world.actor("ana")
    make, give = registry.actions["asset.create"], registry.actions["task.create"]
    lock, vault = (make.run(ana, {"title": title, "category": "system"}) for title in ("Lock", "Vault"))
    give.run(ana, {"title": "Oil it", "assignee": "emil@demo.example"}, subject=lock)
    give.run(ana, {"title": "Open it", "assignee": "emil@demo.example"}, subject=vault)

    def used(requirement: Any, actor: Actor) -> list[Panel]:
        url = world.url(f"assets/{lock.ref}/")
        return [Panel("used", "Assets", columns=[Column("ref", "Ref")], rows=[Row("1", lock.ref, url, 1, [])])]

    monkeypatch.setitem(registry.providers, "requirement_used", [used])
    page = world.client("ana").get(world.url("catalogues/house/h-2/")).content.decode()
    assert "Oil it" in page and "Open it" not in page
    hidden = world.client("ben").get(world.url("catalogues/house/h-2/")).content.decode()
    assert "Oil it" not in hidden, "whoever does not see the record does not see its task"


def test_an_import_in_the_browser_leads_to_the_catalogue(world: World) -> None:
    client = world.client("ana")
    file = SimpleUploadedFile("house.json", oscal(LOCK, KEYS))
    response = client.post(world.url("catalogues/import/"), {"file": file}, follow=True)
    html = response.content.decode()
    assert response.redirect_chain[-1][0] == world.url("catalogues/house/")
    assert "2 added" in html and "house.json" in html and "SHA-256" in html


@pytest.mark.parametrize(
    "path", ["catalogues/house/nothing/", "catalogues/house/%00/", "catalogues/%00/", "catalogues/house/original/0/"]
)
def test_unknown_addresses_are_not_found(world: World, path: str) -> None:
    house(world)
    assert world.client("ana").get(world.url(path)).status_code == 404


def test_search_finds_by_identifier_before_title_before_text(world: World, builtin: Actor) -> None:
    house(world)
    ana = world.actor("ana")
    assert [found.ref for found in queries.search_requirements(ana, "h-2")][:1] == ["h-2"]
    assert [found.ref for found in queries.search_requirements(ana, "lock")] == ["h-1", "A.8.17"]
    with translation.override("de"):
        assert [found.title for found in queries.search_requirements(ana, "Geräte entsorgen Wiederverwendung")] == []
        assert "A.5.20" in [found.ref for found in queries.search_requirements(ana, "Lieferantenvereinbarungen")]
        assert "A.5.18" in [found.ref for found in queries.search_requirements(ana, "Zugangsrechte")]
    assert [found.ref for found in queries.search_requirements(ana, "copied keys")] == ["h-2"]
    assert queries.search_requirements(ana, "A.5.1")[0].url == f"/demo/catalogues/{ANNEX_A}/A.5.1/"
    assert queries.search_requirements(ana, "%_\x00") == []


def test_the_api_gives_a_catalogue_in_pages(world: World) -> None:
    house(world)
    api = world.token("ben", "read")
    assert api.get("/api/v1/catalogues").json()["rows"][0]["id"] == "house"
    assert api.get("/api/v1/catalogues/house").json()["requirements"] == 5
    found: list[str] = []
    cursor = ""
    while True:
        page = api.get(f"/api/v1/catalogues/house/requirements?limit=2{cursor}").json()
        found += [row["identifier"] for row in page["rows"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == ["g1", "h-1", "h-2", "h-3", "h-4", "h-5"]
    assert api.get("/api/v1/catalogues/house/requirements?cursor=nonsense").status_code == 422


def test_the_api_imports_and_tells_the_same_as_the_command_line(world: World) -> None:
    api = world.token("ana")
    answer = api.post(
        "/api/v1/catalogues/import", {"file": SimpleUploadedFile("house.json", oscal(LOCK)), "code": "rules"}
    )
    assert answer.status_code == 200
    assert answer.json() == {
        "catalogue": "rules",
        "title": "House rules",
        "version": "1",
        "added": 1,
        "changed": 0,
        "unchanged": 0,
        "withdrawn": 0,
        "findings": [],
    }
