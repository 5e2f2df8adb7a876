"""How the API refuses: problem details (RFC 9457)."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from ringwall.kit.errors import ActError

PROBLEM = "application/problem+json"


def problem(status: int, title: str, detail: str, errors: Mapping[str, Any] | None = None) -> HttpResponse:
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = [{"field": name, "message": text} for name, texts in errors.items() for text in texts]
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=PROBLEM)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def act_problem(error: ActError) -> HttpResponse:
    status = 412 if error.status == 409 else error.status
    return problem(status, str(error.title), str(error), getattr(error, "errors", None))
