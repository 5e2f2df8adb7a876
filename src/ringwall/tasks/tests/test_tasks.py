from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ringwall.kit import registry
from ringwall.kit.errors import Denied, NotFound, Refused
from ringwall.kit.testing import HOSTILE, acts_in_ledger
from ringwall.ledger.models import EntrySubject
from ringwall.tasks import actions, queries
from ringwall.tasks.models import Task


def asset_acts() -> Any:
    """The acts of a register of an upper floor, which tests of this floor may not import."""
    return registry.registers["asset"].acts


def make_asset(world: Any, **other: Any) -> Any:
    values = {"title": "Payroll server", "category": "system", "unit": str(world.production.pk)}
    return asset_acts().create.run(world.actor("ana"), values | other)


def give(world: Any, record: Any, to: str = "emil", title: str = "Check the backup", **other: Any) -> Task:
    raw = {"title": title, "assignee": f"{to}@demo.example"} | other
    made: Task = actions.create.run(world.actor("ana"), raw, subject=record)
    return made


def test_a_task_given_on_the_record_page_stands_there_and_on_the_page_of_who_got_it(world: Any) -> None:
    asset = make_asset(world)
    client, url = world.client("ana"), world.url(f"tasks/of/asset/{asset.ref}/new/")
    assert client.get(url).status_code == 200
    posted = {"title": "Check the backup", "assignee": "cleo@demo.example", "due_on": "2020-01-31"}
    assert client.post(url, posted).status_code == 302
    page = client.get(world.url(f"assets/{asset.ref}/")).content.decode()
    assert "Check the backup" in page and "overdue since" in page
    mine = world.client("cleo").get(world.url("tasks/")).content.decode()
    assert "Check the backup" in mine and "Payroll server" in mine
    assert "Check the backup" in world.client("cleo").get(world.url("")).content.decode()


def test_who_cannot_see_the_record_sees_the_task_but_not_the_record(world: Any) -> None:
    task = give(world, make_asset(world), "emil")
    page = world.client("emil").get(world.url("tasks/")).content.decode()
    assert task.title in page and "Payroll server" not in page
    (row,) = world.token("emil").get("/api/v1/tasks").json()["rows"]
    assert (row["title"], row["subject"], row["url"]) == (task.title, None, "")


def test_the_assignee_closes_a_task_once(world: Any, emil: Any) -> None:
    task = give(world, make_asset(world), "emil")
    answer = world.client("emil").post(world.url(f"tasks/{task.pk}/done/"))
    assert answer.status_code == 302
    task.refresh_from_db()
    assert task.state == "done" and task.closed_at is not None
    before = acts_in_ledger(world)
    with pytest.raises(Refused, match="already"):
        actions.done.run(emil, {"task": str(task.pk)})
    assert world.client("emil").post(world.url(f"tasks/{task.pk}/done/")).status_code == 422
    assert acts_in_ledger(world) == before
    assert queries.tasks_for(emil) == []


def test_others_do_not_close_it_and_strangers_do_not_find_it(world: Any, elsewhere: Any) -> None:
    task = give(world, make_asset(world), "emil")
    before = acts_in_ledger(world)
    for name, error in (("cleo", Denied), ("dora", Denied), ("ben", NotFound), ("carl", NotFound), ("rita", NotFound)):
        with pytest.raises(error):
            actions.done.run(world.actor(name), {"task": str(task.pk)})
    for name in ("cleo", "ben", "nobody"):
        assert world.client(name).post(world.url(f"tasks/{task.pk}/cancel/"), {"reason": "x"}).status_code in {403, 404}
    assert Client().post(world.url(f"tasks/{task.pk}/done/")).status_code == 302
    assert elsewhere.client("ana").post(world.url(f"tasks/{task.pk}/done/")).status_code == 404
    stranger = elsewhere.token("ana")
    assert stranger.post(f"/api/v1/tasks/{task.pk}/done").status_code == 404
    assert world.token("emil", scope="read").post(f"/api/v1/tasks/{task.pk}/done").status_code == 403
    task.refresh_from_db()
    assert (task.state, acts_in_ledger(world)) == ("open", before)


