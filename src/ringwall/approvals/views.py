"""The page of one version of a whole: what was frozen, who answered, how it differs from others, and the answer
itself.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.approvals import actions
from ringwall.approvals.models import Approval, Signature
from ringwall.approvals.queries import frozen_of, signatures_of, versions
from ringwall.approvals.rules import compare
from ringwall.kit.errors import NotFound
from ringwall.kit.pages import Link
from ringwall.kit.records import is_uuid
from ringwall.kit.requests import ActorRequest


class AnswerForm(forms.Form):
    conditions = forms.CharField(
        label=gettext_lazy("Conditions"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What you require with your approval, or why you decline."),
    )
    conflict = forms.CharField(
        label=gettext_lazy("Conflict of interest"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("For example: you own risks or controls in it. It is recorded, not refused."),
    )


def deciders_of(actor: Actor) -> list[Person]:
    """People of top management; whether one of them may decide this whole is checked when they do."""
    rows = Person.objects.filter(
        organisation_id=actor.organisation_id, withdrawn_on=None, assignments__role="top_management"
    )
    return list(rows.distinct().order_by("name"))


def submit_from(request: ActorRequest, kind: str, whole: Any) -> Approval:
    """Submit a whole with the people chosen in the form of `approvals/standing.html`."""
    actor: Actor = request.actor
    people = Person.objects.filter(organisation_id=actor.organisation_id, withdrawn_on=None)
    chosen = {
        name: [value for value in request.POST.getlist(name) if is_uuid(value)] for name in ("decider", "consulted")
    }
    approval = actions.submit(
        kind,
        whole,
        actor=actor,
        deciders=list(people.filter(pk__in=chosen["decider"])),
        consulted=list(people.filter(pk__in=chosen["consulted"])),
        note=request.POST.get("note", "")[:5000],
    )
    messages.success(request, _("Version %(number)d is submitted.") % {"number": approval.number})
    return approval


def version_page(request: ActorRequest, key: UUID) -> HttpResponse:
    actor: Actor = request.actor
    approval, freezer, whole = actions.find(actor, key)
    all_versions = versions(approval.subject_kind, approval.subject_id)
    other = _other(request, all_versions, approval)
    with_now = other is None
    right = freezer.freeze(whole).rows if with_now else frozen_of(other).rows if other else []
    older, newer = frozen_of(approval).rows, right
    if other is not None and other.number < approval.number:
        older, newer = right, frozen_of(approval).rows
    signatures = signatures_of(approval)
    mine = [s for s in signatures if s.person_id == actor.person_id and s.answer == Signature.Answer.OPEN]
    context = {
        "title": f"{approval.title}: {_('version')} {approval.number}",
        "approval": approval,
        "label": freezer.label,
        "whole": whole,
        "breadcrumb": [Link(str(freezer.label), freezer.url(whole, actor))],
        "signatures": signatures,
        "versions": all_versions,
        "other": other,
        "comparison": compare(older, newer),
        "rows": frozen_of(approval).rows,
        "form": AnswerForm() if mine and approval.state == Approval.State.SUBMITTED else None,
        "may_recall": approval.state == Approval.State.SUBMITTED
        and actor.covers(f"{freezer.kind}.submit", freezer.units(whole)),
    }
    return render(request, "approvals/version.html", context)


def _other(request: HttpRequest, found: list[Approval], approval: Approval) -> Approval | None:
    """The version to compare with, by `with`; None means the present state."""
    wanted = request.GET.get("with", "now")
    if wanted == "now":
        return None
    match = next((v for v in found if str(v.number) == wanted and v.pk != approval.pk), None)
    if match is None:
        raise NotFound
    return match


@require_POST
def answer(request: ActorRequest, key: UUID) -> HttpResponse:
    actor: Actor = request.actor
    approval, _freezer, _whole = actions.find(actor, key)
    form = AnswerForm(request.POST)
    form.is_valid()
    read = request.POST.get("version", "")
    actions.answer(
        approval,
        actor=actor,
        is_yes=request.POST.get("answer") == "yes",
        conditions=form.cleaned_data.get("conditions", ""),
        conflict=form.cleaned_data.get("conflict", ""),
        version=int(read) if read.isdigit() else None,
    )
    messages.success(request, _("Your answer is recorded."))
    return redirect(f"/{actor.organisation.code}/versions/{approval.pk}/")


@require_POST
def recall(request: ActorRequest, key: UUID) -> HttpResponse:
    actor: Actor = request.actor
    approval, freezer, whole = actions.find(actor, key)
    actions.recall(approval, actor=actor, reason=request.POST.get("reason", ""))
    messages.success(request, _("Version %(number)d is recalled.") % {"number": approval.number})
    return redirect(freezer.url(whole, actor))
