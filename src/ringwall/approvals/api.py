"""Versions of wholes as the API speaks them: submitted, read, answered and recalled as on the pages."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router, Schema
from pydantic import Field

from ringwall.access.policy import Actor
from ringwall.approvals import actions
from ringwall.approvals.freezers import Freezer
from ringwall.approvals.models import Approval
from ringwall.approvals.queries import people_named, signatures_of, versions
from ringwall.kit import registry
from ringwall.kit.acts import plain
from ringwall.kit.api import FAILURES, answer
from ringwall.kit.schemas import Strict


class SignatureOut(Schema):
    person: str
    part: str
    answer: str
    conditions: str
    conflict: str
    at: datetime | None


class VersionOut(Schema):
    """`kind` is soa (statement of applicability) or rtp (risk treatment plan); `version` counts its changes."""

    id: UUID
    kind: str
    title: str
    number: int
    version: int
    state: Literal["submitted", "approved", "declined", "recalled", "replaced"]
    sha256: str
    note: str
    submitted_at: datetime
    decided_at: datetime | None
    signatures: list[SignatureOut]


class FrozenVersionOut(VersionOut):
    frozen: dict[str, Any]


class VersionsOut(Schema):
    rows: list[VersionOut]


Emails = Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=50)]


class Submission(Strict):
    deciders: Annotated[Emails, Field(description="Email, name or id of those who shall decide")]
    consulted: Emails = []
    note: Annotated[str, Field(max_length=5000)] = ""


class AnswerIn(Strict):
    answer: Literal["yes", "no"]
    conditions: Annotated[str, Field(max_length=5000)] = ""
    conflict: Annotated[str, Field(max_length=500, description="A conflict of interest, recorded, not refused")] = ""
    version: Annotated[int | None, Field(ge=0, le=2**31, description="As read, against answering another state")] = None


class Recall(Strict):
    reason: Annotated[str, Field(max_length=2000)] = ""


router = Router(tags=["versions"])


def add_to(api: NinjaAPI) -> None:
    for freezer in registry.freezers.values():
        _add_whole(freezer)
    api.add_router("", router)


def told(approval: Approval) -> dict[str, Any]:
    return {
        "id": str(approval.pk),
        "kind": approval.subject_kind,
        "title": approval.title,
        "number": approval.number,
        "version": approval.version,
        "state": str(approval.state),
        "sha256": approval.sha256,
        "note": approval.note,
        "submitted_at": plain(approval.submitted_at),
        "decided_at": plain(approval.decided_at),
        "signatures": [
            {
                "person": signature.person.name,
                "part": str(signature.part),
                "answer": str(signature.answer),
                "conditions": signature.conditions,
                "conflict": signature.conflict,
                "at": plain(signature.at),
            }
            for signature in signatures_of(approval)
        ],
    }


def _add_whole(freezer: Freezer) -> None:
    path = f"/{freezer.slug}/{{scope}}/versions"

    @router.get(
        path,
        response={200: VersionsOut, **FAILURES},
        operation_id=f"list_{freezer.kind}_versions",
        summary="Versions that were submitted, the newest first",
    )
    def list_versions(request: HttpRequest, scope: str) -> HttpResponse:
        whole = freezer.named(request.auth, scope.replace("\x00", ""))  # type: ignore[attr-defined]
        return answer({"rows": [told(approval) for approval in versions(freezer.kind, whole.pk)]})

    @router.post(
        path,
        response={201: VersionOut, **FAILURES},
        operation_id=f"submit_{freezer.kind}",
        summary="Freeze the present state and ask for its approval",
    )
    def submit(request: HttpRequest, scope: str, given: Submission) -> HttpResponse:
        actor: Actor = request.auth  # type: ignore[attr-defined]
        whole = freezer.named(actor, scope.replace("\x00", ""))
        made = actions.submit(
            freezer.kind,
            whole,
            actor=actor,
            deciders=people_named(actor, "deciders", given.deciders),
            consulted=people_named(actor, "consulted", given.consulted),
            note=given.note,
        )
        return answer(told(made), 201, made.version)


@router.get(
    "/versions/{uuid:key}",
    response={200: FrozenVersionOut, **FAILURES},
    operation_id="get_version",
    summary="One version with what was frozen",
)
def get_version(request: HttpRequest, key: UUID) -> HttpResponse:
    approval, _freezer, _whole = actions.find(request.auth, key)  # type: ignore[attr-defined]
    return answer(told(approval) | {"frozen": json.loads(approval.frozen)}, version=approval.version)


@router.post(
    "/versions/{uuid:key}/answer",
    response={200: VersionOut, **FAILURES},
    operation_id="answer_version",
    summary="Say yes or no to it",
)
def answer_version(request: HttpRequest, key: UUID, given: AnswerIn) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    approval, _freezer, _whole = actions.find(actor, key)
    made = actions.answer(
        approval,
        actor=actor,
        is_yes=given.answer == "yes",
        conditions=given.conditions,
        conflict=given.conflict,
        version=given.version,
    )
    return answer(told(made), version=made.version)


@router.post(
    "/versions/{uuid:key}/recall",
    response={200: VersionOut, **FAILURES},
    operation_id="recall_version",
    summary="Take an open version back",
)
def recall_version(request: HttpRequest, key: UUID, given: Recall) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    approval, _freezer, _whole = actions.find(actor, key)
    made = actions.recall(approval, actor=actor, reason=given.reason)
    return answer(told(made), version=made.version)
