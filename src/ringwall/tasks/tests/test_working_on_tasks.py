"""Steps, evidence, comments, passing on, series, lateness; the pages of one's week and one's people."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ringwall.access.models import Person
from ringwall.kit import registry
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused
from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.models import EntrySubject
from ringwall.notices.models import Notice
from ringwall.tasks import actions, queries
from ringwall.tasks.jobs import daily
from ringwall.tasks.models import Task, TaskComment
from ringwall.tasks.tests.test_tasks import asset_acts, give, make_asset


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def told(world: Any, name: str) -> list[str]:
    return list(Notice.objects.filter(person=world.people[name]).order_by("at").values_list("kind", flat=True))


def test_steps_and_evidence_stand_between_a_task_and_its_end(
    world: Any, emil: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = make_asset(world)
    task = give(world, asset, steps="Restore one file\n- Compare it", asks_evidence=True)
    assert task.steps == [["Restore one file", False], ["Compare it", False]]
    client, page = world.client("emil"), world.url(f"tasks/{task.pk}/")
    assert "Restore one file" in client.get(page).content.decode()
    assert client.post(f"{page}done/").status_code == 422
    for number in ("0", "1"):
        assert client.post(f"{page}step/", {"number": number}).status_code == 302
    assert client.post(f"{page}step/", {"number": "2"}).status_code == 422
    with pytest.raises(Refused, match="evidence"):
        actions.done.run(emil, {"task": str(task.pk)})
    file = SimpleUploadedFile("restore.txt", b"restored and compared")
    registry.actions["evidence.add"].run(world.actor("ana"), {"file": file}, subject=asset)
    assert client.post(f"{page}done/").status_code == 302
    task.refresh_from_db()
    assert (task.state, task.steps[1]) == ("done", ["Compare it", True])
    with pytest.raises(Refused, match="already"):
        actions.tick.run(emil, {"task": str(task.pk), "number": "0"})


def test_a_comment_tells_whom_it_names_and_nobody_who_may_not_see_the_task(world: Any) -> None:
    task = give(world, make_asset(world), "emil")
    page = world.url(f"tasks/{task.pk}/")
    client = world.client("emil")
    assert client.post(f"{page}comment/", {"text": "Done by Friday? @Cleo, @dora@demo.example."}).status_code == 302
    assert told(world, "cleo") == told(world, "dora") == ["mention"]
    assert "mentions you" in world.client("cleo").get(world.url("notices/")).content.decode()
    assert "New for you" in world.client("cleo").get(world.url("")).content.decode()
    assert world.client("cleo").post(world.url("notices/read/")).status_code == 302
    assert "New for you" not in world.client("cleo").get(world.url("")).content.decode()
    refused = client.post(f"{page}comment/", {"text": "And @Ben?"})
    assert refused.status_code == 422 and "Ben does not see this task" in refused.content.decode()
    Person.objects.filter(pk=world.people["rita"].pk).update(name="Cleo")
    assert client.post(f"{page}comment/", {"text": "@Cleo means nobody now"}).status_code == 302
    assert told(world, "cleo") == ["mention"]
    for name, status in (("cleo", 302), ("ben", 404)):
        assert world.client(name).post(f"{page}comment/", {"text": "x"}).status_code == status
    api = world.token("emil").get(f"/api/v1/tasks/{task.pk}").json()
    assert [row["by"] for row in api["comments"]] == ["Emil", "Emil", "Cleo"]


def test_comments_move_along_with_the_record(world: Any, ana: Any) -> None:
    asset = make_asset(world)
    task = give(world, asset)
    actions.comment.run(ana, {"task": str(task.pk), "text": "Look"})
    asset_acts().update.run(ana, {"restricted": True}, subject=asset)
    made = TaskComment.objects.get()
    assert made.restricted and EntrySubject.objects.get(subject_id=made.pk).restricted


def test_a_task_is_passed_on_with_a_reason_and_leaves_the_list_of_who_had_it(world: Any, emil: Any) -> None:
    task = give(world, make_asset(world), "emil", deputy="carl@demo.example")
    assert [t.pk for t in queries.tasks_for(world.actor("carl"))] == [task.pk]
    page = world.url(f"tasks/{task.pk}/reassign/")
    assert world.client("emil").post(page, {"assignee": "carl@demo.example"}).status_code == 422
    before = acts_in_ledger(world)
    for name, error in (("cleo", Denied), ("ben", NotFound)):
        with pytest.raises(error):
            raw = {"task": str(task.pk), "assignee": "carl@demo.example"}
            actions.reassign.run(world.actor(name), raw, reason="x")
    assert acts_in_ledger(world) == before
    posted = {"assignee": "carl@demo.example", "reason": "On holiday"}
    assert world.client("emil").post(page, posted).status_code == 302
    task.refresh_from_db()
    assert (task.assignee_id, task.deputy_id) == (world.people["carl"].pk, None)
    assert told(world, "carl") == ["assigned"]
    assert queries.tasks_for(emil) == []
    with pytest.raises(NotFound):
        queries.get_task(emil, task.pk)


def test_a_series_goes_on_when_a_task_is_closed_or_its_day_comes_and_ends_when_it_is_cancelled(
    world: Any, ana: Any, emil: Any
) -> None:
    asset = make_asset(world)
    with pytest.raises(Invalid, match="first due date"):
        give(world, asset, repeats="month:1")
    with pytest.raises(Invalid, match="week:2"):
        give(world, asset, repeats="day:1", due_on=in_days(1))
    task = give(world, asset, repeats="week:2", due_on=in_days(3), steps="One")
    actions.done.run(emil, {"task": str(task.pk), "ticked": [0]})
    second = Task.objects.get(after=task)
    assert (str(second.due_on), second.turn, second.steps) == (in_days(17), 1, [["One", False]])
    now = timezone.now()
    daily(now)
    assert Task.objects.count() == 2
    daily(now + timedelta(days=17))
    daily(now + timedelta(days=17))
    third = Task.objects.get(after=second)
    assert str(third.due_on) == in_days(31)
    actions.done.run(emil, {"task": str(second.pk), "ticked": [0]})
    assert Task.objects.count() == 3
    actions.cancel.run(ana, {"task": str(third.pk)}, reason="No longer needed")
    daily(now + timedelta(days=40))
    assert Task.objects.count() == 3


def test_lateness_is_told_to_the_owner_then_to_who_keeps_the_isms_once_each(world: Any) -> None:
    owned, unowned = make_asset(world, owner="olga@demo.example"), make_asset(world, ref="A-77")
    late = give(world, owned, due_on=in_days(-1))
    alone = give(world, unowned, due_on=in_days(-8))
    give(world, owned, due_on=in_days(1))
    daily(timezone.now())
    assert told(world, "olga") == [] and told(world, "ana") == ["escalation"]
    Task.objects.filter(pk=late.pk).update(due_on=in_days(-7))
    daily(timezone.now())
    daily(timezone.now())
    assert told(world, "olga") == ["escalation"] and told(world, "ana") == ["escalation"]
    Task.objects.filter(pk__in=[late.pk, alone.pk]).update(due_on=in_days(-14))
    daily(timezone.now())
    daily(timezone.now())
    assert told(world, "olga") == ["escalation"] and told(world, "ana") == ["escalation", "escalation"]
    assert told(world, "emil") == ["assigned"] * 3


def test_my_week_has_its_parts_and_my_people_their_tasks(world: Any, django_assert_max_num_queries: Any) -> None:
    asset = make_asset(world)
    hidden = make_asset(world, ref="A-78", restricted=True)
    for title, days in (("Late one", -2), ("Of today", 0), ("Some day", 40)):
        give(world, asset, title=title, due_on=in_days(days))
    give(world, hidden, title="Hidden one")
    give(world, asset, to="ana", title="My own")
    mine = world.client("emil").get(world.url("tasks/")).content.decode()
    parts = [mine.index(text) for text in ("Overdue", "Late one", "Today", "Of today", "Later, or", "Some day")]
    assert parts == sorted(parts)
    with django_assert_max_num_queries(26):
        given = world.client("ana").get(world.url("tasks/")).content.decode()
    assert "Given to others" in given and "My own" in given and "Late one" in given
    people = world.client("ana").get(world.url("tasks/people/")).content.decode()
    assert "Emil" in people and "Hidden one" in people and "My own" not in people
    assert world.client("emil").get(world.url("tasks/people/")).status_code == 403
