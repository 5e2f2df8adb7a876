"""The statement of a scope as the API speaks it: the same rows as page and documents."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router, Schema

from ringwall.access.policy import Actor
from ringwall.approvals.queries import standing
from ringwall.kit.api import FAILURES, answer
from ringwall.soa.actions import prepare
from ringwall.soa.queries import Statement, as_shown, scope_of, scopes_of, statement


class StatementRowOut(Schema):
    entry: str
    title: str
    theme: str
    applicability: str
    justification: str
    drivers: list[str]
    proposed_drivers: list[str]
    controls: list[str]
    implementation: str
    evidence: int
    findings: list[str]


class StatementOut(Schema):
    scope: str
    title: str
    catalogue: str
    version: int | None
    authorised_at: datetime.datetime | None
    sha256: str
    is_stale: bool
    rows: list[StatementRowOut]


class StatementName(Schema):
    scope: str
    title: str


class StatementNames(Schema):
    rows: list[StatementName]


def told(found: Statement) -> dict[str, Any]:
    state = standing("soa", found.scope)
    return {
        "scope": found.scope.ref,
        "title": found.scope.title,
        "catalogue": found.catalogue.code if found.catalogue else "",
        "version": state.in_force.number if state.in_force else None,
        "authorised_at": state.in_force.decided_at.isoformat()
        if state.in_force and state.in_force.decided_at
        else None,
        "sha256": state.in_force.sha256 if state.in_force else "",
        "is_stale": state.is_stale,
        "rows": [
            {
                "entry": row.key,
                "title": row.title,
                "theme": row.theme,
                "applicability": row.applicability,
                "justification": row.justification,
                "drivers": row.confirmed,
                "proposed_drivers": [driver.ref for driver in row.drivers],
                "controls": [control.ref for control in row.controls],
                "implementation": str(row.progress),
                "evidence": row.evidence,
                "findings": [str(finding) for finding in row.findings],
            }
            for row in found.rows
        ],
    }


def add(api: NinjaAPI) -> None:
    router = Router(tags=["soa"])

    @router.get(
        "",
        response={200: StatementNames, **FAILURES},
        operation_id="list_statements",
        summary="Scopes whose statement you may see",
    )
    def list_statements(request: HttpRequest) -> HttpResponse:
        actor: Actor = request.auth  # type: ignore[attr-defined]
        return answer({"rows": [{"scope": scope.ref, "title": scope.title} for scope in scopes_of(actor)]})

    @router.get(
        "/{scope}",
        response={200: StatementOut, **FAILURES},
        operation_id="get_statement",
        summary="Statement of applicability of a scope",
    )
    def get_statement(request: HttpRequest, scope: str) -> HttpResponse:
        actor: Actor = request.auth  # type: ignore[attr-defined]
        return answer(told(as_shown(scope_of(actor, scope.replace("\x00", "")))))

    @router.post(
        "/{scope}/prepare",
        response={200: StatementOut, **FAILURES},
        operation_id="prepare_statement",
        summary="Take in every row that the statement needs and does not have yet",
    )
    def prepare_statement(request: HttpRequest, scope: str) -> HttpResponse:
        actor: Actor = request.auth  # type: ignore[attr-defined]
        found = scope_of(actor, scope.replace("\x00", ""))
        prepare(found, actor=actor)
        return answer(told(statement(found)))

    api.add_router("/soa", router)
