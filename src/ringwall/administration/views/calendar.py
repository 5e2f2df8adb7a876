"""The private address of one's calendar, in one's account."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ringwall.access.policy import Actor
from ringwall.administration.views.pages import ActForm, actor_of, address, form_page, secret_page
from ringwall.kit.actions import Action
from ringwall.kit.inputs import Inputs
from ringwall.kit.pages import Fact, Link, Panel
from ringwall.kit.requests import ActorRequest
from ringwall.notices.actions import calendar
from ringwall.notices.queries import calendar_since

NOTHING = Inputs()


def calendar_panel(actor: Actor, base: str) -> Panel:
    since = calendar_since(actor.person_key)
    renew = Link(_("New address") if since else _("Make address"), f"{base}calendar/", "calendar-sync")
    revoke = Link(_("Revoke"), f"{base}calendar/revoke/", "ban", "danger")
    facts = []
    if since:
        day = date_format(timezone.localtime(since), "SHORT_DATE_FORMAT")
        facts = [Fact(_("Private address"), _("in force since %(day)s") % {"day": day})]
    return Panel(
        "calendar",
        _("Your calendar"),
        facts=facts,
        actions=[renew, revoke] if since else [renew],
        empty=_("None. With a private address your calendar program shows your due dates and reviews."),
    )


@require_http_methods(["GET", "POST"])
def renew_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    back = Link(_("Your account"), address(request, "account/"))

    def answer(url: str) -> HttpResponse:
        about = _("Subscribe to it in your calendar program. Whoever knows it sees your dates; it is shown only once.")
        return secret_page(request, _("Your calendar"), _("Private address"), url, about, back)

    form = ActForm(
        Action("account.calendar", "", calendar.renew),
        back.url,
        _("Your calendar"),
        _("New address") if calendar_since(actor.person_key) else _("Make address"),
        breadcrumb=[back],
        intro=_(
            "Tasks and reviews as whole days. Titles of restricted records are left out. An address made before ends."
        ),
        answer=answer,
    )
    return form_page(request, form, NOTHING, lambda _raw: calendar.renew(actor))


@require_http_methods(["GET", "POST"])
def revoke_page(request: ActorRequest) -> HttpResponse:
    actor = actor_of(request)
    back = Link(_("Your account"), address(request, "account/"))
    form = ActForm(
        Action("account.calendar", "", calendar.revoke, is_danger=True),
        back.url,
        _("Revoke the address of your calendar"),
        _("Revoke"),
        breadcrumb=[back],
        intro=_("Calendar programs that use it get nothing from now on."),
        done=_("Address revoked."),
    )

    def run(_raw: Any) -> None:
        calendar.revoke(actor)

    return form_page(request, form, NOTHING, run)
