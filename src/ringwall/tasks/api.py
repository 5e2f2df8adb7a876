"""Tasks in the REST API."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router, Schema
from pydantic import Field

from ringwall.access.policy import Actor
from ringwall.kit.acts import plain
from ringwall.kit.api import FAILURES, answer
from ringwall.kit.cells import record_url
from ringwall.kit.schemas import Reference, Strict
from ringwall.tasks import actions, queries, rules
from ringwall.tasks.models import Task

Kind = Annotated[str, Field(max_length=40, description="Kind of the record, such as control")]
Key = Annotated[str, Field(max_length=80, description="Its reference or id")]


class Step(Schema):
    text: str
    is_done: bool


class TaskRow(Schema):
    """`subject` is null for a record that the token's person may not see."""

    id: UUID
    version: int
    title: str
    note: str
    kind: str
    subject: Reference | None
    url: str
    assignee: Reference
    due_on: date | None
    state: Literal["open", "done", "cancelled"]
    deputy: Reference | None
    steps: list[Step]
    asks_evidence: bool
    repeats: str


class Comment(Schema):
    at: datetime
    by: str
    text: str


class TaskWithComments(TaskRow):
    comments: list[Comment]


class TaskRows(Schema):
    rows: list[TaskRow]


class TaskCreate(Strict):
    kind: Kind
    subject: Key
    title: Annotated[str, Field(min_length=1, max_length=200)]
    assignee: Annotated[str, Field(max_length=300, description="Email, name or id")]
    due_on: date | None = None
    note: Annotated[str, Field(max_length=2000)] = ""
    deputy: Annotated[str, Field(max_length=300, description="Email, name or id")] = ""
    steps: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=rules.MOST_STEPS)] = []
    asks_evidence: bool = False
    repeats: Annotated[str, Field(max_length=12, description="Empty, or such as week:2 or month:3")] = ""


class TaskReassign(Strict):
    assignee: Annotated[str, Field(max_length=300, description="Email, name or id")]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class TaskComment(Strict):
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class TaskStep(Strict):
    number: Annotated[int, Field(ge=0, lt=rules.MOST_STEPS, description="From 0")]


class TaskCancel(Strict):
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


router = Router(tags=["tasks"])


def add_to(api: NinjaAPI) -> None:
    api.add_router("/tasks", router)


def told(actor: Actor, tasks: list[Task]) -> list[dict[str, Any]]:
    records = queries.subjects_of(actor, tasks)
    return [_told(actor, task, records.get(task.subject_id)) for task in tasks]


def _told(actor: Actor, task: Task, record: Any) -> dict[str, Any]:
    subject = {"id": str(record.pk), "ref": record.ref, "title": record.title_text} if record else None
    return {
        "id": str(task.pk),
        "version": task.version,
        "title": task.title,
        "note": task.note,
        "kind": task.subject_kind,
        "subject": subject,
        "url": record_url(actor.organisation.code, record) if record else "",
        "assignee": {"id": str(task.assignee.pk), "ref": "", "title": task.assignee.name},
        "due_on": plain(task.due_on),
        "state": str(task.state),
        "deputy": {"id": str(task.deputy.pk), "ref": "", "title": task.deputy.name} if task.deputy else None,
        "steps": [{"text": text, "is_done": is_done} for text, is_done in task.steps],
        "asks_evidence": task.asks_evidence,
        "repeats": f"{task.period}:{task.every}" if task.every else "",
    }


@router.get(
    "", response={200: TaskRows, **FAILURES}, operation_id="my_tasks", summary="Open tasks of the token's person"
)
def my_tasks(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return answer({"rows": told(actor, queries.tasks_for(actor))})


@router.get(
    "/of/{kind}/{key}",
    response={200: TaskRows, **FAILURES},
    operation_id="tasks_of_record",
    summary="Open tasks about a record",
)
def tasks_of(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return answer({"rows": told(actor, queries.tasks_of(queries.subject(actor, kind, key)))})


@router.get(
    "/{uuid:key}",
    response={200: TaskWithComments, **FAILURES},
    operation_id="get_task",
    summary="One task with what was said about it",
)
def get_task(request: HttpRequest, key: UUID) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    task = queries.get_task(actor, key)
    said = [{"at": plain(c.at), "by": c.by.name if c.by else "", "text": c.text} for c in queries.comments_of(task)]
    return answer(told(actor, [task])[0] | {"comments": said}, version=task.version)


@router.post("", response={201: TaskRow, **FAILURES}, operation_id="create_task", summary="Give a task about a record")
def create(request: HttpRequest, given: TaskCreate) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    raw = given.model_dump(mode="json", exclude={"kind", "subject", "steps"}) | {"steps": "\n".join(given.steps)}
    task = actions.create.run(actor, raw, subject=queries.subject(actor, given.kind, given.subject))
    return answer(told(actor, [task])[0], 201, task.version)


@router.post(
    "/{uuid:key}/done", response={200: TaskRow, **FAILURES}, operation_id="task_done", summary="Close a task as done"
)
def done(request: HttpRequest, key: UUID) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    task = actions.done.run(actor, {"task": str(key)})
    return answer(told(actor, [task])[0], version=task.version)


@router.post(
    "/{uuid:key}/cancel", response={200: TaskRow, **FAILURES}, operation_id="task_cancel", summary="Cancel a task"
)
def cancel(request: HttpRequest, key: UUID, given: TaskCancel) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    task = actions.cancel.run(actor, {"task": str(key)}, reason=given.reason)
    return answer(told(actor, [task])[0], version=task.version)


@router.post(
    "/{uuid:key}/reassign",
    response={200: TaskRow, **FAILURES},
    operation_id="task_reassign",
    summary="Pass a task on to somebody else",
)
def reassign(request: HttpRequest, key: UUID, given: TaskReassign) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    task = actions.reassign.run(actor, {"task": str(key), "assignee": given.assignee}, reason=given.reason)
    return answer(told(actor, [task])[0], version=task.version)


@router.post(
    "/{uuid:key}/step",
    response={200: TaskRow, **FAILURES},
    operation_id="task_step",
    summary="Tick a step off, or take the tick away",
)
def tick(request: HttpRequest, key: UUID, given: TaskStep) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    task = actions.tick.run(actor, {"task": str(key), "number": given.number})
    return answer(told(actor, [task])[0], version=task.version)


@router.post(
    "/{uuid:key}/comments",
    response={201: Comment, **FAILURES},
    operation_id="task_comment",
    summary="Say something about a task",
)
def comment(request: HttpRequest, key: UUID, given: TaskComment) -> HttpResponse:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    made = actions.comment.run(actor, {"task": str(key), "text": given.text})
    return answer({"at": plain(made.at), "by": made.by.name if made.by else "", "text": made.text}, 201)
