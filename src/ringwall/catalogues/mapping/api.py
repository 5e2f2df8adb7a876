"""Mappings in the API: list, one with its rows in pages, import; and what one catalogue covers of another."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, NinjaAPI, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from ringwall.access.policy import Actor
from ringwall.catalogues import queries as catalogues
from ringwall.catalogues.actions import LARGEST, too_large
from ringwall.catalogues.api import ImportFinding
from ringwall.catalogues.mapping import covering, queries
from ringwall.catalogues.mapping.actions import MappingRefused, import_mapping, require_import
from ringwall.catalogues.mapping.models import MappedPair
from ringwall.kit.api import FAILURES, answer
from ringwall.kit.errors import Invalid

PAGE = 100
RelationName = Literal["equal", "equivalent", "subset", "superset", "intersects"]


class MappingSummary(Schema):
    id: str
    title: str
    version: str
    publisher: str
    source: str
    target: str
    rows: int
    defaulted: int
    withdrawn: bool


class MappingList(Schema):
    rows: list[MappingSummary]


class MappingRow(Schema):
    id: str
    source: str
    source_requirement: str
    relation: RelationName
    target: str
    target_requirement: str
    rationale: str
    defaulted: bool


class MappingRows(Schema):
    rows: list[MappingRow]
    next: str | None


class RowPage(Schema):
    cursor: str | None = Field(None, max_length=20, description="From `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=500)


class MappingImported(Schema):
    mapping: str
    title: str
    version: str
    source: str
    target: str
    added: int
    changed: int
    unchanged: int
    withdrawn: int
    left_out: int
    defaulted: int
    kept: int


class MappingsImported(Schema):
    added: int
    changed: int
    unchanged: int
    withdrawn: int
    left_out: int
    mappings: list[MappingImported]
    findings: list[ImportFinding]


class Reason(Schema):
    source: str
    relation: RelationName
    target: str
    rationale: str


class CoveredRow(Schema):
    identifier: str
    title: str
    coverage: Literal["covered", "partly", "not"]
    because: list[Reason]
    unjudged: list[Reason]


class CoveredGroup(Schema):
    id: str
    title: str
    covered: int
    partly: int
    not_: int = Field(alias="not")


class Coverage(Schema):
    target: str
    by: str
    mappings: list[str]
    requirements: int
    covered: int
    partly: int
    not_: int = Field(alias="not")
    unjudged: int
    groups: list[CoveredGroup]
    rows: list[CoveredRow]


def speak(api: NinjaAPI) -> None:
    """Add the operations under /mappings, and that on coverage under /catalogues."""
    router = Router(tags=["mappings"])

    @router.post(
        "/import",
        response={200: MappingsImported, **FAILURES},
        operation_id="import_mapping",
        summary="Import mappings (OSCAL, library, spreadsheet); the same file again changes nothing",
    )
    def import_file(
        request: HttpRequest, file: File[UploadedFile], source: Form[str] = "", target: Form[str] = ""
    ) -> HttpResponse:
        """`source` and `target` name catalogues where the file does not."""
        actor = _actor(request)
        require_import(actor)
        if (file.size or 0) > LARGEST:
            raise MappingRefused(too_large(file.size or 0).findings)
        sides = [catalogues.catalogue_named(actor, code) if code else None for code in (source, target)]
        report = import_mapping(file.read(), file.name or "", actor=actor, source=sides[0], target=sides[1])
        return answer(report.told())

    _add_reading(router)
    api.add_router("/mappings", router)
    coverage = Router(tags=["mappings"])

    @coverage.get(
        "/{code}",
        response={200: Coverage, **FAILURES},
        operation_id="get_coverage",
        summary="How far the requirements of a catalogue are covered by those of another, as the mappings say",
    )
    def get_coverage(request: HttpRequest, code: str, by: str) -> HttpResponse:
        actor = _actor(request)
        target, other = catalogues.catalogue_named(actor, code), catalogues.catalogue_named(actor, by)
        if target == other:
            raise Invalid({"by": [_("Name another catalogue than the one that is to be covered.")]})
        return answer(covering.told(covering.coverage_of(actor, target, other)))

    api.add_router("/coverage", coverage)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    queries.require_view(actor)
    return actor


def _add_reading(router: Router) -> None:
    @router.get("", response={200: MappingList, **FAILURES}, operation_id="list_mappings", summary="List mappings")
    def list_mappings(request: HttpRequest) -> HttpResponse:
        return answer({"rows": [queries.summary(one) for one in queries.mappings_of(_actor(request))]})

    @router.get(
        "/{code}/rows",
        response={200: MappingRows, **FAILURES},
        operation_id="list_mapping_rows",
        summary="The rows in force of a mapping, in its order",
    )
    def list_rows(request: HttpRequest, code: str, given: Query[RowPage]) -> HttpResponse:
        mapping = queries.mapping_named(_actor(request), code)
        start = start_of(given.cursor)
        found = list(queries.pairs_of(mapping, queries.PairQuery())[start : start + given.limit + 1])
        following = str(start + given.limit) if len(found) > given.limit else None
        return answer({"rows": [_told(pair) for pair in found[: given.limit]], "next": following})


def start_of(cursor: str | None) -> int:
    """How many rows stand before the page that a cursor names. Raises Invalid."""
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise Invalid({"cursor": [_("This cursor is not one that a list gave out.")]})
    return int(cursor)


def _told(pair: MappedPair) -> dict[str, Any]:
    return {
        "id": str(pair.pk),
        "source": pair.source_name,
        "source_requirement": pair.source.identifier,
        "relation": pair.relation,
        "target": pair.target_name,
        "target_requirement": pair.target.identifier,
        "rationale": pair.rationale,
        "defaulted": pair.is_defaulted,
    }
