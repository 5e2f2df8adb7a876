"""The documents of a scope as the API speaks them: the same files as on the pages."""

from importlib import import_module
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router

from ringwall.exchange.queries import scope_for
from ringwall.kit.api import FAILURES


def add(api: NinjaAPI) -> None:
    router = Router(tags=["oscal"])

    @router.get(
        "/{scope}/{document}",
        response={200: dict[str, Any], **FAILURES},
        operation_id="export_oscal",
        summary="A whole scope as an OSCAL document, valid for OSCAL 1.2; with format=xml as XML",
    )
    def export_oscal(
        request: HttpRequest,
        scope: str,
        document: Literal["ssp", "component-definition", "poam"],
        format: Literal["json", "xml"] = "json",
    ) -> HttpResponse:
        actor = request.auth  # type: ignore[attr-defined]
        found = scope_for(actor, scope.replace("\x00", ""), document)
        content = import_module("ringwall.exchange.exporting").document_of(actor, found, document, format)
        return HttpResponse(content, content_type=f"application/{format}")

    api.add_router("/oscal", router)
