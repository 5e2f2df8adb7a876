"""One's own notices."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ringwall.kit.pages import Empty, Panel
from ringwall.kit.requests import ActorRequest
from ringwall.notices import queries
from ringwall.notices.actions.telling import mark_read
from ringwall.notices.register import columns, row_of


@require_GET
def notices_page(request: ActorRequest) -> HttpResponse:
    found = queries.notices_of(request.actor)
    rows = [row_of(request.actor, notice) for notice in found]
    context = {
        "title": _("Notices"),
        "panel": Panel("notices", "", columns=columns(), rows=rows) if rows else None,
        "has_unread": any(notice.read_at is None for notice in found),
        "empty": Empty(
            _("No notices yet"),
            _("When somebody mentions you, gives you a task or hands something over to you, it stands here."),
        ),
    }
    return render(request, "notices/mine.html", context)


@require_POST
def read(request: ActorRequest) -> HttpResponse:
    mark_read(request.actor)
    return redirect(f"/{request.actor.organisation.code}/notices/")
