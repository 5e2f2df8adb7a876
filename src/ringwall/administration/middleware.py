"""What stands between a sign-in and the pages: how it has to be done in this organisation, and by which factors."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from ringwall.access.models import Organisation
from ringwall.access.policy import Actor
from ringwall.administration.actions.emergency import is_emergency
from ringwall.administration.identity.sessions import begun
from ringwall.administration.queries import (
    has_second_factor,
    needs_second_factor,
    offered_providers,
    other_organisations,
)
from ringwall.kit.middleware import error_page

OWN_KEYS = ("/accounts/password/", "/accounts/2fa/", "/accounts/reauthenticate/")
"""Where one changes how one signs in."""


class ProviderMiddleware:
    """A session that was begun at the provider of one organisation opens that one alone: another organisation of the
    same login has not agreed to believe this provider. And where local accounts are switched off, nothing but such a
    session opens the organisation, except the emergency account.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None and actor.user is not None:
            return None if _is_open(request, actor) else _elsewhere(request, actor.organisation)
        session = begun(request) if request.path.startswith(OWN_KEYS) else None
        # What is kept here opens the other organisations too.
        if session is not None and other_organisations(request.user, session.organisation):  # type: ignore[arg-type]
            return error_page(
                request,
                403,
                _("You may not do this"),
                _("You signed in through an identity provider, and your login opens other organisations too."),
                _("Sign in by your password to change how you sign in."),
            )
        return None


def _is_open(request: HttpRequest, actor: Actor) -> bool:
    if (session := begun(request)) is not None:
        return session.organisation == str(actor.organisation_id)
    if not actor.organisation.needs_provider:
        return True
    assert actor.user is not None
    return is_emergency(actor.user, actor.organisation_id)


def _elsewhere(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    context = {
        "title": _("Sign in to %(organisation)s") % {"organisation": organisation.name},
        "needs_provider": organisation.needs_provider,
        "providers": offered_providers(organisation),
        "next": request.get_full_path(),
    }
    return render(request, "administration/sign_in_elsewhere.html", context, status=403)


class SecondFactorMiddleware:
    """Who holds a role that needs a second factor sets it up before anything else. Stands after the one that says who
    acts; guards the pages of an organisation, not those under /accounts/.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None or actor.user is None or not needs_second_factor(actor) or has_second_factor(actor.user):
            return None
        if (session := begun(request)) is not None and session.has_second_factor:
            return None
        if is_emergency(actor.user, actor.organisation_id):
            return None
        return redirect(reverse("mfa_index"))
