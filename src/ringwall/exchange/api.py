"""The documents of a scope as the API speaks them: the same files as on the pages, out and in."""

from importlib import import_module
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, NinjaAPI, Router, Schema
from ninja.files import UploadedFile

from ringwall.context.queries import covered_scope
from ringwall.exchange.queries import IMPORT, scope_for
from ringwall.kit.api import FAILURES, answer
from ringwall.kit.problems import problem


class ImportedRows(Schema):
    added: int
    changed: int
    unchanged: int
    refused: int


class ImportedPlace(Schema):
    severity: Literal["error", "warning", "info"]
    path: str
    message: str


class DocumentImported(ImportedRows):
    """`registers`: counts by register, under the names of their addresses."""

    document: Literal["ssp", "poam"]
    scope: str
    registers: dict[str, ImportedRows]
    findings: list[ImportedPlace]


def add(api: NinjaAPI) -> None:
    router = Router(tags=["oscal"])

    # Before the path with a document, which would swallow it.
    @router.post(
        "/{scope}/import",
        response={200: DocumentImported, **FAILURES},
        operation_id="import_oscal",
        summary="Import a security plan or a plan of action into a scope; with dry_run only the preview",
    )
    def import_oscal(request: HttpRequest, scope: str, file: File[UploadedFile], dry_run: bool = False) -> HttpResponse:
        actor = request.auth  # type: ignore[attr-defined]
        found = covered_scope(actor, scope.replace("\x00", ""), IMPORT)
        importing = import_module("ringwall.exchange.importing")
        plan = importing.plan_document(actor, found, file.read(), file.name or "")
        if plan.is_refused and (not dry_run or not plan.plans):
            told: dict[str, list[str]] = {}
            for one in plan.report()["findings"]:
                if one["severity"] == "error":
                    told.setdefault(one["path"], []).append(one["message"])
            return problem(422, _("Nothing was stored"), _("Parts of the file are refused."), told)
        if not dry_run:
            importing.store_document(plan, actor)
        return answer(plan.report())

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
