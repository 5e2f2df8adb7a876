"""Pages of tasks: one's own, a new one about a record, and closing one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ringwall.access.policy import Actor
from ringwall.kit import pages, registry
from ringwall.kit.cells import record_url
from ringwall.kit.errors import Denied, Invalid
from ringwall.kit.requests import ActorRequest
from ringwall.tasks import actions, queries
from ringwall.tasks.register import lines_for


@require_GET
def my_tasks(request: ActorRequest) -> HttpResponse:
    actor: Actor = request.actor
    empty = pages.Empty(
        _("Nothing is asked of you"),
        _("Tasks that others give you, or that follow from what happens to records, stand here."),
    )
    context = {"title": _("My tasks"), "lines": lines_for(actor), "empty": empty}
    return render(request, "tasks/mine.html", context)


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
        except Invalid as error:
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


@require_http_methods(["GET", "POST"])
def cancel(request: ActorRequest, key: UUID) -> HttpResponse:
    actor: Actor = request.actor
    task = queries.get_task(actor, key)
    if not queries.may_close(actor, task):
        raise Denied(_("Only the person it is for, or who may give tasks about the record, closes a task."))
    act, status = actions.cancel, 200
    form: Any = act.inputs.form(actor, act.name, data=request.POST or None, hide=("task",))
    if request.method == "POST":
        try:
            act.run(actor, {"task": str(key)}, reason=request.POST.get("reason", ""))
        except Invalid as error:
            form.take_errors(error)
            status = error.status
        else:
            messages.success(request, _("Cancelled: %(task)s") % {"task": task.title})
            return redirect(f"/{actor.organisation.code}/tasks/")
    title = f"{act.label}: {task.title}"
    back = f"/{actor.organisation.code}/tasks/"
    page = pages.FormPage(
        title, form, request.path, act.label, back, [pages.Link(_("My tasks"), back)], is_danger=True, needs_reason=True
    )
    return render(request, "kit/form.html", {"page": page, "title": title}, status=status)


def _back(request: HttpRequest, actor: Actor) -> HttpResponse:
    """To the page on which the button was pressed."""
    target = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if is_ours else f"/{actor.organisation.code}/tasks/")
