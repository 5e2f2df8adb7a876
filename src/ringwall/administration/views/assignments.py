"""Who has which role, and what the roles mean."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ringwall.access.models import RoleAssignment
from ringwall.access.policy import Actor, roles
from ringwall.administration import queries
from ringwall.administration.actions import assignments
from ringwall.administration.role_table import role_table
from ringwall.administration.rules import Term
from ringwall.administration.views.pages import ActForm, PanelsPage, actor_of, address, panels_page, require
from ringwall.kit.pages import Cell, Column, Link, Panel, Row
from ringwall.kit.records import is_uuid
from ringwall.kit.requests import ActorRequest


@require_GET
def assignments_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, "roleassignment.view")
    base, with_ended = address(request, "settings/"), request.GET.get("ended") == "1"
    rows = list(queries.assignments(actor, with_ended=with_ended))
    other = (
        Link(_("Hide ended"), f"{base}roles/", "eye-off")
        if with_ended
        else Link(_("Show ended"), f"{base}roles/?ended=1", "eye")
    )
    page = PanelsPage(
        title=_("Role assignments"),
        intro=_("What a person may do is the sum of their roles, each within a unit and all below it."),
        panels=[
            Panel(
                "roles",
                "",
                columns=columns_of(with_person=True),
                rows=assignment_rows(actor, rows, base, with_person=True),
                empty=_("Nobody has a role here."),
            )
        ],
        primary=Link(assignments.create.label, f"{base}roles/new/", "user-cog", "primary")
        if actor.may("assignment.create")
        else None,
        actions=[other, Link(_("Who may do what"), f"{base}who-may-what/", "table-2")],
    )
    return panels_page(request, page)


def columns_of(*, with_person: bool) -> list[Column]:
    person = [Column("person", _("Person"), "title")] if with_person else []
    return [
        *person,
        Column("role", _("Role"), "text" if with_person else "title"),
        Column("unit", _("Unit")),
        Column("from", _("From"), "date"),
        Column("until", _("Until"), "date"),
        Column("state", _("State"), "state"),
        Column("end", _("Action")),
    ]


def assignment_rows(actor: Actor, rows: Iterable[RoleAssignment], base: str, *, with_person: bool) -> list[Row]:
    today = timezone.localdate()
    made = []
    for row in rows:
        role = roles.get(row.role)
        word, tone = _state(Term(row.from_on, row.until_on), today)
        url = f"{base}people/{row.person_id}/"
        may_end = assignments.end.is_offered(actor, row)
        cells = [
            *([Cell("person", row.person.name, "title", url=url)] if with_person else []),
            Cell("role", role.label if role else row.role, hint=role.description if role else ""),
            Cell("unit", row.unit.name),
            Cell("from", date_format(row.from_on, "SHORT_DATE_FORMAT") if row.from_on else "", "date"),
            Cell("until", date_format(row.until_on, "SHORT_DATE_FORMAT") if row.until_on else "", "date"),
            Cell("state", word, "state", state=tone),
            Cell("end", _("End…") if may_end else "", "title", url=f"{base}roles/{row.pk}/end/" if may_end else ""),
        ]
        made.append(Row(str(row.pk), row.person.name, "", row.version, cells))
    return made


def _state(term: Term, today: object) -> tuple[str, str]:
    if term.holds_on(today):  # type: ignore[arg-type]
        return _("in force"), "good"
    return (_("ended"), "quiet") if term.last and term.last < today else (_("to come"), "info")  # type: ignore[operator]


@require_http_methods(["GET", "POST"])
def new_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    base = address(request, "settings/roles/")
    initial = {"unit": actor.units.root}
    given = request.GET.get("person", "")
    person = queries.people(actor).filter(pk=given).first() if is_uuid(given) else None
    if person is not None:
        initial["person"] = person  # type: ignore[assignment]
    return ActForm(
        assignments.create,
        base if person is None else address(request, f"settings/people/{person.pk}/"),
        assignments.create.label,
        assignments.create.label,
        initial=initial,
        breadcrumb=[Link(_("Role assignments"), base)],
        intro=_("A role holds in its unit and in all below it. Each role is explained under “Who may do what”."),
        done=_("Role given."),
    ).respond(request)


@require_http_methods(["GET", "POST"])
def end_page(request: ActorRequest, key: UUID) -> HttpResponse:
    row = queries.one(queries.assignments(actor_of(request), with_ended=True), key)
    role = roles.get(row.role)
    base = address(request, "settings/roles/")
    what = _("%(role)s of %(person)s") % {"role": role.label if role else row.role, "person": row.person}
    return ActForm(
        assignments.end,
        base,
        f"{_('End')}: {what}",
        _("End role"),
        subject=row,
        initial={"until_on": ""},
        breadcrumb=[Link(_("Role assignments"), base)],
        done=_("Role ended."),
    ).respond(request)


@require_GET
def who_may_what(request: ActorRequest) -> HttpResponse:
    require(actor_of(request), "administration.view")
    columns = [
        Column("subject", _("What"), "title"),
        *(Column(role.key, role.label, "wrap") for role in roles.values()),
    ]
    rows = [
        Row(
            line.subject,
            line.subject,
            "",
            0,
            [Cell("subject", line.subject, "title"), *(Cell("may", text, "wrap") for text in line.cells)],
        )
        for line in role_table()
    ]
    about = [
        Row(
            role.key,
            role.key,
            "",
            0,
            [
                Cell("role", role.label, "title"),
                Cell("about", role.description, "wrap"),
                Cell("factor", _factor(request, role.key)),
            ],
        )
        for role in roles.values()
    ]
    about_columns = [
        Column("role", _("Role"), "title"),
        Column("about", _("Meaning"), "wrap"),
        Column("factor", _("Second factor")),
    ]
    page = PanelsPage(
        title=_("Who may do what"),
        intro=_(
            "Rights come from roles alone. A role holds where it was given; “one's own” means records the person owns."
        ),
        panels=[
            Panel("roles", _("Roles"), columns=about_columns, rows=about),
            Panel("grants", _("Rights by role"), columns=columns, rows=rows),
        ],
        breadcrumb=[Link(_("Role assignments"), address(request, "settings/roles/"))],
    )
    return panels_page(request, page)


def _factor(request: ActorRequest, key: str) -> str:
    needed = roles[key].needs_second_factor or key in actor_of(request).organisation.second_factor_roles
    return _("needed") if needed else ""
