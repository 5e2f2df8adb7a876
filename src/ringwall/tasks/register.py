"""Where tasks show: at their record, on the home page, and on a page of one's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.cells import record_url
from ringwall.kit.pages import Link, Panel
from ringwall.kit.records import Record
from ringwall.tasks import actions, queries
from ringwall.tasks.models import Task

SHOWN_AT_HOME = 8
registry.places.append((Link(_("My tasks"), "tasks/", "list-todo"), "do", 90, ""))


@dataclass(frozen=True, slots=True)
class Line:
    """A task as a list shows it; `done_url` and `cancel_url` are empty for those who may not close it."""

    title: str
    about: str = ""
    url: str = ""
    who: str = ""
    due: str = ""
    tone: str = ""
    note: str = ""
    done_url: str = ""
    cancel_url: str = ""


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


def line_of(actor: Actor, task: Task, record: Record | None, *, at_record: bool = False) -> Line:
    base = f"/{actor.organisation.code}/tasks/{task.pk}/"
    due, tone = due_words(task, timezone.localdate())
    closes = queries.may_close(actor, task)
    return Line(
        title=task.title,
        about="" if at_record or record is None else str(record),
        url="" if at_record or record is None else record_url(actor.organisation.code, record),
        who=task.assignee.name if at_record else "",
        due=due,
        tone=tone,
        note=task.note,
        done_url=f"{base}done/" if closes else "",
        cancel_url=f"{base}cancel/" if closes else "",
    )


def lines_for(actor: Actor, limit: int = 200) -> list[Line]:
    """The person's own open tasks with links to the records that they see."""
    tasks = queries.tasks_for(actor, limit)
    records = queries.subjects_of(actor, tasks)
    return [line_of(actor, task, records.get(task.subject_id)) for task in tasks]


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
    if lines := lines_for(actor, SHOWN_AT_HOME + 1):
        all_of_them = Link(_("All my tasks"), f"/{actor.organisation.code}/tasks/", "arrow-right")
        yield Panel(
            "my-tasks",
            _("My tasks"),
            template="tasks/lines.html",
            context={"lines": lines[:SHOWN_AT_HOME]},
            actions=[all_of_them] if len(lines) > SHOWN_AT_HOME else (),
        )
