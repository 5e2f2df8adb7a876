"""From what waits for a person to a mail in a real server, and back by its links."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from ringwall.kit.testing import HOSTILE, acts_in_ledger
from ringwall.notices import jobs, posting, sending
from ringwall.notices.backend import QueueBackend
from ringwall.notices.models import MailHabit, MailServer, Notice, OutgoingMail
from ringwall.tasks.jobs import daily
from ringwall.tasks.models import Task
from ringwall.tasks.tests.test_tasks import give, make_asset

MONDAY = datetime(2026, 11, 30, 7, 5, tzinfo=ZoneInfo("Europe/Berlin"))
URL = re.compile(r"http://127\.0\.0\.1:8000(/\S+)")


@pytest.fixture(autouse=True)
def on_monday(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)


def body(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


def test_a_digest_is_received_its_link_opened_and_the_task_done(world: Any, mail_server: Any, sink: Any) -> None:
    task = give(world, make_asset(world), "dora", title="Confidential plan", due_on="2026-11-27")
    give(world, make_asset(world, ref="A-99", restricted=True), "dora", title="Very secret")
    jobs.digests(MONDAY - timedelta(hours=1))
    assert not OutgoingMail.objects.exists()
    for _restart in range(3):
        jobs.digests(MONDAY)
    assert OutgoingMail.objects.get().state == "waiting"
    jobs.send(MONDAY)
    jobs.send(MONDAY)
    (mail,) = sink.mails
    assert mail["To"] == "dora@demo.example" and "Demo ISMS" in mail["From"]
    assert mail["Auto-Submitted"] == "auto-generated" and mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.search(rb"^List-Unsubscribe: <http://127\.0\.0\.1:8000/mail/\S+/off/>\r$", sink.raw[0], re.MULTILINE)
    assert b"Subject: Demo GmbH: " in sink.raw[0]
    text, html = body(mail), mail.get_body(("html",)).get_content()
    for part in (text, html, mail["Subject"]):
        assert "Confidential" not in part and "secret" not in part and "A-99" not in part
    assert "Task A-0001" in text and "overdue since" in text and "restricted" in text and "3 notices" not in text
    queued = OutgoingMail.objects.get()
    assert (queued.state, queued.text, queued.html) == ("sent", "", "")
    (letter,) = {url for url in URL.findall(text) if "/letter/" in url}
    assert letter in html
    page = Client().get(letter)
    assert page.status_code == 200
    task.refresh_from_db()
    assert task.state == "open"
    assert Client().post(letter).status_code == 200
    task.refresh_from_db()
    assert task.state == "done"
    assert not Notice.objects.filter(person=world.people["dora"], mailed_at=None).exists()
    jobs.digests(MONDAY + timedelta(hours=3))
    assert OutgoingMail.objects.count() == 1


def test_a_person_chooses_day_hour_language_and_titles(world: Any, mail_server: Any, sink: Any) -> None:
    give(world, make_asset(world), "emil", title=f"Titel {HOSTILE}", due_on="2026-12-01")
    client = world.client("emil")
    assert client.get(world.url("account/mail/")).status_code == 200
    posted = {"days": ["0"], "hour": "9", "shows_titles": "on"}
    assert client.post(world.url("account/mail/"), posted).status_code == 302
    assert "Monday, 09:00" in client.get(world.url("account/")).content.decode()
    world.people["emil"].user.language = "de"
    world.people["emil"].user.save()
    jobs.digests(MONDAY)
    assert not OutgoingMail.objects.exists()
    jobs.digests(MONDAY + timedelta(hours=2))
    jobs.send(MONDAY + timedelta(hours=2))
    (mail,) = sink.mails
    html = mail.get_body(("html",)).get_content()
    assert "Titel <script>" in body(mail) and "(Aufgabe)" in body(mail) and "fällig" in body(mail)
    assert mail["Subject"] == "Demo GmbH: 1 Sache wartet auf Sie"
    assert "<script>" not in html and "Titel &lt;script&gt;" in html
    jobs.digests(MONDAY + timedelta(days=1, hours=5))
    assert OutgoingMail.objects.count() == 1


def test_the_link_in_the_mail_changes_and_ends_the_digests(world: Any, mail_server: Any, sink: Any) -> None:
    give(world, make_asset(world), "emil", due_on="2026-12-01")
    jobs.digests(MONDAY)
    jobs.send(MONDAY)
    (mail,) = sink.mails
    off = URL.search(mail["List-Unsubscribe"].strip("<>"))
    assert off
    habit_url, client, before = off[1].removesuffix("off/"), Client(enforce_csrf_checks=True), acts_in_ledger(world)
    assert client.get(off[1]).status_code == 200 and client.get(habit_url).status_code == 200
    assert acts_in_ledger(world) == before
    assert client.post(off[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert MailHabit.objects.get().days == []
    assert Client().post(habit_url, {"days": ["1", "2"], "hour": "8"}).status_code == 200
    assert (MailHabit.objects.get().days, MailHabit.objects.get().hour) == ([1, 2], 8)
    assert Client().post(habit_url, {"days": ["9"], "hour": "8"}).status_code == 422
    for url in (off[1][:-8] + "x" + off[1][-7:], "/mail/nonsense/", "/mail/nonsense/off/"):
        assert Client().get(url).status_code == 410 and Client().post(url).status_code in {403, 410}


def test_what_cannot_wait_is_written_at_once(world: Any, mail_server: Any, sink: Any) -> None:
    give(world, make_asset(world), title="Secret", due_on="2026-11-20")
    give(world, make_asset(world, restricted=True), title="Secret", due_on="2026-11-20")
    daily(MONDAY)
    jobs.send(MONDAY)
    assert {mail["To"] for mail in sink.mails} == {"ana@demo.example"}
    one, other = sorted(mail["Subject"] for mail in sink.mails)
    assert (
        "A-0001 is late" in one and "look at once" in other and not any("Secret" in body(mail) for mail in sink.mails)
    )


def test_a_failing_receiver_holds_up_nobody_and_is_tried_again_then_given_up(
    world: Any, mail_server: Any, sink: Any
) -> None:
    asset = make_asset(world)
    for name in ("emil", "carl", "dora"):
        give(world, asset, name, due_on="2026-12-01")
    sink.refused = {"carl@demo.example": "451 Mailbox busy", "dora@demo.example": "550 No such user"}
    jobs.digests(MONDAY)
    jobs.send(MONDAY)
    assert [mail["To"] for mail in sink.mails] == ["emil@demo.example"]
    carl, dora = (OutgoingMail.objects.get(person=world.people[name]) for name in ("carl", "dora"))
    assert (dora.state, dora.reason) == ("failed", "550 No such user")
    assert (carl.state, carl.failures, carl.reason) == ("waiting", 1, "451 Mailbox busy")
    page = world.client("adam").get(world.url("settings/mail/")).content.decode()
    assert "451 Mailbox busy" in page and "550 No such user" in page
    jobs.send(MONDAY + timedelta(seconds=30))
    carl.refresh_from_db()
    assert carl.failures == 1
    now = MONDAY
    for _try in range(12):
        now += timedelta(days=2)
        jobs.send(now)
    carl.refresh_from_db()
    assert (carl.state, carl.failures) == ("failed", 8)
    sending.forget_old(now + timedelta(days=31))
    assert not OutgoingMail.objects.exists()


def test_a_server_that_is_down_postpones_all_and_loses_nothing(world: Any, mail_server: Any) -> None:
    MailServer.objects.update(port=1)
    asset = make_asset(world)
    for name in ("emil", "carl"):
        give(world, asset, name, due_on="2026-12-01")
    jobs.digests(MONDAY)
    jobs.send(MONDAY)
    assert set(OutgoingMail.objects.values_list("state", "failures")) == {("waiting", 1)}


def test_without_a_server_nothing_is_written_unless_asked(world: Any) -> None:
    give(world, make_asset(world), due_on="2026-11-01")
    server = MailServer(organisation=world.organisation)
    server.save()
    assert posting.post_digests(MONDAY) == 0
    page = world.client("adam").get(world.url("settings/mail/")).content.decode()
    assert "No mail is sent and none is written" in page
    MailServer.objects.update(keeps_unsent=True)
    assert posting.post_digests(MONDAY) == 1
    jobs.send(MONDAY)
    assert OutgoingMail.objects.get().state == "waiting"
    page = world.client("adam").get(world.url("settings/mail/")).content.decode()
    assert "wait in the queue" in page
    assert world.client("adam").post(world.url("settings/mail/drop/")).status_code == 302
    assert not OutgoingMail.objects.exists() and Task.objects.count() == 1


def test_mails_of_the_sign_in_pages_go_through_the_queue(world: Any, mail_server: Any) -> None:
    message = EmailMessage("Reset\nnow", "The link", to=["emil@demo.example", "stranger@demo.example"])
    assert QueueBackend(alias="default").send_messages([message]) == 1
    queued = OutgoingMail.objects.get()
    assert (queued.kind, queued.subject, queued.text) == ("account", "Reset now", "The link")


def test_no_one_who_has_left_or_has_no_address_is_written_to(world: Any, mail_server: Any) -> None:
    asset = make_asset(world)
    for name in ("emil", "carl"):
        give(world, asset, name, due_on="2026-12-01")
    world.people["emil"].withdrawn_on = timezone.localdate()
    world.people["carl"].email = ""
    for name in ("emil", "carl"):
        world.people[name].save()
    assert posting.post_digests(MONDAY) == 0
