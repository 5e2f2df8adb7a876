"""Talking to an identity provider: what it offers, its keys, a code for a token, and what it knows of a person.

Calls go to the configured issuer and to what it names, outwards only (`notices.calling`), and read no more than fits.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ringwall.administration.identity.claims import WELL_KNOWN, Metadata, is_loopback, is_safe_address, read_metadata
from ringwall.administration.identity.tokens import ALGORITHMS, BadToken, Keys
from ringwall.administration.models import IdentityProvider
from ringwall.notices.calling import Reply, call
from ringwall.notices.queries import secret_of

LONGEST = 512 * 1024
"""Bytes of an answer; keys of large providers have some 20,000."""

HOLDS = 300
"""Seconds for which what a provider publishes is believed without asking again."""

PAUSE = 30
"""Seconds between two looks for new keys, so that forged tokens make nobody ask all the time; and for which a provider
that does not answer is not asked again.
"""


class ProviderFails(Exception):
    """The provider does not do what it should. `remedy` is for who administers it."""

    def __init__(self, message: str | Promise, remedy: str | Promise = "") -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def metadata_of(provider: IdentityProvider, *, afresh: bool = False) -> Metadata:
    """What the issuer publishes of itself. Raises ProviderFails."""
    if not is_safe_address(provider.issuer):
        raise ProviderFails(
            _("The issuer address %(address)s does not begin with https://.") % {"address": provider.issuer},
            _("Correct the address of the issuer."),
        )
    raw = _published(provider.issuer.rstrip("/") + WELL_KNOWN, afresh)
    try:
        found = read_metadata(raw)
    except ValueError as error:
        raise ProviderFails(
            _("What the provider publishes of itself lacks “%(name)s”.") % {"name": error},
            _("Is this the address of an OpenID Connect issuer? Compare it with the provider's own page."),
        ) from None
    if found.issuer != provider.issuer:
        raise ProviderFails(
            _("The provider calls itself %(said)s, not %(entered)s.")
            % {"said": found.issuer[:300], "entered": provider.issuer},
            _("Enter the issuer address exactly as the provider calls itself, if you trust it."),
        )
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"):
        address = getattr(found, name)
        if address and not is_safe_address(address):
            raise ProviderFails(
                _("The provider names an address without encryption: %(address)s") % {"address": address[:300]},
                _("Let the provider publish addresses that begin with https://."),
            )
    if found.challenge_methods and "S256" not in found.challenge_methods:
        raise ProviderFails(_("The provider does not know PKCE with S256."), _("Switch it on at the provider."))
    if found.algorithms and not found.algorithms & set(ALGORITHMS):
        raise ProviderFails(
            _("The provider signs only by %(algorithms)s.") % {"algorithms": ", ".join(sorted(found.algorithms))[:200]},
            _("Let it sign with a key pair, for instance by RS256 or ES256."),
        )
    return found


def keys_of(metadata: Metadata, *, afresh: bool = False) -> Keys:
    """The keys by which it signs. Raises ProviderFails."""
    keys = _published(metadata.jwks_uri, afresh).get("keys")
    found = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
    if not found:
        raise ProviderFails(_("The provider publishes no keys to check its signatures by."))
    return found


def checked(metadata: Metadata, read: Callable[[Keys], dict[str, Any]]) -> dict[str, Any]:
    """The claims that `read` finds with the keys of the provider; keys are asked for once more where one is unknown,
    for providers change them. Raises BadToken, ProviderFails.
    """
    try:
        return read(keys_of(metadata))
    except BadToken as error:
        if error.fault != "key" or not cache.add(_cache_key("again", metadata.jwks_uri), 1, PAUSE):
            raise
    return read(keys_of(metadata, afresh=True))


def authorization_address(
    provider: IdentityProvider, metadata: Metadata, *, state: str, nonce: str, verifier: str
) -> str:
    scopes = dict.fromkeys(["openid", "email", "profile", *provider.scopes.split()])
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": callback_address(provider),
        "scope": " ".join(scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    return with_query(metadata.authorization_endpoint, asked)


def challenge_of(verifier: str) -> str:
    """S256 of RFC 7636."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def new_secret() -> str:
    """256 random bits: for state, nonce and the verifier."""
    return secrets.token_urlsafe(32)


