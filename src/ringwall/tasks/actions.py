"""What may be done with tasks."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Person
from ringwall.access.policy import Actor, actor_for_person
from ringwall.kit.actions import action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Denied, Invalid, Refused
from ringwall.kit.fields import ReferenceField
from ringwall.kit.inputs import text_area
from ringwall.kit.records import Record
from ringwall.kit.texts import forbid_control_characters
from ringwall.notices.actions.telling import tell
from ringwall.notices.rules import kinds
from ringwall.tasks import queries, rules
from ringwall.tasks.models import Task, TaskComment

MOST_PERIODS = 60


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


class Repetition(models.TextChoices):
    """How often a task comes back, as one chooses it."""

    WEEKLY = "week:1", _("every week")
    FORTNIGHTLY = "week:2", _("every two weeks")
    MONTHLY = "month:1", _("every month")
    QUARTERLY = "month:3", _("every three months")
    HALF_YEARLY = "month:6", _("every six months")
    YEARLY = "month:12", _("every year")


class RepetitionField(forms.CharField):
    """`week:2`, `month:3`: any number of weeks or months; a form offers the usual ones."""

    widget = forms.Select

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=12, **kwargs)
        self.widget.choices = [("", _("once")), *Repetition.choices]

    def clean(self, value: Any) -> tuple[int, str]:
        """(number, period), both empty for what is done once."""
        text = super().clean(value)
        if not text:
            return 0, ""
        period, _colon, number = text.partition(":")
        if period not in Task.Period.values or not number.isdecimal() or not 1 <= int(number) <= MOST_PERIODS:
            raise forms.ValidationError(
                _("Write week:2 or month:3, with a number from 1 to %(most)d.") % {"most": MOST_PERIODS}
            )
        return int(number), period


class StepsField(forms.CharField):
    """A checklist, one step a line."""

    def clean(self, value: Any) -> list[str]:
        steps = rules.steps_of(super().clean(value))
        if len(steps) > rules.MOST_STEPS or any(len(step) > 200 for step in steps):
            raise forms.ValidationError(
                _("At most %(most)d steps, of 200 characters each.") % {"most": rules.MOST_STEPS}
            )
        return steps


@action(
    "task.create",
    label=_("Add task"),
    icon="list-plus",
    fields={
        "title": forms.CharField(label=_("What is to be done"), max_length=200, validators=[forbid_control_characters]),
        "assignee": ReferenceField(Person, label=_("For")),
        "deputy": ReferenceField(
            Person, label=_("Deputy"), required=False, help_text=_("May do it as well, for instance during a holiday.")
        ),
        "note": text_area(_("Note"), required=False, longest=2000),
        "steps": StepsField(
            label=_("Steps"),
            required=False,
            max_length=12_000,
            widget=forms.Textarea(attrs={"rows": 3}),
            validators=[forbid_control_characters],
            help_text=_("One a line. They are ticked off one by one; the task is done when all are."),
        ),
        "repeats": RepetitionField(
            label=_("Repeats"), help_text=_("Counted from the due date. The next one is made by itself.")
        ),
        "asks_evidence": forms.BooleanField(
            label=_("Asks for evidence"),
            required=False,
            help_text=_("Done only when evidence has been added to the record meanwhile."),
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
    deputy: Person | None = None,
    steps: list[str] | None = None,
    repeats: tuple[int, str] = (0, ""),
    asks_evidence: bool = False,
) -> Task:
    if record.is_withdrawn:
        raise Refused(_("%(record)s is withdrawn; nothing is to be done about it.") % {"record": record})
    every, period = repeats
    if every and due_on is None:
        raise Invalid({"due_on": [str(_("A task that comes back needs a first due date."))]})
    if deputy is not None and deputy.pk == assignee.pk:
        raise Invalid({"deputy": [str(_("Nobody is their own deputy."))]})
    task = Task.about(
        record,
        assignee_id=assignee.pk,
        title=title,
        due_on=due_on,
        note=note,
        made_by_id=actor.person_id,
        made_at=timezone.now(),
        assigned_at=timezone.now(),
        deputy_id=deputy.pk if deputy else None,
        steps=[[text, False] for text in steps or ()],
        asks_evidence=asks_evidence,
        every=every or None,
        period=period,
        first_on=due_on if every else None,
    )
    current_act().save(task)
    _tell_assignee(task, actor)
    return task


@action(
    "task.done",
    label=pgettext_lazy("button", "Done"),
    icon="check",
    fields={
        "ticked": forms.TypedMultipleChoiceField(
            label=_("Steps"), coerce=int, required=False, choices=[(n, str(n)) for n in range(rules.MOST_STEPS)]
        )
    },
)
def done(*, actor: Actor, task: Annotated[UUID, _("Task")], ticked: list[int]) -> Task:
    """`ticked` are steps that are done with it, by their number from 0."""
    return _close(actor, task, Task.State.DONE, ticked)


@action("task.cancel", label=_("Cancel task"), icon="x", needs_reason=True)
def cancel(*, actor: Actor, task: Annotated[UUID, _("Task")]) -> Task:
    """What comes back is over with it, too."""
    return _close(actor, task, Task.State.CANCELLED)


def _close(actor: Actor, key: UUID, state: Task.State, ticked: list[int] | None = None) -> Task:
    task = _mine(actor, key)
    if ticked:
        task.steps = [[text, is_done or number in ticked] for number, (text, is_done) in enumerate(task.steps)]
    if state == Task.State.DONE:
        require_ready(task)
    task.state, task.closed_at = state, timezone.now()
    current_act().save(task)
    if state == Task.State.DONE:
        follow(task)
    return task


def require_ready(task: Task) -> None:
    """Raises Refused while steps are open or evidence is missing."""
    if left := task.open_steps:
        raise Refused(
            _("Steps are still open: %(steps)s.") % {"steps": "; ".join(left[:5])},
            remedy=_("Tick them off first; cancel the task where it is no longer needed."),
        )
    if task.asks_evidence and not queries.has_evidence(task):
        raise Refused(
            _("This task asks for evidence, and none was added to its record since it was given."),
            remedy=_("Add the evidence at the record, then come back."),
        )


def follow(task: Task) -> Task | None:
    """The next task of a series, once; None for what is done once or is followed already. The act is the caller's."""
    rhythm = task.rhythm
    if rhythm is None or Task.objects.filter(after=task).exists():
        return None
    turn = rhythm.next_turn(task.turn, timezone.localdate())
    columns = ("organisation_id", "subject_kind", "subject_id", "unit_id", "restricted", "owner_id", "title", "note")
    carried = (*columns, "assignee_id", "deputy_id", "made_by_id", "asks_evidence", "every", "period", "first_on")
    made = Task(
        **{name: getattr(task, name) for name in carried},
        due_on=rhythm.day(turn),
        turn=turn,
        steps=[[text, False] for text, _is_done in task.steps],
        after=task,
    )
    current_act().save(made)
    return made


