from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ringwall.access.models import RoleAssignment
from ringwall.context import actions as context
from ringwall.context.queries import proposers_of
from ringwall.controls import actions
from ringwall.controls.models import Control, Verification
from ringwall.controls.rules import add_months
from ringwall.kit.errors import Denied, NotFound, Refused
from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.models import Entry
from ringwall.ledger.queries import changes_of

DONE = "2026-01-15"


def implement(actor: Any, **other: Any) -> Control:
    values = {"title": "Patch servers", "owner": "carl@demo.example", "state": "implemented", "implemented_on": DONE}
    made: Control = actions.acts.create.run(actor, values | other)
    return made


def verify(actor: Any, control: Control, result: str = "effective", on: Any = None, remark: str = "") -> Control:
    raw = {"on": str(on or timezone.localdate()), "result": result, "remark": remark}
    done: Control = actions.verify.run(actor, raw, subject=control)
    return done


def may_verify(world: Any, name: str) -> Any:
    """A person who holds the right to verify, so that only the rule of separation stands in the way."""
    RoleAssignment(
        organisation=world.organisation, person=world.people[name], role="internal_auditor", unit=world.root
    ).save()
    return world.actor(name)


def waive(world: Any, unit: Any = None) -> Any:
    values = {
        "title": "Few people",
        "rule": "owner_verifies",
        "justification": "We are few",
        "compensation": "A look from outside",
        "until_on": (timezone.localdate() + timedelta(days=90)).isoformat(),
    }
    if unit:
        values["unit"] = str(unit.pk)
    proposed = context.waiver_acts.create.run(world.actor("ana"), values)
    return context.grant.run(world.actor("dora"), {}, subject=proposed)


def test_an_auditor_verifies_and_the_control_repeats_the_latest_result(world: Any, ana: Any, cleo: Any) -> None:
    control = implement(ana, verify_every=6)
    today = timezone.localdate()
    verify(cleo, control, "partly", today, "3 of 20 servers")
    row = Verification.objects.get()
    assert (row.by_id, row.result, row.remark, row.waiver_id) == (cleo.person_id, "partly", "3 of 20 servers", None)
    control.refresh_from_db()
    assert (control.verified_on, control.verified_result) == (today, "partly")
    assert control.verify_next_on == add_months(today, 6)
    verify(cleo, control, "effective", today - timedelta(days=30))
    control.refresh_from_db()
    assert (control.verified_on, control.verified_result) == (today, "partly")


@pytest.mark.parametrize("part", ["owner", "designer", "implementer"])
def test_nobody_verifies_what_they_own_designed_or_implemented(world: Any, ana: Any, part: str) -> None:
    control = implement(ana, **{"owner": "", part: "olga@demo.example"})
    olga = may_verify(world, "olga")
    before = acts_in_ledger(world)
    with pytest.raises(Refused, match="cannot verify"):
        verify(olga, control)
    answer = world.token("olga").post(
        f"/api/v1/controls/{control.pk}/verify",
        {"on": str(timezone.localdate()), "result": "effective"},
        content_type="application/json",
    )
    assert answer.status_code == 422
    control.refresh_from_db()
    assert (Verification.objects.count(), control.verified_on, acts_in_ledger(world)) == (0, None, before)


def test_a_granted_waiver_lifts_the_rule_and_is_named_in_ledger_and_page(world: Any, ana: Any) -> None:
    control = implement(ana)
    carl = may_verify(world, "carl")
    waiver = waive(world)
    verify(carl, control)
    row = Verification.objects.get()
    assert row.waiver_id == waiver.pk
    entry = Entry.objects.filter(organisation_id=world.organisation.pk).order_by("-position")[0]
    told = changes_of(entry.pk)
    assert (waiver.ref, "use") in [(c.change.ref, c.change.operation) for c in told if c.change]
    assert str(waiver.pk) in [c.change.after.get("waiver") for c in told if c.change]
    page = world.client("ana").get(world.url(f"controls/{control.ref}/")).content.decode()
    assert f"/waivers/{waiver.ref}/" in page
    of_waiver = world.client("ana").get(world.url(f"waivers/{waiver.ref}/")).content.decode()
    assert f"/controls/{control.ref}/" in of_waiver
    assert "Verify" in world.client("ana").get(world.url(f"waivers/{waiver.ref}/?tab=history")).content.decode()


def test_using_a_waiver_does_not_make_one_its_author(world: Any, ana: Any) -> None:
    control = implement(ana)
    carl = may_verify(world, "carl")
    waiver = waive(world)
    verify(carl, control)
    assert proposers_of(waiver) == {ana.person_id}


def test_a_waiver_of_another_unit_or_one_that_is_over_lifts_nothing(world: Any, ana: Any, dora: Any) -> None:
    control = implement(ana, unit=str(world.production.pk))
    carl = may_verify(world, "carl")
    waive(world, world.sales)
    with pytest.raises(Refused):
        verify(carl, control)
    context.end.run(dora, {}, subject=waive(world))
    with pytest.raises(Refused):
        verify(carl, control)
    assert not Verification.objects.exists()
    waive(world, world.production)
    verify(carl, control)
    assert Verification.objects.count() == 1


@pytest.mark.parametrize("name", ["ben", "carl", "rita", "emil", "adam", "nobody"])
def test_who_lacks_the_right_does_not_verify(world: Any, ana: Any, name: str) -> None:
    control = implement(ana, owner="")
    before = acts_in_ledger(world)
    with pytest.raises((Denied, NotFound)):
        verify(world.actor(name), control)
    assert (Verification.objects.count(), acts_in_ledger(world)) == (0, before)


@pytest.mark.parametrize(
    ("values", "on"),
    [
        ({"state": "in_progress", "implemented_on": ""}, None),
        ({}, timezone.localdate() + timedelta(days=1)),
        ({}, "2026-01-14"),
    ],
    ids=["not implemented", "in the future", "before it was implemented"],
)
def test_impossible_verifications_are_refused(world: Any, ana: Any, cleo: Any, values: dict[str, Any], on: Any) -> None:
    control = implement(ana, **values)
    before = acts_in_ledger(world)
    with pytest.raises(Refused):
        verify(cleo, control, on=on)
    assert (Verification.objects.count(), acts_in_ledger(world)) == (0, before)


def test_the_remark_is_shown_as_text(world: Any, ana: Any, cleo: Any) -> None:
    control = implement(ana)
    verify(cleo, control, remark="<script>alert(1)</script>")
    page = world.client("ana").get(world.url(f"controls/{control.ref}/")).content.decode()
    assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page
