"""Handing over: whom to, what moves, and the button."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from ringwall.access.policy import Actor
from ringwall.administration import queries
from ringwall.administration.actions import handover
from ringwall.administration.views.pages import actor_of, address
from ringwall.kit.acts import acting
from ringwall.kit.cells import record_url, sees
from ringwall.kit.errors import Conflict, Denied, Invalid, Refused
from ringwall.kit.pages import Cell, Column, FormPage, Link, Panel, Row
from ringwall.kit.registry import Duty
from ringwall.kit.requests import ActorRequest

SHOWN = 100


@require_http_methods(["GET", "POST"])
def hand_over_page(request: ActorRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    act = handover.hand_over
    if not actor.may_everywhere(act.name):
        raise Denied(_("Your role does not include this page."))
    person = queries.one(queries.people(actor, with_left=True), key)
    back = Link(person.name, address(request, f"settings/people/{person.pk}/"))
    form: Any = act.inputs.form(actor, act.name, data=request.POST or None)
    status, reason = 200, request.POST.get("reason", "")
    if request.method == "POST":
        try:
            with acting(actor, act.name, reason) as opened:
                opened.memory["seen"] = request.POST.get("seen", "")
                count = act.run(actor, form.raw(), subject=person, reason=reason)
        except (Invalid, Refused, Conflict) as error:
            form.take_errors(error)
            status = error.status
        else:
            told = ngettext("%(count)d duty handed over.", "%(count)d duties handed over.", count)
            messages.success(request, told % {"count": count})
            return redirect(back.url)
    duties = handover.duties_of(person)
    page = FormPage(
        title=f"{act.label}: {person.name}",
        form=form,
        url=request.path,
        submit=_("Hand over all"),
        cancel_url=back.url,
        breadcrumb=[Link(_("People"), address(request, "settings/people/")), back],
        intro=_(
            "Everything below gets another owner, in one act. What was decided, signed or written stays in the name of "
            "who did it."
        ),
        needs_reason=True,
        is_reason_required=True,
        hidden={"seen": handover.fingerprint(duties)},
    )
    panels = [_panel(actor, number, duty) for number, duty in enumerate(duties)]
    context = {"page": page, "title": page.title, "panels": panels}
    return render(request, "administration/hand_over.html", context, status=status)


def _panel(actor: Actor, number: int, duty: Duty) -> Panel:
    rows = []
    for row in duty.rows[:SHOWN]:
        is_seen = sees(actor, row)
        text, url = (str(row), record_url(actor.organisation.code, row)) if is_seen else (_("not visible to you"), "")
        rows.append(Row(str(row.pk), "", url, 0, [Cell("what", text, "title", url)]))
    more = len(duty.rows) - len(rows)
    if more > 0:
        rows.append(Row("more", "", "", 0, [Cell("what", _("and %(count)d more") % {"count": more})]))
    return Panel(
        f"duty-{number}", f"{duty.label} ({len(duty.rows)})", columns=[Column("what", _("What"), "title")], rows=rows
    )
