"""Everything somebody answers for goes to another person in one act."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ringwall.access.models import Person
from ringwall.administration.actions import handover, people
from ringwall.kit import registry
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused
from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.models import Entry


def provided(world: Any) -> dict[str, Any]:
    """Records and tasks of olga, made by the acts of upper floors, which tests here may not import."""
    acts, ana = registry.registers["asset"].acts, world.actor("ana")
    common = {"category": "system", "unit": str(world.production.pk)}
    mine = acts.create.run(ana, common | {"title": "Payroll", "owner": "olga@demo.example"})
    hidden = acts.create.run(ana, common | {"title": "Hidden", "owner": "olga@demo.example", "restricted": True})
    gone = acts.create.run(ana, common | {"title": "Gone", "owner": "olga@demo.example"})
    acts.withdraw.run(ana, {}, subject=gone, reason="x")
    other = acts.create.run(ana, common | {"title": "Of emil", "owner": "emil@demo.example"})
    give = registry.actions["task.create"]
    due = (timezone.localdate() + timedelta(days=2)).isoformat()
    task = give.run(ana, {"title": "Check", "assignee": "olga@demo.example", "due_on": due}, subject=mine)
    deputy = {"title": "Stand in", "assignee": "emil@demo.example", "deputy": "olga@demo.example"}
    return {"mine": mine, "hidden": hidden, "gone": gone, "other": other, "task": task} | {
        "stands_in": give.run(ana, deputy, subject=other)
    }


def test_records_and_tasks_move_in_one_act_and_the_receiver_is_told(world: Any) -> None:
    made = provided(world)
    olga = world.people["olga"]
    client, url = world.client("ana"), world.url(f"settings/people/{olga.pk}/hand-over/")
    assert "Hand over duties" in client.get(world.url(f"settings/people/{olga.pk}/")).content.decode()
    page = client.get(url)
    text = page.content.decode()
    assert "Payroll" in text and "Check" in text and "Of emil" not in text and "Gone" not in text
    before = acts_in_ledger(world)
    posted = {"to": "emil@demo.example", "seen": page.context["page"].hidden["seen"]}
    assert client.post(url, posted).status_code == 422
    assert client.post(url, posted | {"reason": "Leaves", "seen": "older"}).status_code == 409
    assert acts_in_ledger(world) == before
    assert client.post(url, posted | {"reason": "Leaves"}).status_code == 302
    assert acts_in_ledger(world) == before + 1
    assert Entry.objects.filter(organisation_id=world.organisation.pk).latest("position").verb == "person.hand_over"
    for row in made.values():
        row.refresh_from_db()
    emil = world.people["emil"].pk
    assert [made[key].owner_id for key in ("mine", "hidden", "gone", "other")] == [emil, emil, olga.pk, emil]
    assert (made["task"].assignee_id, made["task"].owner_id, made["stands_in"].deputy_id) == (emil, emil, None)
    assert "hands over to you" in world.client("emil").get(world.url("notices/")).content.decode()
    assert "nothing to hand over" in client.get(url).content.decode()


def test_what_somebody_is_to_implement_verify_and_check_moves_and_nobody_checks_their_own(world: Any) -> None:
    """Who implemented a control stays named; a check of effectiveness goes to nobody where it would be of one's own."""
    ana, unit = world.actor("ana"), str(world.production.pk)
    controls = registry.registers["control"].acts.create
    parts = {"implementer": "olga@demo.example", "verifier": "olga@demo.example", "unit": unit}
    open_one = controls.run(ana, {"title": "Planned", "owner": "carl@demo.example"} | parts)
    done = controls.run(ana, {"title": "Done", "state": "implemented", "implemented_on": "2026-01-05"} | parts)
    findings = registry.registers["finding"].acts.create
    told = {"category": "minor", "source": "audit", "checker": "olga@demo.example", "unit": unit}
    other = findings.run(ana, told | {"title": "Of carl", "owner": "carl@demo.example"})
    own = findings.run(ana, told | {"title": "Of emil", "owner": "emil@demo.example"})
    olga, emil = world.people["olga"], world.people["emil"]
    labels = sorted(str(duty.label) for duty in handover.duties_of(olga))
    assert labels == ["Checks of effectiveness", "Controls to implement", "Controls to verify"]
    raw = {"to": "emil@demo.example"}
    assert handover.hand_over.run(world.actor("adam"), raw, subject=olga, reason="Has left") == 4
    for row in (open_one, done, other, own):
        row.refresh_from_db()
    assert [open_one.implementer_id, done.implementer_id] == [emil.pk, olga.pk]
    assert {open_one.verifier_id, done.verifier_id, other.checker_id} == {emil.pk}
    assert own.checker_id is None
    handover.hand_over.run(world.actor("adam"), {"to": "carl@demo.example"}, subject=emil, reason="Leaves too")
    own.refresh_from_db()
    assert own.owner_id == world.people["carl"].pk


def test_who_has_left_is_relieved_too_and_only_whole_hands_do_it(world: Any) -> None:
    provided(world)
    olga, raw = world.people["olga"], {"to": "emil@demo.example"}
    before = acts_in_ledger(world)
    for name in ("cleo", "dora", "emil", "ben", "nobody"):
        with pytest.raises((Denied, NotFound)):
            handover.hand_over.run(world.actor(name), raw, subject=olga, reason="x")
        assert world.client(name).post(world.url(f"settings/people/{olga.pk}/hand-over/"), raw).status_code == 403
    with pytest.raises(Invalid, match="somebody else"):
        handover.hand_over.run(world.actor("ana"), {"to": "olga@demo.example"}, subject=olga, reason="x")
    assert acts_in_ledger(world) == before
    people.withdraw.run(world.actor("adam"), {}, subject=olga, reason="Leaves")
    with pytest.raises(Invalid):
        handover.hand_over.run(
            world.actor("ana"), {"to": "olga@demo.example"}, subject=world.people["emil"], reason="x"
        )
    gone = Person.objects.get(pk=olga.pk)
    assert handover.hand_over.run(world.actor("adam"), raw, subject=gone, reason="Has left") == 4
    with pytest.raises(Refused, match="nothing any more"):
        handover.hand_over.run(world.actor("adam"), raw, subject=gone, reason="Again")
