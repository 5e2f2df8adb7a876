"""A browser's or program's side of the wire: one kept connection, cookies or a token."""

import http.client
import json
import time
import urllib.parse
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any


class Unexpected(Exception):
    """The server answered with another status than a measurement can use."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """One person's connection to 127.0.0.1. A session of the pages, or a token of the API."""

    port: int
    session: str = ""
    token: str = ""
    csrf: str = "b" * 32
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def get(self, path: str, expected: int = 200, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers, expected)

    def post(self, path: str, values: Mapping[str, str], expected: int = 200, **headers: str) -> Answer:
        body = urllib.parse.urlencode(values).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **headers}, expected)

    def upload(self, path: str, values: Mapping[str, str], name: str, data: bytes, expected: int = 302) -> Answer:
        """A form with one file, in its field `file`."""
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in values.items()
        ]
        parts += [
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode(),
            data,
            f"\r\n--{mark}--\r\n".encode(),
        ]
        return self._ask(
            "POST", path, b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={mark}"}, expected
        )

    def patch(self, path: str, values: Any, version: int, expected: int = 200) -> Answer:
        headers = {"Content-Type": "application/json", "If-Match": f'"{version}"'}
        return self._ask("PATCH", path, json.dumps(values).encode(), headers, expected)

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], expected: int) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        else:
            sent["Cookie"] = f"sessionid={self.session}; csrftoken={self.csrf}"
            sent["X-CSRFToken"] = self.csrf
        try:
            self._connection.request(method, path, body, sent)
            response = self._connection.getresponse()
            found = {name.lower(): value for name, value in response.headers.items()}
            answer = Answer(response.status, found, response.read())
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unexpected(f"{method} {path}: {error!r}") from None
        if answer.status != expected:
            raise Unexpected(f"{method} {path} answered {answer.status}, not {expected}: {answer.body[:200]!r}")
        return answer


def rate(callers: list[Callable[[], Any]], seconds: float) -> tuple[float, list[float]]:
    """All callers at once, each calling again and again: (calls per second, durations in seconds)."""

    def run(call: Callable[[], Any]) -> list[float]:
        taken = []
        while (began := time.perf_counter()) < deadline:
            call()
            taken.append(time.perf_counter() - began)
        return taken

    started = time.perf_counter()
    deadline = started + seconds
    with ThreadPoolExecutor(len(callers)) as pool:
        durations = [one for taken in pool.map(run, callers) for one in taken]
    return len(durations) / (time.perf_counter() - started), durations
