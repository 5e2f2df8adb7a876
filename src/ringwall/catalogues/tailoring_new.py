"""What a new edition demands and nobody decided yet in a profile: a panel of the profile, and a page of its own."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ringwall.access.policy import Actor
from ringwall.catalogues import queries, tailoring_actions
from ringwall.catalogues.models import Catalogue, Profile, Requirement
from ringwall.catalogues.queries import catalogue_url, quoted
from ringwall.kit import pages, registry
from ringwall.kit.errors import Conflict, Invalid, NotFound
from ringwall.kit.requests import ActorRequest

SHOWN = 12
MOST = 200
"""Rows of the page; the rest follows when these are decided."""


def decide_page(request: ActorRequest, ref: str, code: str) -> HttpResponse:
    """Choose or leave out what is new; `names` are those that are ticked."""
    actor: Actor = request.actor
    queries.require_view(actor)
    if not actor.may("profile.view"):
        raise NotFound
    profile: Profile = Profile.objects.select_related("organisation").get_visible(actor, ref.replace("\x00", ""))
    tailoring_actions.choose.require(actor, profile)
    catalogue = queries.catalogue_named(actor, code)
    if catalogue not in profile.catalogues.all():
        raise NotFound
    base = f"/{actor.organisation.code}/profiles/{profile.ref}/"
    status, errors = 200, []
    if request.method == "POST":
        try:
            return _decided(request, actor, profile, catalogue, base)
        except (Invalid, Conflict) as error:
            status, errors = error.status, [str(error)]
    context = {
        "title": _("New in %(catalogue)s") % {"catalogue": catalogue},
        "errors": errors,
        "breadcrumb": [
            pages.Link(_("Catalogues"), f"/{actor.organisation.code}/catalogues/"),
            pages.Link(str(profile), base),
        ],
        **_context(profile, catalogue, actor, MOST),
    }
    return render(request, "catalogues/new_in_edition_page.html", context, status=status)


def _decided(request: ActorRequest, actor: Actor, profile: Profile, catalogue: Catalogue, base: str) -> HttpResponse:
    given = request.POST
    new = set(profile.new_in(catalogue))
    names = [name for name in given.getlist("names") if name in new]
    if not names:
        raise Invalid({"": [_("Tick at least one requirement.")]})
    is_taken, why = given.get("do") == "choose", given.get("reason", "")
    raw = {
        "catalogue": str(catalogue.pk),
        "within": names,
        "chosen": names if is_taken else [],
        "reasons": {} if is_taken else dict.fromkeys(names, why),
    }
    read = given.get("version", "")
    tailoring_actions.choose.run(actor, raw, subject=profile, version=int(read) if read.isdigit() else None)
    told = (
        ngettext("%(count)d requirement chosen.", "%(count)d requirements chosen.", len(names))
        if is_taken
        else ngettext("%(count)d requirement left out.", "%(count)d requirements left out.", len(names))
    )
    messages.success(request, told % {"count": len(names)})
    return redirect(request.path if given.get("back") == "page" and len(new) > len(names) else base)


@registry.panel("profile")
def new_panel(profile: Profile, actor: Actor) -> pages.Panel | None:
    """One for all editions; where there are several, the one with the most."""
    editions = [row for row in profile.catalogues.all() if profile.new_in(row)]
    if not editions or profile.is_withdrawn:
        return None
    catalogue = max(editions, key=lambda row: len(profile.new_in(row)))
    context = _context(profile, catalogue, actor, SHOWN)
    if not context["lines"] and not context["waiting"]:
        return None
    links = []
    if context["more"] and context["may_choose"]:
        links.append(pages.Link(_("All that is new"), context["url"], "list-checks"))
    return pages.Panel(
        "profile-new",
        _("New in this edition: decide"),
        template="catalogues/new_in_edition.html",
        context=context,
        actions=links,
    )


def _context(profile: Profile, catalogue: Catalogue, actor: Actor, most: int) -> dict[str, Any]:
    """`lines` are those that wait for nobody else; a carry-over that is open proposes what to do with the others."""
    proposed: dict[str, str] = {
        name: url for at, name, url in registry.answers("proposed_for_profile", profile, actor) if at == catalogue.pk
    }
    new = profile.new_in(catalogue)
    names = [name for name in new if name not in proposed]
    return {
        "profile": profile,
        "catalogue": catalogue,
        "lines": _lines(catalogue, names[:most], catalogue_url(actor, catalogue)),
        "count": len(names),
        "more": max(0, len(names) - most),
        "waiting": len(new) - len(names),
        "waiting_url": next(iter(proposed.values()), ""),
        "may_choose": actor.may(tailoring_actions.choose.name, profile),
        "url": f"/{actor.organisation.code}/profiles/{profile.ref}/tailor/{catalogue.code}/new/",
    }


def _lines(catalogue: Catalogue, names: Sequence[str], base: str) -> list[dict[str, Any]]:
    rows = Requirement.objects.filter(catalogue=catalogue, identifier__in=names).order_by("position")
    return [
        {
            "name": row.identifier,
            "ref": row.ref,
            "title": row.title_text,
            "text": row.in_language("text"),
            "url": f"{base}{quoted(row.identifier)}/",
        }
        for row in rows
    ]


Proposed = tuple[UUID, str, str]
"""Catalogue, identifier of its requirement, address of the carry-over ("" for who may not see it): the answers of
providers of "proposed_for_profile" when asked with a profile and an actor."""
