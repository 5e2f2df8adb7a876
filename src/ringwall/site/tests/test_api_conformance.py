"""The API keeps its own description: schemathesis makes requests from it, good and bad, and reads the answers
against it.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.conf import settings as project
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client, override_settings
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ringwall.access.models import ApiToken
from ringwall.kit import registry
from ringwall.site.tests.proof.building import ProofWorld
from ringwall.site.tests.proof.standing import standing_world
from ringwall.site.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.postgres, pytest.mark.xdist_group("conformance")]
"""Where there is PostgreSQL, on that alone: it refuses more."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 6
"""Requests made for each operation; more find nothing new in the time they take."""


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[ProofWorld]:
    """Every register holds records, so that answers have something to break the schema with."""
    with standing_world(django_db_blocker, tmp_path_factory.mktemp("files")) as world:
        yield world


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A real server closes its connection after a request; here that would end the transaction that holds the world."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def token(filled: ProofWorld) -> str:
    """Of the one who may do most."""
    secret = ApiToken.new_secret()
    ApiToken.objects.bulk_create(
        [
            ApiToken(
                organisation=filled.demo.organisation,
                person=filled.demo.people["isms-manager"],
                name="conformance",
                scope="write",
                digest=ApiToken.digest_of(secret),
                expires_at=timezone.now() + timedelta(days=1),
            )
        ]
    )
    return secret


def test_no_answer_breaks_the_published_schema(token: str, filled: ProofWorld) -> None:
    """A few requests to every operation, right and wrong ones; all faults are told together."""
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    faults: list[str] = []
    for found in described.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        try:
            _tried(operation, token, filled)()
        except FailureGroup as group:
            faults += [f"{operation.label}: {_words(failure)}" for failure in group.exceptions]
    assert not faults, "\n".join(dict.fromkeys(faults))


def _tried(operation: Any, token: str, filled: ProofWorld) -> Callable[[], None]:
    """Requests to one operation; the same every time, none is kept."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        name_what_exists(case, filled)
        with transaction.atomic():
            response = case.call(headers={"Authorization": f"Bearer {token}"})
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    return send


def _words(failure: BaseException) -> str:
    return " ".join(f"{type(failure).__name__} {failure}".split())[:400]


def name_what_exists(case: Any, world: ProofWorld) -> None:
    """Every second request names a record that is there: made-up keys would all end in 404."""
    register = next((r for r in registry.registers.values() if f"/{r.slug}/" in case.path), None)
    parts = case.path_parameters or {}
    if "key" not in parts or register is None or len(str(parts["key"])) % 2:
        return
    record = world.record(register.kind, "in sales")
    case.path_parameters = parts | {"key": str(record.pk)}
    case.headers["If-Match"] = f'"{record.version}"'


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/nothing-here", 404),
        ("get", "/api/v1/", 404),
        ("delete", "/api/v1/assets", 405),
        ("put", "/api/v1/assets/A-1", 405),
    ],
)
def test_an_unknown_address_or_method_is_told_as_a_problem(token: str, method: str, path: str, status: int) -> None:
    answer = getattr(Client(headers={"Authorization": f"Bearer {token}"}), method)(path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    if status == 405:
        assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("authorisation", ["", "Bearer rw_unknown", "Bearer ", "Basic YTpi", "Bearer \u00e4"])
def test_without_a_valid_token_nothing_but_the_description_is_told(filled: ProofWorld, authorisation: str) -> None:
    client = Client(headers={"Authorization": authorisation} if authorisation else {})
    answer = client.get("/api/v1/assets")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/api/v1/openapi.json").status_code == 200


def test_the_description_is_openapi_3_1_and_every_failure_in_it_is_a_problem(db: None) -> None:
    described = json.loads(Client().get("/api/v1/openapi.json").content)
    assert described["openapi"].startswith("3.1")
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"], (method, path, status)


def test_a_body_that_is_no_json_and_one_that_is_too_large_are_told_as_problems(token: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {token}"})
    client.raise_request_exception = False
    for body in (b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 2000):
        answer = client.post("/api/v1/assets", body, content_type="application/json")
        assert answer.headers["Content-Type"] == "application/problem+json", (body[:20], answer.status_code)
        assert answer.status_code in {400, 422}
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        answer = client.post("/api/v1/assets", b'"' + b"a" * 2000 + b'"', content_type="application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json"), answer.content
    assert project.DATA_UPLOAD_MAX_MEMORY_SIZE > 1000
