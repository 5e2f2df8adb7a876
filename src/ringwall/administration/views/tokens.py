"""API tokens of the organisation."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from ringwall.access.models import ApiToken
from ringwall.access.policy import Actor
from ringwall.administration import queries
from ringwall.administration.actions import tokens
from ringwall.administration.actions.tokens import IssuedToken
from ringwall.administration.views.pages import (
    ActForm,
    PanelsPage,
    actor_of,
    address,
    panels_page,
    require,
    secret_page,
)
from ringwall.kit.pages import Cell, Column, Link, Panel, Row
from ringwall.kit.requests import ActorRequest


@require_GET
def tokens_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, "apitoken.view")
    base = address(request, "settings/tokens/")
    page = PanelsPage(
        title=_("API tokens"),
        intro=_(
            "Keys for programs. A token acts as its person, never for more than that person may, until its last day."
        ),
        panels=[
            Panel(
                "tokens",
                "",
                columns=columns(),
                rows=token_rows(actor, queries.tokens(actor), base, may_revoke=actor.may("token.revoke")),
                empty=_("No token was made yet."),
            )
        ],
        primary=Link(tokens.create.label, f"{base}new/", "key-round", "primary") if actor.may("token.create") else None,
    )
    return panels_page(request, page)


def columns() -> list[Column]:
    return [
        Column("name", _("Name"), "title"),
        Column("person", _("Acts as")),
        Column("scope", pgettext("token", "Scope")),
        Column("until", _("Valid until"), "date"),
        Column("state", _("State"), "state"),
        Column("revoke", _("Action")),
    ]


def token_rows(actor: Actor, rows: Iterable[ApiToken], base: str, *, may_revoke: bool) -> list[Row]:
    made, resting = [], queries.people_with_resting_tokens(actor.organisation)
    for token in rows:
        word, tone = _state(token)
        is_offered = may_revoke and tone == "good"
        if tone == "good" and token.person_id in resting:
            word, tone = _("rests: local accounts are switched off"), "warn"
        cells = [
            Cell("name", token.name, "title"),
            Cell("person", token.person.name),
            Cell("scope", str(token.get_scope_display())),
            Cell("until", date_format(timezone.localdate(token.expires_at), "SHORT_DATE_FORMAT"), "date"),
            Cell("state", word, "state", state=tone),
            Cell(
                "revoke",
                _("Revoke…") if is_offered else "",
                "title",
                url=f"{base}{token.pk}/revoke/" if is_offered else "",
            ),
        ]
        made.append(Row(str(token.pk), token.name, "", token.version, cells))
    return made


def _state(token: ApiToken) -> tuple[str, str]:
    if token.revoked_at:
        return _("revoked"), "quiet"
    return (_("expired"), "quiet") if token.expires_at <= timezone.now() else (_("in force"), "good")


@require_http_methods(["GET", "POST"])
def new_page(request: ActorRequest) -> HttpResponse:
    back = Link(_("API tokens"), address(request, "settings/tokens/"))
    return ActForm(
        tokens.create,
        back.url,
        tokens.create.label,
        _("Make token"),
        breadcrumb=[back],
        intro=_("For a program that works on its own: choose a person without a login and give it the roles it needs."),
        answer=shown_once(request, back),
    ).respond(request)


def shown_once(request: HttpRequest, back: Link) -> Any:
    def answer(issued: IssuedToken) -> HttpResponse:
        about = _("Copy it now: it is shown only once and stored nowhere.")
        return secret_page(request, issued.token.name, _("Token"), issued.secret, about, back)

    return answer


@require_http_methods(["GET", "POST"])
def revoke_page(request: ActorRequest, key: UUID) -> HttpResponse:
    token = queries.one(queries.tokens(actor_of(request)), key)
    back = address(request, "settings/tokens/")
    return ActForm(
        tokens.revoke,
        back,
        f"{tokens.revoke.label}: {token}",
        tokens.revoke.label,
        subject=token,
        breadcrumb=[Link(_("API tokens"), back)],
        intro=_("Programs that use it are turned away from now on."),
        done=_("Token revoked."),
    ).respond(request)
