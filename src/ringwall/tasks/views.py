"""Pages of tasks: one's week and that of one's people, a new task about a record, one task, and its acts."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ringwall.access.policy import Actor
from ringwall.kit import pages, registry
from ringwall.kit.actions import Action
from ringwall.kit.cells import record_url
from ringwall.kit.errors import Denied, Invalid, Refused
from ringwall.kit.requests import ActorRequest
from ringwall.tasks import actions, queries
from ringwall.tasks.models import Task
from ringwall.tasks.register import due_words, lines_of, rhythm_words, week_of


@require_GET
def my_week(request: ActorRequest) -> HttpResponse:
    actor: Actor = request.actor
    empty = pages.Empty(
        _("Nothing is asked of you"),
        _("Tasks that others give you, or that follow from what happens to records, stand here."),
    )
    links = []
    if "task.create" in actor.reach:
        links = [pages.Link(_("Tasks of my people"), f"/{actor.organisation.code}/tasks/people/", "users")]
    context = {"title": _("My week"), "panels": week_of(actor), "empty": empty, "links": links}
    return render(request, "tasks/mine.html", context)


@require_GET
def my_people(request: ActorRequest) -> HttpResponse:
    """What is open with the people in whose units one gives tasks, person by person."""
    actor: Actor = request.actor
    if "task.create" not in actor.reach:
        raise Denied(_("Your role does not include this page."))
    tasks = queries.tasks_of_my_people(actor)
    lines = dict(zip([task.pk for task in tasks], lines_of(actor, tasks), strict=True))
    by_person: dict[Any, list[Task]] = {}
    for task in sorted(tasks, key=lambda task: task.assignee.name):
        by_person.setdefault(task.assignee, []).append(task)
    panels = [
        pages.Panel(
            str(person.pk), person.name, template="tasks/lines.html", context={"lines": [lines[t.pk] for t in found]}
        )
        for person, found in by_person.items()
    ]
    empty = pages.Empty(_("Nothing is open"), _("Tasks of the people of your units stand here, person by person."))
    back = pages.Link(_("My week"), f"/{actor.organisation.code}/tasks/", "list-todo")
    context = {"title": _("Tasks of my people"), "panels": panels, "empty": empty, "links": [back]}
    return render(request, "tasks/mine.html", context)


@require_GET
def task_page(request: ActorRequest, key: UUID) -> HttpResponse:
    return _task_page(request, queries.get_task(request.actor, key))


def _task_page(request: ActorRequest, task: Task, form: Any = None, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor
    base = task.address(actor.organisation.code)
    record = queries.subjects_of(actor, [task]).get(task.subject_id)
    may_close = queries.may_close(actor, task)
    lacks_evidence = task.is_open and task.asks_evidence and not queries.has_evidence(task)
    offered = ((actions.reassign, "reassign", "plain"), (actions.cancel, "cancel", "danger"))
    links = [pages.Link(act.label, f"{base}{path}/", act.icon, style) for act, path, style in offered]  # type: ignore[arg-type]
    context = {
        "title": task.title,
        "task": task,
        "base": base,
        "may_close": may_close,
        "is_ready": may_close and not task.open_steps and not lacks_evidence,
        "links": links if may_close else [],
        "facts": _facts(actor, task, record),
        "steps": list(enumerate(task.steps)),
        "lacks_evidence": lacks_evidence,
        "comments": queries.comments_of(task),
        "form": form or actions.comment.inputs.form(actor, actions.comment.name, hide=("task",)),
        "breadcrumb": [pages.Link(_("My week"), f"/{actor.organisation.code}/tasks/")],
    }
    return render(request, "tasks/task.html", context, status=status)


def _facts(actor: Actor, task: Task, record: Any) -> list[pages.Fact]:
    due, tone = due_words(task, timezone.localdate()) if task.is_open else ("", "")
    closed = f"{task.get_state_display()}, {date_format(task.closed_at, 'SHORT_DATE_FORMAT')}" if task.closed_at else ""
    facts = [
        pages.Fact(_("State"), closed or str(task.get_state_display()), state="" if task.is_open else "quiet"),
        pages.Fact(_("About"), str(record or ""), record_url(actor.organisation.code, record) if record else ""),
        pages.Fact(_("For"), task.assignee.name),
        pages.Fact(_("Deputy"), task.deputy.name if task.deputy else ""),
        pages.Fact(_("Due"), due, state=tone),
        pages.Fact(_("Given by"), task.made_by.name if task.made_by else ""),
        pages.Fact(_("Repeats"), rhythm_words(task)),
    ]
    return [fact for fact in facts if fact.value]


@require_http_methods(["GET", "POST"])
def new_task(request: ActorRequest, kind: str, ref: str) -> HttpResponse:
    actor: Actor = request.actor
    record = queries.subject(actor, kind, ref)
    act = actions.create
    act.require(actor, record)
    url = record_url(actor.organisation.code, record)
    initial = {"assignee": record.owner.email if record.owner else ""}
    form: Any = act.inputs.form(actor, act.name, data=request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        try:
            task = act.run(actor, form.raw(), subject=record)
        except (Invalid, Refused) as error:
            form.take_errors(error)
            status = error.status
        else:
            messages.success(request, _("Task for %(person)s added.") % {"person": task.assignee.name})
            return redirect(url)
    register = registry.registers[kind]
    breadcrumb = [
        pages.Link(register.title, f"/{actor.organisation.code}/{register.slug}/"),
        pages.Link(str(record), url),
    ]
    title = _("Task about %(record)s") % {"record": record}
    page = pages.FormPage(title, form, request.path, act.label, url, breadcrumb)
    return render(request, "kit/form.html", {"page": page, "title": title}, status=status)


@require_POST
def done(request: ActorRequest, key: UUID) -> HttpResponse:
    actor: Actor = request.actor
    task = actions.done.run(actor, {"task": str(key)})
    messages.success(request, _("Done: %(task)s") % {"task": task.title})
    return _back(request, actor)


@require_POST
def tick(request: ActorRequest, key: UUID) -> HttpResponse:
    task = actions.tick.run(request.actor, {"task": str(key), "number": request.POST.get("number", "")})
    return redirect(task.address(request.actor.organisation.code))


@require_POST
def comment(request: ActorRequest, key: UUID) -> HttpResponse:
    actor: Actor = request.actor
    task = queries.get_task(actor, key)
    form: Any = actions.comment.inputs.form(actor, actions.comment.name, data=request.POST, hide=("task",))
    try:
        actions.comment.run(actor, {"task": str(key), **form.raw()})
    except (Invalid, Refused) as error:
        form.take_errors(error)
        return _task_page(request, task, form, error.status)
    return redirect(task.address(actor.organisation.code))


@require_http_methods(["GET", "POST"])
def reassign(request: ActorRequest, key: UUID) -> HttpResponse:
    return _closing_form(request, key, actions.reassign, _("Passed on: %(task)s"))


@require_http_methods(["GET", "POST"])
def cancel(request: ActorRequest, key: UUID) -> HttpResponse:
    return _closing_form(request, key, actions.cancel, _("Cancelled: %(task)s"))


def _closing_form(request: ActorRequest, key: UUID, act: Action, done: str) -> HttpResponse:
    """The page of an act with a reason that only those may do who may close the task."""
    actor: Actor = request.actor
    task = queries.get_task(actor, key)
    if not queries.may_close(actor, task):
        raise Denied(_("Only the person it is for, or who may give tasks about the record, closes a task."))
    form: Any = act.inputs.form(actor, act.name, data=request.POST or None, hide=("task",))
    base, status = task.address(actor.organisation.code), 200
    if request.method == "POST":
        try:
            act.run(actor, {"task": str(key), **form.raw()}, reason=request.POST.get("reason", ""))
        except (Invalid, Refused) as error:
            form.take_errors(error)
            status = error.status
        else:
            messages.success(request, done % {"task": task.title})
            return redirect(f"/{actor.organisation.code}/tasks/")
    title = f"{act.label}: {task.title}"
    week = pages.Link(_("My week"), f"/{actor.organisation.code}/tasks/")
    page = pages.FormPage(
        title,
        form,
        request.path,
        act.label,
        base,
        [week, pages.Link(task.title, base)],
        is_danger=act is actions.cancel,
        needs_reason=True,
        is_reason_required=True,
    )
    return render(request, "kit/form.html", {"page": page, "title": title}, status=status)


def _back(request: HttpRequest, actor: Actor) -> HttpResponse:
    """To the page on which the button was pressed."""
    target = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if is_ours else f"/{actor.organisation.code}/tasks/")
