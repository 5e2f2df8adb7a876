"""Evidence in the REST API: list, add, fetch, withdraw."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import File, Form, NinjaAPI, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from ringwall.access.policy import Actor
from ringwall.evidence import actions, queries
from ringwall.evidence.models import Evidence
from ringwall.evidence.views import file_response
from ringwall.kit.acts import plain
from ringwall.kit.api import FAILURES, answer
from ringwall.kit.schemas import Strict

Kind = Annotated[str, Field(max_length=40, description="Kind of the record, such as control")]
Key = Annotated[str, Field(max_length=80, description="Its reference or id")]


class EvidenceRow(Schema):
    id: UUID
    version: int
    kind: str
    subject: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    note: str
    valid_until: date | None
    validity: Literal["valid", "expiring", "expired", "withdrawn"]
    added_at: datetime
    withdrawn_on: date | None
    withdrawn_reason: str


class EvidenceRows(Schema):
    rows: list[EvidenceRow]


class EvidenceAdd(Strict):
    kind: Kind
    subject: Key
    note: Annotated[str, Field(max_length=500)] = ""
    valid_until: date | None = None


class EvidenceWithdraw(Strict):
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


router = Router(tags=["evidence"])


def add_to(api: NinjaAPI) -> None:
    api.add_router("/evidence", router)


def told(row: Evidence) -> dict[str, Any]:
    names = ("version", "name", "media_type", "note", "valid_until", "added_at", "withdrawn_on", "withdrawn_reason")
    return {
        "id": str(row.pk),
        "kind": row.subject_kind,
        "subject": str(row.subject_id),
        "size": row.file.size,
        "sha256": row.file.sha256,
        "validity": str(row.validity()),
        **{name: plain(getattr(row, name)) for name in names},
    }


@router.get("", response={200: EvidenceRows, **FAILURES}, operation_id="list_evidence", summary="Evidence of a record")
def list_rows(request: HttpRequest, kind: Query[Kind], subject: Query[Key]) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    record = queries.subject(actor, kind, subject)
    return answer({"rows": [told(row) for row in queries.evidence_of(record)]})


@router.post(
    "",
    response={201: EvidenceRow, **FAILURES},
    operation_id="add_evidence",
    summary="Add a file as evidence of a record",
)
def add(request: HttpRequest, given: Form[EvidenceAdd], file: File[UploadedFile]) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    record = queries.subject(actor, given.kind, given.subject)
    raw = {"file": file, "note": given.note, "valid_until": given.valid_until}
    row = actions.add.run(actor, raw, subject=record)
    return answer(told(row), 201, row.version)


@router.get(
    "/{uuid:key}", response={200: EvidenceRow, **FAILURES}, operation_id="get_evidence", summary="One piece of evidence"
)
def get_row(request: HttpRequest, key: UUID) -> HttpResponse:
    row = queries.get_evidence(request.auth, key)  # type: ignore[attr-defined]
    return answer(told(row), version=row.version)


@router.get(
    "/{uuid:key}/file", response={200: bytes, **FAILURES}, operation_id="fetch_evidence", summary="The file itself"
)
def get_file(request: HttpRequest, key: UUID) -> FileResponse:
    return file_response(queries.get_evidence(request.auth, key))  # type: ignore[attr-defined]


@router.post(
    "/{uuid:key}/withdraw",
    response={200: EvidenceRow, **FAILURES},
    operation_id="withdraw_evidence",
    summary="It no longer counts",
)
def withdraw(request: HttpRequest, key: UUID, given: EvidenceWithdraw) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    row = queries.get_evidence(actor, key)
    record = queries.subject(actor, row.subject_kind, row.subject_id)
    row = actions.withdraw.run(actor, {"evidence": str(key)}, subject=record, reason=given.reason)
    return answer(told(row), version=row.version)
