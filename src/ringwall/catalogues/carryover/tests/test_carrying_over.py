"""Controls and decisions move to a new edition or along a mapping: by rule, as proposals, or not at all; and back."""

from typing import Any

import pytest

from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.carryover import actions
from ringwall.catalogues.carryover.models import CarriedRow, CarryOver
from ringwall.catalogues.mapping import actions as mappings
from ringwall.catalogues.mapping.models import MappedPair
from ringwall.catalogues.mapping.tests.files import ROWS, mapped, row
from ringwall.catalogues.models import Catalogue
from ringwall.catalogues.tests.files import KEYS, LOCK, VISITORS, oscal
from ringwall.catalogues.tests.test_comparing import GONE, NEW, REWORDED
from ringwall.conftest import World
from ringwall.controls.models import Control
from ringwall.kit import registry
from ringwall.kit.errors import Denied, Invalid, Refused
from ringwall.kit.testing import acts_in_ledger
from ringwall.soa.actions import decide
from ringwall.soa.models import SoaRow


def make(world: World, kind: str, **values: Any) -> Any:
    return registry.actions[f"{kind}.create"].run(world.actor("ana"), values)


def links(control: Any) -> set[str]:
    return {f"{one.catalogue.code}:{one.identifier}" for one in control.requirements.select_related("catalogue")}


def begun(world: World, source: str, target: str, basis: str, name: str = "ana") -> CarryOver:
    made: CarryOver = actions.start.run(world.actor(name), {"source": source, "target": target, "basis": basis})
    return made


def lines(carry_over: CarryOver) -> dict[tuple[str, str, str], tuple[str, str]]:
    rows = CarriedRow.objects.filter(carry_over=carry_over).select_related("source", "target")
    return {
        (one.carrier, one.source.identifier, one.target.identifier if one.target else ""): (one.reason, one.state)
        for one in rows
    }


def keys(carry_over: CarryOver, **wanted: Any) -> list[Any]:
    return list(CarriedRow.objects.filter(carry_over=carry_over, **wanted).values_list("pk", flat=True))


def test_a_new_edition_is_carried_by_rule_proposed_and_left_to_people(world: World) -> None:
    ana = world.actor("ana")
    import_catalogue(oscal(LOCK, KEYS, VISITORS), "old.json", actor=ana, code="old")
    import_catalogue(oscal(REWORDED, GONE, VISITORS, NEW, version="2"), "new.json", actor=ana, code="new")
    guard = make(world, "control", title="Guard", requirements="old:h-1, old:h-2, old:h-3")
    scope = make(world, "scope", title="House", covers="All", reference="old")
    decide(scope, {"h-1": ("not_applicable", "no doors"), "h-3": ("applicable", "guests come")}, actor=ana)
    before, acts = links(guard), acts_in_ledger(world)
    for raw in ({"target": "old"}, {"basis": "mapping"}, {"target": "iso"}):
        with pytest.raises(Invalid):
            actions.start.run(ana, {"source": "old", "target": "new", "basis": "comparison"} | raw)
    for name in ("cleo", "ben"):
        with pytest.raises(Denied):
            begun(world, "old", "new", "comparison", name)
    assert acts_in_ledger(world) == acts
    one = begun(world, "old", "new", "comparison")
    assert lines(one) == {
        ("control", "h-1", "h-1"): ("reworded", "proposed"),
        ("control", "h-2", "h-2"): ("withdrawn", "needs_person"),
        ("control", "h-3", "h-3"): ("same", "taken"),
        ("soa_row", "h-1", "h-1"): ("not_needed", "needs_person"),
        ("soa_row", "h-3", "h-3"): ("same", "proposed"),
    }
    assert links(guard) == before | {"new:h-3"}
    with pytest.raises(Refused, match="open already"):
        begun(world, "old", "new", "comparison")
    with pytest.raises(Refused, match="wait for a decision"):
        actions.confirm.run(ana, {}, subject=one)
    with pytest.raises(Refused, match="nothing follows"):
        actions.take(one, actor=ana, rows=keys(one, state="needs_person"))
    with pytest.raises(Denied):
        actions.take(one, actor=world.actor("cleo"), rows=keys(one, state="proposed"))
    actions.take(one, actor=ana, rows=keys(one, state="proposed"))
    assert links(guard) == before | {"new:h-3", "new:h-1"}
    decision = SoaRow.objects.get(requirement__catalogue__code="new")
    assert (decision.applicability, decision.justification) == ("applicable", "guests come")
    actions.refuse(one, actor=ana, rows=keys(one, source__identifier="h-1", carrier="control"))
    assert links(guard) == before | {"new:h-3"}
    assert Control.objects.get(pk=guard.pk).version == guard.version + 3
    actions.undo.run(ana, {}, subject=one, reason="too early")
    assert links(guard) == before
    assert SoaRow.objects.get(pk=decision.pk).applicability == "undecided"
    assert set(lines(one).values()) >= {("same", "refused"), ("withdrawn", "needs_person")}
    with pytest.raises(Refused, match="taken back"):
        actions.take(one, actor=ana, rows=keys(one))
    again = begun(world, "old", "new", "comparison")
    assert lines(again)["control", "h-3", "h-3"] == ("same", "taken")


