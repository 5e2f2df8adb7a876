"""From an act to a call in a real receiver: signed, tried again, never inward."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone

from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.models import Payload
from ringwall.notices import calling, delivering, jobs
from ringwall.notices.actions import webhooks
from ringwall.notices.models import Delivery, Sealed, Webhook
from ringwall.notices.rules.webhooks import signature
from ringwall.tasks.tests.test_tasks import asset_acts, make_asset


class Receiver(ThreadingHTTPServer):
    """Keeps what it is sent and answers with `code`."""

    code = 200
    location = ""
    is_slow = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls: list[tuple[Any, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.calls.append((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
        while self.server.is_slow:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            time.sleep(0.02)
        self.send_response(self.server.code)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def entered(world: Any, url: str, **other: Any) -> webhooks.Issued:
    raw = {"name": "Tickets", "url": url, "is_on": "on", "events": "asset.*"} | other
    issued: webhooks.Issued = webhooks.create.run(world.actor("adam"), raw)
    return issued


def test_an_act_is_told_signed_without_contents_and_nothing_of_what_is_restricted(
    world: Any, receiver: Receiver, settings: Any
) -> None:
    settings.RINGWALL_WEBHOOKS_INWARD = True
    issued = entered(world, receiver.url)
    asset = make_asset(world, title="Confidential plan")
    make_asset(world, title="Secret", restricted=True)
    webhooks.update.run(world.actor("adam"), {"name": "Other"}, subject=issued.webhook)
    assert Delivery.objects.count() == 1
    now = timezone.now()
    jobs.deliver(now)
    jobs.deliver(now)
    ((headers, body),) = receiver.calls
    said = json.loads(body)
    assert b"Confidential" not in body and said["type"] == "asset.create"
    assert said["data"] == {
        "kind": "asset",
        "ref": asset.ref,
        "verb": "asset.create",
        "at": said["timestamp"],
        "organisation": "demo",
        "url": f"http://127.0.0.1:8000/demo/assets/{asset.ref}/",
    }
    stamp = int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] == signature(issued.secret, headers["webhook-id"], stamp, body)
    call = Delivery.objects.get()
    assert (call.state, call.code) == ("taken", 200)
    page = world.client("adam").get(world.url(f"settings/webhooks/{issued.webhook.pk}/")).content.decode()
    assert asset.ref in page and "asset.create" in page
    assert world.client("adam").get(world.url(f"settings/webhooks/calls/{call.pk}/")).status_code == 200
    assert world.client("adam").post(world.url(f"settings/webhooks/calls/{call.pk}/")).status_code == 302
    jobs.deliver(timezone.now())
    assert [headers["webhook-id"] for headers, _body in receiver.calls] == [call.message_id] * 2


def test_many_records_of_one_act_are_told_in_one_call(world: Any, settings: Any, ana: Any) -> None:
    settings.RINGWALL_WEBHOOKS_INWARD = True
    assets = [make_asset(world) for _n in range(52)]
    entered(world, "http://127.0.0.1:1/")
    asset_acts().update.run_many(ana, [(asset, None) for asset in assets[:2]], {"title": "Two"})
    assert Delivery.objects.count() == 2
    asset_acts().update.run_many(ana, [(asset, None) for asset in assets], {"title": "All"})
    assert Delivery.objects.count() == 3
    said = json.loads(Delivery.objects.latest("made_at").body)["data"]
    assert (said["kind"], said["ref"], said["url"]) == ("asset", "", "http://127.0.0.1:8000/demo/assets/")


def test_a_receiver_that_fails_is_called_again_later_and_given_up_and_keeps_nobody_waiting(
    world: Any, receiver: Receiver, settings: Any
) -> None:
    settings.RINGWALL_WEBHOOKS_INWARD = True
    entered(world, "http://127.0.0.1:1/", name="Down")
    entered(world, receiver.url)
    make_asset(world)
    make_asset(world)
    now = timezone.now()
    jobs.deliver(now)
    assert len(receiver.calls) == 2
    receiver.code = 503
    make_asset(world)
    jobs.deliver(timezone.now())
    failed = Delivery.objects.get(code=503)
    assert (failed.state, failed.failures, failed.reason) == ("waiting", 1, "Service Unavailable")
    for day in range(1, 12):
        jobs.deliver(now + timedelta(days=2 * day))
    failed.refresh_from_db()
    assert (failed.state, failed.failures) == ("failed", 10)
    delivering.forget_old(now + timedelta(days=40))
    assert not Delivery.objects.exists()


def test_a_new_secret_signs_beside_the_old_one_for_a_day(world: Any, settings: Any, monkeypatch: Any) -> None:
    settings.RINGWALL_WEBHOOKS_INWARD = True
    first = entered(world, "http://127.0.0.1:1/")
    shown = world.client("adam").post(world.url(f"settings/webhooks/{first.webhook.pk}/secret/"))
    second = shown.context["page"].secret[1]
    assert "no-store" in shown.headers["Cache-Control"] and second.startswith("whsec_") and second != first.secret
    assert webhooks.secrets_of(first.webhook) == [second, first.secret]
    later = timezone.now() + timedelta(days=1, seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert webhooks.secrets_of(first.webhook) == [second]
    kept = "".join(Payload.objects.values_list("body", flat=True)) + Sealed.objects.get().box
    assert first.secret not in kept and second not in kept
    webhooks.withdraw.run(world.actor("adam"), {}, subject=first.webhook, reason="Over")
    assert not Sealed.objects.exists() and not Webhook.objects.filter(is_on=True).exists()


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::1"], ["169.254.169.254"]])
def test_a_name_that_leads_inward_is_not_called(monkeypatch: Any, found: list[str]) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(0, 0, 0, "", (each, 443)) for each in found])
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("connected"))
    reply = calling.post("https://hooks.example/x", {}, b"{}", inward=False)
    assert reply.code is None and "private network" in reply.reason


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: Any) -> None:
    """A name that answers otherwise the second time (rebinding) is asked once only."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    went: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *rest: Any) -> Any:
        went.append(address)
        raise OSError("no network here")

    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(0, 0, 0, "", (each, 443)) for each in answers.pop(0)])
    monkeypatch.setattr(socket, "create_connection", connect)
    assert calling.post("https://hooks.example/x", {}, b"{}", inward=False).reason == "no network here"
    assert went == [("93.184.216.34", 443)] and len(answers) == 1


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.code, receiver.location = 307, receiver.url
    reply = calling.post(receiver.url, {}, b"{}", inward=True)
    assert (reply.code, reply.is_good, len(receiver.calls)) == (307, False, 1) and receiver.url in reply.reason
    assert calling.post(receiver.url, {}, b"{}", inward=False).code is None


