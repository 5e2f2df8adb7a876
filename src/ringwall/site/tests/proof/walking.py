"""Going through a door as somebody, and what must then be true of the answer."""

import io
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from urllib.parse import quote

from django.apps import apps
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.client import ClientHandler

from ringwall.access import memory
from ringwall.ledger.models import Entry
from ringwall.site.tests.proof.secrets import Secret, Secrets
from ringwall.site.tests.proof.viewers import Viewer

WRITE = re.compile(r"^\s*(?:INSERT|UPDATE|DELETE|REPLACE)\b[^\"]*\"(\w+)\"", re.IGNORECASE)
PASSING = {"django_session", "site_cache", "kit_job", "notices_visit"}
"""Tables that a mere look may write: the session, the cache, jobs that lost their worker, and when one was here."""

PARTS_OF_WHOLES = {"control", "obligation", "risk"}
"""Kinds whose records a statement or plan names: to whoever may see the whole, since it is never shown in part."""

ONCE = re.compile(r'(name="form_key" value=")[0-9a-f-]{36}')
TOKEN = re.compile(r'(csrfmiddlewaretoken" value="|csrf-token" content="|X-CSRFToken[^:]*: ?[&quot;"]+)[A-Za-z0-9]{64}')


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    """Headers and body; of archives (XLSX, DOCX) the text of their parts."""

    crash: str = ""
    writes: frozenset[str] = frozenset()


class Browser:
    """Sends each request as if it were the first after signing in. The test client does more than is wanted here: it
    copies the context of every template, which takes longer than the page itself, and keeps what a page said."""

    def __init__(self, session: str = "", token: str = "") -> None:
        self.requests = RequestFactory(headers={"Authorization": f"Bearer {token}"} if token else None)
        if session:
            self.requests.cookies[settings.SESSION_COOKIE_NAME] = session
        self.handler = ClientHandler(enforce_csrf_checks=False)

    def send(self, method: str, path: str, data: Mapping[str, Any], **options: Any) -> tuple[Any, str]:
        """The response, and what went wrong where it ended in an error of the program."""
        crashes: list[str] = []

        def crashed(**_signal: Any) -> None:
            kind, error, _trace = sys.exc_info()
            crashes.append(f"{kind.__name__ if kind else ''}: {error}"[:300])

        got_request_exception.connect(crashed)
        try:
            request = getattr(self.requests, method.lower())(path, data, **options)
            return self.handler(request.environ), "; ".join(crashes)
        finally:
            got_request_exception.disconnect(crashed)


