"""Catalogues in the API: list, one, its requirements in pages, and import."""

import base64
import binascii
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, NinjaAPI, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from ringwall.access.policy import Actor
from ringwall.catalogues import queries
from ringwall.catalogues.actions import LARGEST, import_catalogue, require_import, too_large
from ringwall.catalogues.models import Requirement, Statement
from ringwall.kit.api import FAILURES, answer
from ringwall.kit.errors import Invalid

PAGE = 100


class StatementCounts(Schema):
    MUST: int
    MUST_NOT: int
    SHOULD: int
    SHOULD_NOT: int
    MAY: int


class CatalogueSummary(Schema):
    id: str
    title: str
    version: str
    language: str
    groups: int
    requirements: int
    withdrawn: int
    statements: StatementCounts
    levels: dict[str, int]
    threats: int


class CatalogueList(Schema):
    rows: list[CatalogueSummary]


class StatementRow(Schema):
    number: str
    verb: Literal["MUST", "MUST_NOT", "SHOULD", "SHOULD_NOT", "MAY", ""]
    text: str


class RequirementLink(Schema):
    rel: str
    target: str
    text: str
    internal: bool


class RequirementRow(Schema):
    id: str
    identifier: str
    label: str
    parent: str | None
    kind: Literal["group", "requirement", "reference_control", "threat"]
    position: int
    depth: int
    title: str
    text: str
    guidance: str
    translations: dict[str, dict[str, str]]
    level: str
    attributes: dict[str, list[str]]
    links: list[RequirementLink]
    withdrawn: bool
    statements: list[StatementRow]


class RequirementList(Schema):
    rows: list[RequirementRow]
    next: str | None


class RequirementPage(Schema):
    cursor: str | None = Field(None, max_length=200, description="From `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=500)


class ImportFinding(Schema):
    severity: Literal["error", "warning", "info"]
    path: str
    message: str


class CatalogueImported(Schema):
    catalogue: str
    title: str
    version: str
    added: int
    changed: int
    unchanged: int
    withdrawn: int
    findings: list[ImportFinding]


def speak(api: NinjaAPI) -> None:
    """Add the operations under /catalogues."""
    router = Router(tags=["catalogues"])

    @router.post(
        "/import",
        response={200: CatalogueImported, **FAILURES},
        operation_id="import_catalogue",
        summary="Import a catalogue (OSCAL, Kompendium, library, spreadsheet); the same file again changes nothing",
    )
    def import_file(
        request: HttpRequest,
        file: File[UploadedFile],
        code: Form[str] = "",
        title: Form[str] = "",
        edition: Form[str] = "",
    ) -> HttpResponse:
        actor = _actor(request)
        require_import(actor)
        if (file.size or 0) > LARGEST:
            raise too_large(file.size or 0)
        report = import_catalogue(file.read(), file.name or "", actor=actor, code=code, title=title, edition=edition)
        return answer(report.told())

    # After the import, whose address would else be taken for that of a catalogue.
    _add_reading(router)
    api.add_router("/catalogues", router)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    queries.require_view(actor)
    return actor


def _add_reading(router: Router) -> None:
    @router.get(
        "", response={200: CatalogueList, **FAILURES}, operation_id="list_catalogues", summary="List catalogues"
    )
    def list_catalogues(request: HttpRequest) -> HttpResponse:
        return answer({"rows": queries.summaries(_actor(request))})

    @router.get(
        "/{code}", response={200: CatalogueSummary, **FAILURES}, operation_id="get_catalogue", summary="One catalogue"
    )
    def get_catalogue(request: HttpRequest, code: str) -> HttpResponse:
        return answer(queries.summary(queries.catalogue_named(_actor(request), code)))

    @router.get(
        "/{code}/requirements",
        response={200: RequirementList, **FAILURES},
        operation_id="list_requirements",
        summary="Groups and requirements of a catalogue, in its order",
    )
    def list_requirements(request: HttpRequest, code: str, given: Query[RequirementPage]) -> HttpResponse:
        catalogue = queries.catalogue_named(_actor(request), code)
        rows = Requirement.objects.filter(catalogue=catalogue, position__gt=_position(given.cursor)).order_by(
            "position"
        )
        found = list(rows.select_related("parent")[: given.limit + 1])
        page = found[: given.limit]
        statements: dict[Any, list[Statement]] = {}
        for statement in Statement.objects.filter(requirement__in=[row.pk for row in page], is_withdrawn=False):
            statements.setdefault(statement.requirement_id, []).append(statement)
        following = _cursor(page[-1].position) if len(found) > given.limit else None
        return answer({"rows": [_told(row, statements.get(row.pk, [])) for row in page], "next": following})


def _told(row: Requirement, statements: list[Statement]) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "identifier": row.identifier,
        "label": row.ref,
        "parent": row.parent.identifier if row.parent else None,
        "kind": row.category,
        **{
            name: getattr(row, name)
            for name in ("position", "depth", "title", "text", "guidance", "translations", "level")
        },
        "attributes": row.attributes,
        "links": row.links,
        "withdrawn": row.is_withdrawn,
        "statements": [{"number": one.number, "verb": one.verb, "text": one.text} for one in statements],
    }


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode().rstrip("=")


def _position(cursor: str | None) -> int:
    if not cursor:
        return -1
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if not (text.isdigit() and len(text) < 10):
            raise ValueError
        return int(text)
    except (ValueError, binascii.Error, UnicodeError):
        raise Invalid({"cursor": [_("This cursor is not one that a list gave out.")]}) from None
