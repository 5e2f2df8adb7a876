"""What is asked of tasks: those of a record, those of a person, and the records they are about."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.errors import NotFound
from ringwall.tasks.models import Task

PRESSING = (F("due_on").asc(nulls_last=True), "made_at")


def subject(actor: Actor, kind: str, key: Any) -> Any:
    """The record of a kind by reference or id; NotFound for unknown kinds and unseen records alike."""
    register = registry.registers.get(kind)
    if register is None or "\x00" in str(key):
        raise NotFound
    return register.model.objects.get_visible(actor, str(key))


def sees(actor: Actor, task: Task) -> bool:
    """One's own tasks, and those of records that one sees."""
    if task.organisation_id != actor.organisation_id:
        return False
    return task.assignee_id == actor.person_id or actor.may(f"{task.subject_kind}.view", task)


def get_task(actor: Actor, key: UUID, *, lock: bool = False) -> Task:
    rows = Task.objects.select_for_update() if lock else Task.objects.select_related("assignee")
    task = rows.filter(pk=key, organisation_id=actor.organisation_id).first()
    if task is None or not sees(actor, task):
        raise NotFound
    return task


def may_close(actor: Actor, task: Task) -> bool:
    """The assignee, and whoever may give tasks about the record."""
    if not task.is_open or actor.is_read_only:
        return False
    return task.assignee_id == actor.person_id or actor.may("task.create", task)


def tasks_of(record: Any) -> list[Task]:
    """Open tasks about a record that the asker sees already."""
    rows = Task.objects.filter(organisation_id=record.organisation_id, subject_id=record.pk, state=Task.State.OPEN)
    return list(rows.select_related("assignee").order_by(*PRESSING)[:50])


def tasks_for(actor: Actor, limit: int = 200) -> list[Task]:
    """The person's own open tasks, the most pressing first."""
    if actor.person_id is None:
        return []
    rows = Task.objects.filter(
        organisation_id=actor.organisation_id, assignee_id=actor.person_id, state=Task.State.OPEN
    )
    return list(rows.select_related("assignee").order_by(*PRESSING)[:limit])


def subjects_of(actor: Actor, tasks: Sequence[Task]) -> dict[UUID, Any]:
    """Subject id → record, for those that the actor sees; one query a kind."""
    found: dict[UUID, Any] = {}
    for kind in {task.subject_kind for task in tasks}:
        if register := registry.registers.get(kind):
            ids = [task.subject_id for task in tasks if task.subject_kind == kind]
            found |= {row.pk: row for row in register.model.objects.visible_to(actor).filter(pk__in=ids)}
    return found
