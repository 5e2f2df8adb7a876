"""Documents of a whole in the REST API."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router

from ringwall.access.policy import Actor
from ringwall.kit.api import FAILURES
from ringwall.kit.reporting import as_file, built_of_whole

Format = Literal["pdf", "docx", "xlsx", "json"]


def add_to(api: NinjaAPI) -> None:
    router = Router(tags=["reports"])

    @router.get(
        "/{name}/{scope}",
        response={200: bytes, **FAILURES},
        operation_id="fetch_report",
        summary="Statement of applicability (soa) or risk treatment plan (rtp) of a scope as a file",
    )
    def fetch_report(
        request: HttpRequest, name: str, scope: str, format: Format = "pdf", language: Literal["en", "de"] = "en"
    ) -> HttpResponse:
        actor: Actor = request.auth  # type: ignore[attr-defined]
        options: dict[str, Any] = {"language": language, "recipient": "", "columns": []}
        found = built_of_whole(name, scope.replace("\x00", ""), actor, options)
        return as_file(found, name, scope, format, actor)

    api.add_router("/reports", router)
