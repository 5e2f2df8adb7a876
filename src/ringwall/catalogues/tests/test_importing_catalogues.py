"""Importing: whole, once, compared with the edition before, and told in the ledger."""

from collections.abc import Callable
from typing import Any

import pytest

from ringwall.access.policy import Actor
from ringwall.catalogues import queries
from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.builtin import ANNEX_A, CLAUSES, load_builtin
from ringwall.catalogues.models import Catalogue, Requirement, SourceFile, Statement
from ringwall.catalogues.tests.files import KEYS, LOCK, VISITORS, control, oscal, real
from ringwall.conftest import World
from ringwall.kit.errors import Denied, Invalid
from ringwall.ledger import queries as ledger
from ringwall.ledger.models import Entry

Counted = Callable[[], tuple[int, ...]]


def rows_of(catalogue: str) -> dict[str, Requirement]:
    return {row.identifier: row for row in Requirement.objects.filter(catalogue__code=catalogue).order_by("position")}


@pytest.mark.parametrize(
    ("path", "requirements", "withdrawn", "statements"),
    [
        ("nist/NIST_SP-800-53_rev5.2.0_catalog.json", 1196, 182, 0),
        ("nist/NIST_SP-800-53_rev4_catalog-min.json", 922, 96, 0),
        ("bsi/BSI-Stand-der-Technik-Kernel-catalog.json", 901, 0, 901),
        ("bsi/BSI-Methodik-Grundschutz++-catalog.json", 95, 0, 95),
        ("bsi/BSI-Anforderungen-zum-Risikomanagement-catalog.json", 10, 0, 10),
        ("examples/basic-catalog.json", 4, 0, 4),
    ],
)
def test_real_catalogues_come_in_whole(
    world: World, path: str, requirements: int, withdrawn: int, statements: int
) -> None:
    data = real(path)
    ana = world.actor("ana")
    report = import_catalogue(data, path.rpartition("/")[2], actor=ana)
    told = queries.summary(queries.catalogue_named(ana, report.catalogue))
    assert (report.added, report.changed, report.unchanged, report.withdrawn) == (requirements, 0, 0, 0)
    assert (told["requirements"], told["withdrawn"], sum(told["statements"].values())) == (
        requirements,
        withdrawn,
        statements,
    )
    stored = Requirement.objects.filter(catalogue__code=report.catalogue)
    assert stored.exclude(category="group").count() == requirements
    assert stored.filter(category="group").count() == told["groups"]
    file = SourceFile.objects.get(catalogue__code=report.catalogue)
    assert bytes(file.content) == data


def test_the_same_file_again_changes_nothing_and_says_so(world: World, everything_stored: Counted) -> None:
    ana = world.actor("ana")
    first = import_catalogue(oscal(LOCK, KEYS), "house.json", actor=ana)
    before = everything_stored()
    again = import_catalogue(oscal(LOCK, KEYS), "another name.json", actor=ana)
    assert again.is_unchanged
    assert (again.catalogue, again.unchanged) == (first.catalogue, 2)
    assert [finding["severity"] for finding in again.findings] == ["info"]
    assert everything_stored() == before


def test_a_summary_has_exactly_the_names_that_scripts_rely_on(world: World) -> None:
    ana = world.actor("ana")
    report = import_catalogue(oscal(LOCK, KEYS, VISITORS), "house.json", actor=ana, code="house")
    told = queries.summary(queries.catalogue_named(ana, "house"))
    assert list(told) == [
        "id",
        "title",
        "version",
        "language",
        "groups",
        "requirements",
        "withdrawn",
        "statements",
        "levels",
        "threats",
    ]
    assert told["statements"] == {"MUST": 1, "MUST_NOT": 1, "SHOULD": 1, "SHOULD_NOT": 0, "MAY": 1}
    assert (told["id"], told["groups"], told["requirements"], told["language"]) == ("house", 1, 3, "en")
    assert list(report.told()) == [
        "catalogue",
        "title",
        "version",
        "added",
        "changed",
        "unchanged",
        "withdrawn",
        "findings",
    ]


def test_a_new_edition_changes_rows_in_place_and_withdraws_what_is_missing(world: World) -> None:
    ana = world.actor("ana")
    import_catalogue(oscal(LOCK, KEYS, VISITORS), "house.json", actor=ana)
    before = {name: row.pk for name, row in rows_of("house").items()}
    reworded = control("h-1", "Lock", "Doors MUST be locked. Windows MUST be closed.")
    report = import_catalogue(oscal(control("h-0", "Gate", ""), reworded, KEYS, version="2"), "house.json", actor=ana)
    assert (report.catalogue, report.version) == ("house", "2")
    assert (report.added, report.changed, report.unchanged, report.withdrawn) == (1, 1, 1, 1)
    after = rows_of("house")
    assert list(after) == ["g1", "h-0", "h-1", "h-2", "h-3"]
    assert {name: after[name].pk for name in before} == before
    assert [row.is_withdrawn for row in after.values()] == [False, False, False, False, True]
    verbs = dict(Statement.objects.filter(requirement=after["h-1"]).values_list("number", "verb"))
    assert sorted(verbs.values()) == ["MUST", "MUST"]
    told = queries.summary(queries.catalogue_named(ana, "house"))
    assert (told["requirements"], told["withdrawn"]) == (4, 1)


