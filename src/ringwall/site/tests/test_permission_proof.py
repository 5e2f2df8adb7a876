"""The permission proof: whatever the running URL map and the API offer is tried as every role, as a stranger and as
somebody of another organisation. Nobody reads a word of what their assignments do not show them, in no door.

Most real leaks of products in this field came through secondary doors: exports, suggestions, filters, error messages.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch

from ringwall.kit import registry
from ringwall.kit.fields import ReferenceField
from ringwall.kit.listing import Query
from ringwall.kit.views.lists import register_page
from ringwall.site import doors
from ringwall.site.api import api
from ringwall.site.tests.proof.addresses import (
    UNKNOWN_ID,
    UNKNOWN_REF,
    Address,
    addresses_of,
    operation_addresses,
    page_path,
)
from ringwall.site.tests.proof.building import ProofWorld, values_of
from ringwall.site.tests.proof.secrets import Secret
from ringwall.site.tests.proof.standing import standing_world
from ringwall.site.tests.proof.viewers import FOREIGNER, STRANGER, Viewer, all_viewers, members
from ringwall.site.tests.proof.walking import Answer, Browser, Walk, footprint

pytestmark = pytest.mark.django_db
PAGES, OPERATIONS = doors.all_doors()
DENIED = {403, 404, 405}
ANSWERED = {"GET": {200, 302, 405, 422}, "POST": {200, 302, 403, 405, 409, 422}}
THOROUGH = {"isms-manager-of-sales"}
"""For whom all is tried at every door, and hidden held against unknown: one who may do all, but in one branch."""

BRANCH_MANAGER = next(viewer for viewer in members() if viewer.name == "isms-manager-of-sales")


@pytest.fixture(scope="module")
def proof(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[ProofWorld]:
    """Two organisations with records for every reason not to see one; built once, left unchanged by all tests here."""
    with standing_world(django_db_blocker, tmp_path_factory.mktemp("files")) as world:
        yield world


def walk_as(world: ProofWorld, viewer: Viewer) -> Walk:
    """Through the pages, signed in."""
    house = world.other if viewer is FOREIGNER else world.demo
    session = "" if viewer is STRANGER else house.client(viewer.name).cookies[settings.SESSION_COOKIE_NAME].value
    return Walk(viewer, Browser(session), world.secrets)


def speak_as(world: ProofWorld, viewer: Viewer) -> Walk:
    """Through the API, with a token that may write."""
    house = world.other if viewer is FOREIGNER else world.demo
    token = (
        "" if viewer is STRANGER else house.token(viewer.name).defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    )
    return Walk(viewer, Browser(token=token), world.secrets)


def report(walk: Walk) -> str:
    told = list(dict.fromkeys(walk.faults))
    return f"{len(told)} faults in {walk.sent} requests:\n" + "\n".join(told[:60])


def test_every_address_and_every_operation_says_what_it_needs() -> None:
    unlisted = [
        r.pattern for r in doors.routes() if not r.is_api and (not r.name or doors.door_of(r.name, PAGES) is None)
    ]
    unlisted += [f"{method} {path}" for method, path, name in operations() if doors.door_of(name, OPERATIONS) is None]
    assert not unlisted, "say in ringwall.site.doors who may go through: " + ", ".join(unlisted)


def test_every_operation_is_in_the_url_map_and_the_other_way_round() -> None:
    mapped = {
        r.pattern.replace("<uuidstr:", "<")
        for r in doors.routes()
        if r.is_api and r.name not in {"openapi-json", "api-root"}
    }
    spoken = {path.lstrip("/").replace("{", "<").replace("}", ">") for _method, path, _name in operations()}
    assert mapped == spoken


@cache
def operations() -> list[tuple[str, str, str]]:
    """(method, path, id) of every operation that the API publishes. Writing its schema takes seconds."""
    paths = api.get_openapi_schema()["paths"]
    return [
        (method.upper(), path, found["operationId"])
        for path, methods in paths.items()
        for method, found in methods.items()
    ]


@pytest.mark.once
@pytest.mark.parametrize(
    "viewer", all_viewers(), ids=lambda viewer: (viewer.name and f"{viewer.name}@{viewer.organisation}") or "stranger"
)
def test_pages_show_and_do_only_what_the_viewer_may(proof: ProofWorld, viewer: Viewer) -> None:
    walk = walk_as(proof, viewer)
    before = None if viewer.is_member else footprint()
    for route in doors.routes():
        if route.is_api:
            continue
        door = doors.door_of(route.name, PAGES)
        assert door is not None
        walk.is_undone = viewer.is_member or door.needs == doors.OPEN  # which includes signing out
        for number, address in enumerate(chosen(viewer, door, addresses_of(proof, route.name))):
            try_page(walk, route, door, address, with_empty_form=number == 0)
    assert before is None or footprint() == before
    assert not walk.faults, report(walk)


def chosen(viewer: Viewer, door: doors.Door, addresses: list[Address]) -> list[Address]:
    """All for the viewers who go through every door thoroughly; for the others one that is shut and one that is
    open.
    """
    if viewer.name in THOROUGH:
        return addresses
    shut = [a for a in addresses if is_hidden(viewer, door, a) or lacks_grant(viewer, door, a)]
    return shut[:1] + [a for a in addresses if a not in shut][:1]


def try_page(walk: Walk, route: doors.Route, door: doors.Door, address: Address, *, with_empty_form: bool) -> None:
    try:
        path = page_path(route, address.parts)
    except NoReverseMatch as error:
        walk.fault("GET", route.pattern, f"teach the proof what to ask for here, in proof/addresses.py ({error})")
        return
    walk.is_in_whole = door.is_whole and not is_hidden(walk.viewer, door, address)
    target = {"HX-Request": "true", "HX-Target": address.hx_target} if address.hx_target else {}
    for method in methods(walk.viewer, route, door, address, with_empty_form=with_empty_form):
        data = address.query if method == "GET" else address.by_post
        answer = walk.send(method, path, data, headers=target)
        if door.needs in {doors.OPEN, doors.SIGNED_IN}:
            continue
        if method == "GET":
            walk.expect_nothing_written(method, path, answer)
        if not walk.viewer.is_member:
            expect_outside(walk, method, path, answer)
        elif is_hidden(walk.viewer, door, address):
            walk.expect(method, path, answer, DENIED)
            walk.expect_nothing_written(method, path, answer)
            if address.twin is not None and walk.viewer.name in THOROUGH:
                twin = walk.send_once(method, page_path(route, address.twin), data, headers=target)
                walk.expect_same(method, path, answer, twin, address.masks)
        elif lacks_grant(walk.viewer, door, address):
            walk.expect(method, path, answer, DENIED)
            walk.expect_nothing_written(method, path, answer)
        else:
            # Who sees the record may still be refused the act, by a rule that looks at the person.
            walk.expect(method, path, answer, ANSWERED[method] | ({403} if door.needs == doors.VISIBLE else set()))


def methods(
    viewer: Viewer, route: doors.Route, door: doors.Door, address: Address, *, with_empty_form: bool
) -> list[str]:
    """Both for the thorough viewers. For the others the one that would do harm at the pages of registers, which are one
    code for all kinds, and looking alone where the door is open to them."""
    if viewer.name in THOROUGH or route.name.partition("-")[0] not in registry.registers:
        return ["GET", "POST"] if address.by_post or with_empty_form else ["GET"]
    if not is_hidden(viewer, door, address) and not lacks_grant(viewer, door, address):
        return ["GET"]
    return ["GET"] if route.name.endswith(("-list", "-record", "-export", "-template")) else ["POST"]


def expect_outside(walk: Walk, method: str, path: str, answer: Answer) -> None:
    """A stranger is asked to sign in; for somebody of another organisation nothing exists here."""
    if walk.viewer is FOREIGNER:
        walk.expect(method, path, answer, {404})
    elif answer.status != 302 or "Location: /accounts/login/" not in answer.text:
        walk.fault(method, path, f"answers {answer.status} to a stranger instead of asking to sign in")
    walk.expect_nothing_written(method, path, answer)


def is_hidden(viewer: Viewer, door: doors.Door, address: Address) -> bool:
    return address.secret is not None and not viewer.may_see(address.secret)


def lacks_grant(viewer: Viewer, door: doors.Door, address: Address) -> bool:
    words = {doors.MEMBER, doors.OWN, doors.VISIBLE}
    needed = [grant for grant in (door.needs, address.grant) if grant and grant not in words]
    whole = Secret("the whole organisation", "demo") if door.is_everywhere else None
    return not all(
        viewer.may(grant, whole or (address.secret if grant in registry.actions else None)) for grant in needed
    )


@pytest.mark.once
@pytest.mark.parametrize(
    "viewer", all_viewers(), ids=lambda viewer: (viewer.name and f"{viewer.name}@{viewer.organisation}") or "stranger"
)
def test_the_api_shows_and_does_only_what_the_viewer_may(proof: ProofWorld, viewer: Viewer) -> None:
    walk = speak_as(proof, viewer)
    for method, path, name in operations():
        door = doors.door_of(name, OPERATIONS)
        assert door is not None
        for address in chosen(viewer, door, operation_addresses(proof, name, path)):
            try_operation(walk, method, path, door, address)
    assert not walk.faults, report(walk)


def try_operation(walk: Walk, method: str, path: str, door: doors.Door, address: Address) -> None:
    def send(parts: Any, ask: Callable[..., Answer]) -> Answer:
        if method == "GET":
            return ask(method, path.format(**parts), address.query)
        kind = {} if takes_a_file(path) else {"content_type": "application/json"}
        return ask(method, path.format(**parts), address.by_post, headers={"If-Match": '"1"'}, **kind)

    walk.is_in_whole = door.is_whole and not is_hidden(walk.viewer, door, address)
    answer = send(address.parts, walk.send)
    asked = path.format(**address.parts)
    if walk.viewer is STRANGER:
        walk.expect(method, asked, answer, {401})
        walk.expect_nothing_written(method, asked, answer)
        return
    denied = {403, 404, 405, 422}
    if is_hidden(walk.viewer, door, address):
        walk.expect(method, asked, answer, denied)
        walk.expect_nothing_written(method, asked, answer)
        if address.twin is not None and walk.viewer.name in THOROUGH:
            walk.expect_same(method, asked, answer, send(address.twin, walk.send_once), address.masks)
    elif lacks_grant(walk.viewer, door, address):
        walk.expect(method, asked, answer, denied)
        walk.expect_nothing_written(method, asked, answer)
    else:
        walk.expect(method, asked, answer, {200, 201, 204, 403, 409, 412, 422})


def takes_a_file(path: str) -> bool:
    return path.endswith(("/import", "/evidence"))


@pytest.mark.parametrize("viewer", members(), ids=lambda viewer: viewer.name)
def test_counts_are_those_of_the_rows_that_are_seen(proof: ProofWorld, viewer: Viewer) -> None:
    walk = walk_as(proof, viewer)
    for kind, register in registry.registers.items():
        if not viewer.may(register.view_grant):
            continue
        path = proof.demo.url(f"{register.slug}/")
        page = register_page(register, proof.demo.actor(viewer.name), Query(), [], is_dense=False)
        seen = sum(viewer.may_see(proof.secret_of(record)) for record in proof.records[kind].values())
        more = register.model._base_manager.filter(organisation_id=proof.demo.organisation.pk).exclude(
            pk__in=[record.pk for record in proof.records[kind].values()]
        )
        if not more.exists() and page.pager.count != seen:
            walk.fault("GET", path, f"counts {page.pager.count} rows of which {seen} are to be seen")
    assert not walk.faults, report(walk)


def hidden_from(proof: ProofWorld, viewer: Viewer, kind: str) -> Iterator[Any]:
    """A record of another organisation, and one of the own organisation that the viewer does not see."""
    for place in ("elsewhere", "in production"):
        if (record := proof.records.get(kind, {}).get(place)) is not None and not viewer.may_see(
            proof.secret_of(record)
        ):
            yield record


def referring(kind: str) -> list[tuple[str, str]]:
    """(field, kind it names) for the reference fields of a register; people are named too."""
    found = []
    for name, f in registry.registers[kind].inputs.fields.items():
        model = getattr(f.target, "model", None) if isinstance(f, ReferenceField) else None
        if model is not None and hasattr(model, "_meta"):
            found.append((name, getattr(model, "kind", "") or str(model._meta.model_name)))
    return found


def names_of_hidden(proof: ProofWorld, viewer: Viewer, kind: str) -> list[tuple[str, str]]:
    """(what names a hidden row, what names none) by id and by reference, email or name."""
    if kind == "person":
        person = proof.other.people["ana"]
        return [(str(person.pk), str(UNKNOWN_ID)), (person.email, "nix@other.example")]
    if kind == "unit":
        return [(str(proof.other.sales.pk), str(UNKNOWN_ID))]
    found = []
    for record in hidden_from(proof, viewer, kind):
        found += [(str(record.pk), str(UNKNOWN_ID)), (record.ref, UNKNOWN_REF)]
    return found


def test_a_hidden_record_in_a_form_or_payload_is_as_unknown_as_one_that_does_not_exist(proof: ProofWorld) -> None:
    pages, spoken = walk_as(proof, BRANCH_MANAGER), speak_as(proof, BRANCH_MANAGER)
    for kind, register in registry.registers.items():
        good = values_of(proof, kind, "in sales")
        for name, target in referring(kind):
            for hidden, unknown in names_of_hidden(proof, BRANCH_MANAGER, target):
                masks = {hidden: "X", unknown: "X"}
                answers = [form(pages, proof, register, good | {name: value}) for value in (hidden, unknown)]
                pages.expect_same("POST", f"new {kind} with {name}", answers[0], answers[1], masks)
                many = register.inputs.fields[name].many  # type: ignore[attr-defined]
                answers = [
                    payload(spoken, register, good | {name: [value] if many else value}) for value in (hidden, unknown)
                ]
                spoken.expect_same("POST", f"new {kind} with {name}", answers[0], answers[1], masks)
                spoken.expect("POST", f"new {kind} with {name} = {hidden}", answers[0], {422})
                if f'"field": "{name}"' not in answers[0].text:
                    spoken.fault(
                        "POST", f"new {kind}", f"does not say that {name} is unknown: {answers[0].text[-300:]}"
                    )
    assert not pages.faults + spoken.faults, report(pages) + report(spoken)


def form(walk: Walk, proof: ProofWorld, register: Any, values: dict[str, Any]) -> Answer:
    data = {
        name: ", ".join(value) if isinstance(value, list) else value
        for name, value in values.items()
        if value is not None
    }
    return walk.send("POST", proof.demo.url(f"{register.slug}/new/"), data)


def payload(walk: Walk, register: Any, values: dict[str, Any]) -> Answer:
    return walk.send("POST", f"/api/v1/{register.slug}", values, content_type="application/json")


def test_a_filter_does_not_tell_a_hidden_record_from_one_that_does_not_exist(proof: ProofWorld) -> None:
    walk, spoken = walk_as(proof, BRANCH_MANAGER), speak_as(proof, BRANCH_MANAGER)
    for kind, register in registry.registers.items():
        targets = dict(referring(kind))
        for name in set(register.filters) & set(targets):
            for hidden, unknown in names_of_hidden(proof, BRANCH_MANAGER, targets[name]):
                masks = {hidden: "X", unknown: "X"}
                for path in ("", "export/csv/"):
                    address = proof.demo.url(f"{register.slug}/{path}")
                    one, other = (walk.send("GET", address, {name: value}) for value in (hidden, unknown))
                    walk.expect_same("GET", f"{address}?{name}={hidden}", one, other, masks)
                one, other = (
                    spoken.send("GET", f"/api/v1/{register.slug}", {name: value}) for value in (hidden, unknown)
                )
                spoken.expect_same("GET", f"/api/v1/{register.slug}?{name}={hidden}", one, other, masks)
    assert not walk.faults + spoken.faults, report(walk) + report(spoken)


def test_a_full_text_search_for_a_hidden_word_finds_what_a_nonsense_word_finds(proof: ProofWorld) -> None:
    walk = walk_as(proof, BRANCH_MANAGER)
    for kind, register in registry.registers.items():
        for record in hidden_from(proof, BRANCH_MANAGER, kind):
            word = proof.words[record.pk]
            masks = {word: "X", "canary99999": "X"}
            for address, query in (
                (proof.demo.url(f"{register.slug}/"), "q"),
                (proof.demo.url(f"suggest/{kind}/"), "q"),
                (proof.demo.url("search/"), "q"),
            ):
                one, other = (walk.send("GET", address, {query: value}) for value in (word, "canary99999"))
                walk.expect_same("GET", f"{address}?q={word}", one, other, masks)
    assert not walk.faults, report(walk)


def test_the_preview_of_an_import_names_no_hidden_link(proof: ProofWorld) -> None:
    """A row that changes the links of a record shows what was there before, but for what the importer does not see."""
    walk = walk_as(proof, BRANCH_MANAGER)
    walk.is_undone = False
    for kind, register in registry.registers.items():
        record = proof.record(kind, "in sales")
        names = [name for name, target in referring(kind) if target in registry.registers]
        header = ["ref", *(name.replace("_", " ") for name in names)]
        row = [record.ref, *(proof.record(dict(referring(kind))[name], "in sales").ref for name in names)]
        file = SimpleUploadedFile("rows.csv", f"{';'.join(header)}\n{';'.join(row)}\n".encode())
        base = proof.demo.url(f"{register.slug}/import/")
        sent = walk.send("POST", base, {"file": file, "date_order": "ymd", "decimal": "point"})
        walk.expect("POST", base, sent, {302})
        if location := re.search(r"^Location: (\S+)", sent.text, re.MULTILINE):
            walk.expect("GET", base, walk.send("GET", location.group(1)), {200, 422})
    assert not walk.faults, report(walk)


def test_the_proof_would_notice_a_leak(proof: ProofWorld) -> None:
    """A door that shows everything to everybody is reported: the canaries are really in the records."""
    walk = walk_as(proof, BRANCH_MANAGER)
    hidden = [record for kind in registry.registers for record in hidden_from(proof, BRANCH_MANAGER, kind)]
    for record in hidden:
        walk.look_for_secrets("GET", "/", None, Answer(200, f"{record.ref} {record.title_text}"))
    assert len(walk.faults) >= len(registry.registers)
