"""The page of one record, its forms, its acts, and the cell edited in place."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.kit import pages, registry
from ringwall.kit.actions import Action, differences
from ringwall.kit.cells import cell_maker, facts_of, sees
from ringwall.kit.errors import ActError, Conflict, Invalid, NotFound, Refused
from ringwall.kit.fetching import fetch_one, linked
from ringwall.kit.history import history_of
from ringwall.kit.inputs import Inputs
from ringwall.kit.records import is_uuid
from ringwall.kit.register import Register
from ringwall.kit.requests import ActorRequest
from ringwall.kit.views.lists import require_view
from ringwall.lib.ids import uuid7


def base_url(register: Register, actor: Actor) -> str:
    return f"/{actor.organisation.code}/{register.slug}/"


def record_page(request: ActorRequest, register: Register, ref: str) -> HttpResponse:
    actor: Actor = request.actor
    require_view(register, actor)
    record = _get(register, actor, ref)
    base = base_url(register, actor)
    url = f"{base}{record.ref}/"
    tab = request.GET.get("tab", "")
    offered = [a for a in register.all_actions if a.is_offered(actor, record)]
    links = [_act_link(a, url) for a in offered]
    own = [link for link, a in zip(links, offered, strict=True) if a in register.actions]
    primary = own[0] if own else next((link for link in links if link.key.endswith(".update")), None)
    tabs, panels = _panels(register, record, actor, url, tab)
    page = pages.RecordPage(
        kind=register.kind,
        ref=record.ref,
        title=record.title_text,
        url=url,
        version=record.version,
        breadcrumb=[pages.Link(register.title, base)],
        facts=[f for f in facts_of(register, record, actor) if len(str(f.value)) <= 80][:6],
        tabs=tabs,
        panels=panels,
        primary=primary,
        actions=[link for link in links if primary is None or link.key != primary.key],
        side=_made(register.kind, "side", record, actor) if not tab else [],
        next_step=register.next_step(record, actor),
        notice=_("Withdrawn on %(day)s: %(reason)s") % {"day": record.withdrawn_on, "reason": record.withdrawn_reason}
        if record.is_withdrawn
        else "",
        is_withdrawn=record.is_withdrawn,
    )
    context: dict[str, Any] = {"page": page, "title": str(record), "record": record, "register": register}
    if tab == "history":
        context["entries"] = history_of(register, record, actor)
    return render(request, "kit/record.html", context)


def _get(register: Register, actor: Actor, ref: str) -> Any:
    return fetch_one(register, actor, ref, register.fact_keys)


def _act_link(act: Action, url: str) -> pages.Link:
    name = act.name.partition(".")[2]
    target = f"{url}edit/" if name == "update" else f"{url}act/{name}/"
    return pages.Link(act.label, target, act.icon, "danger" if act.is_danger else "plain", key=act.name)


def _panels(
    register: Register, record: Any, actor: Actor, url: str, tab: str
) -> tuple[list[pages.Link], list[pages.Panel]]:
    known = [("", _("Overview")), *registry.tabs.get(register.kind, ()), ("history", _("History"))]
    if tab not in {key for key, _label in known}:
        raise NotFound
    tabs = [
        pages.Link(label, f"{url}?tab={key}" if key else url, is_current=key == tab, key=key) for key, label in known
    ]
    panels: list[pages.Panel] = []
    if tab == "":
        sections = register.sections or [("", register.fact_keys)]
        for number, (title, keys) in enumerate(sections):
            facts = facts_of(register, record, actor, list(keys))
            panels.append(
                pages.Panel(f"facts-{number}", title or _("Details"), facts=facts, empty=_("Nothing filled in yet."))
            )
    return tabs, panels + (_made(register.kind, tab, record, actor) if tab != "history" else [])


def _made(kind: str, tab: str, record: Any, actor: Actor) -> list[pages.Panel]:
    made = [
        make(record, actor)
        for key, make in [*registry.panels.get("*", ()), *registry.panels.get(kind, ())]
        if key == tab
    ]
    return [panel for panel in made if panel is not None]


def create_page(request: ActorRequest, register: Register) -> HttpResponse:
    actor: Actor = request.actor
    act = register.acts.create
    act.require(actor)
    base = base_url(register, actor)
    initial = {"unit": str(actor.home_unit.id), "owner": actor.user.email if actor.user else ""} | register.initial(
        request.GET
    )
    initial = {name: value for name, value in initial.items() if name in act.inputs.fields}
    form = act.inputs.form(actor, act.name, data=request.POST or None, initial=initial)
    status = 200
    # The form carries the id of the record it will make: sent twice, it makes one.
    key = request.POST.get("form_key", "")
    key = key if is_uuid(key) else str(uuid7())
    if request.method == "POST":
        if made := register.model.objects.visible_to(actor).filter(pk=key).first():
            return redirect(f"{base}{made.ref}/")
        try:
            record = act.run(actor, form.raw(), id=UUID(key))
        except (Invalid, Refused) as error:
            form.take_errors(error)
            status = error.status
        else:
            messages.success(request, _("%(record)s created.") % {"record": record})
            return redirect(f"{base}new/" if "another" in request.POST else f"{base}{record.ref}/")
    title = _("New %(one)s") % {"one": register.title_one}
    page = pages.FormPage(
        title,
        form,
        request.path,
        _("Create %(one)s") % {"one": register.title_one},
        base,
        [pages.Link(register.title, base)],
        register.about,
        hidden={"form_key": key},
    )
    return render(request, "kit/form.html", {"page": page, "title": title, "register": register}, status=status)


def edit_page(request: ActorRequest, register: Register, ref: str) -> HttpResponse:
    return _form_page(request, register, ref, register.acts.update)


def act_page(request: ActorRequest, register: Register, ref: str, name: str) -> HttpResponse:
    act = next((a for a in register.all_actions if a.name == f"{register.kind}.{name}" and not a.is_update), None)
    if act is None:
        raise NotFound
    return _form_page(request, register, ref, act)


def _form_page(request: ActorRequest, register: Register, ref: str, act: Action) -> HttpResponse:
    actor: Actor = request.actor
    record = _get(register, actor, ref)
    act.require(actor, record)
    url = f"{base_url(register, actor)}{record.ref}/"
    initial = _values(record, act.inputs, actor) if act.is_update else register.initial_for(act, record, actor)
    hide = _unseen(record, act.inputs, actor) if act.is_update else []
    form = act.inputs.form(
        actor, act.name, data=request.POST or None, files=request.FILES or None, initial=initial, hide=hide
    )
    version, status = record.version, 200
    conflict: list[Any] = []
    by = ""
    if request.method == "POST":
        read = request.POST.get("version", "")
        try:
            raw = form.raw()
            made = act.run(
                actor,
                raw,
                subject=record,
                version=int(read) if read.isdigit() else None,
                reason=request.POST.get("reason", ""),
            )
        except Conflict as error:
            theirs = _get(register, actor, ref)
            conflict = (
                differences(theirs, act.inputs.clean(actor, raw, only_given=True), actor) if act.is_update else []
            )
            entries = history_of(register, theirs, actor, limit=1)
            by = entries[0].actor if entries else ""
            version, status = theirs.version, error.status
        except (Invalid, Refused) as error:
            form.take_errors(error)
            status = error.status
        else:
            messages.success(
                request, _("Stored: %(record)s") % {"record": record} if act.is_update else f"{act.label}: {record}"
            )
            is_successor = isinstance(made, type(record)) and made.pk != record.pk
            return redirect(f"{base_url(register, actor)}{made.ref}/" if is_successor else url)
    page = pages.FormPage(
        title=f"{act.label}: {record}",
        form=form,
        url=request.path,
        submit=_("Store changes") if act.is_update else act.label,
        cancel_url=url,
        breadcrumb=[pages.Link(register.title, base_url(register, actor)), pages.Link(str(record), url)],
        intro="" if act.is_update else act.help_text,
        version=version,
        conflict=conflict,
        conflict_by=by,
        is_danger=act.is_danger,
        needs_reason=act.needs_reason or act.is_update,
        is_reason_required=act.needs_reason,
        hidden={},
    )
    return render(request, "kit/form.html", {"page": page, "title": page.title, "register": register}, status=status)


def _values(record: Any, inputs: Inputs, actor: Actor) -> dict[str, Any]:
    values = {}
    for name in inputs.fields:
        f = record._meta.get_field(name)
        if f.many_to_many:
            values[name] = [target for target in linked(record, name) if sees(actor, target)]
        elif not f.is_relation or sees(actor, getattr(record, name)):
            values[name] = getattr(record, name)
    return values


def _unseen(record: Any, inputs: Inputs, actor: Actor) -> list[str]:
    """Fields that name one record which the actor may not see: left out of the form, so that storing it changes
    nothing.
    """
    single = [
        name
        for name in inputs.fields
        if record._meta.get_field(name).is_relation and not record._meta.get_field(name).many_to_many
    ]
    return [name for name in single if getattr(record, name) is not None and not sees(actor, getattr(record, name))]


def cell(request: ActorRequest, register: Register, ref: str, key: str) -> HttpResponse:
    """One cell: GET gives its form (or the plain cell with `cancel`), POST stores it and gives the plain cell again."""
    actor: Actor = request.actor
    require_view(register, actor)
    record = fetch_one(register, actor, ref, [key])
    act = register.acts.update
    if key not in register.editable or key in _unseen(record, Inputs({key: act.inputs.fields[key]}), actor):
        raise NotFound
    spec = register.spec_of(key)
    inputs = Inputs({key: act.inputs.fields[key]})
    form = inputs.form(actor, act.name, data=request.POST or None, initial=_values(record, inputs, actor))
    url, status, message, fields = request.path, 200, "", form[key]
    if request.method == "POST":
        read = request.POST.get("version", "")
        try:
            record = act.run(
                actor,
                form.raw(),
                subject=record,
                version=int(read) if read.isdigit() else None,
            )
            record = fetch_one(register, actor, record.pk, [key])
        except ActError as error:
            status, message = (422 if error.status == 409 else error.status), str(error)
            if isinstance(error, Invalid):
                message = " ".join(error.errors.get(key) or [str(error)])
    elif "cancel" not in request.GET:
        act.require(actor, record)
        return render(
            request, "kit/cell_form.html", {"field": fields, "url": url, "version": record.version, "record": record}
        )
    if message:
        context = {"field": fields, "url": url, "version": record.version, "error": message, "record": record}
        return render(request, "kit/cell_form.html", context, status=status)
    make = cell_maker(register, actor, spec, lambda r: actor.may(act.name, r))
    row = pages.Row(str(record.pk), record.ref, f"{base_url(register, actor)}{record.ref}/", record.version, [])
    response = render(request, "kit/cell.html", {"cell": make(record), "row": row})
    if request.method == "POST":
        response.headers["HX-Trigger"] = "saved"
    return response