def test_who_may_give_tasks_cancels_one_with_a_reason(world: Any) -> None:
    task = give(world, make_asset(world))
    client, url = world.client("ana"), world.url(f"tasks/{task.pk}/cancel/")
    assert client.get(url).status_code == 200
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"reason": "No longer needed"}).status_code == 302
    task.refresh_from_db()
    assert task.state == "cancelled"


@pytest.mark.parametrize("name", ["adam", "ben", "cleo", "dora", "emil", "rita", "nobody"])
def test_only_who_keeps_or_owns_the_record_gives_tasks(world: Any, name: str) -> None:
    asset = make_asset(world, owner="olga@demo.example")
    before = acts_in_ledger(world)
    raw = {"title": "Do it", "assignee": "emil@demo.example"}
    with pytest.raises((Denied, NotFound)):
        actions.create.run(world.actor(name), raw, subject=asset)
    assert world.client(name).post(world.url(f"tasks/of/asset/{asset.ref}/new/"), raw).status_code in {403, 404}
    assert (Task.objects.count(), acts_in_ledger(world)) == (0, before)
    actions.create.run(world.actor("olga"), raw, subject=asset)


def test_people_and_records_of_another_organisation_are_unknown(world: Any, elsewhere: Any) -> None:
    asset = make_asset(world)
    api = world.token("ana")
    given = {"kind": "asset", "subject": asset.ref, "title": "x", "assignee": str(elsewhere.people["ana"].pk)}
    assert api.post("/api/v1/tasks", given, content_type="application/json").status_code == 422
    foreign = make_asset(elsewhere)
    given = {"kind": "asset", "subject": str(foreign.pk), "title": "x", "assignee": "emil@demo.example"}
    assert api.post("/api/v1/tasks", given, content_type="application/json").status_code == 404
    given |= {"kind": "nothing", "subject": asset.ref}
    assert api.post("/api/v1/tasks", given, content_type="application/json").status_code == 404
    assert not Task.objects.exists()


def test_the_api_gives_lists_and_closes_tasks(world: Any) -> None:
    asset = make_asset(world)
    api = world.token("ana")
    given = {
        "kind": "asset",
        "subject": asset.ref,
        "title": "Check",
        "assignee": "ana@demo.example",
        "due_on": "2031-01-01",
    }
    made = api.post("/api/v1/tasks", given, content_type="application/json")
    assert made.status_code == 201, made.content
    assert api.get("/api/v1/tasks").json()["rows"] == [made.json()]
    assert api.get(f"/api/v1/tasks/of/asset/{asset.ref}").json()["rows"] == [made.json()]
    done = api.post(f"/api/v1/tasks/{made.json()['id']}/done")
    assert (done.status_code, done.json()["state"]) == (200, "done")


def test_a_task_moves_along_with_its_record(world: Any, ana: Any, ben: Any) -> None:
    asset = make_asset(world)
    task = give(world, asset)
    assert not queries.sees(ben, task)
    asset_acts().update.run(ana, {"unit": str(world.sales.pk)}, subject=asset)
    task.refresh_from_db()
    assert task.unit_id == world.sales.pk
    assert queries.sees(ben, task)
    assert EntrySubject.objects.get(subject_id=task.pk).unit_id == world.sales.pk


def test_markup_in_a_task_is_shown_as_text(world: Any) -> None:
    asset = make_asset(world)
    give(world, asset, "ana", title=HOSTILE, note=HOSTILE)
    for url in (f"assets/{asset.ref}/", "tasks/", ""):
        page = world.client("ana").get(world.url(url)).content.decode()
        assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


def test_the_most_pressing_task_stands_first(world: Any, emil: Any) -> None:
    asset, today = make_asset(world), timezone.localdate()
    never = give(world, asset, title="Some day")
    later = give(world, asset, title="Later", due_on=(today + timedelta(days=9)).isoformat())
    late = give(world, asset, title="Late", due_on=(today - timedelta(days=1)).isoformat())
    assert queries.tasks_for(emil) == [late, later, never]
    (panel,) = [p for p in registry.answers("home", emil) if p.key == "my-tasks"]
    assert [line.tone for line in panel.context["lines"]] == ["bad", "", ""]


def test_no_tasks_is_said_in_words(world: Any) -> None:
    assert "Nothing is asked of you" in world.client("emil").get(world.url("tasks/")).content.decode()
