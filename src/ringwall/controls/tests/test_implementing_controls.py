from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ringwall.controls import actions
from ringwall.controls.models import Control
from ringwall.controls.rules import add_months
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused, RowsRefused
from ringwall.kit.testing import acts_in_ledger
from ringwall.tasks.models import Task

TODAY = timezone.localdate
PAST = "2026-01-15"


def plan(actor: Any, **other: Any) -> Control:
    made: Control = actions.acts.create.run(actor, {"title": "Patch servers", "owner": "carl@demo.example"} | other)
    return made


def test_an_owner_starts_blocks_unblocks_and_completes_their_own_control(world: Any, ana: Any, carl: Any) -> None:
    control = plan(ana)
    assert actions.start.run(carl, {}, subject=control).state == "in_progress"
    blocked = actions.block.run(carl, {}, subject=control, reason="The vendor has no patch")
    assert (blocked.state, blocked.blocked_reason) == ("blocked", "The vendor has no patch")
    free = actions.unblock.run(carl, {}, subject=control)
    assert (free.state, free.blocked_reason) == ("in_progress", "")
    done = actions.complete.run(carl, {"on": PAST}, subject=control)
    assert (done.state, str(done.implemented_on)) == ("implemented", PAST)


def test_blocking_needs_a_reason(world: Any, ana: Any) -> None:
    control = plan(ana)
    before = acts_in_ledger(world)
    answer = world.client("ana").post(world.url(f"controls/{control.ref}/act/block/"), {"reason": " "})
    assert answer.status_code == 422
    with pytest.raises(Invalid):
        actions.acts.update.run(ana, {"state": "blocked"}, subject=control)
    control.refresh_from_db()
    assert (control.state, acts_in_ledger(world)) == ("planned", before)


@pytest.mark.parametrize("name", ["ben", "cleo", "dora", "emil", "rita", "nobody"])
def test_others_do_not_work_on_a_control(world: Any, ana: Any, name: str) -> None:
    control = plan(ana)
    before = acts_in_ledger(world)
    for act, raw in ((actions.start, {}), (actions.complete, {"on": PAST}), (actions.block, {})):
        with pytest.raises((Denied, NotFound)):
            act.run(world.actor(name), raw, subject=control, reason="x")
    control.refresh_from_db()
    assert (control.state, control.version, acts_in_ledger(world)) == ("planned", 1, before)


def test_a_control_owner_does_not_work_on_the_control_of_somebody_else(world: Any, ana: Any, carl: Any) -> None:
    control = plan(ana, owner="olga@demo.example")
    with pytest.raises(NotFound):
        actions.start.run(carl, {}, subject=control)


def test_what_is_blocked_is_not_completed_and_what_is_done_is_not_started(world: Any, ana: Any) -> None:
    blocked = plan(ana, state="blocked", blocked_reason="No budget")
    done = plan(ana, state="implemented")
    before = acts_in_ledger(world)
    with pytest.raises(Refused, match="blocked"):
        actions.complete.run(ana, {"on": PAST}, subject=blocked)
    with pytest.raises(Refused):
        actions.start.run(ana, {}, subject=done)
    with pytest.raises(Invalid) as refused:
        actions.acts.update.run(ana, {"state": "planned"}, subject=done)
    assert "state" in refused.value.errors
    assert acts_in_ledger(world) == before


def test_completion_in_the_future_is_refused(world: Any, ana: Any) -> None:
    control = plan(ana)
    tomorrow = (TODAY() + timedelta(days=1)).isoformat()
    with pytest.raises(Invalid) as refused:
        actions.complete.run(ana, {"on": tomorrow}, subject=control)
    assert "implemented_on" in refused.value.errors
    control.refresh_from_db()
    assert control.state == "planned"


@pytest.mark.parametrize("way", ["act", "cell", "bulk"])
def test_completion_is_told_to_the_person_it_is_reported_to_however_it_happens(world: Any, ana: Any, way: str) -> None:
    control = plan(ana, reports_to="dora@demo.example", state="in_progress")
    client, url = world.client("ana"), world.url("controls/")
    if way == "act":
        answer = client.post(f"{url}{control.ref}/act/complete/", {"on": PAST})
    elif way == "cell":
        answer = client.post(f"{url}{control.ref}/cell/state/", {"state": "implemented", "version": "1"})
    else:
        answer = client.post(f"{url}bulk/complete/", {"ids": [str(control.pk)], "go": "1", "on": PAST})
    assert answer.status_code in {200, 302}, answer.content.decode()[:500]
    task = Task.objects.get(organisation_id=world.organisation.pk)
    assert (task.assignee_id, task.subject_id, task.subject_kind) == (world.people["dora"].pk, control.pk, "control")
    assert control.ref in task.title
    assert control.title not in task.title


def test_nobody_is_told_of_their_own_act_or_of_what_came_in_as_done(world: Any, ana: Any) -> None:
    own = plan(ana, reports_to="ana@demo.example")
    actions.complete.run(ana, {"on": PAST}, subject=own)
    plan(ana, reports_to="dora@demo.example", state="implemented", implemented_on=PAST)
    assert not Task.objects.exists()


def test_one_refused_row_of_many_refuses_all(world: Any, ana: Any) -> None:
    good, bad = plan(ana), plan(ana, state="blocked", blocked_reason="No budget")
    before = acts_in_ledger(world)
    with pytest.raises(RowsRefused):
        actions.complete.run_many(ana, [(good, None), (bad, None)], {"on": PAST})
    good.refresh_from_db()
    assert (good.state, acts_in_ledger(world)) == ("planned", before)


def test_reopening_clears_the_day_of_implementation(world: Any, ana: Any) -> None:
    control = plan(ana, state="implemented", implemented_on=PAST)
    again = actions.reopen.run(ana, {}, subject=control, reason="It does not work")
    assert (again.state, again.implemented_on) == ("in_progress", None)


def test_the_next_verification_follows_from_the_interval_and_cannot_be_put_off(world: Any, ana: Any) -> None:
    control = plan(ana, state="implemented", implemented_on=PAST, verify_every=6)
    assert control.implemented_on is not None
    latest = add_months(control.implemented_on, 6)
    assert control.verify_next_on == latest
    with pytest.raises(Invalid) as refused:
        actions.acts.update.run(ana, {"verify_next_on": (latest + timedelta(days=1)).isoformat()}, subject=control)
    assert "verify_next_on" in refused.value.errors
    earlier = latest - timedelta(days=30)
    changed = actions.acts.update.run(ana, {"verify_next_on": earlier.isoformat()}, subject=control)
    assert changed.verify_next_on == earlier


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("blocked_reason", "Something"),
        ("implemented_on", "2026-01-01"),
        ("cost_once", "-1"),
        ("verify_every", "0"),
        ("verify_every", "61"),
        ("priority", "9"),
        ("state", "verified"),
        ("owner", "stranger@demo.example"),
        ("requirements", ["A.99.1"]),
        ("due_on", "2026-02-30"),
        ("verified_on", "2026-01-01"),
    ],
)
def test_impossible_values_are_refused_by_field_and_nothing_is_stored(
    world: Any, ana: Any, field: str, value: Any
) -> None:
    before = acts_in_ledger(world)
    with pytest.raises(Invalid) as refused:
        plan(ana, **{field: value})
    assert field in refused.value.errors
    assert (Control.objects.count(), acts_in_ledger(world)) == (0, before)
