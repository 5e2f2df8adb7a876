"""What changed between two catalogues: as data, and as a page with old and new side by side."""

import pytest

from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.comparing import told
from ringwall.catalogues.models import Catalogue
from ringwall.catalogues.tests.files import KEYS, LOCK, VISITORS, control, oscal, real
from ringwall.conftest import World
from ringwall.oscal.tests.test_kompendium import BOOK

pytestmark = pytest.mark.once

REWORDED = control("h-1", "Lock", "Doors and <b>gates</b> MUST be locked. Windows SHOULD be closed.")
NEW = control("h-4", "Alarm", "The alarm SHOULD be tested.")
GONE = control("h-2", "Keys", "", props=[{"name": "status", "value": "withdrawn"}])


@pytest.fixture
def editions(world: World) -> tuple[Catalogue, Catalogue]:
    ana = world.actor("ana")
    import_catalogue(oscal(LOCK, KEYS, VISITORS), "old.json", actor=ana, code="old")
    import_catalogue(oscal(REWORDED, GONE, VISITORS, NEW, version="2"), "new.json", actor=ana, code="new")
    return Catalogue.objects.get(code="old"), Catalogue.objects.get(code="new")


def test_each_requirement_is_told_once_by_what_became_of_it(editions: tuple[Catalogue, Catalogue]) -> None:
    body = told(*editions)
    assert body["counts"] == {"reworded": 1, "added": 1, "withdrawn": 1, "restored": 0, "moved": 0, "same": 1}
    assert {kind: [one["identifier"] for one in body[kind]] for kind in body["counts"]} == {
        "reworded": ["h-1"],
        "added": ["h-4"],
        "withdrawn": ["h-2"],
        "restored": [],
        "moved": [],
        "same": ["h-3"],
    }
    assert body["reworded"][0] == {
        "identifier": "h-1",
        "old_identifier": "h-1",
        "title": "Lock",
        "fields": ["text"],
        "moved": False,
    }
    assert body["old"] == {"id": "old", "title": "House rules", "version": "1"}
    assert told(editions[0], editions[0])["counts"]["same"] == 3


def test_threats_and_groups_are_no_requirements(world: World) -> None:
    import_catalogue(BOOK.encode(), "book.xml", actor=world.actor("ana"), code="book")
    book = Catalogue.objects.get(code="book")
    assert sum(told(book, book)["counts"].values()) == 3


def test_two_editions_of_nist_compare(world: World) -> None:
    ana = world.actor("ana")
    for code, name in (("r4", "NIST_SP-800-53_rev4_catalog-min.json"), ("r5", "NIST_SP-800-53_rev5.2.0_catalog.json")):
        import_catalogue(real(f"nist/{name}"), name, actor=ana, code=code)
    counts = told(Catalogue.objects.get(code="r4"), Catalogue.objects.get(code="r5"))["counts"]
    assert sum(counts.values()) >= 1196
    assert counts["added"] > 100
    html = world.client("ana").get(world.url("catalogues/r4/compare/?with=r5&page=2")).content.decode()
    assert html.count('<article class="compare-entry"') == 50
    assert 'rel="prev"' in html


def test_the_page_shows_old_and_new_side_by_side(world: World, editions: tuple[Catalogue, Catalogue]) -> None:
    client = world.client("ana")
    assert "catalogues/old/compare/" in client.get(world.url("catalogues/old/")).content.decode()
    choice = client.get(world.url("catalogues/old/compare/")).content.decode()
    assert '<option value="new"' in choice and '<option value="old"' not in choice
    html = client.get(world.url("catalogues/old/compare/?with=new")).content.decode()
    assert "Doors MUST be locked." in html
    assert "Doors and &lt;b&gt;gates&lt;/b&gt; MUST be locked." in html
    added = client.get(world.url("catalogues/old/compare/?with=new&show=added")).content.decode()
    assert "/demo/catalogues/new/h-4/" in added and "h-3/" not in added
    gone = client.get(world.url("catalogues/old/compare/?with=new&show=withdrawn")).content.decode()
    assert "/demo/catalogues/new/h-2/" in gone


@pytest.mark.parametrize("query", ["with=nothing", "with=%00", "with=new&show=nonsense&page=x", "with=new&page=99999"])
def test_odd_queries_do_no_harm(world: World, editions: tuple[Catalogue, Catalogue], query: str) -> None:
    response = world.client("ana").get(world.url(f"catalogues/old/compare/?{query}"))
    assert response.status_code == (200 if "new" in query else 404)


def test_a_foreign_catalogue_cannot_be_compared_with(
    world: World, elsewhere: World, editions: tuple[Catalogue, Catalogue]
) -> None:
    import_catalogue(oscal(LOCK, title="Foreign rules"), "f.json", actor=elsewhere.actor("ana"), code="foreign")
    foreign = Catalogue.objects.get(code="foreign")
    client = world.client("ana")
    for name in ("foreign", str(foreign.pk), "nothing"):
        assert client.get(world.url(f"catalogues/old/compare/?with={name}")).status_code == 404
        assert client.get(world.url(f"catalogues/{name}/compare/?with=old")).status_code == 404
        assert client.get(world.url(f"catalogues/{name}/oscal.json")).status_code == 404
    assert "Foreign rules" not in client.get(world.url("catalogues/old/compare/")).content.decode()
    assert world.client("nobody").get(world.url("catalogues/old/compare/")).status_code == 403


@pytest.mark.parametrize("ending", ["json", "xml"])
def test_the_page_gives_the_catalogue_as_oscal(
    world: World, editions: tuple[Catalogue, Catalogue], ending: str
) -> None:
    response = world.client("ana").get(world.url(f"catalogues/old/oscal.{ending}"))
    assert response["Content-Disposition"].startswith(f'attachment; filename="old.{ending}"')
    assert (response.content == oscal(LOCK, KEYS, VISITORS)) is (ending == "json")
    assert world.client("ana").get(world.url("catalogues/old/oscal.pdf")).status_code == 404
