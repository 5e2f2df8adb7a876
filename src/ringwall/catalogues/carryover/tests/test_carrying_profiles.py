"""A profile that tailors an edition moves along to the next: its choices, what it leaves out and why, its values."""

import json
from typing import Any

import pytest

from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.carryover import actions
from ringwall.catalogues.carryover.tests.test_carrying_over import begun, keys, lines, make
from ringwall.catalogues.mapping.tests.files import ROWS, mapped
from ringwall.catalogues.models import Catalogue, Profile
from ringwall.catalogues.tailoring import profile_file, tailored
from ringwall.catalogues.tests.files import LOCK, VISITORS, control, oscal
from ringwall.catalogues.tests.test_comparing import GONE, NEW, REWORDED
from ringwall.conftest import World
from ringwall.kit import registry
from ringwall.kit.errors import Denied

pytestmark = pytest.mark.once

COUNTED = "Keys are counted {{ insert: param, %s }}."


def keys_with(parameter: str, identifier: str = "h-5") -> dict[str, Any]:
    return control(identifier, "Count", COUNTED % parameter, params=[{"id": parameter, "label": "how often"}])


def act(world: World, name: str, profile: Profile, who: str = "ana", **raw: Any) -> None:
    registry.actions[f"profile.{name}"].run(world.actor(who), raw, subject=profile)


def state(profile: Profile) -> tuple[Any, ...]:
    row = Profile.objects.get(pk=profile.pk)
    return row.choices, row.values, sorted(row.catalogues.values_list("code", flat=True))


def taken(profile: Profile) -> list[str]:
    """What it comes down to, without groups, and that nothing stands in it twice."""
    found = tailored(Profile.objects.select_related("organisation").get(pk=profile.pk))
    assert not found.findings
    return [one.row.identifier for one in found.rows if one.category != "group"]


@pytest.fixture
def profile(world: World) -> Profile:
    """Takes 1 and 5 of the old edition, leaves 3 out with a reason, 2 is withdrawn in the new one, 4 is new there."""
    ana = world.actor("ana")
    kept = control("h-2", "Keys", "Keys MUST NOT be copied.")
    import_catalogue(oscal(LOCK, kept, VISITORS, keys_with("when")), "old.json", actor=ana, code="old")
    new = oscal(REWORDED, GONE, VISITORS, NEW, keys_with("interval"), version="2")
    import_catalogue(new, "new.json", actor=ana, code="new")
    made: Profile = make(world, "profile", title="Ours", catalogues="old")
    old = Catalogue.objects.get(code="old")
    act(world, "choose", made, catalogue=str(old.pk), chosen=["h-1", "h-2", "h-5"], reasons={"h-3": "no guests"})
    act(world, "set_values", made, values={"when": ["daily"]})
    return made


def test_each_requirement_stands_in_the_profile_once_at_every_moment(world: World, profile: Profile) -> None:
    before = state(profile)
    one = begun(world, "old", "new", "comparison")
    new = str(Catalogue.objects.get(code="new").pk)
    assert lines(one) == {
        ("profile", "h-1", "h-1"): ("reworded", "proposed"),
        ("profile", "h-2", "h-2"): ("withdrawn", "needs_person"),
        ("profile", "h-3", "h-3"): ("same", "taken"),
        ("profile", "h-5", "h-5"): ("same", "taken"),
    }
    assert state(profile)[0][new] == {"chosen": ["h-5"], "reasons": {"h-3": "no guests"}, "new": ["h-1", "h-4"]}
    assert sorted(taken(profile)) == ["h-1", "h-2", "h-5"]
    page = world.client("ana").get(world.url(f"profiles/{profile.ref}/")).content.decode()
    assert "New in this edition" in page and 'value="h-4"' in page and 'value="h-1"' not in page
    with pytest.raises(Denied):
        actions.take(one, actor=world.actor("cleo"), rows=keys(one, state="proposed"))
    actions.take(one, actor=world.actor("ana"), rows=keys(one, state="proposed"))
    choices, values, catalogues = state(profile)
    assert (choices[new]["chosen"], choices[new]["new"], catalogues) == (["h-1", "h-5"], ["h-4"], ["new", "old"])
    assert values == {"when": ["daily"], "interval": ["daily"]}
    assert sorted(taken(profile)) == ["h-1", "h-2", "h-5"]
    document = json.loads(profile_file(Profile.objects.select_related("organisation").get(pk=profile.pk), "json"))
    told = {one["param-id"] for one in document["profile"]["modify"]["set-parameters"]}
    assert told == {"interval", "when"}
    actions.refuse(one, actor=world.actor("ana"), rows=keys(one, source__identifier="h-5"))
    assert state(profile)[1] == {"when": ["daily"]} and sorted(taken(profile)) == ["h-1", "h-2", "h-5"]
    actions.undo.run(world.actor("ana"), {}, subject=one, reason="too early")
    assert state(profile) == before


