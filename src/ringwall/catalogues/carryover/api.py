"""Carry-overs in the API: list, begin, one with its worklist in pages, and its acts on lines and on the whole."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query, Router, Schema
from pydantic import Field

from ringwall.access.policy import Actor
from ringwall.catalogues.carryover import actions, queries
from ringwall.catalogues.carryover.models import CarryOver
from ringwall.catalogues.mapping.api import start_of
from ringwall.kit.actions import Action
from ringwall.kit.api import FAILURES, answer, expected_version
from ringwall.kit.errors import NotFound
from ringwall.kit.records import is_uuid
from ringwall.kit.schemas import Problem

PAGE = 100

Basis = Literal["comparison", "mapping"]
LineState = Literal["proposed", "taken", "refused", "needs_person"]


class CarryOverRow(Schema):
    id: str
    source: str
    target: str
    basis: Basis
    state: Literal["open", "confirmed", "undone"]
    lines: int
    proposed: int
    need_person: int
    started_at: str
    started_by: str | None
    ended_on: str | None
    version: int


class CarryOverList(Schema):
    rows: list[CarryOverRow]


class CarriedRecord(Schema):
    id: str
    ref: str
    title: str


class CarryOverLine(Schema):
    id: str
    kind: str
    records: list[CarriedRecord]
    source: str
    target: str | None
    reason: str
    answer: Literal["yes", "partially", "no", "left_out", "not_taken", ""]
    state: LineState
    by_rule: bool
    left: bool
    decided_by: str | None
    decided_on: str | None


class CarryOverLines(Schema):
    rows: list[CarryOverLine]
    next: str | None


class Begin(Schema):
    source: str = Field(max_length=200, description="Identifier of the old catalogue.")
    target: str = Field(max_length=200, description="Identifier of the new one.")
    basis: Basis


class LinePage(Schema):
    state: LineState | None = None
    kind: str | None = Field(None, max_length=40, description="Kind of record that is carried, such as control.")
    cursor: str | None = Field(None, max_length=20, description="From `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=500)


class Lines(Schema):
    lines: Annotated[list[UUID], Field(min_length=1, max_length=actions.MOST)]


class Decided(Schema):
    rows: list[str]
    state: Literal["taken", "refused"]


class Reason(Schema):
    reason: str = Field(max_length=2000)


class Nothing(Schema):
    """No more is asked for."""


STALE: dict[int, Any] = {412: Problem, 428: Problem, **FAILURES}


def speak(api: NinjaAPI) -> None:
    """Add the operations under /carry-overs."""
    router = Router(tags=["carry-overs"])
    _add_reading(router)
    _add_deciding(router)
    _add_acts(router)
    api.add_router("/carry-overs", router)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    queries.require_view(actor)
    return actor


def _one(actor: Actor, key: str) -> CarryOver:
    if not is_uuid(key):
        raise NotFound
    return queries.carry_over_by(actor, UUID(key))


def _told(actor: Actor, key: UUID, status: int = 200) -> HttpResponse:
    found = queries.carry_over_by(actor, key)
    return answer(queries.summary(found), status, found.version)


def _add_reading(router: Router) -> None:
    @router.get(
        "", response={200: CarryOverList, **FAILURES}, operation_id="list_carry_overs", summary="List carry-overs"
    )
    def list_carry_overs(request: HttpRequest) -> HttpResponse:
        return answer({"rows": [queries.summary(one) for one in queries.carry_overs_of(_actor(request))]})

    @router.post(
        "",
        response={201: CarryOverRow, **FAILURES},
        operation_id="begin_carry_over",
        summary="Begin to carry over from one catalogue to another; what is certain is carried at once",
    )
    def begin(request: HttpRequest, given: Begin) -> HttpResponse:
        actor = _actor(request)
        made = actions.start.run(actor, given.model_dump())
        response = _told(actor, made.pk, 201)
        response["Location"] = f"/api/v1/carry-overs/{made.pk}"
        return response

    @router.get(
        "/{key}", response={200: CarryOverRow, **FAILURES}, operation_id="get_carry_over", summary="One carry-over"
    )
    def get_carry_over(request: HttpRequest, key: str) -> HttpResponse:
        actor = _actor(request)
        return _told(actor, _one(actor, key).pk)

    @router.get(
        "/{key}/lines",
        response={200: CarryOverLines, **FAILURES},
        operation_id="list_carry_over_lines",
        summary="Its worklist as far as you see what stands behind it, in the order of the old catalogue",
    )
    def list_lines(request: HttpRequest, key: str, given: Query[LinePage]) -> HttpResponse:
        actor = _actor(request)
        found = _one(actor, key)
        start = start_of(given.cursor)
        every = queries.seen_short(actor, queries.short_rows(found, state=given.state, kind=given.kind))
        some = [one.pk for one in every[start : start + given.limit]]
        rows = queries.seen_rows(actor, queries.rows_of(found).filter(pk__in=some))
        following = str(start + given.limit) if len(every) > start + given.limit else None
        return answer({"rows": [queries.told(one) for one in rows], "next": following})


def _add_deciding(router: Router) -> None:
    def decide(request: HttpRequest, key: str, given: Lines, act: Action) -> HttpResponse:
        actor = _actor(request)
        rows = act(_one(actor, key), actor=actor, rows=given.lines, version=expected_version(request, is_needed=False))
        return answer({"rows": [str(row.pk) for row in rows], "state": str(rows[0].state)})

    @router.post(
        "/{key}/take",
        response={200: Decided, **STALE},
        operation_id="take_carry_over_lines",
        summary="Carry these lines as proposed; one that cannot be refuses all",
    )
    def take(request: HttpRequest, key: str, given: Lines) -> HttpResponse:
        return decide(request, key, given, actions.take)

    @router.post(
        "/{key}/refuse",
        response={200: Decided, **STALE},
        operation_id="refuse_carry_over_lines",
        summary="Do not carry these lines; what was taken of them is taken back, what needed a person is settled",
    )
    def refuse(request: HttpRequest, key: str, given: Lines) -> HttpResponse:
        return decide(request, key, given, actions.refuse)


def _add_acts(router: Router) -> None:
    def act_on(request: HttpRequest, key: str, act: Action, reason: str = "") -> HttpResponse:
        actor = _actor(request)
        found, version = _one(actor, key), expected_version(request, is_needed=False)
        act.run(actor, {}, subject=found, version=version, reason=reason)
        return _told(actor, found.pk)

    @router.post(
        "/{key}/renew",
        response={200: CarryOverRow, **STALE},
        operation_id="renew_carry_over",
        summary="Work out anew what is not decided",
    )
    def renew(request: HttpRequest, key: str, given: Nothing) -> HttpResponse:
        return act_on(request, key, actions.renew)

    @router.post(
        "/{key}/confirm",
        response={200: CarryOverRow, **STALE},
        operation_id="confirm_carry_over",
        summary="Confirm it, once no proposal waits",
    )
    def confirm(request: HttpRequest, key: str, given: Nothing) -> HttpResponse:
        return act_on(request, key, actions.confirm)

    @router.post(
        "/{key}/undo",
        response={200: CarryOverRow, **STALE},
        operation_id="undo_carry_over",
        summary="Take back all that was carried, while it is open",
    )
    def undo(request: HttpRequest, key: str, given: Reason) -> HttpResponse:
        return act_on(request, key, actions.undo, given.reason)
