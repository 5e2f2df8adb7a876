"""One's own account: name and looks, password and second factor, sessions, tokens."""

from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from ringwall.access.models import User
from ringwall.access.policy import roles
from ringwall.administration import queries
from ringwall.administration.actions import account, tokens
from ringwall.administration.views.calendar import calendar_panel
from ringwall.administration.views.mail import habit_facts
from ringwall.administration.views.pages import ActForm, PanelsPage, actor_of, address, form_page, panels_page
from ringwall.administration.views.tokens import columns, shown_once, token_rows
from ringwall.kit.actions import Action
from ringwall.kit.pages import Fact, Link, Panel
from ringwall.kit.requests import ActorRequest
from ringwall.notices.queries import habit_of

LOOKS = Action("account.update", _("Edit"), account.change_account, inputs=account.INPUTS)
OWN_TOKEN = Action("account.token", _("New token"), tokens.create_own, inputs=tokens.OWN)
"""Shapes of forms only: whoever signs in may do this to their own account, so they are no grants and not registered."""


@require_GET
def account_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    assert isinstance(request.user, User)
    base = address(request, "account/")
    held = ", ".join(str(roles[key].label) for key in roles if key in actor.role_keys)
    facts = [
        Fact(_("Name"), request.user.name),
        Fact(_("Signs in as"), request.user.email),
        Fact(_("Language"), request.user.get_language_display()),
        Fact(_("Appearance"), request.user.get_theme_display()),
        Fact(_("Rows"), _("dense") if request.user.is_dense else _("comfortable")),
        Fact(_("Roles"), held or _("none")),
    ]
    edit = Link(_("Edit"), f"{base}edit/", "pencil")
    own = queries.own_tokens(actor).select_related("person")
    page = PanelsPage(
        title=_("Your account"),
        panels=[
            Panel("you", _("You"), facts=facts, actions=[edit]),
            Panel(
                "mail",
                _("Mails to you"),
                facts=habit_facts(habit_of(actor.person_key)),
                actions=[Link(_("Edit"), f"{base}mail/", "pencil")],
            ),
            calendar_panel(actor, base),
            Panel("sign-in", _("Sign-in"), facts=_sign_in(request.user), actions=_sign_in_links()),
            Panel(
                "tokens",
                _("Your API tokens"),
                columns=columns(),
                rows=token_rows(actor, own, f"{base}tokens/", may_revoke=True),
                actions=[Link(_("New token"), f"{base}tokens/new/", "key-round")],
                empty=_("None. A token lets a program act as you, for instance from a script."),
            ),
        ],
    )
    return panels_page(request, page)


def _sign_in(user: User) -> list[Fact]:
    has = queries.has_second_factor(user)
    return [
        Fact(_("Password"), _("set") if user.has_usable_password() else pgettext("password", "none")),
        Fact(
            _("Second factor"),
            _("set up") if has else pgettext("second factor", "none"),
            state="good" if has else "warn",
        ),
    ]


def _sign_in_links() -> list[Link]:
    links = [
        Link(_("Change password"), reverse("account_change_password"), "key-round"),
        Link(_("Second factor"), reverse("mfa_index"), "shield-check"),
    ]
    if apps.is_installed("allauth.usersessions"):
        links.append(Link(_("Sessions"), reverse("usersessions_list"), "monitor-smartphone"))
    return links


@require_http_methods(["GET", "POST"])
def edit_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    base = address(request, "account/")

    def answer(user: User) -> HttpResponse:
        response = redirect(base)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, user.language, max_age=31_536_000, samesite="Lax", httponly=True
        )
        with override(user.language):
            messages.success(request, _("Stored."))
        return response

    form = ActForm(
        LOOKS,
        base,
        _("Your account"),
        _("Store changes"),
        subject=actor.user,
        breadcrumb=[Link(_("Your account"), base)],
        answer=answer,
    )
    return form_page(request, form, account.INPUTS, lambda raw: account.change_account(actor, raw))


@require_http_methods(["GET", "POST"])
def new_token_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    back = Link(_("Your account"), address(request, "account/"))
    form = ActForm(
        OWN_TOKEN,
        back.url,
        _("New token"),
        _("Make token"),
        breadcrumb=[back],
        intro=_("It acts as you, for no more than you may, and can be revoked at any time."),
        answer=shown_once(request, back),
    )
    return form_page(request, form, tokens.OWN, lambda raw: tokens.create_own(actor, raw))


@require_http_methods(["GET", "POST"])
def revoke_token_page(request: ActorRequest, key: UUID) -> HttpResponse:
    """One click is enough for what is one's own; the question stands on a page without script all the same."""
    actor = actor_of(request)
    token = queries.one(queries.own_tokens(actor), key)
    base = address(request, "account/")
    form = ActForm(
        Action("account.revoke", _("Revoke"), tokens.revoke_own, is_danger=True),
        base,
        f"{_('Revoke')}: {token}",
        _("Revoke"),
        breadcrumb=[Link(_("Your account"), base)],
        intro=_("Programs that use it are turned away from now on."),
        done=_("Token revoked."),
    )
    return form_page(request, form, form.act.inputs, lambda raw: tokens.revoke_own(actor, key))
