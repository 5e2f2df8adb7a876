"""The whole way through a provider that others wrote: in by invitation or without, roles by groups, out again."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qsl

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from ringwall.access.models import Person, RoleAssignment, User
from ringwall.administration.actions import emergency, identity, people
from ringwall.administration.models import Identity, IdentityProvider, ProviderSession
from ringwall.administration.tests.conftest import state
from ringwall.administration.tests.identity.browser import Browser
from ringwall.administration.tests.identity.conftest import enter, register_client
from ringwall.kit.errors import Invalid, Refused
from ringwall.ledger.models import Entry, Payload
from ringwall.notices.models import Notice, Sealed
from ringwall.notices.tests.test_calendar import made_address

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def listener():
    """Takes what the provider sends when somebody signs out there: (address, what came)."""
    came: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            came.append(dict(parse_qsl(body))["logout_token"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", came
    server.shutdown()
    server.server_close()


def roles_of(email: str) -> set[tuple[str, str]]:
    rows = RoleAssignment.objects.filter(person__email=email).exclude(until_on__lt=timezone.localdate())
    return {(row.role, row.unit.name) for row in rows.select_related("unit")}


def last_entry() -> tuple[str, str]:
    entry = Entry.objects.order_by("-position").first()
    assert entry is not None
    return entry.verb, entry.actor_label


def test_people_come_and_go_by_their_provider(world, elsewhere, provider_address, listener):
    cache.clear()
    logout_at, came = listener
    client_id, secret = register_client(provider_address, world, logout_at)
    provider = enter(world, provider_address, client_id, secret)
    give = {"group": "auditors", "role": "internal_auditor", "unit": str(world.root.pk)}
    for row in (give, {"group": "sales", "role": "reader", "unit": str(world.sales.pk)}):
        identity.give.run(world.actor("adam"), row, subject=IdentityProvider.objects.get())
    told = "".join(Payload.objects.values_list("body", flat=True)) + Sealed.objects.get().box
    assert secret not in told and "changed" in told
    page = Browser().client.get("/accounts/login/").text
    assert "Staff of Demo" in page and 'value="None"' not in page
    assert 'name="next" value="/demo/assets/"' in Browser().client.get("/accounts/login/?next=/demo/assets/").text
    assert all(each.tone == "good" for each in identity.test(world.actor("adam"), provider))

    # Known by a verified address: tied to the person, with the roles of the groups; what people gave stays.
    browser, emil = Browser(provider_address), "emil@demo.example"
    browser.be(sub="e1", email="Emil@demo.example", email_verified=True, name="E", groups=["auditors", "sales", "x"])
    response = browser.sign_in(world, "/demo/assets/")
    assert (response.status_code, response.headers["Location"]) == (302, "/demo/assets/")
    assert roles_of(emil) == {("employee", "Demo GmbH"), ("internal_auditor", "Demo GmbH"), ("reader", "Sales")}
    assert last_entry() == ("identity_provider.admit", "Identity provider")
    assert browser.client.get("/demo/assets/").status_code == 200

    # The session opens this organisation alone, and not what opens the others.
    user = world.people["emil"].user
    Person.objects.filter(pk=elsewhere.people["emil"].pk).update(user=user)
    refused = browser.client.get("/other/")
    assert refused.status_code == 403 and "opens that one alone" in refused.text
    assert browser.client.get("/accounts/password/change/").status_code == 403
    assert browser.client.get("/").headers["Location"] == "/demo/"
    Person.objects.filter(pk=elsewhere.people["emil"].pk).update(user=elsewhere.people["emil"].user)

    # A group fewer: its role is gone; nothing to change: nothing is written.
    browser.be(sub="e1", email="renamed@demo.example", email_verified=True, groups=["sales"])
    for target in ("https://elsewhere.example/", "//elsewhere.example", "None", ""):
        assert browser.sign_in(world, target).headers["Location"] == "/demo/"
    assert roles_of(emil) == {("employee", "Demo GmbH"), ("reader", "Sales")}
    entries = Entry.objects.count()
    browser.sign_in(world)
    assert Entry.objects.count() == entries and ProviderSession.objects.count() == 1
    browser.be(sub="e1", email="renamed@demo.example", email_verified=True)
    browser.sign_in(world)
    assert roles_of(emil) == {("employee", "Demo GmbH")}

    # Another account with the same address is another person, until the administrator says otherwise.
    stranger = Browser(provider_address)
    stranger.be(sub="e2", email=emil, email_verified=True, groups=["auditors"])
    before = state()
    assert "another account of the provider" in stranger.sign_in(world).text and state() == before
    identity.forget.run(world.actor("adam"), {}, subject=world.people["emil"], reason="made anew")
    assert stranger.sign_in(world).status_code == 302

    # Whom nobody invited, then with the door open; who has left stays outside.
    new = Browser(provider_address)
    new.be(sub="n1", email="nora@demo.example", email_verified=True, name="Nora New", groups=["sales"])
    before = state()
    response = new.sign_in(world)
    assert response.status_code == 403 and "nora@demo.example" in response.text and state() == before
    enter_again = {"admits_uninvited": "on", "newcomer_role": "employee"}
    identity.update.run(world.actor("adam"), enter_again, subject=IdentityProvider.objects.get())
    assert new.sign_in(world).status_code == 302
    nora = Person.objects.get(email="nora@demo.example")
    assert nora.name == "Nora New" and nora.user is not None and not nora.user.has_usable_password()
    assert roles_of(nora.email) == {("employee", "Demo GmbH"), ("reader", "Sales")}
    with pytest.raises(Invalid, match="secret"):
        identity.update.run(
            world.actor("adam"), {"issuer": "https://elsewhere.example"}, subject=IdentityProvider.objects.get()
        )

    # Out here and there: the provider is told, and tells in turn every program.
    other = Browser(provider_address, cookies=new.cookies)  # the same person at the provider, two sessions here
    other.sign_in(world)
    assert ProviderSession.objects.filter(subject="n1").count() == 2
    gone = new.client.post("/accounts/logout/")
    address = gone.headers["Refresh"].removeprefix("0; url=")
    assert "id_token_hint=" in address and new.client.get("/demo/").status_code == 302
    assert other.client.get("/demo/").status_code == 200
    question = new.visit("GET", address)
    assert question.status == 200 and new.confirm(question, address).startswith("http://testserver/accounts/login/")
    assert came, "the provider sent no logout token"
    path = f"/accounts/identity/{world.organisation.pk}/logout/"
    assert Browser().client.post(path, {"logout_token": came[-1]}).status_code == 200
    assert other.client.get("/demo/").status_code == 302 and not ProviderSession.objects.filter(subject="n1").exists()

    people.withdraw.run(world.actor("adam"), {}, subject=nora, reason="left")
    new.be(sub="n1", email="nora@demo.example", email_verified=True, groups=["sales"])
    before = state()
    assert "has left" in new.sign_in(world).text and state() == before


def test_local_accounts_are_switched_off_but_for_the_sealed_one(world, forger, unchanged):
    cache.clear()
    provider, adam = enter(world, forger.issuer, "ringwall", "s3cret"), world.actor("adam")
    with unchanged(Invalid, match="emergency"):
        identity.update.run(adam, {"needs_provider": "on"}, subject=provider)
    page = world.client("adam").post(world.url("settings/identity/seal/"), {"version": provider.version})
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    provider.refresh_from_db()
    login, password = emergency.seal.run(adam, {}, subject=provider)
    assert password not in "".join(Payload.objects.values_list("body", flat=True)) and password not in page.text
    provider = IdentityProvider.objects.get()
    identity.update.run(adam, {"needs_provider": "on"}, subject=provider)
    refused = world.client("adam").get(world.url("settings/identity/"))
    assert refused.status_code == 403 and "Staff of Demo" in refused.text
    for act in (people.withdraw, people.renew_link):
        with unchanged(Refused, match="emergency account"):
            act.run(adam, {}, subject=provider.emergency, reason="x")

    browser, entries = Browser(), Entry.objects.count()
    response = browser.client.post("/accounts/login/", {"login": login, "password": password})
    assert response.status_code == 302
    assert browser.client.get(world.url("settings/identity/")).status_code == 200
    assert Entry.objects.count() == entries + 1 and last_entry() == ("identity_provider.emergency", "Emergency account")
    assert [notice.person for notice in Notice.objects.filter(kind="emergency")] == [world.people["dora"]]
    assert "emergency" in json.dumps(str(Notice.objects.get(kind="emergency")))
    assert User.objects.filter(email=login).count() == 1


def test_tokens_of_those_whom_the_provider_does_not_know_rest_while_local_accounts_are_off(world, forger, elsewhere):
    cache.clear()
    provider, adam = enter(world, forger.issuer, "ringwall", "s3cret"), world.actor("adam")
    emergency.seal.run(adam, {}, subject=provider)
    provider = IdentityProvider.objects.get()
    world.people["envelope"] = provider.emergency
    world.people["robot"] = Person(organisation=world.organisation, unit=world.root, name="Robot")
    world.people["robot"].save()
    RoleAssignment(organisation=world.organisation, person=world.people["robot"], role="reader", unit=world.root).save()
    for name, issuer in (("ana", forger.issuer), ("ben", "https://former.example")):
        about = {"organisation": world.organisation, "person": world.people[name]}
        Identity.objects.create(issuer=issuer, subject=name, **about)
    clients = {name: world.token(name) for name in ("ana", "ben", "cleo", "robot", "envelope")}
    stranger = elsewhere.token("ana")
    feeds = {name: made_address(world, name) for name in ("ana", "ben")}

    def fed() -> set[str]:
        return {name for name, feed in feeds.items() if Client().get(feed).status_code == 200}

    def answered() -> set[str]:
        assert stranger.get("/api/v1/assets").status_code == 200, "another organisation goes its own way"
        return {name for name, client in clients.items() if client.get("/api/v1/assets").status_code != 401}

    assert answered() == set(clients) and fed() == {"ana", "ben"}
    identity.update.run(adam, {"needs_provider": "on"}, subject=provider)
    assert answered() == {"ana", "robot"} and fed() == {"ana"}
    envelope = world.client("envelope")
    (panel,) = envelope.get(world.url("settings/tokens/")).context["page"].panels
    told = [{cell.key: str(cell.text) for cell in row.cells} for row in panel.rows]
    assert sorted(row["person"] for row in told if "rests" in row["state"]) == ["Ben", "Cleo", "Emergency account"]
    assert {row["revoke"] for row in told} == {"Revoke…"}
    page = envelope.get(world.url("settings/identity/")).text
    assert "those of 3 people rest" in page

    Identity.objects.create(
        issuer=forger.issuer, subject="cleo", organisation=world.organisation, person=world.people["cleo"]
    )
    assert answered() == {"ana", "cleo", "robot"}, "whom the provider has vouched for acts again"
    identity.update.run(world.actor("adam"), {"needs_provider": ""}, subject=IdentityProvider.objects.get())
    assert answered() == set(clients)


def test_a_provider_that_does_not_fit_is_explained(world, forger, settings):
    cache.clear()
    provider = enter(world, forger.issuer, "ringwall", "s3cret")
    adam, client = world.actor("adam"), world.client("adam")

    def found() -> str:
        return " ".join(f"{each.what} {each.remedy}" for each in identity.test(adam, provider))

    assert "cannot be signed out of" in found()
    for published, words in (
        ({"issuer": "https://elsewhere.example"}, "calls itself https://elsewhere.example"),
        ({"jwks_uri": ""}, "lacks “jwks_uri”"),
        ({"token_endpoint": "http://elsewhere.example/token"}, "without encryption"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "signs only by"),
    ):
        forger.published = published
        assert words in found()
        assert client.post(world.url("settings/identity/test/")).status_code == 200
    forger.published = {}
    settings.RINGWALL_IDENTITY_INWARD = False
    assert "does not answer" in found()
    cache.clear()
    response = Browser().client.post(f"/accounts/identity/{world.organisation.pk}/")
    assert response.status_code == 403 and "does not answer" in response.text
    for address in ("http://login.example.org", "https://a:b@login.example.org", "ftp://x", "https://"):
        with pytest.raises(Invalid, match="https://"):
            enter(world, address, "ringwall", "s")
    for path in ("", "edit/", "seal/", "groups/new/"):
        assert client.get(world.url(f"settings/identity/{path}")).status_code == 200
        assert world.client("ana").get(world.url(f"settings/identity/{path}")).status_code == 403
