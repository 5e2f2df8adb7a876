"""Who holds a role that needs a second factor sets it up before anything else."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from ringwall.access.policy import Actor
from ringwall.administration.queries import has_second_factor, needs_second_factor


class SecondFactorMiddleware:
    """Stands after the one that says who acts; guards the pages of an organisation, not those under /accounts/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None or actor.user is None or not needs_second_factor(actor) or has_second_factor(actor.user):
            return None
        return redirect(reverse("mfa_index"))
