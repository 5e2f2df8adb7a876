"""Whatever a token lies about: it is refused with words that help, and nothing comes of it."""

import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.cache import cache

from ringwall.access.models import Organisation
from ringwall.administration.identity.provider import challenge_of
from ringwall.administration.identity.tokens import LOGOUT_EVENT
from ringwall.administration.models import Identity, IdentityProvider, ProviderSession
from ringwall.administration.tests.conftest import state
from ringwall.administration.tests.identity.browser import Browser
from ringwall.administration.tests.identity.conftest import enter
from ringwall.administration.tests.identity.forger import (
    OTHER_KEY,
    Forger,
    signed,
    signed_with_what_all_know,
    unsigned,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def lies(forger: Forger, nonce: str) -> dict[str, tuple[str, str]]:
    """What is wrong → (token, what the page says)."""
    good, now = forger.claims(nonce), int(time.time())

    def without(name: str) -> dict[str, Any]:
        return {key: value for key, value in good.items() if key != name}

    return {
        "audience": (signed(good | {"aud": "another"}), "made for another program"),
        "audience of two without party": (signed(good | {"aud": ["ringwall", "another"]}), "made for another program"),
        "party": (signed(good | {"azp": "another"}), "made for another program"),
        "no audience": (signed(without("aud")), "lacks what it must say"),
        "issuer": (signed(good | {"iss": "https://elsewhere.example"}), "another issuer"),
        "no issuer": (signed(without("iss")), "lacks what it must say"),
        "nonce": (signed(good | {"nonce": "of another sign-in"}), "another sign-in"),
        "no nonce": (signed(without("nonce")), "another sign-in"),
        "expiry": (signed(good | {"exp": now - 120, "iat": now - 400}), "has expired"),
        "no expiry": (signed(without("exp")), "lacks what it must say"),
        "to come": (signed(good | {"iat": now + 600}), "not valid yet"),
        "no subject": (signed(good | {"sub": ""}), "lacks what it must say"),
        "no signature": (unsigned(good), "not signed with a key pair"),
        "secret that all know": (signed_with_what_all_know(good), "not signed with a key pair"),
        "own secret": (signed(good, "s" * 40, "HS256"), "not signed with a key pair"),
        "other key": (signed(good, OTHER_KEY), "is not the provider"),
        "unknown key": (signed(good, OTHER_KEY, kid="two"), "does not publish"),
        "other algorithm than the key's": (signed(good, alg="PS256"), "does not publish"),
        "changed afterwards": (_meddled(signed(good)), "is not the provider"),
        "no token": ("not.a.token", "cannot be read"),
    }


def _meddled(token: str) -> str:
    header, _body, signature = token.split(".")
    return ".".join((header, signed({"iss": "x"}).split(".")[1], signature))


def _everything() -> list[Any]:
    return [*state(), Identity.objects.count(), ProviderSession.objects.count()]


def test_a_token_that_lies_signs_nobody_in(world, forger):
    cache.clear()
    enter(world, forger.issuer, "ringwall", "s3cret", admits_uninvited="on", newcomer_role="reader")
    forger.userinfo = {"sub": "mallory", "email": "adam@demo.example", "email_verified": True}
    before, browser = _everything(), Browser()
    callback = f"/accounts/identity/{world.organisation.pk}/callback/"

    def answer(token: str | None = None, **more: str) -> Any:
        asked = dict(parse_qsl(urlsplit(browser.away(world)).query))
        forger.token = lies(forger, asked["nonce"])[what][0] if token is None else token
        response = browser.client.get(callback, {"code": "c", "state": asked["state"], **more})
        return asked, response

    def refused(response: Any, words: str) -> None:
        assert response.status_code == 403 and words in response.text, (what, response.text)
        assert "Sign in again" in response.text or "administrator" in response.text or "anew" in response.text, what
        assert "_auth_user_id" not in browser.client.session and _everything() == before, what

    for what, (_token, words) in lies(forger, "").items():  # noqa: B007 - read by `answer`
        refused(answer()[1], words)

    what = "answers that nobody asked for"
    refused(browser.client.get(callback, {"code": "c", "state": "x"}), "not asked for")
    asked = dict(parse_qsl(urlsplit(browser.away(world)).query))
    refused(Browser().client.get(callback, {"code": "c", "state": asked["state"]}), "not asked for")
    refused(answer("", iss="https://elsewhere.example")[1], "another issuer")
    refused(answer("", error="access_denied")[1], "broken off")
    forger.userinfo["sub"] = "somebody else"
    what = "user information of another"

    def good(nonce: str) -> str:
        return signed(forger.claims(nonce))

    asked = dict(parse_qsl(urlsplit(browser.away(world)).query))
    forger.token = good(asked["nonce"])
    back = {"code": "c", "state": asked["state"]}
    refused(browser.client.get(callback, back), "somebody else")
    for what, said, words in (  # noqa: B007 - read by `refused`
        ("unverified address", {"email_verified": False}, "is verified"),
        ("unverified address in the token", {"email": "x@demo.example"}, "is verified"),
    ):
        forger.userinfo = {"sub": "mallory", "email": "adam@demo.example", **said}
        asked = dict(parse_qsl(urlsplit(browser.away(world)).query))
        forger.token = good(asked["nonce"])
        refused(browser.client.get(callback, {"code": "c", "state": asked["state"]}), words)
    what = "groups elsewhere"
    asked = dict(parse_qsl(urlsplit(browser.away(world)).query))
    forger.token = signed(forger.claims(asked["nonce"], _claim_names={"groups": "src1"}))
    refused(browser.client.get(callback, {"code": "c", "state": asked["state"]}), "more groups")

    # The same forger without a lie: the refusals above were of the lies.
    forger.userinfo = {"sub": "mallory", "email": "Mal@Demo.example", "email_verified": True, "name": "Mal Lory"}
    asked = dict(parse_qsl(urlsplit(browser.away(world)).query))
    forger.token = good(asked["nonce"])
    back = {"code": "c", "state": asked["state"]}
    response = browser.client.get(callback, back)
    assert (response.status_code, response.headers["Location"]) == (302, "/demo/")
    assert challenge_of(forger.asked["code_verifier"]) == asked["code_challenge"] != forger.asked["code_verifier"]
    assert browser.client.get("/demo/").status_code == 200
    assert browser.client.get(callback, back).status_code == 403, "the same answer a second time"
    assert 0 < browser.client.session.get_expiry_age() <= 12 * 3600

    # A second factor that the provider asks for is not asked for again.
    Organisation.objects.filter(pk=world.organisation.pk).update(second_factor_roles=["reader"])
    assert browser.client.get("/demo/").headers["Location"] == "/accounts/2fa/"
    IdentityProvider.objects.update(asks_second_factor=True)
    asked = dict(parse_qsl(urlsplit(browser.away(world)).query))
    forger.token = good(asked["nonce"])
    browser.client.get(callback, {"code": "c", "state": asked["state"]})
    assert browser.client.get("/demo/").status_code == 200


def test_a_logout_token_that_lies_ends_no_session(world, forger):
    cache.clear()
    provider = enter(world, forger.issuer, "ringwall", "s3cret")
    ProviderSession.objects.create(
        session_key="k",
        organisation=world.organisation,
        user=world.people["emil"].user,
        issuer=provider.issuer,
        subject="emil",
        sid="s",
    )
    now, address = int(time.time()), f"/accounts/identity/{world.organisation.pk}/logout/"
    good = {
        "iss": forger.issuer,
        "aud": "ringwall",
        "iat": now,
        "exp": now + 100,
        "jti": "1",
        "sub": "emil",
        "events": {LOGOUT_EVENT: {}},
    }
    wrong = [
        signed(good | {"events": {}}),
        signed(good | {"nonce": "n"}),
        signed(good | {"sub": ""}),
        signed(good | {"aud": "another"}),
        signed(good | {"iat": now - 4000, "exp": now + 100}),
        signed(good, OTHER_KEY),
        unsigned(good),
        "",
        "x" * 70_000,
    ]
    for token in wrong:
        assert Browser().client.post(address, {"logout_token": token}).status_code == 400
        assert ProviderSession.objects.count() == 1
    token = signed(good)
    assert Browser().client.post(address, {"logout_token": token}).status_code == 200
    assert not ProviderSession.objects.exists()
    assert Browser().client.post(address, {"logout_token": token}).status_code == 400, "used already"