def test_what_is_new_is_chosen_or_left_out_at_the_profile_and_then_stays(world: World, profile: Profile) -> None:
    one = begun(world, "old", "new", "comparison")
    new = str(Catalogue.objects.get(code="new").pk)
    client, url = world.client("ana"), world.url(f"profiles/{profile.ref}/tailor/new/new/")
    assert client.get(url).status_code == 200
    assert client.post(url, {"do": "choose"}).status_code == 422
    assert world.client("cleo").post(url, {"do": "choose", "names": "h-4"}).status_code == 403
    assert client.post(url, {"do": "leave", "names": ["h-4", "h-1"], "reason": "later"}).status_code == 302
    assert state(profile)[0][new]["reasons"] == {"h-1": "later", "h-3": "no guests", "h-4": "later"}
    row = keys(one, source__identifier="h-3")
    act(world, "choose", profile, catalogue=new, within=["h-3"], chosen=["h-3"])
    actions.undo.run(world.actor("ana"), {}, subject=one, reason="too early")
    assert [line.is_left for line in one.rows.filter(pk__in=row)] == [True]
    assert state(profile)[0][new]["chosen"] == ["h-3"]


def test_a_profile_that_takes_a_catalogue_whole_gets_it_back_whole(world: World) -> None:
    ana = world.actor("ana")
    import_catalogue(oscal(LOCK, VISITORS), "old.json", actor=ana, code="old")
    import_catalogue(oscal(LOCK, VISITORS, NEW, version="2"), "new.json", actor=ana, code="new")
    whole = make(world, "profile", title="All", catalogues="old")
    before = state(whole)
    one = begun(world, "old", "new", "comparison")
    assert {told for told in lines(one).values()} == {("same", "taken")}
    assert taken(whole) == ["h-1", "h-3"] and state(whole)[2] == ["new", "old"]
    page = world.client("ana").get(world.url(f"profiles/{whole.ref}/")).content.decode()
    assert "2 carried over" in page and "take it off" in page
    actions.undo.run(ana, {}, subject=one, reason="too early")
    assert state(whole) == before


def test_along_a_mapping_a_profile_takes_the_new_one_besides(world: World) -> None:
    ana = world.actor("ana")
    mapped(ana, *ROWS[:2])
    profile = make(world, "profile", title="Ours", catalogues="old")
    old, new = (Catalogue.objects.get(code=code) for code in ("old", "new"))
    act(world, "choose", profile, catalogue=str(old.pk), chosen=["o-1", "o-2"], reasons={"o-3": "no guests"})
    before = state(profile)
    one = begun(world, "old", "new", "mapping")
    assert set(lines(one)) == {("profile", "o-1", "n-1"), ("profile", "o-2", "n-2")}
    actions.take(one, actor=ana, rows=keys(one))
    choices, _values, _catalogues = state(profile)
    assert (choices[str(old.pk)]["chosen"], choices[str(new.pk)]["chosen"]) == (["o-1", "o-2"], ["n-1", "n-2"])
    actions.undo.run(ana, {}, subject=one, reason="too early")
    assert state(profile) == before
