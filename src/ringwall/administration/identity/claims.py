"""What a provider says of itself and of a person, read strictly. Knows no Django."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where a provider is asked what (OpenID Connect Discovery 3); empty for what it does not offer."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    auth_methods: frozenset[str] = frozenset({"client_secret_basic"})
    algorithms: frozenset[str] = frozenset()
    challenge_methods: frozenset[str] = frozenset()
    names_itself: bool = False
    """It puts its name into each answer (RFC 9207), so that one without is not from it."""


NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OFFERED = ("userinfo_endpoint", "end_session_endpoint")


def read_metadata(raw: Mapping[str, Any]) -> Metadata:
    """Raises ValueError with the name of what is missing or of another kind."""
    texts: dict[str, str] = {}
    for name in ("issuer", *NEEDED, *OFFERED):
        value = raw.get(name) or ""
        if not isinstance(value, str) or (not value and name not in OFFERED):
            raise ValueError(name)
        texts[name] = value
    methods = _names(raw, "token_endpoint_auth_methods_supported") or frozenset({"client_secret_basic"})
    return Metadata(
        **texts,
        auth_methods=methods,
        algorithms=_names(raw, "id_token_signing_alg_values_supported"),
        challenge_methods=_names(raw, "code_challenge_methods_supported"),
        names_itself=raw.get("authorization_response_iss_parameter_supported") is True,
    )


def _names(raw: Mapping[str, Any], name: str) -> frozenset[str]:
    found = raw.get(name)
    return frozenset(part for part in found if isinstance(part, str)) if isinstance(found, list) else frozenset()


def is_safe_address(url: str) -> bool:
    """HTTPS with a host and nothing hidden in it; on this very machine plain HTTP will do."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        return False
    if not url.isascii() or any(character.isspace() or not character.isprintable() for character in url):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Known:
    """What is taken over of a person. `email` is empty unless the provider says that it was verified."""

    subject: str
    email: str
    unverified_email: str
    name: str
    groups: frozenset[str]


class TooManyGroups(Exception):
    """The provider leaves the groups out and names another place for them."""


def read_person(token: Mapping[str, Any], userinfo: Mapping[str, Any], group_claim: str) -> Known:
    """From the ID token, and from the user information for what it does not say. An address and whether it was
    verified are taken from one and the same place.
    """
    source = token if "email" in token else userinfo
    email = source.get("email")
    email = email.strip().lower() if isinstance(email, str) else ""
    is_verified = source.get("email_verified") in (True, "true")
    moved = token.get("_claim_names")
    if group_claim not in token and isinstance(moved, dict) and group_claim in moved:
        raise TooManyGroups
    name = next((said for said in (token.get("name"), userinfo.get("name")) if isinstance(said, str) and said), "")
    return Known(
        subject=token["sub"],
        email=email if is_verified else "",
        unverified_email="" if is_verified else email,
        name=" ".join(name.split())[:200],
        groups=_groups(token.get(group_claim, userinfo.get(group_claim))),
    )


def _groups(said: Any) -> frozenset[str]:
    if isinstance(said, str):
        said = [said]
    return frozenset(name for name in said if isinstance(name, str)) if isinstance(said, list) else frozenset()


def wanted_roles(table: Collection[Mapping[str, str]], groups: Collection[str]) -> set[tuple[str, str]]:
    """(role, unit) of all groups that somebody is in."""
    return {(row["role"], row["unit"]) for row in table if row["group"] in groups}
