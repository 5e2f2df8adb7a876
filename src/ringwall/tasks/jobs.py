"""What tasks listen to (a record that moves takes its tasks along), and what is done with them every day."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from ringwall.access.models import Organisation
from ringwall.access.policy import Actor, system_actor
from ringwall.kit.acts import acting
from ringwall.kit.attached import follows_its_record
from ringwall.kit.routines import every
from ringwall.notices.actions.telling import tell
from ringwall.notices.rules import kinds
from ringwall.tasks import queries, rules
from ringwall.tasks.actions import follow
from ringwall.tasks.models import Task, TaskComment

follows_its_record(Task, (TaskComment, "task"))
ESCALATED_AT_ONCE = 100
"""Late tasks in one act: while it lasts, on SQLite nobody else can write."""

every("day", "tasks", "ringwall.tasks.jobs.daily")


def daily(now: datetime) -> None:
    """In every organisation: the next task of each series whose period has come, and late tasks told upwards."""
    today = timezone.localdate(now)
    due = Task.objects.filter(state=Task.State.OPEN, due_on__lte=today).select_related("organisation")
    late = [task for task in due.order_by("organisation_id", "due_on", "pk") if _wants_work(task, today)]
    for organisation, tasks in groupby(late, key=lambda task: task.organisation):
        _work(organisation, list(tasks))


def _wants_work(task: Task, today: Any) -> bool:
    return task.rhythm is not None or rules.escalation(task.due_on, today) > task.escalated


def _work(organisation: Organisation, tasks: Iterable[Task]) -> None:
    actor = system_actor(organisation, "tasks", ())
    today, found = timezone.localdate(), list(tasks)
    with acting(actor, "task.repeat"):
        for task in found:
            if task.rhythm is not None:
                follow(task)
    late = [task for task in found if rules.escalation(task.due_on, today) > task.escalated]
    for at in range(0, len(late), ESCALATED_AT_ONCE):
        part = late[at : at + ESCALATED_AT_ONCE]
        with acting(actor, "task.escalate") as act:
            escalate(part, actor)
            act.save_many(part)


def escalate(late: Iterable[Task], actor: Actor) -> None:
    """Tell the owner of the record, then who keeps the ISMS, each once; the tasks are not yet saved.

    Where the record has no owner but the person whose task it is, who keeps the ISMS hears of it in the first place.
    """
    late = list(late)
    keepers = queries.keepers(actor.organisation_id, (task.unit_id for task in late))
    refs = queries.refs_of(late)
    for task in late:
        level = rules.escalation(task.due_on, timezone.localdate())
        owner = task.owner_id if task.owner_id != task.assignee_id else None
        people = {owner} if owner and not task.escalated else set()
        if (level > 1 or not owner) and not (task.escalated and not owner):
            people |= set(keepers[task.unit_id])
        tell(
            people - {task.assignee_id},
            kinds.ESCALATION,
            about=task,
            ref=refs.get(task.subject_id, ""),
            title=task.title,
            path=f"tasks/{task.pk}/",
        )
        task.escalated = level
