"""Dates as iCalendar (RFC 5545), for the calendar program of one person."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from ringwall.access.models import Organisation
from ringwall.notices.items import Day

PRODUCT = "-//Ringwall//ISMS//EN"


def calendar_of(organisation: Organisation, days: Iterable[Day], now: datetime) -> bytes:
    """Whole days that do not make busy. Of what is restricted neither title nor reference is told."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{organisation.name}: {_('Due dates')}")
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for day in days:
        event = Event()
        event.add("uid", f"{day.key}@{organisation.pk}")
        event.add("dtstamp", now)
        event.add("dtstart", day.on)
        event.add("dtend", day.on + timedelta(days=1))
        event.add("summary", _summary(day))
        event.add("transp", "TRANSPARENT")
        if day.path:
            event.add("url", f"{settings.RINGWALL_URL}/{organisation.code}/{day.path}")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _summary(day: Day) -> str:
    if day.restricted:
        return _("%(what)s (restricted)") % {"what": day.what}
    head = " ".join(str(part) for part in (day.what, day.ref) if part)
    return f"{head}: {day.title}" if day.title else head
