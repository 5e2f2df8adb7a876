"""A second factor set up and used in a real browser: an authenticator app, recovery codes, a passkey."""

import base64
import hmac
import re
import struct
import time
from typing import Any

import pytest

pytestmark = pytest.mark.browser

ROLE = "internal_auditor"
"""Signs in nowhere else in these tests: from here on the password alone is not enough."""


def code_of(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238 with SHA-1, 30 seconds, six digits)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), "sha1").digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def test_an_app_then_a_recovery_code_then_a_passkey(product: Any, chromium: Any) -> None:
    # A passkey belongs to a name; an address made of numbers has none.
    base = product.url.replace("127.0.0.1", "localhost")
    person = product.sign_ins[ROLE]
    page = chromium.new_context(base_url=base).new_page()

    def sign_in(page: Any) -> None:
        page.goto("/accounts/login/")
        page.fill("input[name=login]", person["email"])
        page.fill("input[name=password]", person["password"])
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    sign_in(page)
    page.goto("/accounts/2fa/totp/activate/")
    page.fill("[name=password]", person["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/totp/activate/")
    page.click("summary")
    found = re.search(r"\b[A-Z2-7]{4}(?: ?[A-Z2-7]{4}){7}\b", page.inner_text("main"))
    assert found, page.inner_text("main")
    page.fill("[name=code]", code_of(found[0].replace(" ", "")))
    page.locator("main form button").first.click()
    page.wait_for_selector("text=10 of 10 codes are left")
    recovery = re.findall(r"^\d{8}$", page.inner_text("main"), re.MULTILINE)
    assert len(recovery) == 10

    other = chromium.new_context(base_url=base).new_page()
    sign_in(other)
    assert "/accounts/2fa/authenticate/" in other.url
    assert other.goto("/lindtal/").url.count("/accounts/")  # the password alone opens nothing
    other = chromium.new_context(base_url=base).new_page()
    sign_in(other)
    other.fill("[name=code]", recovery[0])
    other.press("[name=code]", "Enter")
    other.wait_for_url("**/lindtal/")

    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = key | {"isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("[name=name]", "Laptop")
    page.locator("main form button").first.click()
    page.wait_for_url("**/accounts/2fa/**")
    page.goto("/accounts/2fa/")
    assert "1 key" in page.inner_text("main")
    for opened in (page, other):
        opened.context.close()
