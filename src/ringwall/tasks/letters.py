"""The letter page of a task: for who comes by a link in a mail, without signing in. The button changes, the look does
not.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ringwall.access.models import Person
from ringwall.access.policy import actor_for_person
from ringwall.kit.errors import ActError
from ringwall.tasks import actions, links, queries
from ringwall.tasks.links import Fault, Letter
from ringwall.tasks.register import due_words


@never_cache
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, token: str) -> HttpResponse:
    found = links.read(token)
    if found.person is not None:
        translation.activate(language_of(found.person))
    if found.person is not None and is_other(request, found.person):
        return over(request, "other", 403)
    if found.fault is not None:
        return over(request, found.fault, 410)
    return _answer(request, found)


letter.is_open = True  # type: ignore[attr-defined]


def language_of(person: Person) -> str:
    return person.user.language if person.user else person.organisation.language


def is_other(request: HttpRequest, person: Person) -> bool:
    """Whether somebody else is signed in: what a link does is done in the name of the person it was sent to."""
    user: Any = request.user
    return bool(user.is_authenticated) and user.pk != person.user_id


def over(request: HttpRequest, why: str, status: int) -> HttpResponse:
    """Nothing is changed, and the page says what to do instead."""
    titles = {
        "other": _("This link is for somebody else"),
        Fault.INVALID: _("This link does not work"),
        Fault.LATE: _("This link is too old"),
        Fault.USED: _("This task is closed already"),
        Fault.MOVED: _("This task is with somebody else now"),
    }
    return render(request, "tasks/letter_over.html", {"title": titles[why], "why": str(why)}, status=status)


def _answer(request: HttpRequest, found: Letter) -> HttpResponse:
    task, person = found.task, found.person
    assert task is not None and person is not None
    actor = actor_for_person(person, user=person.user)
    record = queries.subjects_of(actor, [task]).get(task.subject_id)
    context: dict[str, Any] = {
        "title": task.title,
        "task": task,
        "about": str(record or ""),
        "due": due_words(task, timezone.localdate()),
        "steps": list(enumerate(task.steps)),
        "lacks_evidence": task.asks_evidence and not queries.has_evidence(task),
        "person": person,
        "letter_organisation": person.organisation,
        "task_url": task.address(person.organisation.code),
    }
    status = 200
    if request.method == "POST":
        raw = {"task": str(task.pk), "ticked": request.POST.getlist("ticked")}
        try:
            actions.done.run(actor, raw, reason=_("By the link in a mail"))
        except ActError as error:
            context["error"], status = str(error), error.status
        else:
            return render(request, "tasks/letter_done.html", {**context, "title": _("Done. Thank you.")})
    return render(request, "tasks/letter.html", context, status=status)
