"""A provider that others wrote, one that forges, and the organisation that signs in by them."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringwall.administration.actions import identity
from ringwall.administration.models import IdentityProvider
from ringwall.administration.tests.identity.browser import Browser, request
from ringwall.administration.tests.identity.forger import Forger

HERE = Path(__file__).parent


def _installed() -> str:
    """Why the provider cannot be had; empty where it can. Installed once, by whichever process comes first."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "node and npm are not installed"
    with (HERE / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (HERE / "node_modules" / "oidc-provider" / "package.json").exists():
            return ""
        made = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=HERE, capture_output=True, text=True
        )
        return "" if made.returncode == 0 else f"the provider cannot be installed: {made.stderr[-300:]}"


@pytest.fixture(scope="session")
def provider_address() -> Iterator[str]:
    """The issuer of a running `oidc-provider`."""
    if reason := _installed():
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    process = subprocess.Popen(
        ["node", "provider.mjs"], cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def forger() -> Iterator[Forger]:
    with Forger() as made:
        yield made


@pytest.fixture(autouse=True)
def on_loopback(settings: Any) -> None:
    settings.RINGWALL_IDENTITY_INWARD = True
    settings.RINGWALL_URL = "http://testserver"


def enter(world: Any, issuer: str, client_id: str, secret: str, **more: Any) -> IdentityProvider:
    """As the administrator enters a provider in the settings."""
    raw = {
        "issuer": issuer,
        "client_id": client_id,
        "secret": secret,
        "label": "Staff of Demo",
        "is_offered": "on",
        "group_claim": "groups",
        "scopes": "groups",
        **more,
    }
    made: IdentityProvider = identity.update.run(
        world.actor("adam"), raw, subject=IdentityProvider(organisation=world.organisation)
    )
    return made


def register_client(issuer: str, world: Any, logout_at: str) -> tuple[str, str]:
    """(client ID, secret) by dynamic registration."""
    base = f"http://testserver/accounts/identity/{world.organisation.pk}"
    body = {
        "redirect_uris": [f"{base}/callback/"],
        "post_logout_redirect_uris": ["http://testserver/accounts/login/"],
        "backchannel_logout_uri": logout_at,
        "backchannel_logout_session_required": True,
    }
    said = json.loads(request("POST", f"{issuer}/reg", json.dumps(body), {"Content-Type": "application/json"}).text)
    return said["client_id"], said["client_secret"]


__all__ = ["Browser", "enter", "register_client"]