def callback_address(provider: IdentityProvider) -> str:
    """One for each organisation, so that the answer of one provider is of no use at another's."""
    return f"{settings.RINGWALL_URL}/accounts/identity/{provider.organisation_id}/callback/"


def logout_address(provider: IdentityProvider) -> str:
    return f"{settings.RINGWALL_URL}/accounts/identity/{provider.organisation_id}/logout/"


def tokens_for(provider: IdentityProvider, metadata: Metadata, code: str, verifier: str) -> tuple[str, str]:
    """(ID token, access token) for a code. Raises ProviderFails."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_address(provider),
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    secret = secret_of(provider.pk)
    if secret and "client_secret_basic" in metadata.auth_methods:
        pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form |= {"client_id": provider.client_id} | ({"client_secret": secret} if secret else {})
    reply = _call("POST", metadata.token_endpoint, headers, urlencode(form).encode())
    said = _object(reply.body)
    if not reply.is_good:
        reason = said.get("error") if isinstance(said.get("error"), str) else reply.reason or reply.code
        raise ProviderFails(
            _("The provider refuses to say who you are: %(reason)s") % {"reason": str(reason)[:200]},
            _("Sign in again. If it stays, your administrator checks client ID and secret."),
        )
    id_token, access_token = said.get("id_token"), said.get("access_token")
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        raise ProviderFails(_("The provider's answer lacks the ID token."))
    return id_token, access_token


def userinfo_of(metadata: Metadata, access_token: str, subject: str) -> Mapping[str, Any]:
    """What the provider tells of this subject beside the token; nothing where it tells of another. Raises
    ProviderFails.
    """
    if not metadata.userinfo_endpoint:
        return {}
    if not access_token.isascii() or not access_token.isprintable():
        raise ProviderFails(_("The provider's answer lacks the ID token."))
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    reply = _call("GET", metadata.userinfo_endpoint, headers)
    said = _object(reply.body) if reply.is_good else {}
    if said.get("sub") != subject:
        raise ProviderFails(_("The provider tells of somebody else than its token does."))
    return said


def sign_out_address(provider: IdentityProvider, metadata: Metadata, id_token: str) -> str:
    """Where the browser signs out at the provider too (RP-Initiated Logout); empty where it cannot."""
    if not metadata.end_session_endpoint:
        return ""
    said = {
        "id_token_hint": id_token,
        "client_id": provider.client_id,
        "post_logout_redirect_uri": signed_out_address(),
    }
    return with_query(metadata.end_session_endpoint, said)


def signed_out_address() -> str:
    return f"{settings.RINGWALL_URL}/accounts/login/"


def with_query(address: str, said: Mapping[str, str]) -> str:
    return address + ("&" if urlsplit(address).query else "?") + urlencode(said)


def _published(address: str, afresh: bool) -> dict[str, Any]:
    key = _cache_key("published", address)
    known = None if afresh else cache.get(key)
    if isinstance(known, dict):
        return known
    if known is None:
        reply = _call("GET", address, {"Accept": "application/json"})
        if reply.is_good and (found := _object(reply.body)):
            cache.set(key, found, HOLDS)
            return found
        known = "" if reply.is_good else str(reply.reason or reply.code)
        if not afresh:
            # Who does not answer is left alone for a while: else anybody could keep this server busy waiting.
            cache.set(key, known, PAUSE)
    if known:
        raise ProviderFails(
            _("%(address)s does not answer: %(reason)s") % {"address": address[:300], "reason": known},
            _("Check the issuer address and whether this server reaches it."),
        )
    raise ProviderFails(
        _("%(address)s answers with something else than expected.") % {"address": address[:300]},
        _("Is this the address of an OpenID Connect issuer? Compare it with the provider's own page."),
    )


def _call(method: str, address: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
    """Inside one's own network only where the environment says so, and without encryption never beyond this machine."""
    if not is_safe_address(address):
        return Reply(None, str(_("The address does not begin with https://.")))
    inward = settings.RINGWALL_IDENTITY_INWARD
    if urlsplit(address).scheme == "http" and not (inward and is_loopback(urlsplit(address).hostname or "")):
        return Reply(None, str(_("The address does not begin with https://.")))
    return call(method, address, headers, body, inward=inward, longest=LONGEST)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _cache_key(what: str, address: str) -> str:
    return f"identity:{what}:{hashlib.sha256(address.encode()).hexdigest()}"
