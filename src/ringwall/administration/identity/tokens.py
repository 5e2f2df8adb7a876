"""Whether a signed token is what it says (OpenID Connect Core 3.1.3.7, Back-Channel Logout 2.6). Knows no Django.

The library checks signature and times; which algorithms and keys may stand for it is decided here, from what the
provider publishes and never from what the token claims.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import jwt
from jwt.exceptions import InvalidJTIError, InvalidSubjectError, MissingRequiredClaimError

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""With a public key only: neither without a signature nor with a secret that both sides know."""

KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
LEEWAY = 60
"""Seconds by which two clocks may differ."""

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
OLDEST_LOGOUT = 600
"""Seconds after which a logout token is too old, whatever end it names."""

Fault = Literal["form", "algorithm", "key", "signature", "issuer", "audience", "expiry", "time", "nonce", "claims"]
Keys = Sequence[Mapping[str, Any]]

_decoder = jwt.PyJWT({"enforce_minimum_key_length": True})


class BadToken(Exception):
    """The token is refused; `fault` says why in one word."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


def id_token_claims(token: str, keys: Keys, *, issuer: str, client_id: str, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that was made for this client and this very sign-in. Raises BadToken."""
    claims = _claims(token, keys, issuer, client_id, ("iss", "sub", "aud", "exp", "iat"))
    said = claims.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise BadToken("nonce")
    if not claims["sub"] or len(claims["sub"]) > 255:
        raise BadToken("claims")
    return claims


def logout_claims(token: str, keys: Keys, *, issuer: str, client_id: str, now: float) -> dict[str, Any]:
    """The claims of a logout token: it names a subject, a session or both. Raises BadToken."""
    claims = _claims(token, keys, issuer, client_id, ("iss", "aud", "iat", "jti"))
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict) or "nonce" in claims:
        raise BadToken("claims")
    if not any(isinstance(claims.get(name), str) and claims[name] for name in ("sub", "sid")):
        raise BadToken("claims")
    if now - claims["iat"] > OLDEST_LOGOUT:
        raise BadToken("expiry")
    return claims


def _claims(token: str, keys: Keys, issuer: str, client_id: str, required: Sequence[str]) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        raise BadToken("form") from None
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise BadToken("algorithm")
    try:
        claims: dict[str, Any] = _decoder.decode(
            token,
            _key(header.get("kid"), algorithm, keys),
            [algorithm],
            options={"require": list(required)},
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
        )
    except jwt.InvalidTokenError as error:
        raise BadToken(_fault_of(error)) from None
    except (jwt.PyJWTError, ValueError):
        raise BadToken("key") from None
    audience, party = claims["aud"], claims.get("azp")
    if party not in (None, client_id) or (isinstance(audience, list) and len(audience) > 1 and party is None):
        raise BadToken("audience")
    return claims


def _key(kid: Any, algorithm: str, keys: Keys) -> jwt.PyJWK:
    """The published key by which the token says it was signed; without a name it must be the only one of its kind."""
    fitting = [
        key
        for key in keys
        if key.get("kty") == KEY_TYPES[algorithm[:2]]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
    ]
    if len(fitting) != 1:
        raise BadToken("key")
    return jwt.PyJWK(dict(fitting[0]), algorithm)


def _fault_of(error: jwt.InvalidTokenError) -> Fault:
    match error:
        case jwt.InvalidSignatureError():
            return "signature"
        case jwt.ExpiredSignatureError():
            return "expiry"
        case jwt.ImmatureSignatureError() | jwt.InvalidIssuedAtError():
            return "time"
        case jwt.InvalidIssuerError():
            return "issuer"
        case jwt.InvalidAudienceError():
            return "audience"
        case jwt.InvalidAlgorithmError():
            return "algorithm"
        case MissingRequiredClaimError() | InvalidSubjectError() | InvalidJTIError():
            return "claims"
        case _:
            return "form"
