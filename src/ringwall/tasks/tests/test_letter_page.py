"""The link in a mail: what it opens, and everything it refuses."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ringwall.access.models import Person, User
from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.models import Entry
from ringwall.tasks import actions, links
from ringwall.tasks.models import Task
from ringwall.tasks.tests.test_tasks import give, make_asset


def path(task: Task, to: Any = None) -> str:
    return links.letter_url(task, (to or task.assignee).pk).split("8000", 1)[1]


def test_the_look_changes_nothing_and_the_button_ends_the_task_once(world: Any) -> None:
    task = give(world, make_asset(world), steps="Restore a file")
    client, url, before = Client(enforce_csrf_checks=True), path(task), acts_in_ledger(world)
    for _scan in range(3):
        page = client.get(url)
        assert page.status_code == 200 and "no-store" in page.headers["Cache-Control"]
    assert client.head(url).status_code == 405
    text = page.content.decode()
    assert task.title in text and "Payroll" not in text and "<nav" not in text
    assert client.post(url).status_code == 403
    assert acts_in_ledger(world) == before
    token = client.cookies["csrftoken"].value
    unticked = client.post(url, {"csrfmiddlewaretoken": token})
    assert unticked.status_code == 422 and "Restore a file" in unticked.content.decode()
    done = client.post(url, {"csrfmiddlewaretoken": token, "ticked": ["0"]})
    assert done.status_code == 200 and "Done. Thank you" in done.content.decode()
    entry = Entry.objects.filter(organisation_id=world.organisation.pk).latest("position")
    assert (entry.verb, entry.actor_id) == ("task.done", world.people["emil"].pk)
    before = acts_in_ledger(world)
    for method in (client.get, client.post):
        used = method(url, {"csrfmiddlewaretoken": token})
        assert used.status_code == 410 and "closed already" in used.content.decode()
    assert acts_in_ledger(world) == before


@pytest.mark.parametrize("case", ["late", "moved", "moved back", "other", "left", "blocked", "forged", "other person"])
def test_a_link_of_no_use_says_so_and_changes_nothing(world: Any, case: str, monkeypatch: Any) -> None:
    task = give(world, make_asset(world))
    url, client, words, status = path(task), Client(), "does not work", 410
    match case:
        case "late":
            now = time.time()
            monkeypatch.setattr(time, "time", lambda: now + links.DAYS * 86_400 + 1)
            words = "too old"
        case "moved" | "moved back":
            raw = {"task": str(task.pk), "assignee": "carl@demo.example"}
            actions.reassign.run(world.actor("ana"), raw, reason="x")
            if case == "moved back":
                actions.reassign.run(world.actor("carl"), raw | {"assignee": "emil@demo.example"}, reason="x")
            words = "somebody else now"
        case "other":
            client, words, status = world.client("carl"), "for somebody else", 403
        case "left":
            Person.objects.filter(pk=world.people["emil"].pk).update(withdrawn_on=timezone.localdate())
        case "blocked":
            User.objects.filter(pk=world.people["emil"].user_id).update(is_active=False)
        case "forged":
            url = url[:-4] + ("A" if url[-4] != "A" else "B") + url[-3:]
        case "other person":
            url, words = path(task, world.people["carl"]), "somebody else now"
    before = acts_in_ledger(world)
    for method in (client.get, client.post):
        answer = method(url)
        assert answer.status_code == status and words in answer.content.decode()
        assert "Nothing was changed" in answer.content.decode()
    task.refresh_from_db()
    assert (task.state, acts_in_ledger(world)) == ("open", before)


def test_its_own_person_may_be_signed_in_and_evidence_is_asked_for_at_the_record(world: Any) -> None:
    asset = make_asset(world)
    asking = give(world, asset, asks_evidence=True)
    page = world.client("emil").get(path(asking))
    assert page.status_code == 200 and "asks for evidence" in page.content.decode()
    assert world.client("emil").post(path(asking)).status_code == 422
    task = give(world, asset, "dora", due_on=(timezone.localdate() - timedelta(days=1)).isoformat())
    assert "Payroll server" in Client().get(path(task)).content.decode()
    assert world.client("dora").post(path(task)).status_code == 200
    task.refresh_from_db()
    assert task.state == "done"