def test_what_comes_back_in_a_later_edition_is_in_force_again(world: World) -> None:
    ana = world.actor("ana")
    import_catalogue(oscal(LOCK, KEYS, version="1"), "house.json", actor=ana)
    import_catalogue(oscal(LOCK, version="2"), "house.json", actor=ana)
    report = import_catalogue(oscal(LOCK, KEYS, version="1"), "house.json", actor=ana)
    assert (report.changed, report.withdrawn) == (1, 0)
    assert not rows_of("house")["h-2"].is_withdrawn
    assert SourceFile.objects.count() == 2


def test_requirements_that_swap_their_identifiers_keep_their_rows_by_stable_id(world: World) -> None:
    def named(identifier: str, stable: str) -> dict[str, Any]:
        return control(identifier, stable, "It MUST be.", props=[{"name": "alt-identifier", "value": stable}])

    ana = world.actor("ana")
    import_catalogue(oscal(named("h-1", "one"), named("h-2", "two")), "house.json", actor=ana)
    before = {row.stable_id: row.pk for row in rows_of("house").values() if row.stable_id}
    report = import_catalogue(oscal(named("h-2", "one"), named("h-1", "two")), "house.json", actor=ana)
    assert (report.changed, report.withdrawn, report.added) == (2, 0, 0)
    assert {row.stable_id: row.pk for row in rows_of("house").values() if row.stable_id} == before


def test_another_catalogue_of_the_same_name_does_not_withdraw_the_first(world: World) -> None:
    ana = world.actor("ana")
    import_catalogue(oscal(LOCK, KEYS), "rules.json", actor=ana)
    other = oscal(
        control("z-1", "Zebra", "Zebras MUST be fed."), uuid="99999999-2222-4333-8444-555555555555", title="Zoo"
    )
    report = import_catalogue(other, "rules.json", actor=ana)
    assert report.catalogue == "rules-2"
    assert not Requirement.objects.filter(is_withdrawn=True).exists()


def test_the_ledger_tells_the_import_without_the_texts(world: World) -> None:
    report = import_catalogue(oscal(LOCK, KEYS), "house.json", actor=world.actor("ana"))
    catalogue = Catalogue.objects.get(code=report.catalogue)
    entries = ledger.history(world.organisation.pk, catalogue.pk)
    assert [entry.act.verb for entry in entries] == ["catalogue.import"]
    change = entries[0].change
    assert change is not None
    assert (change.after["code"], change.after["sha256"]) == ("house", catalogue.sha256)
    assert change.after["counts"]["requirements"] == 2
    assert "locked" not in str(change.after)


def test_title_version_and_identifier_given_go_before_those_of_the_file(world: World) -> None:
    report = import_catalogue(
        oscal(LOCK), "house.json", actor=world.actor("ana"), code="our-rules", title="Our rules", edition="2026"
    )
    assert (report.catalogue, report.title, report.version) == ("our-rules", "Our rules", "2026")


@pytest.mark.parametrize("code", ["import", "With Space", "ü", "../x", "a" * 90])
def test_an_identifier_that_fits_no_address_is_refused(world: World, code: str, everything_stored: Counted) -> None:
    before = everything_stored()
    with pytest.raises(Invalid):
        import_catalogue(oscal(LOCK), "house.json", actor=world.actor("ana"), code=code)
    assert everything_stored() == before


@pytest.mark.parametrize("name", ["ben", "cleo", "dora", "emil", "adam", "nobody"])
def test_who_may_not_import_stores_nothing(world: World, name: str, everything_stored: Counted) -> None:
    before = everything_stored()
    with pytest.raises(Denied):
        import_catalogue(oscal(LOCK), "house.json", actor=world.actor(name))
    assert everything_stored() == before


def test_built_in_catalogues_are_loaded_once(builtin: Actor, everything_stored: Counted) -> None:
    before = everything_stored()
    reports = load_builtin(builtin)
    assert [(report.catalogue, report.unchanged) for report in reports] == [(CLAUSES, 30), (ANNEX_A, 93)]
    assert everything_stored() == before
    assert Entry.objects.filter(organisation_id=builtin.organisation_id, verb="catalogue.import").count() == 2


def test_annex_a_holds_93_reference_controls_with_titles_in_two_languages_and_five_attributes(builtin: Actor) -> None:
    rows = [row for row in rows_of(ANNEX_A).values() if row.category == "reference_control"]
    assert len(rows) == 93
    assert all(row.title and row.translations["de"]["title"] and len(row.attributes) == 5 for row in rows)
    assert rows[0].parent is not None and rows[0].parent.identifier == "A.5"


def test_an_identifier_of_a_shared_catalogue_cannot_be_taken(
    world: World, builtin: Actor, everything_stored: Counted
) -> None:
    before = everything_stored()
    with pytest.raises(Invalid):
        import_catalogue(oscal(LOCK), "house.json", actor=world.actor("ana"), code=ANNEX_A)
    assert everything_stored() == before
