"""Where tasks show: at their record, on home, on the page of one's week, in digests and calendars."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.cells import record_url
from ringwall.kit.pages import Link, Panel
from ringwall.kit.records import Record
from ringwall.notices.items import Day, Item
from ringwall.tasks import actions, links, queries, rules
from ringwall.tasks.models import Task

SHOWN_AT_HOME = 8
PARTS = (
    ("overdue", _("Overdue")),
    ("today", _("Today")),
    ("week", _("This week")),
    ("later", _("Later, or without a date")),
)
registry.places.append((Link(_("My week"), "tasks/", "list-todo"), "do", 90, ""))


@dataclass(frozen=True, slots=True)
class Line:
    """A task as a list shows it. `done_url` is empty for those who may not close it, and where it cannot be closed by a
    click because steps are open or evidence is asked for: then `page_url` leads to it.
    """

    title: str
    page_url: str
    about: str = ""
    url: str = ""
    who: str = ""
    due: str = ""
    tone: str = ""
    note: str = ""
    progress: str = ""
    done_url: str = ""


def due_words(task: Task, today: date) -> tuple[str, str]:
    """(words, tone) of the due date."""
    if task.due_on is None:
        return "", ""
    day = date_format(task.due_on, "SHORT_DATE_FORMAT")
    if task.due_on < today:
        return gettext("overdue since %(day)s") % {"day": day}, "bad"
    if task.due_on == today:
        return gettext("due today"), "warn"
    return gettext("due %(day)s") % {"day": day}, ""


def progress_words(task: Task) -> str:
    words = []
    if task.steps:
        done = len(task.steps) - len(task.open_steps)
        words.append(gettext("%(done)d of %(all)d steps") % {"done": done, "all": len(task.steps)})
    if task.asks_evidence:
        words.append(gettext("asks for evidence"))
    return " · ".join(words)


def rhythm_words(task: Task) -> str:
    """“every month”; the number is told where it is no usual one."""
    if task.rhythm is None:
        return ""
    usual = {str(value): str(label) for value, label in actions.Repetition.choices}
    if words := usual.get(f"{task.period}:{task.every}"):
        return words
    return gettext("every %(number)d %(period)s") % {"number": task.every, "period": task.get_period_display()}


def line_of(actor: Actor, task: Task, record: Record | None, *, at_record: bool = False) -> Line:
    base = task.address(actor.organisation.code)
    due, tone = due_words(task, timezone.localdate())
    is_click = queries.may_close(actor, task) and not task.open_steps and not task.asks_evidence
    is_mine = task.assignee_id == actor.person_id and not at_record
    return Line(
        title=task.title,
        page_url=base,
        about="" if at_record or record is None else str(record),
        url="" if at_record or record is None else record_url(actor.organisation.code, record),
        who="" if is_mine else task.assignee.name,
        due=due,
        tone=tone,
        note=task.note,
        progress=progress_words(task),
        done_url=f"{base}done/" if is_click else "",
    )


def lines_of(actor: Actor, tasks: Sequence[Task]) -> list[Line]:
    """With links to the records that the actor sees."""
    records = queries.subjects_of(actor, tasks)
    return [line_of(actor, task, records.get(task.subject_id)) for task in tasks]


def week_of(actor: Actor) -> list[Panel]:
    """One's week in its parts, then what one gave to others."""
    today, tasks = timezone.localdate(), queries.tasks_for(actor)
    given = queries.delegated_by(actor)
    lines = dict(zip([task.pk for task in [*tasks, *given]], lines_of(actor, [*tasks, *given]), strict=True))

    def panel(key: str, title: Any, found: Sequence[Task]) -> Panel:
        return Panel(key, title, template="tasks/lines.html", context={"lines": [lines[task.pk] for task in found]})

    panels = []
    for key, title in PARTS:
        if found := [task for task in tasks if rules.week_part(task.due_on, today) == key]:
            panels.append(panel(key, title, found))
    return [*panels, panel("given", _("Given to others"), given)] if given else panels


@registry.panel("*", "side")
def tasks_of_record(record: Record, actor: Actor) -> Panel | None:
    tasks = queries.tasks_of(record)
    may_add = actions.create.is_offered(actor, record) and not record.is_withdrawn
    if not tasks and not may_add:
        return None
    url = f"/{actor.organisation.code}/tasks/of/{record.kind}/{record.ref}/new/"
    return Panel(
        "tasks",
        _("Tasks"),
        template="tasks/lines.html",
        context={"lines": [line_of(actor, task, record, at_record=True) for task in tasks]},
        actions=[Link(actions.create.label, url, "list-plus")] if may_add else (),
    )


@registry.provider("home")
def my_tasks(actor: Actor) -> Iterable[Panel]:
    if lines := lines_of(actor, queries.tasks_for(actor, SHOWN_AT_HOME + 1)):
        all_of_them = Link(_("My week"), f"/{actor.organisation.code}/tasks/", "arrow-right")
        yield Panel(
            "my-tasks",
            _("My tasks"),
            template="tasks/lines.html",
            context={"lines": lines[:SHOWN_AT_HOME]},
            actions=[all_of_them],
        )


@registry.provider("duties")
def duties(person: Person) -> Iterable[registry.Duty]:
    """Open tasks: as the one who does them, and as deputy."""
    mine = Task.objects.filter(organisation_id=person.organisation_id, state=Task.State.OPEN).order_by("due_on", "pk")
    yield registry.Duty(_("Tasks"), list(mine.filter(assignee=person)), lambda task, to: actions.hand(task, to.pk))
    yield registry.Duty(_("Tasks as deputy"), list(mine.filter(deputy=person)), actions.hand_deputy)


@registry.provider("notices")
def to_be_done(actors: Sequence[Actor]) -> Iterable[tuple[UUID, Item]]:
    """The open tasks of these people; the person whose task it is gets a link by which it is done."""
    people = {actor.person_id: actor for actor in actors if actor.person_id}
    tasks = queries.tasks_of_people(actors[0].organisation_id, people) if people else []
    refs = queries.refs_of(tasks)
    for task in tasks:
        for person_id in {task.assignee_id, task.deputy_id} & people.keys():
            assert person_id
            is_seen = people[person_id].may(f"{task.subject_kind}.view", task)
            has_letter = task.assignee_id == person_id and not task.restricted and not task.asks_evidence
            yield (
                person_id,
                Item(
                    _("Task"),
                    refs.get(task.subject_id, "") if is_seen else "",
                    task.title,
                    f"tasks/{task.pk}/",
                    task.due_on,
                    task.restricted,
                    partial(links.letter_url, task, task.assignee_id) if has_letter else None,
                ),
            )


@registry.provider("calendar")
def days(actor: Actor) -> Iterable[Day]:
    tasks = [task for task in queries.tasks_for(actor) if task.due_on]
    refs = {key: record.ref for key, record in queries.subjects_of(actor, tasks).items()} if tasks else {}
    for task in tasks:
        assert task.due_on
        ref = refs.get(task.subject_id, "")
        yield Day(f"task-{task.pk}", task.due_on, _("Task"), ref, task.title, f"tasks/{task.pk}/", task.restricted)
