"""The organisation chart."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ringwall.access.models import Unit
from ringwall.access.policy import Actor
from ringwall.administration import queries
from ringwall.administration.actions import units
from ringwall.administration.views.pages import ActForm, PanelsPage, actor_of, address, panels_page, require
from ringwall.kit.actions import Action
from ringwall.kit.errors import NotFound
from ringwall.kit.pages import Cell, Column, Link, Panel, Row
from ringwall.kit.requests import ActorRequest

ACTS: dict[str, Action] = {"edit": units.update, "withdraw": units.withdraw, "restore": units.restore}


@require_GET
def units_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, "unit.view")
    base = address(request, "settings/units/")
    columns = [
        Column("name", _("Unit"), "title"),
        Column("people", _("People"), "number"),
        Column("state", _("State"), "state"),
        Column("act", _("Action")),
    ]
    counts = queries.people_by_unit(actor)
    rows = [_row(actor, base, depth, unit, counts.get(unit.pk, 0)) for depth, unit in actor.units.in_order()]
    page = PanelsPage(
        title=_("Units"),
        intro=_("The organisation chart. It carries access: a role given at a unit reaches all below it."),
        panels=[Panel("units", "", columns=columns, rows=rows)],
        primary=Link(units.create.label, f"{base}new/", "plus", "primary") if actor.may("unit.create") else None,
    )
    return panels_page(request, page)


def _row(actor: Actor, base: str, depth: int, unit: Unit, people: int) -> Row:
    is_withdrawn = unit.withdrawn_on is not None
    url = f"{base}{unit.pk}/edit/" if actor.may("unit.update", unit) else ""
    act = units.restore if is_withdrawn else units.withdraw
    is_offered = act.is_offered(actor, unit)
    name = act.name.partition(".")[2]
    cells = [
        Cell("name", "\u2003" * depth + unit.name, "title", url=url),
        Cell("people", str(people or ""), "number"),
        Cell("state", _("withdrawn") if is_withdrawn else "", "state", state="quiet" if is_withdrawn else ""),
        Cell(
            "act",
            _("%(action)s…") % {"action": act.label} if is_offered else "",
            "title",
            url=f"{base}{unit.pk}/{name}/" if is_offered else "",
        ),
    ]
    return Row(str(unit.pk), unit.name, url, unit.version, cells)


@require_http_methods(["GET", "POST"])
def new_page(request: ActorRequest) -> HttpResponse:
    base = address(request, "settings/units/")
    return ActForm(
        units.create,
        base,
        units.create.label,
        _("Enter unit"),
        initial={"parent": actor_of(request).units.root},
        breadcrumb=[Link(_("Units"), base)],
        done=_("Unit entered."),
    ).respond(request)


@require_http_methods(["GET", "POST"])
def act_page(request: ActorRequest, key: UUID, name: str) -> HttpResponse:
    actor = actor_of(request)
    if (act := ACTS.get(name)) is None or (unit := actor.units.units.get(key)) is None:
        raise NotFound
    base = address(request, "settings/units/")
    inside = queries.contents(unit) if act is units.withdraw else []
    listed = ", ".join(f"{what}: {count}" for what, count in inside)
    return ActForm(
        act,
        base,
        f"{act.label}: {unit}",
        _("Store changes") if act is units.update else act.label,
        subject=unit,
        breadcrumb=[Link(_("Units"), base)],
        intro=_("Still in it: %(inside)s. Only an empty unit can be withdrawn.") % {"inside": listed} if inside else "",
    ).respond(request)
