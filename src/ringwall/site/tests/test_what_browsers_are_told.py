"""What protects people in their browsers: a content policy without exceptions on every page, files that are never shown
in our name, cookies, redirects that stay here, foreign host names, and a brake on guessing passwords."""

import re
import runpy
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from ringwall.access.models import User
from ringwall.site import doors
from ringwall.site.tests.proof.addresses import Address, addresses_of, page_path
from ringwall.site.tests.proof.building import ProofWorld
from ringwall.site.tests.proof.standing import standing_world
from ringwall.site.tests.proof.viewers import Viewer, members
from ringwall.site.tests.proof.walking import Browser, forget, remembering

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.xdist_group("told")]
READERS = [viewer for viewer in members() if viewer.name in {"isms-manager", "administrator", "nobody"}]
STRICT = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "frame-ancestors": "'none'", "base-uri":
    "'none'",
    "form-action": "'self'", "connect-src": "'self'", "img-src": "'self' data:", "font-src": "'self'",
}  # fmt: skip
AWAY = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "\thttps://evil.example",
)


class Inline(HTMLParser):
    """Collects what a strict policy would block: code and styles that stand in the page, and what comes from
    elsewhere.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        is_data = names.get("type") == "application/json"  # never run, whatever the policy
        if tag == "style" or (tag == "script" and "src" not in names and not is_data):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")):
                self.found.append(f"<{tag} {name}=…>")
            is_loaded = (name == "src") or (tag == "link" and name == "href") or (tag == "form" and name == "action")
            if is_loaded and re.match(r"(?:https?:)?//", value or ""):
                self.found.append(f"<{tag} {name}={value}>")
            if name in {"href", "action", "src"} and (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}={value}>")


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[ProofWorld]:
    with standing_world(django_db_blocker, tmp_path_factory.mktemp("files")) as world:
        yield world


def faults_of(response: Any, path: str) -> list[str]:
    """What is wrong with an answer, whatever it is: headers, and the page itself."""
    head = response.headers
    found = [] if head.get("X-Content-Type-Options") == "nosniff" else ["may be sniffed"]
    if "inline" in head.get("Content-Disposition", ""):
        found.append("is shown inline")
    if head.get("Content-Type", "").startswith("text/html"):
        policy = dict(
            part.strip().partition(" ")[::2]
            for part in head.get("Content-Security-Policy", "").split(";")
            if part.strip()
        )
        found += [f"{name} is {policy.get(name)!r}" for name, wanted in STRICT.items() if policy.get(name) != wanted]
        found += ["may be framed"] if head.get("X-Frame-Options") != "DENY" else []
        found += ["has no referrer policy"] if head.get("Referrer-Policy") != "same-origin" else []
        page = Inline()
        page.feed(response.content.decode())
        found += page.found
    elif response.status_code == 200 and not head.get("Content-Disposition", "").startswith("attachment"):
        found.append(f"{head.get('Content-Type')} is no attachment")
    return [f"{path}: {fault}" for fault in dict.fromkeys(found)]


def pages(world: ProofWorld, viewer: Viewer) -> Iterator[tuple[str, Any]]:
    """(path, query) of one address of every sort at every route; where it names a record, of one that is seen."""
    for route in doors.routes():
        sorts: dict[tuple[Any, ...], Address] = {}
        for address in addresses_of(world, route.name) if not route.is_api else ():
            if address.secret is None or viewer.may_see(address.secret):
                sorts.setdefault((address.parts.get("name"), address.query.get("tab"), address.hx_target), address)
        for address in sorts.values():
            yield page_path(route, address.parts), address.query


@pytest.mark.parametrize("viewer", READERS, ids=lambda viewer: viewer.name)
def test_every_page_keeps_the_strict_policy_and_every_file_is_an_attachment(filled: ProofWorld, viewer: Viewer) -> None:
    browser = Browser(filled.demo.client(viewer.name).cookies[settings.SESSION_COOKIE_NAME].value)
    faults, answered = [], 0
    for path, query in pages(filled, viewer):
        with remembering():
            response, crash = browser.send("GET", path, query)
        answered += response.status_code == 200
        faults += faults_of(response, path)
        faults += [f"{path}: {crash}"] if crash else []
    forget()
    assert answered > 10
    assert not faults, "\n".join(faults)


def test_the_pages_before_signing_in_keep_it_too(filled: ProofWorld) -> None:
    faults = []
    for path in (
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/demo/",
        "/nothing/here/",
        "/accounts/2fa/authenticate/",
    ):
        response = Client().get(path, follow=True)
        faults += faults_of(response, path)
    assert not faults, "\n".join(faults)


def test_forms_that_come_without_their_token_are_refused_on_a_page_that_keeps_the_policy(filled: ProofWorld) -> None:
    client = Client(enforce_csrf_checks=True)
    user = filled.demo.people["isms-manager"].user
    assert user is not None
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    response = client.post("/demo/assets/new/", {"title": "from elsewhere"})
    assert response.status_code == 403
    assert not faults_of(response, "/demo/assets/new/")


@pytest.mark.parametrize("address", ["/settings/language/", "/settings/appearance/"])
@pytest.mark.parametrize("target", AWAY)
def test_nobody_is_sent_elsewhere_after_choosing_language_or_appearance(db: None, address: str, target: str) -> None:
    for sent in ({"next": target}, {}):
        response = Client(headers={"Referer": target}).post(address, {"language": "de", "theme": "dark", **sent})
        assert (response.status_code, response.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("target", AWAY)
def test_nobody_is_sent_elsewhere_after_signing_in(db: None, target: str) -> None:
    user = User.objects.create_user("kim@example.com", "correct horse battery staple", name="Kim")
    response = Client().post(
        "/accounts/login/", {"login": user.email, "password": "correct horse battery staple", "next": target}
    )
    assert response.status_code == 302
    assert response.headers["Location"] == "/"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(db: None) -> None:
    user = User.objects.create_user("kim@example.com", "correct horse battery staple", name="Kim")
    client = Client()
    response = client.post("/accounts/login/", {"login": user.email, "password": "correct horse battery staple"})
    session = response.cookies["sessionid"]
    assert session["httponly"] and session["samesite"] == "Lax"
    language = client.post("/settings/language/", {"language": "de"}).cookies["django_language"]
    assert language["httponly"] and language["samesite"] == "Lax"


def test_behind_https_cookies_travel_by_https_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RINGWALL_HTTPS", "1")
    monkeypatch.setenv("RINGWALL_DATA", str(tmp_path))
    chosen = runpy.run_path(str(Path(doors.__file__).with_name("settings.py")))
    assert chosen["SESSION_COOKIE_SECURE"] and chosen["CSRF_COOKIE_SECURE"]
    assert chosen["SECURE_HSTS_SECONDS"] >= 31_536_000


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost:80@evil.example", "a b"])
def test_a_foreign_host_name_is_refused(db: None, host: str) -> None:
    response = Client(headers={"Host": host}).get("/accounts/login/")
    assert response.status_code == 400
    assert host not in response.content.decode()


def test_guessing_a_password_is_slowed_down_for_the_right_one_too(db: None) -> None:
    """The count stands in the database's cache, so that all processes share it."""
    cache.clear()
    user = User.objects.create_user("kim@example.com", "correct horse battery staple", name="Kim")
    client = Client()
    for number in range(10):
        response = client.post("/accounts/login/", {"login": user.email, "password": f"wrong {number}"})
        assert response.status_code in {200, 429}
    response = client.post("/accounts/login/", {"login": user.email, "password": "correct horse battery staple"})
    assert response.status_code in {200, 429}, "signed in after ten wrong guesses"
    cache.clear()
