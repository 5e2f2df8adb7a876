"""Pages of checks: the interview, all answers, the spreadsheet that goes out and comes back, the report."""

from importlib import import_module
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from ringwall.access.policy import Actor
from ringwall.catalogues.prose import as_html
from ringwall.compliance import actions, aside, interview, queries, sheets
from ringwall.compliance.listing import all_answers
from ringwall.compliance.models import Answer, Check
from ringwall.compliance.register import check_url, progress_facts
from ringwall.compliance.wording import MATURITY, VALUES
from ringwall.kit import pages
from ringwall.kit.cells import record_url
from ringwall.kit.drafts import ImportDraft
from ringwall.kit.errors import Conflict, Denied, Invalid, NotFound
from ringwall.kit.exports import MEDIA, attachment
from ringwall.kit.registry import registers
from ringwall.kit.reporting import report_of_record
from ringwall.kit.requests import ActorRequest
from ringwall.kit.words import file_words
from ringwall.lib.sheets import read_sheet
from ringwall.lib.sheets_types import SheetError


def _breadcrumb(actor: Actor, check: Check) -> list[pages.Link]:
    return [
        pages.Link(registers[Check.kind].title, f"/{actor.organisation.code}/checks/"),
        pages.Link(str(check), check_url(actor, check)),
    ]


@require_http_methods(["GET", "POST"])
def interview_page(request: ActorRequest, ref: str) -> HttpResponse:
    """One question after the other: GET shows one, POST stores its answer and goes on to the next of the walk."""
    actor: Actor = request.actor
    check = queries.find_check(actor, ref)
    walk, at = interview.Walk.read(request.GET), request.GET.get("at", "").replace("\x00", "")
    status, theirs = 200, None
    errors: dict[str, list[str]] = {}
    if request.method == "POST" and (answer := interview.answer_at(check, walk, at)) is not None:
        version, at = request.POST.get("version", ""), str(answer.pk)
        try:
            actions.give.run(
                actor,
                _given(request.POST),
                subject=answer,
                version=int(version) if version.isdigit() else None,
            )
        except Conflict as error:
            status, theirs = error.status, Answer.objects.select_related("answered_by").get(pk=answer.pk)
        except Invalid as error:
            status, errors = error.status, error.errors
        else:
            return redirect(_next_address(actor, check, walk, answer, stays=request.POST.get("go") == "stay"))
    found = interview.question(check, walk, at)
    if found is None:
        return redirect(check_url(actor, check))
    given = _given(request.POST) if request.method == "POST" else _stored(found.answer)
    context = _question_context(actor, found, given) | {"errors": errors, "theirs": _told(theirs)}
    return render(request, "compliance/interview.html", context, status=status)


def _stored(answer: Answer) -> dict[str, Any]:
    given = answer.given
    return {
        "value": str(given.value),
        "statements": {number: str(value) for number, value in given.statements.items()},
        "maturity": given.maturity,
        "justification": given.justification,
        "remark": given.remark,
        "asked": given.asked,
    }


def _given(posted: Any) -> dict[str, Any]:
    """The raw input of `answer.give` from the form: a statement's field is its number behind “s:”."""
    statements = {name[2:]: value for name, value in posted.items() if name.startswith("s:") and value}
    plain = {name: posted.get(name, "") for name in ("value", "maturity", "justification", "remark", "asked")}
    return plain | {"statements": statements}


def _next_address(actor: Actor, check: Check, walk: interview.Walk, answer: Answer, *, stays: bool) -> str:
    url = check_url(actor, check)
    if stays:
        return f"{url}interview/{walk.query(at=str(answer.pk))}"
    after = interview.following(check, walk, answer)
    return f"{url}interview/{walk.query(at=str(after))}" if after else url


def _told(answer: Answer | None) -> dict[str, Any] | None:
    """Somebody else's answer, for who was about to store theirs."""
    if answer is None:
        return None
    by = answer.answered_by.name if answer.answered_by else ""
    return {
        "by": by,
        "value": str(VALUES[answer.value]),
        "justification": answer.justification,
        "remark": answer.remark,
    }


def _question_context(actor: Actor, found: interview.Question, given: dict[str, Any]) -> dict[str, Any]:
    check, answer = found.check, found.answer
    requirement = answer.requirement
    url, lines = check_url(actor, check), interview.statement_lines(answer)
    last = queries.last_answer(check, requirement.pk)
    told = given["statements"]
    return {
        "title": f"{requirement.ref} {requirement.title_text}",
        "breadcrumb": _breadcrumb(actor, check),
        "check": check,
        "question": found,
        "group_lines": aside.group_lines(found.groups, found.walk),
        "question_lines": aside.question_lines(found.branch, found.walk, answer.pk),
        "requirement": requirement,
        "text": "" if lines else as_html(requirement.in_language("text")),
        "guidance": as_html(requirement.in_language("guidance")),
        **interview.knowledge(check, requirement),
        "statements": [
            (line, [(v, w, k, told.get(line.number, "") == v) for v, w, k, _is in interview.choices("")])
            for line in lines
        ],
        "choices": interview.choices(given["value"]),
        "given": given,
        "maturities": [
            (str(step), label, str(given["maturity"] or "") == str(step) or given["maturity"] == step)
            for step, label in enumerate(MATURITY)
        ],
        "last": last,
        "last_word": interview.word_of(last.value) if last else None,
        "panels": interview.helping(answer, actor),
        "exceptions": interview.exceptions_from(requirement, actor),
        "controls": [
            (control, record_url(actor.organisation.code, control))
            for control in interview.controls_for(requirement, actor)
        ],
        "may_answer": check.is_open and actor.may(actions.give.name, answer),
        "walk_words": interview.walk_words(),
        "previous_url": f"{url}interview/{found.walk.query(at=str(found.before.id))}" if found.before else "",
        "next_url": f"{url}interview/{found.walk.query(at=str(found.after.id))}" if found.after else "",
        "answer_url": record_url(actor.organisation.code, answer),
        "requirement_url": requirement.address(actor.organisation.code) if actor.may("catalogue.view") else "",
    }


