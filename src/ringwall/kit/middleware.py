"""Who asks, in which organisation and language; and what is answered when an act is refused."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from ringwall.access.policy import actor_for_user
from ringwall.kit.errors import ActError, NoSpace, NotFound
from ringwall.kit.problems import problem

LARGEST_REQUEST = 128 * 1024 * 1024
"""Bytes of a whole request. Every page that takes a file has a lower limit of its own; this one spares the disk."""


class ActorMiddleware:
    """Sets `request.actor` for every address under an organisation. A stranger there is told that nothing exists."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in dict(settings.LANGUAGES):
            language = translation.get_language_from_request(request)
        translation.activate(language)
        length = request.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and int(length) > LARGEST_REQUEST:
            response = _too_large(request)
        else:
            response = self.get_response(request)
        if response.status_code == 405 and request.path.startswith("/api/"):
            response = _no_such_method(response)
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        # A fragment must never come back where its whole page is meant.
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        is_fleeting = request.path.startswith("/api/") or "HX-Request" in request.headers
        response.headers.setdefault("Cache-Control", "no-store" if is_fleeting else "private, no-cache")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        if getattr(view, "is_open", False) or request.path.startswith("/api/"):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path()) if "organisation" in kwargs else None
        translation.activate(request.user.language)
        if "organisation" not in kwargs:
            return None
        actor = actor_for_user(request.user, kwargs.pop("organisation"))
        if actor is None:
            raise Http404
        request.actor = actor  # type: ignore[attr-defined]
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, Http404):
            exception = NotFound()
        if isinstance(exception, PermissionDenied):
            return error_page(request, 403, _("You may not do this"), str(exception))
        exception = NoSpace.of(exception) or exception
        if isinstance(exception, ActError):
            return error_page(
                request, exception.status, str(exception.title), str(exception.message), str(exception.remedy)
            )
        return None


def _too_large(request: HttpRequest) -> HttpResponse:
    title = str(_("Too large"))
    text = str(_("The request is larger than this server takes. Send less at once."))
    if request.path.startswith("/api/"):
        return problem(413, title, text)
    return error_page(request, 413, title, text)


def _no_such_method(response: HttpResponse) -> HttpResponse:
    """The same as problem details (RFC 9457), like every failure of the API."""
    title, allowed = str(_("No such method here")), response.headers.get("Allow", "")
    body = {"type": "about:blank", "title": title, "status": 405, "detail": f"{title}: {allowed}"}
    return HttpResponse(
        json.dumps(body), status=405, content_type="application/problem+json", headers={"Allow": allowed}
    )


def error_page(request: HttpRequest, status: int, title: str, text: str, remedy: str = "") -> HttpResponse:
    context = {"status": status, "title": title, "text": text, "remedy": remedy}
    return render(request, "kit/error.html", context, status=status)
