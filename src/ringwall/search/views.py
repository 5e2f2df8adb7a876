"""The page of results, whose part `results` fills the palette while one types."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.pages import Link, NavGroup
from ringwall.kit.requests import ActorRequest
from ringwall.search.commands import commands
from ringwall.search.queries import Hit, find

ON_PAGE = 60
IN_PALETTE = 12


@require_GET
def search_page(request: ActorRequest) -> HttpResponse:
    """`?q=` as typed. Hits stand by register, that of the best hit first."""
    actor: Actor = request.actor
    text = request.GET.get("q", "").strip()[:200]
    is_palette = bool(request.headers.get("HX-Request"))
    groups = groups_of(find(actor, text, IN_PALETTE if is_palette else ON_PAGE))
    # What features find outside the registers, such as requirements of catalogues.
    groups += registry.answers("search", actor, text, 5 if is_palette else 20)
    if links := commands(actor, text, with_places=not is_palette):
        groups.append(NavGroup("commands", _("Go to"), links))
    template = "kit/search.html#results" if is_palette else "kit/search.html"
    context = {"q": text, "groups": groups, "title": _("Search"), "search_url": request.path}
    return render(request, template, context)


def groups_of(hits: list[Hit]) -> list[NavGroup]:
    order = list(dict.fromkeys(hit.kind for hit in hits))
    by_kind = groupby(sorted(hits, key=lambda hit: order.index(hit.kind)), key=lambda hit: hit.kind)
    return [
        NavGroup(kind, registry.registers[kind].title, [_link(hit) for hit in of_kind]) for kind, of_kind in by_kind
    ]


def _link(hit: Hit) -> Link:
    hint = " · ".join(filter(None, [_("withdrawn") if hit.is_withdrawn else "", hit.excerpt]))
    return Link(hit.title, hit.url, registry.registers[hit.kind].icon, hint=hint, key=hit.ref)
