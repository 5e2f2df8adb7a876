"""The settings of the organisation's identity provider."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ringwall.access.models import Organisation
from ringwall.access.policy import Actor, roles
from ringwall.administration import queries
from ringwall.administration.actions import emergency, identity
from ringwall.administration.identity.provider import callback_address, logout_address, signed_out_address
from ringwall.administration.models import IdentityProvider
from ringwall.administration.views.pages import ActForm, PanelsPage, actor_of, address, panels_page, secret_page
from ringwall.kit.errors import Refused
from ringwall.kit.pages import Cell, Column, Fact, Link, Panel, Row
from ringwall.kit.requests import ActorRequest
from ringwall.notices.queries import secret_of


@require_GET
def identity_page(request: ActorRequest) -> HttpResponse:
    return _page(request, ())


@require_POST
def test(request: ActorRequest) -> HttpResponse:
    """Asks the provider and shows on the same page what it says."""
    actor = actor_of(request)
    found = _provider(actor)
    if found.is_new:
        raise Refused(_("First enter the identity provider."))
    return _page(request, identity.test(actor, found))


def _provider(actor: Actor) -> IdentityProvider:
    identity.update.require(actor)
    return queries.provider_of(actor.organisation_id) or IdentityProvider(organisation=actor.organisation)


def _page(request: ActorRequest, findings: Sequence[identity.Finding]) -> HttpResponse:
    actor = actor_of(request)
    found = _provider(actor)
    base = address(request, "settings/identity/")
    edit = Link(_("Enter provider") if found.is_new else _("Edit"), f"{base}edit/", "pencil", "primary")
    panels = [
        *([_findings(findings)] if findings else []),
        Panel(
            "provider",
            _("Provider"),
            facts=[] if found.is_new else _facts(found),
            empty=_("Whoever keeps the accounts of your people can sign them in here and say what they may do."),
        ),
        Panel("addresses", _("To be entered at the provider"), facts=_addresses(found)),
    ]
    if not found.is_new:
        panels += [_groups(actor, found, base), _emergency(found, base)]
    page = PanelsPage(
        title=_("Identity provider"),
        intro=_(
            "People sign in where they sign in anyway (OpenID Connect). Ringwall checks each answer: who signed it, "
            "for whom, for which sign-in and until when."
        ),
        panels=panels,
        primary=edit,
        actions=[] if found.is_new else [Link(_("Test"), f"{base}test/", "plug-zap", method="post")],
    )
    return panels_page(request, page)


def _findings(findings: Sequence[identity.Finding]) -> Panel:
    words = {"good": _("good"), "warn": _("look at it"), "bad": _("wrong")}
    rows = [
        Row(
            str(number),
            "",
            "",
            0,
            [
                Cell("state", words[each.tone], "state", state=each.tone),
                Cell("what", each.what, "title"),
                Cell("remedy", each.remedy),
            ],
        )
        for number, each in enumerate(findings)
    ]
    columns = [Column("state", _("State"), "state"), Column("what", _("Found"), "title"), Column("remedy", _("To do"))]
    return Panel("findings", _("Test"), columns=columns, rows=rows)


def _facts(found: IdentityProvider) -> list[Fact]:
    newcomer = roles.get(found.newcomer_role)
    first = newcomer.label if newcomer else _("without a role")
    closed = found.organisation.needs_provider
    return [
        Fact(_("Issuer address"), found.issuer),
        Fact(_("Client ID"), found.client_id),
        Fact(_("Client secret"), _("entered") if secret_of(found.pk) else pgettext("password", "none")),
        Fact(_("Label of the button"), found.label, hint="" if found.is_offered else _("not on the sign-in page")),
        Fact(_("Claim with the groups"), found.group_claim),
        Fact(
            _("People whom nobody invited"),
            _("are let in, %(role)s") % {"role": first} if found.admits_uninvited else _("are refused"),
        ),
        Fact(_("Second factor"), _("asked for by the provider") if found.asks_second_factor else _("asked for here")),
        Fact(
            _("Local accounts"),
            _("switched off, but for the emergency account") if closed else _("may sign in too"),
            state="info" if closed else "",
        ),
        *([_resting(found.organisation)] if closed else ()),
    ]


def _resting(organisation: Organisation) -> Fact:
    count = len(queries.people_with_resting_tokens(organisation))
    told = ngettext(
        "those of %(count)d person rest, who never signed in through the provider",
        "those of %(count)d people rest, who never signed in through the provider",
        count,
    )
    none = _("none rests: all whose they are have signed in through the provider")
    hint = _("Whoever leaves is entered as left under People; their tokens end with that.")
    return Fact(_("API tokens"), told % {"count": count} if count else none, hint=hint, state="info" if count else "")


def _addresses(found: IdentityProvider) -> list[Fact]:
    return [
        Fact(_("Redirect URI"), callback_address(found)),
        Fact(_("After signing out"), signed_out_address()),
        Fact(_("Back-channel logout"), logout_address(found)),
    ]


def _groups(actor: Actor, found: IdentityProvider, base: str) -> Panel:
    units = {str(key): unit.name for key, unit in actor.units.units.items()}
    rows = []
    for number, row in enumerate(found.groups):
        role = roles.get(row["role"])
        cells = [
            Cell("group", row["group"], "title"),
            Cell("role", role.label if role else row["role"]),
            Cell("unit", units.get(row["unit"], "")),
            Cell("end", _("End…"), "title", url=f"{base}groups/end/?{urlencode(row)}"),
        ]
        rows.append(Row(str(number), row["group"], "", found.version, cells))
    return Panel(
        "groups",
        _("Roles by group"),
        columns=[
            Column("group", _("Group"), "title"),
            Column("role", _("Role")),
            Column("unit", _("Unit")),
            Column("end", _("Action")),
        ],
        rows=rows,
        actions=[Link(identity.give.label, f"{base}groups/new/", "users")],
        empty=_("No group gives a role: roles are given by hand alone. What people gave stays in any case."),
    )


def _emergency(found: IdentityProvider, base: str) -> Panel:
    person = found.emergency
    facts: list[Fact] = []
    if person is not None and person.user is not None and person.withdrawn_on is None:
        last = person.user.last_login
        used = date_format(timezone.localtime(last), "SHORT_DATETIME_FORMAT") if last else _("never")
        facts = [
            Fact(_("Signs in as"), person.user.email),
            Fact(_("Last used"), used, state="warn" if last else "good"),
        ]
    label = _("Seal anew") if facts else emergency.seal.label
    return Panel(
        "emergency",
        _("Emergency account"),
        facts=facts,
        actions=[Link(label, f"{base}seal/", "lock-keyhole")],
        empty=_("None. It is needed before local accounts can be switched off."),
    )


@require_http_methods(["GET", "POST"])
def edit_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    found = _provider(actor)
    return ActForm(
        identity.update,
        _back(request).url,
        _("Identity provider"),
        _("Store changes"),
        subject=found,
        initial={"needs_provider": actor.organisation.needs_provider},
        breadcrumb=[_back(request)],
        done=_("Settings stored."),
    ).respond(request)


@require_http_methods(["GET", "POST"])
def give_page(request: ActorRequest) -> HttpResponse:
    return _group_form(request, identity.give, _("Give the role"), {"unit": actor_of(request).units.root})


@require_http_methods(["GET", "POST"])
def take_page(request: ActorRequest) -> HttpResponse:
    return _group_form(request, identity.take, _("Take the role"), request.GET.dict())


def _group_form(request: ActorRequest, act: Any, submit: str, initial: Mapping[str, Any]) -> HttpResponse:
    found, back = _provider(actor_of(request)), _back(request)
    shape = ActForm(act, back.url, act.label, submit, subject=found, initial=initial, breadcrumb=[back])
    return shape.respond(request)


@require_http_methods(["GET", "POST"])
def seal_page(request: ActorRequest) -> HttpResponse:
    back = _back(request)

    def answer(sealed: tuple[str, str]) -> HttpResponse:
        about = _("Address and password to sign in by. Write both down, seal them and keep them safe: shown only now.")
        return secret_page(request, emergency.seal.label, _("Emergency account"), "\n".join(sealed), about, back)

    return ActForm(
        emergency.seal,
        back.url,
        emergency.seal.label,
        _("Make password"),
        subject=_provider(actor_of(request)),
        breadcrumb=[back],
        answer=answer,
    ).respond(request)


def _back(request: ActorRequest) -> Link:
    return Link(_("Identity provider"), address(request, "settings/identity/"))
