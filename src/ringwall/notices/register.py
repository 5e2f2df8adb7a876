"""Where notices show: on home until they are read, on a page of one's own, in one's calendar."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.pages import Cell, Column, Link, Panel, Row
from ringwall.notices import queries
from ringwall.notices.items import Day
from ringwall.notices.models import Notice

SHOWN_AT_HOME = 5
DATED = ("review_on", "verify_next_on", "due_on")
"""Fields by which records tell when their owner has to look at them."""

LOOKING_BACK = timedelta(days=92)
MOST_DAYS = 500


def columns() -> list[Column]:
    return [Column("what", _("What")), Column("about", _("About"), "title"), Column("at", _("When"), "instant")]


def row_of(actor: Actor, notice: Notice) -> Row:
    url = f"/{actor.organisation.code}/{notice.path}"
    cells = [
        Cell("what", str(notice) if notice.by else capfirst(str(notice))),
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


@registry.provider("calendar")
def dates_of_own_records(actor: Actor) -> Iterable[Day]:
    """Reviews, verifications and due dates of the records that the person owns, in whichever register."""
    since = timezone.localdate() - LOOKING_BACK
    for register in registry.registers.values():
        dated = [f for f in register.model._meta.concrete_fields if f.name in DATED]
        rows = register.model.objects.visible_to(actor).filter(owner_id=actor.person_id, withdrawn_on=None)
        for f in dated:
            for record in rows.filter(**{f"{f.name}__gte": since}).order_by(f.name)[:MOST_DAYS]:
                words = f"{capfirst(str(register.title_one))}, {f.verbose_name}"
                path = f"{register.slug}/{record.ref}/"
                yield Day(
                    f"{record.pk}-{f.name}",
                    getattr(record, f.name),
                    words,
                    record.ref,
                    record.title_text,
                    path,
                    record.restricted,
                )