@dataclass
class Walk:
    """Sends requests as one viewer and notes what should not have been."""

    viewer: Viewer
    browser: Browser
    secrets: Secrets
    faults: list[str] = field(default_factory=list)
    sent: int = 0
    is_undone: bool = True
    is_in_whole: bool = False
    """The door leads to a whole that the viewer may see: it is shown whole, with the records it is made of."""

    _asked: dict[tuple[Any, ...], Answer] = field(default_factory=dict)

    def send(self, method: str, path: str, data: Mapping[str, Any] | None = None, **options: Any) -> Answer:
        """One request, undone afterwards where it could have written."""
        self.sent += 1
        with _watched() as writes, transaction.atomic(), remembering():
            response, crash = self.browser.send(method, path, data or {}, **options)
            answer = Answer(response.status_code, _text(response), crash, frozenset(writes))
            transaction.set_rollback(self.is_undone)
        if writes - PASSING:
            forget()
        if answer.status >= 500:
            self.fault(method, path, f"ended in {answer.status}: {answer.crash}")
        self.look_for_secrets(method, path, data, answer)
        return answer

    def send_once(self, method: str, path: str, data: Mapping[str, Any] | None = None, **options: Any) -> Answer:
        """The same, asked once: for what does not exist, which answers the same to every comparison."""
        key = (method, path, repr(data), repr(options))
        if key not in self._asked:
            self._asked[key] = self.send(method, path, data, **options)
        return self._asked[key]

    def look_for_secrets(self, method: str, path: str, data: Any, answer: Answer) -> None:
        """No word or id in the answer belongs to what the viewer may not see, unless the request brought it along."""
        brought = f"{path} {data}".lower()
        told: set[Secret] = set()
        for word, secret, around in self.secrets.read_in(answer.text):
            if secret not in told and word not in brought and not self._may_read(secret):
                told.add(secret)
                self.fault(method, path, f"shows {secret.what}: …{around}…")

    def _may_read(self, secret: Secret) -> bool:
        in_whole = (
            self.is_in_whole and secret.kind in PARTS_OF_WHOLES and secret.organisation == self.viewer.organisation
        )
        return in_whole or self.viewer.may_see(secret)

    def expect(self, method: str, path: str, answer: Answer, allowed: set[int]) -> None:
        if answer.status not in allowed and answer.status < 500:
            self.fault(method, path, f"answered {answer.status}, not one of {sorted(allowed)}")

    def expect_nothing_written(self, method: str, path: str, answer: Answer) -> None:
        if written := answer.writes - PASSING:
            self.fault(method, path, f"wrote {', '.join(sorted(written))}")

    def expect_same(self, method: str, path: str, answer: Answer, twin: Answer, masks: Mapping[str, str]) -> None:
        """The answer for what is hidden equals that for what does not exist, but for the name asked for."""
        if answer.status != twin.status:
            self.fault(
                method, path, f"answers {answer.status} for what is hidden, {twin.status} for what does not exist"
            )
        elif masked(answer.text, masks) != masked(twin.text, masks):
            self.fault(
                method, path, f"tells what is hidden from what does not exist: {_difference(answer, twin, masks)}"
            )

    def fault(self, method: str, path: str, what: str) -> None:
        self.faults.append(f"{self.viewer.name or 'a stranger'}: {method} {path}: {what}")


def masked(text: str, masks: Mapping[str, str]) -> str:
    for word in sorted(masks, key=len, reverse=True):
        for written in {word, quote(word)}:
            text = re.sub(re.escape(written), masks[word], text, flags=re.IGNORECASE)
    return ONCE.sub(r"\1", TOKEN.sub(r"\1", text))


def _difference(answer: Answer, twin: Answer, masks: Mapping[str, str]) -> str:
    one, other = masked(answer.text, masks), masked(twin.text, masks)
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[max(0, at - 40) : at + 60]!r} / {other[max(0, at - 40) : at + 60]!r}"


@contextmanager
def _watched() -> Iterator[set[str]]:
    """The tables to which statements write meanwhile."""
    written: set[str] = set()

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if match := WRITE.match(sql):
            written.add(match.group(1))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield written


@contextmanager
def remembering() -> Iterator[None]:
    """What is remembered between requests is remembered here as for everybody, whoever asks next: only a transaction of
    the request itself counts as one. Most of a request's time would go into who asks and what they may do.
    """
    depth = len(connection.savepoint_ids)
    with mock.patch.object(memory, "is_undoable", lambda: len(connection.savepoint_ids) > depth):
        yield


def forget() -> None:
    """Once an act is undone, the ledger will reach the same size in another way."""
    memory._known.clear()
    memory._shared.clear()


def _text(response: Any) -> str:
    head = "\n".join(
        f"{name}: {value}" for name, value in response.headers.items() if name not in {"Content-Length", "ETag"}
    )
    body = b"".join(response.streaming_content) if response.streaming else response.content
    cookies = "\n".join(morsel.value for name, morsel in response.cookies.items() if name == "messages")
    return f"{head}\n{cookies}\n\n{_unpacked(body)}"


def _unpacked(body: bytes) -> str:
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return body.decode("utf-8", "replace")


def footprint() -> dict[str, int]:
    """Rows in every table that keeps anything, and entries in the ledger: equal before and after whatever was
    denied.
    """
    counts = {model._meta.db_table: model._base_manager.count() for model in apps.get_models() if model._meta.managed}
    counts["ledger entries"] = Entry.objects.count()
    return {name: count for name, count in counts.items() if name not in PASSING}