def test_what_people_changed_since_is_not_taken_back_and_a_decision_is_never_overwritten(world: World) -> None:
    ana = world.actor("ana")
    import_catalogue(oscal(LOCK, KEYS, VISITORS), "old.json", actor=ana, code="old")
    import_catalogue(oscal(LOCK, KEYS, VISITORS, version="2"), "new.json", actor=ana, code="new")
    scope = make(world, "scope", title="House", covers="All", reference="old")
    decide(scope, {key: ("applicable", f"why {key}") for key in ("h-1", "h-2")}, actor=ana)
    one = begun(world, "old", "new", "comparison")
    actions.take(one, actor=ana, rows=keys(one))
    decision = SoaRow.objects.get(requirement__catalogue__code="new", requirement__identifier="h-1")
    registry.actions["soa_row.update"].run(ana, {"justification": "better words"}, subject=decision)
    actions.undo.run(ana, {}, subject=one, reason="too early")
    assert SoaRow.objects.get(pk=decision.pk).justification == "better words"
    assert CarriedRow.objects.get(carry_over=one, is_left=True).source.identifier == "h-1"
    again = begun(world, "old", "new", "comparison")
    assert list(lines(again)) == [("soa_row", "h-2", "h-2")]
    row = SoaRow.objects.get(requirement__catalogue__code="new", requirement__identifier="h-2")
    registry.actions["soa_row.update"].run(
        ana, {"applicability": "not_applicable", "justification": "No."}, subject=row
    )
    with pytest.raises(Refused, match="decided already"):
        actions.take(again, actor=ana, rows=keys(again))
    assert SoaRow.objects.get(pk=row.pk).applicability == "not_applicable"


def test_along_a_mapping_nothing_is_carried_that_nobody_judged(world: World) -> None:
    ana = world.actor("ana")
    mapped(ana, *ROWS[:3], row(5, "o-1", "intersects-with", "n-5", defaulted=True))
    guard = make(world, "control", title="Guard", requirements="old:o-1, old:o-2, old:o-3, old:o-4")
    one = begun(world, "old", "new", "mapping")
    assert lines(one) == {
        ("control", "o-1", "n-1"): ("superset", "proposed"),
        ("control", "o-1", "n-5"): ("defaulted", "needs_person"),
        ("control", "o-2", "n-2"): ("subset", "proposed"),
        ("control", "o-3", "n-3"): ("defaulted", "needs_person"),
        ("control", "o-4", ""): ("no_way", "needs_person"),
    }
    assert CarriedRow.objects.get(carry_over=one, target__identifier="n-2").answer == "partially"
    pair = MappedPair.objects.get(source__identifier="o-3")
    mappings.judge.run(ana, {}, subject=pair)
    actions.refuse(one, actor=ana, rows=keys(one, target__identifier="n-1"))
    actions.renew.run(ana, {}, subject=one)
    now = lines(one)
    assert now["control", "o-3", "n-3"] == ("equal", "proposed")
    assert now["control", "o-1", "n-1"] == ("superset", "refused")
    actions.take(one, actor=ana, rows=keys(one, state="proposed"))
    assert links(guard) == {"old:o-1", "old:o-2", "old:o-3", "old:o-4", "new:n-2", "new:n-3"}
    actions.confirm.run(ana, {}, subject=one)
    with pytest.raises(Refused, match="confirmed"):
        actions.undo.run(ana, {}, subject=one, reason="x")
    actions.refuse(one, actor=ana, rows=keys(one, state="needs_person"))
    assert "needs_person" not in {state for _reason, state in lines(one).values()}


