"""People of the organisation and their logins."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.administration import links, queries
from ringwall.administration.actions import assignments, handover, identity, people
from ringwall.administration.views.assignments import assignment_rows, columns_of
from ringwall.administration.views.pages import (
    ActForm,
    PanelsPage,
    actor_of,
    address,
    panels_page,
    require,
    secret_page,
)
from ringwall.kit.actions import Action
from ringwall.kit.errors import NotFound
from ringwall.kit.pages import Cell, Column, Fact, Link, Pager, Panel, Row
from ringwall.kit.requests import ActorRequest

PAGE = 100
ACTS: dict[str, Action] = {
    "edit": people.update,
    "invite": people.invite,
    "renew": people.renew_link,
    "forget-factor": people.forget_factor,
    "forget-identity": identity.forget,
    "withdraw": people.withdraw,
    "restore": people.restore,
}


@require_GET
def people_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, "person.view")
    text, with_left = request.GET.get("q", "").strip()[:200], request.GET.get("left") == "1"
    rows = queries.people(actor, text, with_left=with_left)
    count = rows.count()
    given = request.GET.get("page", "1")
    last = max(1, -(-count // PAGE))
    number = min(max(int(given), 1), last) if given.isascii() and given.isdigit() and len(given) < 8 else 1
    shown = list(rows[(number - 1) * PAGE : number * PAGE])
    base = address(request, "settings/people/")

    def at(page: int) -> str:
        return base + "?" + urlencode({"q": text, "left": "1" if with_left else "", "page": page})

    other = (
        Link(_("Hide who has left"), base, "eye-off")
        if with_left
        else Link(_("Show who has left"), f"{base}?left=1", "eye")
    )
    page = PanelsPage(
        title=_("People"),
        panels=[
            Panel(
                "people", "", columns=_columns(), rows=[_row(person, base) for person in shown], empty=_("Nobody fits.")
            )
        ],
        primary=Link(people.create.label, f"{base}new/", "user-plus", "primary")
        if actor.may("person.create")
        else None,
        actions=[other],
        search=text,
        query={"left": "1"} if with_left else {},
        pager=Pager(
            first=(number - 1) * PAGE + 1 if count else 0,
            last=(number - 1) * PAGE + len(shown),
            count=count,
            first_url=at(1) if number > 1 else "",
            previous_url=at(number - 1) if number > 1 else "",
            next_url=at(number + 1) if number < last else "",
            last_url=at(last) if number < last else "",
        ),
    )
    return panels_page(request, page)


def _columns() -> list[Column]:
    return [
        Column("name", _("Name"), "title"),
        Column("email", _("Email")),
        Column("job_title", _("Job title")),
        Column("unit", _("Unit")),
        Column("login", _("Sign-in"), "state"),
    ]


def _row(person: Person, base: str) -> Row:
    word, tone = _login_state(person)
    url = f"{base}{person.pk}/"
    cells = [
        Cell("name", person.name, "title", url=url),
        Cell("email", person.email),
        Cell("job_title", person.job_title),
        Cell("unit", person.unit.name),
        Cell("login", word, "state", state=tone),
    ]
    return Row(str(person.pk), person.name, url, person.version, cells, person.withdrawn_on is not None)


def _login_state(person: Person) -> tuple[str, str]:
    if person.withdrawn_on:
        return _("has left"), "quiet"
    if person.user is None:
        return _("no login"), "quiet"
    if not person.user.is_active:
        return _("blocked"), "bad"
    is_in = person.user.has_usable_password() or person.user.last_login is not None
    return (_("signs in"), "good") if is_in else (_("invited"), "info")


@require_GET
def person_page(request: ActorRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    person = _person(actor, key)
    base = address(request, f"settings/people/{person.pk}/")
    offered = [(name, act) for name, act in ACTS.items() if act.is_offered(actor, person)]
    actions = [
        Link(act.label, f"{base}{name}/", act.icon, "danger" if act.is_danger else "plain") for name, act in offered
    ]
    if handover.hand_over.is_offered(actor, person):
        actions.append(Link(handover.hand_over.label, f"{base}hand-over/", handover.hand_over.icon))
    page = PanelsPage(
        title=person.name,
        panels=[Panel("facts", _("Details"), facts=_facts(person)), *_role_panels(request, actor, person)],
        breadcrumb=[Link(_("People"), address(request, "settings/people/"))],
        primary=next((link for link in actions if link.url.endswith("/edit/")), None),
        actions=[link for link in actions if not link.url.endswith("/edit/")],
        notice=_("Has left on %(day)s.") % {"day": date_format(person.withdrawn_on)} if person.withdrawn_on else "",
    )
    return panels_page(request, page)


def _facts(person: Person) -> list[Fact]:
    word, tone = _login_state(person)
    facts = [
        Fact(_("Email"), person.email),
        Fact(_("Job title"), person.job_title),
        Fact(_("Unit"), person.unit.name),
        Fact(_("Sign-in"), word, state=tone),
    ]
    if person.user is not None:
        if person.user.email != person.email:
            facts.append(Fact(_("Signs in as"), person.user.email))
        has = queries.has_second_factor(person.user)
        facts.append(
            Fact(
                _("Second factor"),
                _("set up") if has else pgettext("second factor", "none"),
                state="good" if has else "quiet",
            )
        )
        last = person.user.last_login
        facts.append(Fact(_("Last sign-in"), date_format(last, "SHORT_DATETIME_FORMAT") if last else _("never")))
    return facts


def _role_panels(request: ActorRequest, actor: Actor, person: Person) -> Sequence[Panel]:
    if not actor.may("roleassignment.view"):
        return []
    give = Link(assignments.create.label, f"{address(request, 'settings/roles/new/')}?person={person.pk}", "user-cog")
    rows = list(queries.assignments(actor, with_ended=True).filter(person=person))
    may_give = actor.may("assignment.create") and not person.withdrawn_on
    return [
        Panel(
            "roles",
            _("Roles"),
            columns=columns_of(with_person=False),
            rows=assignment_rows(actor, rows, address(request, "settings/"), with_person=False),
            actions=[give] if may_give else [],
            empty=_("No role: may sign in at most, and sees nothing."),
        )
    ]


def _person(actor: Actor, key: UUID) -> Person:
    return queries.one(queries.people(actor, with_left=True), key)


@require_http_methods(["GET", "POST"])
def new_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    base = address(request, "settings/people/")
    return ActForm(
        people.create,
        base,
        people.create.label,
        _("Enter person"),
        initial={"unit": actor.home_unit},
        breadcrumb=[Link(_("People"), base)],
        intro=_("Somebody who owns, decides or does something. A login and roles come after that."),
        done=_("Person entered."),
    ).respond(request)


@require_http_methods(["GET", "POST"])
def act_page(request: ActorRequest, key: UUID, name: str) -> HttpResponse:
    if (act := ACTS.get(name)) is None:
        raise NotFound
    person = _person(actor_of(request), key)
    back = Link(person.name, address(request, f"settings/people/{person.pk}/"))
    return ActForm(
        act,
        back.url,
        f"{act.label}: {person.name}",
        _("Store changes") if act.is_update and act is people.update else act.label,
        subject=person,
        breadcrumb=[Link(_("People"), address(request, "settings/people/")), back],
        intro=_intro(act, person),
        answer=_link_answer(request, person, back) if act in (people.invite, people.renew_link) else None,
    ).respond(request)


def _intro(act: Action, person: Person) -> Any:
    if act is people.invite:
        return _(
            "Makes a login for %(email)s and a link by which its password is set. Hand the link over yourself."
        ) % {"email": person.email or "—"}
    if act is people.withdraw and (count := queries.owned_records(person)):
        return _(
            "Owns %(count)d records. They keep this owner until you hand them over, which can be done before or after."
        ) % {"count": count}
    return ""


def _link_answer(request: HttpRequest, person: Person, back: Link) -> Any:
    def answer(token: str) -> HttpResponse:
        about = _("For %(person)s alone. Works once, for %(days)d days. It is shown here only once.") % {
            "person": person.name,
            "days": links.DAYS,
        }
        url = request.build_absolute_uri(f"/welcome/{token}/")
        return secret_page(request, _("One-time link"), _("Link"), url, about, back)

    return answer
