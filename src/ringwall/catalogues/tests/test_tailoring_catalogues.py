"""A profile takes from catalogues what holds for something; its OSCAL file resolves to exactly what is shown."""

import io
import json
import re
from typing import Any

import pytest
from django.utils.html import strip_tags

from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.exporting import document_of
from ringwall.catalogues.models import Catalogue, Profile
from ringwall.catalogues.tailoring import profile_file, tailored
from ringwall.catalogues.tests.files import KEYS, VISITORS, control, oscal, real
from ringwall.kit import registry
from ringwall.kit.errors import Invalid, Refused
from ringwall.kit.testing import RegisterContract, acts_in_ledger
from ringwall.oscal import catalogue as typed
from ringwall.oscal.reader import read
from ringwall.oscal.requirements import flatten
from ringwall.oscal.resolver.resolve import resolve
from ringwall.oscal.tests.shared import DATA
from ringwall.oscal.tests.test_writing import validator
from ringwall.oscal.typed import build

NOW = "2026-01-01T00:00:00Z"
CHOICES = ["at night", "after {{ insert: param, time }}"]
LOCKED = control(
    "h-1",
    "Lock",
    "Doors MUST be locked {{ insert: param, when }}.",
    params=[
        {
            "id": "when",
            "select": {"how-many": "one-or-more", "choice": ["at night", "after {{ insert: param, time }}"]},
        },
        {"id": "time", "label": "time of day"},
        {"id": "unused", "label": "nowhere inserted"},
    ],
)
SHEET = (
    b"identifier,parent,kind,title,text\n"
    b"A,,group,Access,\nA 1,A,requirement,Leavers,Access MUST end.\nA 2,A,requirement,Guests,x\n"
)


class TestProfileRegister(RegisterContract):
    kind = "profile"
    row = {"title": "All employees", "description": "What everybody keeps to."}
    change = {"title": "Everybody"}


def act(world: Any, name: str, profile: Any, who: str = "ana", **raw: Any) -> Any:
    return registry.actions[f"profile.{name}"].run(world.actor(who), raw, subject=profile)


@pytest.fixture
def house(world: Any) -> Catalogue:
    import_catalogue(oscal(LOCKED, KEYS, VISITORS), "house.json", actor=world.actor("ana"), code="house")
    import_catalogue(SHEET, "access.csv", actor=world.actor("ana"), code="access", title="Access")
    return Catalogue.objects.get(code="house")


def made(world: Any, *catalogues: str) -> Profile:
    raw = {"title": "Ours", "catalogues": ", ".join(catalogues)}
    profile = registry.actions["profile.create"].run(world.actor("ana"), raw)
    return Profile.objects.select_related("organisation").get(pk=profile.pk)


def fresh(profile: Profile) -> Profile:
    return Profile.objects.select_related("organisation").get(pk=profile.pk)


def resolved(profile: Profile, data: bytes | None = None) -> typed.Catalogue:
    """What others get who resolve the file with the exported catalogues beside it."""
    files = {f"{one.code}.json": document_of(one, "json") for one in profile.catalogues.all()}
    resolution = resolve(data or profile_file(profile, "json"), "p.json", files.get)
    assert resolution.findings == [] and resolution.catalogue is not None
    return build(typed.Catalogue, resolution.catalogue)


