"""The letter pages behind the link at the end of every mail: change one's mails, or end them by one click."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ringwall.access.models import Person
from ringwall.access.policy import actor_for_person
from ringwall.kit.errors import Invalid, Refused
from ringwall.notices import links, queries
from ringwall.notices.actions import mail
from ringwall.notices.composing import language_of


@never_cache
@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest, token: str) -> HttpResponse:
    if (person := links.read(token)) is None:
        return _over(request)
    translation.activate(language_of(person))
    actor, habit = actor_for_person(person, user=person.user), queries.habit_of(person.pk)
    initial = {name: getattr(habit, name) for name in mail.HABIT.fields}
    form: Any = mail.HABIT.form(actor, "", data=request.POST or None, initial=initial)
    status, is_stored = 200, False
    if request.method == "POST":
        try:
            mail.change_habit(actor, form.raw())
            is_stored = True
        except (Invalid, Refused) as error:
            form.take_errors(error)
            status = error.status
    context = {"form": form, "is_stored": is_stored, "off_url": f"{request.path}off/"}
    return render(request, "notices/habit.html", _about(person, _("Mails to you"), context), status=status)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """The mail program of the receiver sends the POST by itself (RFC 8058), so it comes without our form's secret; the
    signed address stands for it.
    """
    if (person := links.read(token)) is None:
        return _over(request)
    translation.activate(language_of(person))
    if request.method == "POST":
        mail.end_digests(person)
    context = {"is_off": request.method == "POST", "settings_url": request.path.removesuffix("off/")}
    title = _("No more digests") if context["is_off"] else _("End the digests?")
    return render(request, "notices/off.html", _about(person, title, context))


settings_page.is_open = off.is_open = True  # type: ignore[attr-defined]


def _about(person: Person, title: str, context: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "person": person, "letter_organisation": person.organisation, **context}


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "notices/link_over.html", {"title": _("This link does not work")}, status=410)
