"""A provider on loopback that answers as a test tells it: its tokens are wrong in one thing, or in none."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qsl

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

KEY, OTHER_KEY = (rsa.generate_private_key(65537, 2048) for _n in range(2))


def public_jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    said: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**said, "kid": kid, "use": "sig", "alg": "RS256"}


def signed(claims: Mapping[str, Any], key: Any = KEY, alg: str = "RS256", kid: str = "one") -> str:
    return jwt.encode(dict(claims), key, alg, {"kid": kid})


def unsigned(claims: Mapping[str, Any]) -> str:
    header = {"alg": "none", "kid": "one"}
    parts = (urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims))
    return ".".join((*parts, ""))


def signed_with_what_all_know(claims: Mapping[str, Any]) -> str:
    """HS256 with the public key as the secret: believed by whoever takes the algorithm from the token."""
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    token = jwt.PyJWS()
    header = urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "one"}).encode()).decode().rstrip("=")
    body = urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    mac = token.get_algorithm_by_name("HS256")
    signature = mac.sign(f"{header}.{body}".encode(), pem)
    return f"{header}.{body}.{urlsafe_b64encode(signature).decode().rstrip('=')}"


class Forger:
    """`token` is what it gives for any code, `userinfo` what it tells of the person, `asked` what it was asked last."""

    def __init__(self) -> None:
        self.token = ""
        self.userinfo: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.published: dict[str, Any] = {}
        forger = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                said = {
                    "/.well-known/openid-configuration": forger.metadata() | forger.published,
                    "/jwks": {"keys": [public_jwk(KEY, "one")]},
                    "/me": forger.userinfo,
                }
                self._say(said.get(self.path, {}))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                forger.asked = dict(parse_qsl(body))
                self._say({"access_token": "x", "token_type": "Bearer", "id_token": forger.token})

            def _say(self, said: Any) -> None:
                body = json.dumps(said).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_said: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/me",
        }

    def claims(self, nonce: str, **more: Any) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": "mallory",
            "aud": "ringwall",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **more,
        }
