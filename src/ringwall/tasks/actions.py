"""What may be done with tasks."""

from datetime import date
from typing import Annotated
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.kit.actions import action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Denied, Refused
from ringwall.kit.fields import ReferenceField
from ringwall.kit.records import Record
from ringwall.kit.texts import forbid_control_characters
from ringwall.tasks.models import Task
from ringwall.tasks.queries import get_task, may_close


def give(
    record: Record,
    assignee_id: UUID,
    title: str,
    *,
    made_by_id: UUID | None,
    due_on: date | None = None,
    note: str = "",
) -> Task:
    """A task that comes of an act: saved with the act under way, without a right of its own."""
    task = Task.about(
        record, assignee_id=assignee_id, title=title[:200], due_on=due_on, note=note[:2000], made_by_id=made_by_id
    )
    current_act().save(task)
    return task


@action(
    "task.create",
    label=_("Add task"),
    icon="list-plus",
    fields={
        "title": forms.CharField(label=_("What is to be done"), max_length=200, validators=[forbid_control_characters]),
        "assignee": ReferenceField(Person, label=_("For")),
        "note": forms.CharField(
            label=_("Note"),
            max_length=2000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            validators=[forbid_control_characters],
        ),
    },
)
def create(
    record: Record,
    *,
    actor: Actor,
    title: str,
    assignee: Person,
    due_on: Annotated[date | None, _("Due")] = None,
    note: str = "",
) -> Task:
    if record.is_withdrawn:
        raise Refused(_("%(record)s is withdrawn; nothing is to be done about it.") % {"record": record})
    return give(record, assignee.pk, title, made_by_id=actor.person_id, due_on=due_on, note=note)


@action("task.done", label=pgettext_lazy("button", "Done"), icon="check")
def done(*, actor: Actor, task: Annotated[UUID, _("Task")]) -> Task:
    return _close(actor, task, Task.State.DONE)


@action("task.cancel", label=_("Cancel task"), icon="x", needs_reason=True)
def cancel(*, actor: Actor, task: Annotated[UUID, _("Task")]) -> Task:
    return _close(actor, task, Task.State.CANCELLED)


def _close(actor: Actor, key: UUID, state: Task.State) -> Task:
    task = get_task(actor, key, lock=True)
    if not task.is_open:
        raise Refused(_("This task is %(state)s already.") % {"state": task.get_state_display()})
    if not may_close(actor, task):
        raise Denied(_("Only the person it is for, or who may give tasks about the record, closes a task."))
    task.state, task.closed_at = state, timezone.now()
    current_act().save(task)
    return task
