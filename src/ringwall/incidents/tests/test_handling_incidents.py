"""From the report of an employee to what was learnt; who may not sees and changes nothing."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ringwall.access.models import Organisation
from ringwall.evidence.models import Evidence
from ringwall.incidents.models import Event, Incident, Notification
from ringwall.kit import registry
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused
from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.models import Entry
from ringwall.ledger.verify import verify_database
from ringwall.notices.models import Notice

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
NOW = timezone.now


def do(world: Any, name: str, subject: Any, who: str = "ana", reason: str = "", **raw: Any) -> Any:
    return registry.actions[name].run(world.actor(who), raw, subject=subject, reason=reason)


def local(moment: Any) -> str:
    return str(timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M"))


def reported(world: Any, who: str = "emil", **more: Any) -> Event:
    posted = {"title": "Mail asks for my password", "category": "phishing", "place": "Laptop 12", **more}
    answer = world.client(who).post(world.url("report-event/"), posted)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return Event.objects.latest("created_at")


def test_the_whole_way_from_a_phone_to_an_insight(world: Any) -> None:
    event = reported(world, files=SimpleUploadedFile("mail.png", PNG, "image/png"))
    assert (event.state, event.owner_id, event.restricted) == ("new", world.people["emil"].pk, True)
    assert Evidence.objects.get(subject_id=event.pk).name == "mail.png"
    emil = world.client("emil")
    assert event.ref in emil.get(world.url("report-event/")).content.decode()
    assert emil.get(world.url(f"events/{event.ref}/")).status_code == 200
    assert "Reported events to look at" in world.client("ana").get(world.url()).content.decode()

    do(world, "event.raise", event, title="Phishing with a stolen password", owner="ana@demo.example")
    incident = Incident.objects.get()
    assert (incident.detected_at, incident.owner_id) == (event.noticed_at, world.people["ana"].pk)
    with pytest.raises(Refused, match="already"):
        do(world, "event.dismiss", event, outcome="x")
    with pytest.raises(Refused, match="Classify it"):
        do(world, "incident.resolve", incident, text="done", at=local(NOW()))
        do(world, "incident.close", Incident.objects.get())
    incident = do(world, "incident.reopen", Incident.objects.get(), reason="too early")

    aware = NOW() - timedelta(hours=30)
    raw = {"category": "phishing", "severity": "3", "aware_at": local(aware)}
    with pytest.raises(Invalid, match="lies ahead"):
        do(
            world,
            "incident.classify",
            incident,
            **raw | {"aware_at": local(NOW() + timedelta(hours=2))},
            personal_data="yes",
            significant="yes",
        )
    incident = do(world, "incident.classify", incident, personal_data="yes", significant="yes", **raw)
    clocks = {row.regime: row for row in incident.notifications.all()}
    assert set(clocks) == {"nis2_warning", "nis2_notification", "nis2_report", "gdpr"}
    assert clocks["nis2_warning"].clock() == "overdue"
    assert clocks["gdpr"].due_at - incident.aware_at == timedelta(hours=72)

    assert Notice.objects.get(kind="incident_clock").person_id == world.people["ana"].pk

    # A contract that is found out later starts its clock, and ends when it is taken away.
    contract = registry.actions["obligation.create"].run(
        world.actor("ana"),
        {"title": "Customer", "category": "contract", "source": "2026", "demands": "Tell us", "notify_hours": 8},
    )
    incident = do(world, "incident.update", incident, contracts=[contract.ref])
    assert incident.notifications.get(contract=contract).due_at - incident.aware_at == timedelta(hours=8)
    incident = do(world, "incident.update", incident, contracts=[])
    assert not incident.notifications.get(contract=contract).is_open

    url = world.url(f"incidents/{incident.ref}/notify/{clocks['gdpr'].pk}/")
    client = world.client("ana")
    page = client.get(url).content.decode()
    assert "Mail" in page and "[…]" in page and incident.ref in page
    sent = client.post(url, {"recipient": "Supervisory authority", "sent_at": local(NOW()), "text": "What we know"})
    assert sent.status_code == 302
    told = Notification.objects.get(regime="gdpr")
    assert (told.clock(), told.text, told.recipient) == ("in_time", "What we know", "Supervisory authority")
    assert client.post(url, {"recipient": "x", "sent_at": local(NOW()), "text": "other words"}).status_code == 422
    told.refresh_from_db()
    assert told.text == "What we know", "what was sent is not changed"
    for regime in ("nis2_warning", "nis2_notification"):
        do(
            world,
            "incident.notify",
            incident,
            notification=str(clocks[regime].pk),
            recipient="BSI",
            sent_at=local(NOW()),
            text="x",
        )
    report = Notification.objects.get(regime="nis2_report")
    assert report.due_at < clocks["nis2_report"].due_at, "a month after the notification went out, which was early"

    incident = do(world, "incident.resolve", Incident.objects.get(), text="Password reset", at=local(NOW()))
    with pytest.raises(Refused, match="Enter the cause"):
        do(world, "incident.close", incident)
    incident = do(world, "incident.update", incident, cause="No second factor for mail")
    with pytest.raises(Invalid):
        do(world, "incident.spare", incident, notification=str(report.pk))
    do(world, "incident.spare", incident, notification=str(report.pk), reason="Withdrawn: not significant after all")
    with pytest.raises(Refused, match="Draw an insight"):
        do(world, "incident.close", Incident.objects.get())
    for lesson in ("control", "risk", "finding", "improvement", "awareness"):
        do(
            world,
            "incident.learn",
            Incident.objects.get(),
            lesson=lesson,
            title=f"New {lesson}",
            text="Use it",
            owner="carl@demo.example",
        )
    closed = do(world, "incident.close", Incident.objects.get())
    assert (closed.state, closed.insights.count()) == ("closed", 5)
    assert registry.registers["control"].model.objects.get().title_text == "New control"
    with pytest.raises(Refused, match="Reopen"):
        do(world, "incident.note", closed, text="late", at=local(NOW()))
    for form in ("pdf", "docx", "xlsx"):
        assert client.get(world.url(f"incidents/{closed.ref}/report/?format={form}&language=de")).status_code == 200
    page = client.get(world.url(f"incidents/{closed.ref}/")).content.decode()
    assert "New control" in page and "Supervisory authority" in page
    assert verify_database(world.organisation.pk).ok


def test_an_anonymous_report_names_nobody_anywhere(world: Any) -> None:
    refused = world.client("emil").post(world.url("report-event/"), {"title": "x", "is_anonymous": "1"})
    assert refused.status_code == 422 and not Event.objects.exists()
    Organisation.objects.filter(pk=world.organisation.pk).update(anonymous_reports=True)
    event = reported(world, is_anonymous="1")
    assert (event.owner_id, event.is_anonymous) == (None, True)
    entry = Entry.objects.order_by("-position").first()
    assert (
        entry is not None
        and "Emil" not in str(entry.__dict__)
        and str(world.people["emil"].pk) not in str(entry.__dict__)
    )
    assert world.client("emil").get(world.url(f"events/{event.ref}/")).status_code == 404
    assert world.client("ana").get(world.url(f"events/{event.ref}/")).status_code == 200


@pytest.mark.parametrize(
    ("name", "content"),
    [("picture.png", b"MZ\x90\x00not a picture"), ("page.html", b"<script>alert(1)</script>"), ("empty.pdf", b"")],
)
def test_a_file_that_lies_refuses_the_report_and_keeps_its_words(world: Any, name: str, content: bytes) -> None:
    before = acts_in_ledger(world)
    posted = {"title": "Look at this", "description": "My own words", "files": SimpleUploadedFile(name, content)}
    answer = world.client("emil").post(world.url("report-event/"), posted)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert name in page and "My own words" in page
    assert not Event.objects.exists() and not Evidence.objects.exists() and acts_in_ledger(world) == before


def test_people_see_their_own_reports_and_nobody_elses(world: Any, elsewhere: Any) -> None:
    event = reported(world)
    incident = registry.actions["incident.create"].run(world.actor("ana"), {"title": "Secret case"})
    before = acts_in_ledger(world)
    for name in ("ben", "carl", "nobody", "rita"):
        client = world.client(name)
        assert client.get(world.url(f"events/{event.ref}/")).status_code in {403, 404}, name
        assert client.get(world.url(f"incidents/{incident.ref}/")).status_code in {403, 404}
        with pytest.raises((Denied, NotFound)):
            do(world, "event.dismiss", event, who=name, outcome="x")
    with pytest.raises((Denied, NotFound)):
        do(world, "event.dismiss", event, who="emil", outcome="it was nothing")
    with pytest.raises(NotFound):
        registry.actions["event.dismiss"].run(elsewhere.actor("ana"), {"outcome": "x"}, subject=event)
    event.refresh_from_db()
    assert (event.state, acts_in_ledger(world)) == ("new", before)
    do(world, "event.dismiss", event, outcome="A harmless newsletter. Thank you for asking.")
    assert "harmless newsletter" in world.client("emil").get(world.url("report-event/")).content.decode()


def test_too_many_files_are_refused(world: Any) -> None:
    files = []
    for number in range(6):
        file = io.BytesIO(PNG + bytes([number]))
        file.name = f"{number}.png"
        files.append(file)
    answer = world.client("emil").post(world.url("report-event/"), {"title": "Six", "files": files})
    assert answer.status_code == 422 and b"At most 5 files" in answer.content
