"""The page that compares a catalogue with another, an earlier edition of it above all."""

from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from ringwall.access.policy import Actor
from ringwall.catalogues import panels, queries
from ringwall.catalogues.models import Catalogue
from ringwall.kit import pages
from ringwall.kit.requests import ActorRequest

PAGE = 50
"""Changes on a page: each may hold two long texts."""

KINDS: dict[str, Any] = {
    "reworded": gettext_lazy("Reworded"),
    "added": gettext_lazy("Added"),
    "withdrawn": pgettext_lazy("requirements", "Withdrawn"),
    "restored": pgettext_lazy("requirements", "In force again"),
    "moved": pgettext_lazy("requirements", "Moved"),
    "same": gettext_lazy("Unchanged"),
}
FIELDS: dict[str, Any] = {
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("Text"),
    "level": gettext_lazy("Level"),
    "verbs": gettext_lazy("Statements"),
    "guidance": gettext_lazy("Guidance"),
    "attributes": gettext_lazy("Attributes"),
}


@require_GET
def compare_page(request: ActorRequest, code: str) -> HttpResponse:
    """From the catalogue of the address to the one in `with`; without it, the choice alone."""
    actor = request.actor
    old = queries.catalogue_named(actor, code)
    url = queries.catalogue_url(actor, old)
    others = [(one.code, panels.named(one)) for one in queries.catalogues_of(actor) if one.pk != old.pk]
    chosen = request.GET.get("with", "")
    context: dict[str, Any] = {
        "title": _("Compare catalogues"),
        "old": old,
        "old_name": panels.named(old),
        "others": others,
        "chosen": chosen,
        "breadcrumb": [
            pages.Link(_("Catalogues"), f"/{actor.organisation.code}/catalogues/"),
            pages.Link(old.title_text, url),
        ],
    }
    if chosen:
        context |= _compared(actor, old, queries.catalogue_named(actor, chosen), request)
    return render(request, "catalogues/compare.html", context)


def _compared(actor: Actor, old: Catalogue, new: Catalogue, request: ActorRequest) -> dict[str, Any]:
    # Comparing brings readers and parsers with it, and is loaded when the first two are compared.
    comparing = import_module("ringwall.catalogues.comparing")
    changes = comparing.changes_between(old, new)
    first = next((kind for kind, found in changes.items() if found), "same")
    shown = request.GET.get("show", "")
    shown = shown if shown in KINDS else str(first)
    found = changes[shown]
    number = request.GET.get("page", "")
    last = max(1, -(-len(found) // PAGE))
    at = min(max(int(number), 1), last) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    old_url, new_url = queries.catalogue_url(actor, old), queries.catalogue_url(actor, new)
    entries = comparing.entries(found[(at - 1) * PAGE : at * PAGE], old_url, new_url)
    for entry in entries:
        entry["field_names"] = ", ".join(str(FIELDS[name]) for name in entry["fields"])
    return {
        "new": new,
        "new_name": panels.named(new),
        "chosen": new.code,
        "swap": f"{new_url}compare/?{urlencode({'with': old.code})}",
        "tabs": [
            pages.Link(KINDS[kind], _address(new, kind), count=len(some), is_current=kind == shown)
            for kind, some in changes.items()
        ],
        "shown": shown,
        "shown_name": KINDS[shown],
        "entries": entries,
        "before": _address(new, shown, at - 1) if at > 1 else "",
        "after": _address(new, shown, at + 1) if at < last else "",
        "page_words": _("Page %(number)s of %(last)s") % {"number": number_format(at), "last": number_format(last)},
        "is_paged": last > 1,
    }


def _address(new: Catalogue, kind: str, page: int = 1) -> str:
    return "?" + urlencode({"with": new.code, "show": str(kind)} | ({"page": page} if page > 1 else {}))