@require_GET
def all_page(request: ActorRequest, ref: str) -> HttpResponse:
    actor: Actor = request.actor
    check = queries.find_check(actor, ref)
    page = all_answers(check, request.GET)
    whole = ngettext("%(count)d answer", "%(count)d answers", page.count) % {"count": page.count}
    some = _("{n} of %(whole)s") % {"whole": whole}
    context = {
        "title": f"{check.ref} {check.title}",
        "breadcrumb": _breadcrumb(actor, check),
        "check": check,
        "page": page,
        "facts": progress_facts(page.progress),
        "may_answer": check.is_open and actor.may(actions.give.name, check),
        "count_words": {
            "whole": whole,
            "some": some,
            "now": whole if page.shown == page.count else some.replace("{n}", str(page.shown)),
        },
    }
    return render(request, "compliance/all.html", context)


@require_GET
def spreadsheet(request: ActorRequest, ref: str) -> HttpResponse:
    check = queries.find_check(request.actor, ref)
    body = import_module("ringwall.compliance.writing").workbook_of(check)
    return attachment(body, MEDIA["xlsx"], f"{check.ref}.xlsx")


@require_GET
def report(request: ActorRequest, ref: str) -> HttpResponse:
    """`format` pdf, docx, xlsx or json; `language` en or de."""
    return report_of_record(request, "check", ref)


class BringBackForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("The spreadsheet of this check, as it was worked on: XLSX, ODS or CSV."),
    )


@require_http_methods(["GET", "POST"])
def import_page(request: ActorRequest, ref: str) -> HttpResponse:
    """The file comes in and is kept as a draft that its uploader alone sees; the preview is another address."""
    actor: Actor = request.actor
    check = _answerable(actor, ref)
    form = BringBackForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            data = file.read()
            try:
                sheets.plan_answers(actor, check, read_sheet(data, file.name))
            except SheetError as error:
                form.add_error("file", " ".join(file_words(error)))
            except Invalid as error:
                form.add_error("file", " ".join(text for texts in error.errors.values() for text in texts))
            else:
                draft = ImportDraft.objects.create(
                    organisation_id=actor.organisation_id,
                    person_id=actor.person_key,
                    kind=Answer.kind,
                    name=file.name[:200],
                    content=data,
                    columns={"check": str(check.pk)},
                )
                return redirect(f"{check_url(actor, check)}import/{draft.pk}/")
    context: dict[str, Any] = {
        "title": _("Bring back: %(check)s") % {"check": check},
        "breadcrumb": _breadcrumb(actor, check),
        "form": form,
        "check": check,
        "cancel_url": check_url(actor, check),
    }
    return render(request, "compliance/import.html", context, status=status)


def _answerable(actor: Actor, ref: str) -> Check:
    check = queries.find_check(actor, ref)
    if not actor.may(actions.give.name, check):
        raise Denied(_("You hold no right to answer this check."))
    return check


@require_http_methods(["GET", "POST"])
def preview_page(request: ActorRequest, ref: str, key: UUID) -> HttpResponse:
    actor: Actor = request.actor
    check = _answerable(actor, ref)
    draft = ImportDraft.objects.filter(
        pk=key, organisation_id=actor.organisation_id, person_id=actor.person_key, kind=Answer.kind
    ).first()
    if draft is None or draft.columns.get("check") != str(check.pk):
        raise NotFound(_("This upload is gone. Upload the file again."))
    plan = sheets.plan_answers(actor, check, read_sheet(bytes(draft.content), draft.name))
    if request.method == "POST" and not plan.is_refused:
        count = sheets.store(plan, actor, take=request.POST.getlist("take"))
        draft.delete()
        told = ngettext("%(count)d answer taken in.", "%(count)d answers taken in.", count) % {"count": count}
        messages.success(request, told)
        return redirect(check_url(actor, check))
    context = {
        "title": _("Bring back: %(check)s") % {"check": check},
        "breadcrumb": _breadcrumb(actor, check),
        "check": check,
        "plan": plan,
        "changed": [row for row in plan.rows if row.outcome == "changed"][:200],
        "errors": [finding for finding in plan.all_findings if finding.severity == "error"][:200],
        "notes": [finding for finding in plan.findings if finding.severity != "error"],
        "cancel_url": check_url(actor, check),
        "name": draft.name,
    }
    return render(request, "compliance/import.html", context, status=422 if request.method == "POST" else 200)
