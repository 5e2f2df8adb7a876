"""Signing in and out through the identity provider of an organisation (OpenID Connect, code flow with PKCE)."""

import time
from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.account.views import LogoutView
from django.contrib.auth import logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from ringwall.administration import queries
from ringwall.administration.identity import claims, provider, sessions, tokens
from ringwall.administration.identity.admitting import NotAdmitted, admit, refusal
from ringwall.administration.models import IdentityProvider
from ringwall.kit.errors import NotFound

LONGEST_TOKEN = 64 * 1024


def _explained(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever is not let in reads why and what to do, with the way back to the sign-in."""

    @wraps(view)
    def explained(request: HttpRequest, **parts: Any) -> HttpResponse:
        try:
            return view(request, **parts)
        except NotAdmitted as error:
            context = {"title": error.title, "text": error.message, "remedy": error.remedy}
            return render(request, "administration/not_admitted.html", context, status=error.status)

    return explained


@never_cache
@require_POST
@_explained
def begin(request: HttpRequest, key: UUID) -> HttpResponse:
    """Off to the provider, with a state, a nonce and a challenge that only this session knows."""
    found = _provider(key)
    target = request.POST.get("next", "")
    if not (target.startswith("/") and url_has_allowed_host_and_scheme(target, {request.get_host()})):
        target = ""
    try:
        metadata = provider.metadata_of(found)
    except provider.ProviderFails as error:
        raise NotAdmitted(error.message, remedy=_remedy(error)) from None
    state, pending = sessions.begin(request, found.organisation_id, target)
    address = provider.authorization_address(
        found, metadata, state=state, nonce=pending.nonce, verifier=pending.verifier
    )
    return _away(request, found, address)


@never_cache
@require_GET
@_explained
def callback(request: HttpRequest, key: UUID) -> HttpResponse:
    """Back from the provider. Whatever is wrong with its answer: nobody is signed in, nothing is stored."""
    found = _provider(key)
    pending = sessions.take(request, request.GET.get("state", ""), found.organisation_id)
    if pending is None:
        raise NotAdmitted(
            _("This answer of the identity provider was not asked for in this window, or it comes too late."),
            remedy=_("Begin the sign-in anew."),
        )
    try:
        metadata = provider.metadata_of(found)
        id_token, said, known = _asked(request, found, metadata, pending)
    except provider.ProviderFails as error:
        raise NotAdmitted(error.message, remedy=_remedy(error)) from None
    except tokens.BadToken as error:
        raise refusal(error.fault) from None
    except claims.TooManyGroups:
        raise NotAdmitted(
            _("You are in more groups than the provider tells of."),
            remedy=_("Let whoever runs the provider send only the groups that concern this program."),
        ) from None
    user = admit(found, known)
    if request.user.is_authenticated:
        logout(request)
    sid = said.get("sid")
    begun = sessions.Begun(
        organisation=str(found.organisation_id),
        user=str(user.pk),
        issuer=found.issuer,
        subject=known.subject,
        sid=sid if isinstance(sid, str) and len(sid) <= 255 else "",
        id_token=id_token,
        has_second_factor=found.asks_second_factor,
    )
    sessions.mark(request, begun)
    record_authentication(request, user, method="identity_provider")
    home = f"/{found.organisation.code}/"
    response: HttpResponse = perform_login(request, user, redirect_url=pending.next or home)
    return response


def _asked(
    request: HttpRequest, found: IdentityProvider, metadata: claims.Metadata, pending: sessions.Pending
) -> tuple[str, dict[str, Any], claims.Known]:
    """(ID token, its claims, the person). Raises ProviderFails, BadToken, TooManyGroups, NotAdmitted."""
    answer = request.GET
    if answer.get("iss", found.issuer) != found.issuer or (metadata.names_itself and "iss" not in answer):
        raise tokens.BadToken("issuer")
    if "error" in answer or not answer.get("code"):
        if answer.get("error") == "access_denied":
            raise NotAdmitted(_("The sign-in was broken off at the provider."), remedy=_("Begin the sign-in anew."))
        reason = answer.get("error_description") or answer.get("error") or "?"
        raise NotAdmitted(
            _("The provider answers with an error: %(reason)s") % {"reason": reason[:200]},
            remedy=_("Begin the sign-in anew. If it stays, tell your administrator what stands here."),
        )
    id_token, access_token = provider.tokens_for(found, metadata, answer["code"], pending.verifier)
    read = partial(
        tokens.id_token_claims, id_token, issuer=found.issuer, client_id=found.client_id, nonce=pending.nonce
    )
    said = provider.checked(metadata, read)
    userinfo = provider.userinfo_of(metadata, access_token, said["sub"])
    return id_token, said, claims.read_person(said, userinfo, found.group_claim)


class SignOut(LogoutView):
    """Here at once; and at the provider too, where the session was begun there."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        session = sessions.begun(self.request)
        response: HttpResponse = super().post(*args, **kwargs)
        if session is None:
            return response
        found = queries.provider_of(UUID(session.organisation))
        if found is None or found.issuer != session.issuer:
            return response
        try:
            address = provider.sign_out_address(found, provider.metadata_of(found), session.id_token)
        except provider.ProviderFails:
            return response
        return _away(self.request, found, address) if address else response


sign_out = never_cache(SignOut.as_view())


@csrf_exempt
@never_cache
@require_POST
def ended_there(request: HttpRequest, key: UUID) -> HttpResponse:
    """The provider says that somebody signed out there (Back-Channel Logout): their sessions here end."""
    found = queries.provider_of(key)
    token = request.POST.get("logout_token", "")
    if found is None or not token or len(token) > LONGEST_TOKEN:
        return JsonResponse({"error": "invalid_request"}, status=400)
    read = partial(tokens.logout_claims, token, issuer=found.issuer, client_id=found.client_id, now=time.time())
    try:
        said = provider.checked(provider.metadata_of(found), read)
    except tokens.BadToken as error:
        return JsonResponse({"error": "invalid_request", "error_description": error.fault}, status=400)
    except provider.ProviderFails as error:
        return JsonResponse({"error": "invalid_request", "error_description": str(error.message)}, status=400)
    if not cache.add(f"identity:logout:{found.pk}:{said['jti']}"[:200], 1, 2 * tokens.OLDEST_LOGOUT):
        return JsonResponse({"error": "invalid_request", "error_description": "used"}, status=400)
    subject, sid = (said[name] if isinstance(said.get(name), str) else "" for name in ("sub", "sid"))
    sessions.end_sessions(found.organisation_id, found.issuer, subject, sid)
    return HttpResponse(status=200)


_views: tuple[Any, ...] = (begin, callback, ended_there)
for _view in _views:
    _view.is_open = True


def _provider(key: UUID) -> IdentityProvider:
    if (found := queries.provider_of(key)) is None:
        raise NotFound(_("Nobody signs in by this address."))
    return found


def _remedy(error: provider.ProviderFails) -> Any:
    return error.remedy or _("Try again; if it stays, tell your administrator what stands here.")


def _away(request: HttpRequest, found: IdentityProvider, address: str) -> HttpResponse:
    """A page that leads on by itself. Not a redirect: browsers hold all that a form leads to against the policy of the
    page it stood on, also where the provider sends people on to addresses that nobody can list.
    """
    context = {"title": found.label, "address": address}
    response = render(request, "administration/away.html", context)
    response.headers["Refresh"] = f"0; url={address}"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