def test_a_profile_is_chosen_filled_and_extended_on_its_pages_and_resolves_to_what_they_show(
    world: Any, house: Catalogue
) -> None:
    client = world.client("ana")
    assert b"profiles/new/?catalogues=house" in client.get(world.url("catalogues/house/")).content
    answer = client.post(world.url("profiles/new/"), {"title": "Ours", "catalogues": "house, access", "unit": ""})
    assert answer.status_code == 302
    profile = Profile.objects.select_related("organisation").get()
    base = world.url(f"profiles/{profile.ref}/")
    page = client.get(f"{base}tailor/house/").content.decode()
    assert "3 of 3 chosen" in page and page.count('name="chosen"') == 3
    answer = client.post(
        f"{base}tailor/house/?group=g1",
        {"chosen": ["h-1", "h-2"], "reason:h-3": "Nobody visits.", "reason:h-1": "ignored", "version": profile.version},
    )
    assert answer.status_code == 302
    lost = client.post(f"{base}tailor/house/?group=g1", {"chosen": [], "version": profile.version})
    assert lost.status_code == 409
    assert client.post(f"{base}tailor/access/", {"leave": "A"}).status_code == 302
    assert client.post(f"{base}tailor/access/?group=A", {"chosen": ["A 1"]}).status_code == 302
    profile = fresh(profile)
    assert profile.chosen_of(house, ["h-1", "h-2", "h-3"]) == ["h-1", "h-2"]
    assert profile.reasons_of(house) == {"h-3": "Nobody visits."}

    page = client.get(f"{base}tree/h-1/").content.decode()
    assert "nowhere inserted" not in page and "after [time of day]" in page
    sent = {"choice:when": ["0", "1"], "value:time": "22:00 "}
    assert client.post(f"{base}tree/h-1/", sent).status_code == 302
    page = strip_tags(client.get(f"{base}tree/h-1/").content.decode())
    assert "Doors MUST be locked at night, after 22:00." in page
    added = {"identifier": "OWN-1", "title": "Log", "text": "Each opening MUST be noted."}
    assert client.post(f"{base}act/add/", added).status_code == 302

    profile = fresh(profile)
    tree = client.get(f"{base}tree/").content.decode()
    shown = re.findall(r'<span class="ref">([^<]+)</span>', tree)
    document = resolved(profile)
    rows = flatten(document).rows
    assert [one.row.identifier for one in tailored(profile).rows] == [row.identifier for row in rows]
    assert {row.identifier for row in rows if row.kind == "requirement"} == {"h-1", "h-2", "A 1", "OWN-1"} <= set(shown)
    assert next(row.text for row in rows if row.identifier == "h-1") == "Doors MUST be locked at night, after 22:00."
    assert b"OWN-1" in client.get(base).content
    history = client.get(base, {"tab": "history"}).content.decode()
    assert "h-3 (Nobody visits.)" in history and "time: 22:00" in history and "OWN-1 Log" in history
    assert "h-3" not in client.get(f"{base}tree/", {"q": "locked"}).content.decode()

    data = client.get(f"{base}oscal.json").content
    assert read(data).findings == [] and read(client.get(f"{base}oscal.xml").content, "x.xml").findings == []
    assert b"Nobody visits." in data
    if DATA.is_dir():
        assert [error.message[:200] for error in validator("profile").iter_errors(json.loads(data))] == []
    act(world, "drop", profile, identifier="OWN-1")
    act(world, "set_values", profile, values={"when": []})
    assert (fresh(profile).additions, set(fresh(profile).values)) == ([], {"time"})


def test_what_does_not_fit_a_profile_is_refused_and_changes_nothing(world: Any, house: Catalogue) -> None:
    profile = made(world, "house")
    before = acts_in_ledger(world)
    access = Catalogue.objects.get(code="access")
    for name, raw, field in (
        ("choose", {"catalogue": "access", "chosen": ["A 1"]}, "catalogue"),
        ("choose", {"catalogue": "house", "chosen": ["nothing"]}, "chosen"),
        ("choose", {"catalogue": "house", "chosen": {"h-1": 1}}, "chosen"),
        ("choose", {"catalogue": "house", "reasons": ["h-1"]}, "reasons"),
        ("set_values", {"values": {"no-such": ["x"]}}, "values"),
        ("set_values", {"values": {"time": [1]}}, "values"),
        ("add", {"identifier": "1 x", "title": "T"}, "identifier"),
        ("add", {"identifier": "h-1", "title": "T"}, "identifier"),
        ("drop", {"identifier": "OWN-9"}, "identifier"),
    ):
        with pytest.raises(Invalid) as refused:
            act(world, name, profile, **raw)
        assert field in refused.value.errors, (name, raw)
    client = world.client("ana")
    assert client.get(world.url(f"profiles/{profile.ref}/tailor/{access.code}/")).status_code == 404
    assert client.get(world.url(f"profiles/{profile.ref}/tree/no-such/")).status_code == 404
    with pytest.raises(Refused, match="takes nothing"):
        profile_file(made(world), "json")
    assert acts_in_ledger(world) == before + 1


