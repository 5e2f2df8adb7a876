"""Recording a finding: by itself or about a record, with the similar ones shown before it is stored."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ringwall.access.policy import Actor
from ringwall.improvement import queries
from ringwall.improvement.actions import exceptions, improvements
from ringwall.improvement.actions.findings import finding_acts
from ringwall.improvement.exception_register import exception_words
from ringwall.improvement.improvement_register import STATE_TONES as IMPROVEMENT_TONES
from ringwall.improvement.models import Finding, Source
from ringwall.improvement.register import STATE_TONES
from ringwall.kit import pages, registry
from ringwall.kit.actions import Action
from ringwall.kit.cells import record_url
from ringwall.kit.errors import Invalid, Refused
from ringwall.kit.records import is_uuid
from ringwall.kit.requests import ActorRequest
from ringwall.lib.ids import uuid7
from ringwall.tasks.queries import subject as subject_by_name

SOURCES = {
    "check": Source.CHECK,
    "answer": Source.CHECK,
    "event": Source.INCIDENT,
    "incident": Source.INCIDENT,
    "control": Source.VERIFICATION,
}
"""Kind of the record that a finding is about → where it most likely comes from."""


@require_http_methods(["GET", "POST"])
def new_finding(request: ActorRequest, kind: str = "", ref: str = "") -> HttpResponse:
    """The register's form for a new record, which besides asks once whether the fault was found before."""
    actor: Actor = request.actor
    act = finding_acts.create
    act.require(actor)
    subject = subject_by_name(actor, kind, ref) if kind else None
    register = registry.registers[Finding.kind]
    base = f"/{actor.organisation.code}/{register.slug}/"
    form = act.inputs.form(actor, act.name, data=request.POST or None, initial=_initial(actor, subject, request))
    # The form carries the id of the record it will make: sent twice, it makes one.
    key = request.POST.get("form_key", "")
    key = key if is_uuid(key) else str(uuid7())
    status, similar = 200, []
    if request.method == "POST":
        if made := Finding.objects.visible_to(actor).filter(pk=key).first():
            return redirect(f"{base}{made.ref}/")
        raw: dict[str, Any] = form.raw()
        if same := request.POST.get("same"):
            raw["recurrence_of"] = same
        try:
            similar = _unseen_similar(actor, subject, raw, request)
            if not similar:
                made = act.run(actor, raw, id=UUID(key), **_about(subject))
                messages.success(request, _("%(record)s created.") % {"record": made})
                return redirect(f"{base}new/" if "another" in request.POST else f"{base}{made.ref}/")
        except (Invalid, Refused) as error:
            form.take_errors(error)
            status = error.status
    title = _("Finding about %(record)s") % {"record": subject} if subject else _("New finding")
    hidden = {"form_key": key} | ({"seen": "1"} if similar else {})
    page = pages.FormPage(
        title,
        form,
        request.path,
        _("Record finding"),
        record_url(actor.organisation.code, subject) if subject else base,
        [pages.Link(register.title, base)],
        register.about,
        hidden=hidden,
    )
    lines = [
        {
            "finding": row,
            "url": record_url(actor.organisation.code, row),
            "state": (row.get_state_display(), STATE_TONES[row.state]),
        }
        for row in similar
    ]
    context = {"page": page, "title": title, "register": register, "similar": lines}
    return render(request, "improvement/new.html", context, status=status)


@require_http_methods(["GET", "POST"])
def ask_for_exception(request: ActorRequest) -> HttpResponse:
    """A letter page: one form, and what became of what one asked for before."""
    words = {
        "title": _("Ask for an exception"),
        "intro": _(
            "Is there a security rule that you cannot keep? Say so here instead of working around it. Somebody judges "
            "the risk and decides; you read the answer on this page."
        ),
        "submit": _("Send request"),
        "sent": _("Your request is on its way: %(record)s."),
        "before": _("What you asked for"),
    }
    lines = [
        {
            "title": row.title,
            "state": exception_words(row),
            "text": row.decision,
        }
        for row in queries.asked_by(request.actor)
    ]
    return _letter(request, exceptions.ask, words, lines)


@require_http_methods(["GET", "POST"])
def suggest_improvement(request: ActorRequest) -> HttpResponse:
    """A letter page for ideas, with what became of earlier ones."""
    words = {
        "title": _("Suggest an improvement"),
        "intro": _("Do you see how security could be better or easier? Say it here; you read the answer on this page."),
        "submit": _("Send idea"),
        "sent": _("Your idea is on its way: %(record)s."),
        "before": _("What you suggested"),
    }
    lines = [
        {
            "title": row.title,
            "state": (row.get_state_display(), IMPROVEMENT_TONES[row.state]),
            "text": row.outcome or row.decision,
        }
        for row in queries.suggested_by(request.actor)
    ]
    return _letter(request, improvements.suggest, words, lines)


def _letter(request: ActorRequest, act: Action, words: dict[str, str], lines: list[dict[str, Any]]) -> HttpResponse:
    actor: Actor = request.actor
    act.require(actor)
    form = act.inputs.form(actor, act.name, data=request.POST or None, hide=("key",))
    # The form carries the id of the record it will make: sent twice, it makes one.
    key = request.POST.get("form_key", "")
    key = key if is_uuid(key) else str(uuid7())
    status = 200
    if request.method == "POST":
        try:
            made = act.run(actor, form.raw() | {"key": key})
            messages.success(request, words["sent"] % {"record": made})
            return redirect(request.path)
        except (Invalid, Refused) as error:
            form.take_errors(error)
            status = error.status
    context = {**words, "form": form, "key": key, "lines": lines, "home_url": f"/{actor.organisation.code}/"}
    context["organisation"] = actor.organisation
    return render(request, "improvement/letter.html", context, status=status)


def _initial(actor: Actor, subject: Any, request: ActorRequest) -> dict[str, Any]:
    """No owner but the record's: whoever records a finding by habit as their own could not check it later."""
    initial: dict[str, Any] = {"unit": str(actor.home_unit.id)} | registry.registers[Finding.kind].initial(request.GET)
    if subject is not None:
        initial |= {"unit": str(subject.unit_id), "restricted": subject.restricted}
        initial["owner"] = subject.owner.email if subject.owner else ""
        initial["source"] = SOURCES.get(subject.kind, "")
        if requirement := getattr(subject, "requirement", None):
            initial |= {"requirements": [requirement], "title": f"{requirement.ref} {requirement.title_text}"[:200]}
    return initial


def _about(subject: Any) -> dict[str, Any]:
    return {"subject_kind": subject.kind, "subject_id": subject.pk} if subject is not None else {}


def _unseen_similar(actor: Actor, subject: Any, raw: dict[str, Any], request: ActorRequest) -> list[Finding]:
    """Similar findings that the person has not been shown yet. Raises Invalid before anything is shown."""
    values = finding_acts.create.inputs.clean(actor, raw)
    if "seen" in request.POST or values["recurrence_of"] is not None:
        return []
    return queries.similar_to(
        actor,
        title=values["title"],
        requirement_ids=[requirement.pk for requirement in values["requirements"]],
        subject_id=subject.pk if subject is not None else None,
    )
