"""One's dates as iCalendar, read back by a library; the private address and its end."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from ringwall.access.models import Person
from ringwall.kit import registry
from ringwall.notices.models import CalendarAddress
from ringwall.tasks.tests.test_tasks import give, make_asset


def made_address(world: Any, name: str) -> str:
    page = world.client(name).post(world.url("account/calendar/"))
    assert page.status_code == 200 and "no-store" in page.headers["Cache-Control"]
    return urlsplit(str(page.context["page"].secret[1])).path


def test_the_feed_holds_tasks_and_reviews_but_no_title_of_what_is_restricted(world: Any) -> None:
    url = made_address(world, "rita")
    assert str(CalendarAddress.objects.get().digest) not in url
    asset = make_asset(world)
    give(world, asset, "rita", title="Look; at, this\\now " + "ä" * 80, due_on="2031-02-28")
    give(world, make_asset(world, restricted=True), "rita", title="Very secret", due_on="2031-03-01")
    give(world, asset, "rita", title="Without a date")
    raw = {"title": "Power fails", "owner": "rita@demo.example", "unit": str(world.production.pk)}
    risk = registry.registers["risk"].acts.create.run(world.actor("ana"), raw | {"review_on": "2031-04-05"})
    answer = Client().get(url)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/calendar")
    assert max(map(len, answer.content.split(b"\r\n"))) <= 75
    calendar: Any = Calendar.from_ical(answer.content)
    events = {event["DTSTART"].dt: event for event in calendar.walk("VEVENT")}
    assert list(events) == [date(2031, 2, 28), date(2031, 3, 1), date(2031, 4, 5)]
    assert "Look; at, this\\now ä" in events[date(2031, 2, 28)]["SUMMARY"]
    assert events[date(2031, 3, 1)]["SUMMARY"] == "Task (restricted)" and b"secret" not in answer.content
    assert "Power fails" in events[date(2031, 4, 5)]["SUMMARY"] and risk.ref in events[date(2031, 4, 5)]["URL"]
    assert len({event["UID"] for event in events.values()}) == 3
    assert calendar["PRODID"] and not calendar.errors and not any(event.errors for event in events.values())


def test_an_address_ends_when_it_is_replaced_or_revoked_or_its_person_leaves(world: Any) -> None:
    first = made_address(world, "emil")
    second = made_address(world, "emil")
    assert Client().get(first).status_code == 404 and Client().get(second).status_code == 200
    assert Client().post(second).status_code == 405
    assert "in force since" in world.client("emil").get(world.url("account/")).content.decode()
    assert world.client("emil").post(world.url("account/calendar/revoke/")).status_code == 302
    assert world.client("emil").post(world.url("account/calendar/revoke/")).status_code == 422
    assert Client().get(second).status_code == 404 and Client().get("/calendar/x.ics").status_code == 404
    third = made_address(world, "emil")
    assert Client().get(third).status_code == 200
    Person.objects.filter(pk=world.people["emil"].pk).update(withdrawn_on=timezone.localdate())
    assert Client().get(third).status_code == 404
