"""Where notices show: on home until they are read, and on a page of one's own."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.pages import Cell, Column, Link, Panel, Row
from ringwall.notices import queries
from ringwall.notices.models import Notice

SHOWN_AT_HOME = 5


def columns() -> list[Column]:
    return [Column("what", _("What")), Column("about", _("About"), "title"), Column("at", _("When"), "instant")]


def row_of(actor: Actor, notice: Notice) -> Row:
    url = f"/{actor.organisation.code}/{notice.path}"
    cells = [
        Cell("what", str(notice)),
        Cell("about", " ".join(filter(None, (notice.ref, notice.title))), "title", url),
        Cell("at", date_format(timezone.localtime(notice.at), "SHORT_DATETIME_FORMAT"), "instant"),
    ]
    return Row(str(notice.pk), "", url, 0, cells)


@registry.provider("home")
def unread(actor: Actor) -> Iterable[Panel]:
    if found := queries.notices_of(actor, unread=True, limit=SHOWN_AT_HOME):
        link = Link(_("All notices"), f"/{actor.organisation.code}/notices/", "bell")
        rows = [row_of(actor, notice) for notice in found]
        yield Panel("notices", _("New for you"), columns=columns(), rows=rows, actions=[link], is_first=True)