@action(
    "task.step",
    label=_("Tick step"),
    icon="list-checks",
    fields={"number": forms.IntegerField(label=_("Step"), min_value=0, max_value=rules.MOST_STEPS - 1)},
)
def tick(*, actor: Actor, task: Annotated[UUID, _("Task")], number: int) -> Task:
    """Tick a step off, or take the tick away."""
    found = _mine(actor, task)
    if number >= len(found.steps):
        raise Invalid({"number": [str(_("This task has no such step."))]})
    found.steps = [[text, is_done != (at == number)] for at, (text, is_done) in enumerate(found.steps)]
    current_act().save(found)
    return found


@action(
    "task.reassign",
    label=_("Pass on"),
    icon="forward",
    needs_reason=True,
    fields={"assignee": ReferenceField(Person, label=_("For"))},
)
def reassign(*, actor: Actor, task: Annotated[UUID, _("Task")], assignee: Person) -> Task:
    """To somebody else, who is told; links to it in mails to the former one no longer work."""
    found = _mine(actor, task)
    if found.assignee_id == assignee.pk:
        raise Invalid({"assignee": [str(_("It is for %(person)s already.") % {"person": assignee})]})
    hand(found, assignee.pk)
    current_act().save(found)
    _tell_assignee(found, actor)
    return found


def hand(task: Task, person_id: UUID) -> None:
    """Give the task to another person; not yet saved."""
    task.assignee_id, task.assigned_at = person_id, timezone.now()
    if task.deputy_id == person_id:
        task.deputy_id = None


def hand_deputy(task: Task, to: Person) -> None:
    """Make another person the deputy, unless the task is theirs; not yet saved."""
    task.deputy_id = to.pk if to.pk != task.assignee_id else None


@action(
    "task.comment",
    label=_("Comment"),
    icon="message-square",
    fields={
        "text": text_area(
            _("Comment"), longest=2000, help_text=_("@Name tells a person; they must be able to see the task.")
        )
    },
)
def comment(*, actor: Actor, task: Annotated[UUID, _("Task")], text: str) -> TaskComment:
    found = queries.get_task(actor, task)
    if actor.is_read_only:
        raise Denied(_("This token may only read."))
    meant = [person for person in queries.mentioned(actor.organisation_id, text) if person.pk != actor.person_id]
    if blind := [person for person in meant if not queries.sees(actor_for_person(person), found)]:
        raise Invalid({"text": [str(_("%(person)s does not see this task.") % {"person": blind[0]})]})
    made = TaskComment(
        organisation_id=found.organisation_id,
        task=found,
        unit_id=found.unit_id,
        restricted=found.restricted,
        owner_id=found.owner_id,
        by_id=actor.person_id,
        at=timezone.now(),
        text=text,
    )
    current_act().save(made)
    tell(
        (person.pk for person in meant),
        kinds.MENTION,
        about=found,
        ref="",
        title=found.title,
        path=f"tasks/{found.pk}/",
        by=actor.label,
    )
    return made


def _mine(actor: Actor, key: UUID) -> Task:
    """An open task that the actor may close, locked."""
    task = queries.get_task(actor, key, lock=True)
    if not task.is_open:
        raise Refused(_("This task is %(state)s already.") % {"state": task.get_state_display()})
    if not queries.may_close(actor, task):
        raise Denied(_("Only the person it is for, or who may give tasks about the record, closes a task."))
    return task


def _tell_assignee(task: Task, actor: Actor) -> None:
    if task.assignee_id != actor.person_id:
        tell(
            [task.assignee_id],
            kinds.ASSIGNED,
            about=task,
            ref="",
            title=task.title,
            path=f"tasks/{task.pk}/",
            by=actor.label,
        )
