"""Pages of carry-overs: the list, the beginning with what it would do, the worklist, and its acts."""

from collections import Counter
from importlib import import_module
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from ringwall.access.policy import Actor
from ringwall.administration.views.pages import ActForm
from ringwall.catalogues.carryover import actions, panels, queries
from ringwall.catalogues.carryover.models import CarriedRow, CarryOver
from ringwall.catalogues.models import Catalogue
from ringwall.catalogues.panels import named
from ringwall.catalogues.queries import catalogue_url
from ringwall.kit import pages, registry
from ringwall.kit.errors import ActError, Denied, Invalid, NotFound
from ringwall.kit.records import is_uuid
from ringwall.kit.requests import ActorRequest

PAGE = 50
LONGEST_HEADING = 80


def _breadcrumb(actor: Actor, *more: pages.Link) -> list[pages.Link]:
    catalogues = pages.Link(_("Catalogues"), f"/{actor.organisation.code}/catalogues/")
    return [catalogues, pages.Link(_("Carry-overs"), panels.base_url(actor)), *more]


@require_GET
def list_page(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    rows = [panels.carry_over_row(actor, one) for one in queries.carry_overs_of(actor)]
    begin = pages.Link(actions.start.label, f"{panels.base_url(actor)}new/", "plus", "primary")
    may_start = actor.may_everywhere(actions.start.name)
    context = {
        "title": _("Carry-overs"),
        "columns": panels.columns(),
        "rows": rows,
        "begin": begin if may_start else None,
        "breadcrumb": _breadcrumb(actor)[:1],
        "empty": pages.Empty(
            _("Nothing was carried over yet"),
            _(
                "When a catalogue gets a new edition or a successor, controls and decisions are carried over to it: by "
                "rule where the requirement is the same, as proposals where it is alike. The old catalogue stays."
            ),
            [begin] if may_start else [],
        ),
    }
    return render(request, "carryover/list.html", context)


def start_page(request: ActorRequest) -> HttpResponse:
    """Choose two catalogues, see what would be carried, begin."""
    actor = request.actor
    queries.require_view(actor)
    if not actor.may_everywhere(actions.start.name):
        raise Denied(_("Your role does not include carrying over between catalogues."))
    given = request.POST if request.method == "POST" else request.GET
    found = Catalogue.named(actor, [text for key in ("source", "target") if (text := given.get(key, ""))])
    source, target = found.get(given.get("source", "")), found.get(given.get("target", ""))
    error = ""
    if request.method == "POST":
        try:
            values = {"source": source, "target": target, "basis": given.get("basis", "")}
            made = actions.start.run(actor, values)
        except Invalid as invalid:
            error = "; ".join(text for texts in invalid.errors.values() for text in texts)
        except ActError as refused:
            error = str(refused)
        else:
            messages.success(request, _began(made))
            return redirect(f"{panels.base_url(actor)}{made.pk}/")
    catalogues = sorted(Catalogue.open_to(actor), key=lambda one: (one.title_text, one.code))
    context: dict[str, Any] = {
        "title": actions.start.label,
        "catalogues": [(one.code, named(one)) for one in catalogues],
        "source": source,
        "target": target,
        "error": error,
        "breadcrumb": _breadcrumb(actor),
        "is_same": source is not None and source == target,
    }
    if source is not None and target is not None and source != target:
        under_way = (
            queries.carry_overs_of(actor).filter(source=source, target=target, state=CarryOver.State.OPEN).first()
        )
        if under_way is not None:
            context["under_way"] = f"{panels.base_url(actor)}{under_way.pk}/"
        else:
            context["offers"] = _offers(actor, source, target)
    return render(request, "carryover/start.html", context, status=422 if error else 200)


def _began(made: CarryOver) -> str:
    counts = Counter(made.rows.values_list("state", flat=True))
    words = _("%(taken)d carried by rule, %(proposed)d proposed, %(personal)d need a person.")
    return words % {
        "taken": counts[CarriedRow.State.TAKEN],
        "proposed": counts[CarriedRow.State.PROPOSED],
        "personal": counts[CarriedRow.State.NEEDS_PERSON],
    }


def _offers(actor: Actor, source: Catalogue, target: Catalogue) -> list[dict[str, Any]]:
    """By what one may carry, each with what would come of it."""
    proposing = import_module("ringwall.catalogues.carryover.proposing")
    return [
        {"basis": basis.value, "label": basis.label, **proposing.offer(actor, source, target, basis)}
        for basis in proposing.bases(actor, source, target)
    ]


@require_GET
def worklist_page(request: ActorRequest, key: UUID) -> HttpResponse:
    actor = request.actor
    found = queries.carry_over_by(actor, key)
    everything = queries.seen_short(actor, queries.short_rows(found))
    kinds = list(dict.fromkeys(one.carrier for one in everything))
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else ""
    some = [one for one in everything if not kind or one.carrier == kind]
    counts = queries.counts_of(some)
    state = request.GET.get("state", "")
    if state not in counts:
        state = next((name for name in ("proposed", "needs_person", "taken") if counts[name]), "proposed")
    rows = [one.pk for one in some if one.state == state]
    last = max(1, -(-len(rows) // PAGE))
    given = request.GET.get("page", "")
    at = min(max(int(given), 1), last) if given.isascii() and given.isdigit() and len(given) < 7 else 1
    shown = queries.seen_rows(actor, queries.rows_of(found).filter(pk__in=rows[(at - 1) * PAGE : at * PAGE]))
    kept = {"kind": kind}
    base = f"?state={state}" + (f"&kind={kind}" if kind else "")
    context: dict[str, Any] = {
        # The two titles stand below; as a heading together they would fill a small screen.
        "title": str(found) if len(str(found)) <= LONGEST_HEADING else found.ref,
        "carry_over": found,
        "facts": panels.facts(actor, found),
        "tabs": panels.state_tabs(counts, state, kept),
        "state": state,
        "kinds": [(one, registry.carriers[one].label, one == kind) for one in kinds],
        "columns": panels.worklist_columns(state),
        "rows": [panels.worklist_row(actor, one, found) for one in shown],
        "acts": _row_acts(actor, found, state),
        "rows_url": f"{panels.base_url(actor)}{found.pk}/rows/",
        "here": f"{base}&page={at}" if at > 1 else base,
        "actions": _acts(actor, found),
        "breadcrumb": _breadcrumb(actor),
        "pager": pages.Pager(
            first=(at - 1) * PAGE + 1,
            last=min(at * PAGE, len(rows)),
            count=len(rows),
            previous_url=f"{base}&page={at - 1}" if at > 1 else "",
            next_url=f"{base}&page={at + 1}" if at < last else "",
        ),
    }
    return render(request, "carryover/worklist.html", context)


def _row_acts(actor: Actor, found: CarryOver, state: str) -> list[pages.Link]:
    """What may be done with lines in this state."""
    offered = []
    if found.is_open and state in ("proposed", "refused") and actor.may(actions.take.name, found):
        offered.append(pages.Link(_("Take as proposed"), "", "check", "primary", key="take"))
    may_refuse = state == "needs_person" or (found.is_open and state in ("proposed", "taken"))
    if may_refuse and actor.may(actions.refuse.name, found):
        labels = {"needs_person": _("Mark as settled"), "taken": _("Take back"), "proposed": actions.refuse.label}
        offered.append(pages.Link(labels[state], "", "x", key="refuse"))
    return offered


def _acts(actor: Actor, found: CarryOver) -> list[pages.Link]:
    base = f"{panels.base_url(actor)}{found.pk}/act/"
    offered = [(name, act) for name, act in actions.ACTS.items() if act.is_offered(actor, found)]
    links = [
        pages.Link(act.label, f"{base}{name}/", act.icon, "danger" if act.is_danger else "plain")
        for name, act in offered
    ]
    if found.basis == CarryOver.Basis.COMPARISON:
        url = f"{catalogue_url(actor, found.source)}compare/?{urlencode({'with': found.target.code})}"
        links.insert(0, pages.Link(_("Old and new wording"), url, "arrow-left-right"))
    return links


@require_POST
def decide_rows(request: ActorRequest, key: UUID) -> HttpResponse:
    """Take or refuse the lines that were chosen."""
    actor = request.actor
    found = queries.carry_over_by(actor, key)
    act = actions.DECISIONS.get(request.POST.get("do", ""))
    if not any(actor.may(one.name, found) for one in actions.DECISIONS.values()):
        raise Denied(_("Your role does not include carrying over between catalogues."))
    if act is None:
        raise NotFound
    ids = [UUID(one) for one in dict.fromkeys(request.POST.getlist("ids")) if is_uuid(one)][: actions.MOST]
    try:
        done = act(found, actor=actor, rows=ids)
    except ActError as error:
        messages.error(request, str(error))
    else:
        words = ngettext("%(count)d line decided.", "%(count)d lines decided.", len(done))
        messages.success(request, words % {"count": len(done)})
    back = request.POST.get("back", "")
    return redirect(f"{panels.base_url(actor)}{found.pk}/{back if back.startswith('?') else ''}")


def act_page(request: ActorRequest, key: UUID, name: str) -> HttpResponse:
    """Work out anew, confirm, take all back."""
    actor = request.actor
    found = queries.carry_over_by(actor, key)
    if (act := actions.ACTS.get(name)) is None:
        raise NotFound
    url = f"{panels.base_url(actor)}{found.pk}/"
    return ActForm(
        act,
        url,
        f"{act.label}: {found}",
        act.label,
        subject=found,
        breadcrumb=_breadcrumb(actor, pages.Link(str(found), url)),
    ).respond(request)
