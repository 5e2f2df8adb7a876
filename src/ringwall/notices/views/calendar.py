"""The calendar of one person, under an address that only they know."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from ringwall.access.policy import actor_for_person
from ringwall.kit import registry
from ringwall.notices.actions.calendar import digest_of
from ringwall.notices.composing import language_of
from ringwall.notices.items import days_for
from ringwall.notices.models import CalendarAddress

FEED = "ringwall.notices.feed.calendar_of"
"""Loaded when a calendar is first asked for: its library takes long to load."""


@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """An unknown or revoked address, and that of who has left or may not sign in, answer alike."""
    rows = CalendarAddress.objects.filter(digest=digest_of(secret), person__withdrawn_on=None)
    found = rows.select_related("person__organisation", "person__user").first()
    if found is None or (found.person.user is not None and not found.person.user.is_active):
        raise Http404
    person = found.person
    actor = actor_for_person(person, user=person.user)
    if any(registry.answers("token_rests", actor)):
        raise Http404
    with translation.override(language_of(person)):
        days = days_for(actor)
        body = import_string(FEED)(person.organisation, days, timezone.now())
    return HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="ringwall.ics"', "Cache-Control": "private, no-store"},
    )


calendar.is_open = True  # type: ignore[attr-defined]