def test_the_pages_show_the_worklist_of_what_one_may_see(world: World, django_assert_max_num_queries: Any) -> None:
    ana = world.actor("ana")
    mapped(ana)
    make(world, "control", title="Secret guard", requirements="old:o-1", restricted=True)
    make(world, "control", title="Open guard", requirements="old:o-2, old:o-4")
    client, base = world.client("ana"), "catalogues/carry-overs/"
    assert "Carry over" in client.get(world.url("catalogues/old/")).content.decode()
    html = client.get(world.url(f"{base}new/?source=old&target=new")).content.decode()
    assert "0 carried by rule · 3 proposed · 0 need a person" in html
    assert client.post(world.url(f"{base}new/"), {"source": "old", "target": "old"}).status_code == 422
    response = client.post(world.url(f"{base}new/"), {"source": "old", "target": "new", "basis": "mapping"})
    page = response["Location"]
    client.get(page)
    with django_assert_max_num_queries(20):
        html = client.get(page).content.decode()
    assert html.count("<tr data-id=") == 3 and "Secret guard" in html
    seen = world.client("dora").get(page).content.decode()
    assert "Secret guard" in seen and 'id="bulk"' not in seen
    assert world.client("ben").get(page).status_code == 403
    one = CarryOver.objects.get()
    ids = [str(key) for key in keys(one)]
    assert world.client("cleo").post(f"{page}rows/", {"do": "take", "ids": ids}).status_code == 403
    client.post(f"{page}rows/", {"do": "take", "ids": ids, "back": "?state=taken"})
    assert set(lines(one).values()) == {("superset", "taken"), ("subset", "taken"), ("equivalent", "taken")}
    assert client.get(f"{page}?state=taken&kind=control&page=9").status_code == 200
    assert client.get(f"{page}act/undo/").status_code == 200
    assert client.post(f"{page}act/undo/", {"version": "1"}).status_code == 422
    assert client.post(f"{page}act/confirm/", {"version": "1"}).status_code == 302
    assert Catalogue.objects.get(code="old").withdrawn_on is None


def test_programs_begin_read_decide_and_end_a_carry_over(world: World) -> None:
    ana = world.actor("ana")
    import_catalogue(oscal(LOCK, KEYS, VISITORS), "old.json", actor=ana, code="old")
    import_catalogue(oscal(REWORDED, GONE, VISITORS, NEW, version="2"), "new.json", actor=ana, code="new")
    guard = make(world, "control", title="Guard", requirements="old:h-1, old:h-2, old:h-3")
    before = links(guard)
    api, base = world.token("ana"), "/api/v1/carry-overs"

    def post(path: str, client: Any = api, **body: Any) -> Any:
        return client.post(f"{base}{path}", body, content_type="application/json")

    wrong = post("", source="old", target="new", basis="mapping")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "basis")
    assert post("", world.token("cleo"), source="old", target="new", basis="comparison").status_code == 403
    made = post("", source="old", target="new", basis="comparison")
    one, at = made.json(), f"/{made.json()['id']}"
    assert (made.status_code, one["lines"], one["proposed"], one["need_person"]) == (201, 3, 1, 1)
    assert links(guard) == before | {"new:h-3"}
    assert [row["id"] for row in api.get(base).json()["rows"]] == [one["id"]]
    first = api.get(f"{base}{at}/lines?limit=2").json()
    rest = api.get(f"{base}{at}/lines?cursor={first['next']}").json()
    told = {row["source"]: row for row in first["rows"] + rest["rows"]}
    assert (rest["next"], [row["state"] for row in told.values()]) == (None, ["proposed", "needs_person", "taken"])
    assert (told["h-1"]["target"], told["h-1"]["reason"], told["h-3"]["by_rule"]) == ("h-1", "reworded", True)
    assert told["h-2"]["records"] == [{"id": str(guard.pk), "ref": guard.ref, "title": "Guard"}]
    assert post(f"{at}/confirm").status_code == 422
    proposed = api.get(f"{base}{at}/lines?state=proposed&kind=control").json()["rows"]
    lines = [row["id"] for row in proposed]
    unknown = "99999999-9999-7999-8999-999999999999"
    assert post(f"{at}/take", lines=[*lines, unknown]).status_code == 422
    assert links(guard) == before | {"new:h-3"}
    assert post(f"{at}/take", lines=lines).json() == {"rows": lines, "state": "taken"}
    assert links(guard) == before | {"new:h-3", "new:h-1"}
    assert post(f"{at}/refuse", lines=lines).json()["state"] == "refused"
    assert post(f"{at}/renew").json()["proposed"] == 0
    stale = api.post(f"{base}{at}/undo", {"reason": "x"}, content_type="application/json", headers={"If-Match": '"9"'})
    assert (stale.status_code, post(f"{at}/undo", reason=" ").status_code) == (412, 422)
    assert post(f"{at}/undo", reason="too early").json()["state"] == "undone"
    assert links(guard) == before
    again = post("", source="old", target="new", basis="comparison").json()["id"]
    todo = [row["id"] for row in api.get(f"{base}/{again}/lines?state=proposed").json()["rows"]]
    assert post(f"/{again}/take", lines=todo).status_code == 200
    assert post(f"/{again}/confirm").json()["state"] == "confirmed"
    assert world.token("ben").get(f"{base}/{again}/lines").status_code == 403