def test_a_profile_is_seen_and_kept_by_those_who_may(world: Any, house: Catalogue, elsewhere: Any) -> None:
    profile = made(world, "house")
    before = acts_in_ledger(world)
    url = world.url(f"profiles/{profile.ref}/")
    for page in ("tree/", "tree/h-1/", "oscal.json", "tailor/house/"):
        for client in (elsewhere.client("ana"), world.client("nobody"), world.client("emil"), world.client("ben")):
            assert client.get(f"{url}{page}").status_code in {403, 404}
    cleo = world.client("cleo")
    assert cleo.get(f"{url}tree/").status_code == 200
    assert cleo.get(f"{url}tailor/house/").status_code == 403
    assert cleo.post(f"{url}tailor/house/", {"leave": "g1"}).status_code == 403
    assert cleo.post(f"{url}tree/h-1/", {"value:time": "9"}).status_code == 403
    api = world.token("ana")
    body = {"catalogue": "house", "within": ["h-3"], "reasons": {"h-3": "None."}}
    stranger = elsewhere.token("ana").post(
        f"/api/v1/profiles/{profile.pk}/choose", body, content_type="application/json"
    )
    assert stranger.status_code == 404
    assert acts_in_ledger(world) == before
    answer = api.post(f"/api/v1/profiles/{profile.pk}/choose", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert fresh(profile).chosen_of(house, ["h-1", "h-2", "h-3"]) == ["h-1", "h-2"]


def test_groups_that_go_out_as_controls_come_along_with_what_is_chosen_below_them(world: Any) -> None:
    rows = b"identifier,parent,kind,title\nA,,group,Access\nA.1,A,requirement,First\nB,A,group,Below\n"
    import_catalogue(
        rows + b"B.1,B,requirement,Deep\nB.2,B,requirement,Deeper\n",
        "mixed.csv",
        actor=world.actor("ana"),
        code="mixed",
    )
    profile = made(world, "mixed")
    act(world, "choose", profile, catalogue="mixed", chosen=["B.2"])
    profile = fresh(profile)
    rows_shown = [(one.row.identifier, one.row.parent_identifier) for one in tailored(profile).rows]
    assert rows_shown == [("A", None), ("B", "A"), ("B.2", "B")]
    assert [row.identifier for row in flatten(resolved(profile)).rows] == ["A", "B", "B.2"]


def test_a_profile_that_went_out_comes_back_the_same(world: Any, house: Catalogue) -> None:
    profile = made(world, "house", "access")
    act(world, "choose", profile, catalogue="house", chosen=["h-1", "h-3"], reasons={"h-2": "No keys."})
    act(world, "set_values", profile, values={"when": ["at night"]})
    act(world, "add", profile, identifier="OWN-1", title="Log", text="Note it.", guidance="In a book.")
    profile = fresh(profile)
    client = world.client("ana")
    for form in ("json", "xml"):
        file = io.BytesIO(profile_file(profile, form))
        file.name = f"profile.{form}"
        answer = client.post(world.url("catalogues/import/"), {"file": file})
        assert answer.status_code == 302, answer.content
        again = Profile.objects.select_related("organisation").order_by("-pk").first()
        assert again is not None and answer["Location"] == world.url(f"profiles/{again.ref}/")
        assert (again.title, again.values, again.additions) == (profile.title, profile.values, profile.additions)
        assert sorted(one.code for one in again.catalogues.all()) == ["access", "house"]
        assert again.reasons_of(house) == {"h-2": "No keys."}
        assert [one.row for one in tailored(again).rows] == [one.row for one in tailored(profile).rows]


def test_what_a_foreign_profile_names_and_is_not_here_is_told(world: Any, house: Catalogue) -> None:
    tree = {
        "uuid": "3f6f0c9e-5a0e-4b7e-9b6c-0d7d1c1a0a11",
        "metadata": {"title": "Theirs", "version": "1", "last-modified": NOW, "oscal-version": "1.1.2"},
        "imports": [
            {"href": "house.json", "include-controls": [{"with-ids": ["h-1", "h-9"]}]},
            {"href": "other.json", "include-all": {}},
        ],
        "merge": {"as-is": True},
        "modify": {
            "set-parameters": [{"param-id": "time", "values": ["8"]}, {"param-id": "gone", "values": ["1"]}],
            "alters": [{"control-id": "h-1", "adds": [{"position": "ending", "props": [{"name": "a", "value": "b"}]}]}],
        },
    }
    client = world.client("ana")

    def sent(**change: Any) -> Any:
        file = io.BytesIO(json.dumps({"profile": tree | change}).encode())
        file.name = "theirs.json"
        return client.post(world.url("catalogues/import/"), {"file": file}, follow=True)

    page = strip_tags(sent().content.decode())
    for told in ("“h-9” is not in House rules", "“other.json” is not here", "parameter gone", "1 requirements"):
        assert told in page, told
    profile = Profile.objects.get()
    assert (profile.chosen_of(house, ["h-1", "h-2", "h-3"]), profile.values) == (["h-1"], {"time": ["8"]})
    file = io.BytesIO(json.dumps({"profile": tree}).encode())
    file.name = "theirs.json"
    api = world.token("ana")
    body = api.post("/api/v1/catalogues/profiles/import", {"file": file}).json()
    assert body["title"] == "Theirs" and len(body["findings"]) == 4
    spoken = api.get(f"/api/v1/profiles/{body['profile']}/oscal", {"format": "xml"})
    assert read(spoken.content, "x.xml").findings == []
    file.seek(0)
    assert world.token("cleo").post("/api/v1/catalogues/profiles/import", {"file": file}).status_code == 403
    refused = sent(imports=[{"href": "other.json", "include-all": {}}])
    assert refused.status_code == 422 and "other.json" in refused.content.decode()
    assert Profile.objects.count() == 2


def test_a_real_baseline_comes_in_and_resolves_as_its_publisher_means_it(world: Any) -> None:
    low = real("nist/NIST_SP-800-53_rev5_LOW-baseline_profile.json")
    data = real("nist/NIST_SP-800-53_rev5.2.0_catalog.json")
    import_catalogue(data, "NIST_SP-800-53_rev5.2.0_catalog.json", actor=world.actor("ana"), code="rev5")
    file = io.BytesIO(low)
    file.name = "low.json"
    client = world.client("ana")
    assert client.post(world.url("catalogues/import/"), {"file": file}).status_code == 302
    profile = Profile.objects.select_related("organisation").get()
    theirs = resolve(low, "low.json", lambda address: data if address.endswith("rev5_catalog.json") else None)
    assert theirs.catalogue is not None
    wanted = [one.id for one in build(typed.Catalogue, theirs.catalogue).walk_controls()]
    assert [one.id for one in resolved(profile).walk_controls()] == wanted
    base = world.url(f"profiles/{profile.ref}/tree/")
    page = client.get(f"{base}ac-1/").content.decode()
    assert page.count("<fieldset") >= 6
    client.post(f"{base}ac-1/", {"value:ac-1_prm_1": "all heads of department"})
    assert "all heads of department" in strip_tags(client.get(f"{base}ac-1/").content.decode())
    assert client.get(world.url(f"profiles/{profile.ref}/tailor/rev5/"), {"group": "ac"}).status_code == 200