def test_a_receiver_that_never_ends_its_answer_is_left(receiver: Receiver, monkeypatch: Any) -> None:
    monkeypatch.setattr(calling, "LONGEST_CALL", 0.2)
    receiver.is_slow = True
    reply = calling.post(receiver.url, {}, b"{}", inward=True)
    receiver.is_slow = False
    assert reply.code is None and reply.reason


def test_the_page_refuses_bad_addresses_and_events_and_whoever_is_not_the_administrator(world: Any) -> None:
    client, url = world.client("adam"), world.url("settings/webhooks/new/")
    given = {"name": "Tickets", "url": "https://hooks.example/x", "is_on": "on", "events": ""}
    for wrong in ({"url": "http://hooks.example"}, {"url": "https://a:b@hooks.example"}, {"events": "risk"}):
        assert client.post(url, given | wrong).status_code == 422
    before = acts_in_ledger(world)
    for name in ("ana", "cleo", "dora", "emil"):
        assert world.client(name).post(url, given).status_code == 403
    assert (Webhook.objects.count(), acts_in_ledger(world)) == (0, before)
    shown = client.post(url, given | {"events": "risk.accept\nasset.*"})
    assert shown.status_code == 200 and "whsec_" in shown.content.decode()
    webhook = Webhook.objects.get()
    assert webhook.events == ["risk.accept", "asset.*"]
    page = world.url(f"settings/webhooks/{webhook.pk}/")
    assert "risk.accept" in client.get(f"{page}edit/").content.decode()
    assert world.client("cleo").get(page).status_code == 200
    for act in ("edit/", "secret/", "withdraw/", "test/"):
        assert world.client("cleo").post(f"{page}{act}", {"reason": "x"}).status_code == 403
        assert world.client("ana").post(f"{page}{act}", {"reason": "x"}).status_code in {403, 404}


def test_a_test_event_is_sent_at_once(world: Any, receiver: Receiver, settings: Any) -> None:
    settings.RINGWALL_WEBHOOKS_INWARD = True
    webhook = entered(world, receiver.url).webhook
    page = world.url(f"settings/webhooks/{webhook.pk}/test/")
    assert world.client("adam").post(page).status_code == 302
    assert json.loads(receiver.calls[0][1])["type"] == "ringwall.test"
    settings.RINGWALL_WEBHOOKS_INWARD = False
    answer = world.client("adam").post(page, follow=True).content.decode()
    assert "did not take it" in answer
