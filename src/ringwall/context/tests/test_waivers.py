from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from ringwall.access.models import RoleAssignment
from ringwall.context import actions, rules
from ringwall.context.models import Waiver
from ringwall.context.queries import units_above, waiver_in_force
from ringwall.kit import registry
from ringwall.kit.errors import Denied, Invalid, Refused
from ringwall.kit.testing import acts_in_ledger

TODAY = date(2030, 5, 1)
PEOPLE = st.sampled_from(["ana", "ben", "dora"])


def propose(actor: Any, **other: Any) -> Waiver:
    until = timezone.localdate() + timedelta(days=100)
    values = {
        "title": "Two people",
        "rule": "owner_verifies",
        "justification": "We are two",
        "compensation": "A look from outside",
        "until_on": until.isoformat(),
    }
    made: Waiver = actions.waiver_acts.create.run(actor, values | other)
    return made


@given(st.sampled_from(["grant", "refuse"]), PEOPLE, st.sets(PEOPLE), PEOPLE)
def test_whoever_proposed_or_owns_a_waiver_never_grants_or_refuses_it(
    decision: str, decider: str, proposers: set[str], owner: str
) -> None:
    bar = rules.bar(
        decision, state="proposed", decider=decider, proposers=proposers, owner=owner, until=TODAY, today=TODAY
    )
    assert (bar is None) == (decider not in proposers and decider != owner)


@given(st.sampled_from(list(rules.FOLLOWS)), st.sampled_from(["proposed", "granted", "refused", "ended"]))
def test_a_decision_needs_the_state_it_follows(decision: str, state: str) -> None:
    bar = rules.bar(decision, state=state, decider="dora", proposers={"ana"}, owner="ana", until=TODAY, today=TODAY)
    assert (bar is rules.Bar.WRONG_STATE) == (state != rules.FOLLOWS[decision][0])


def test_top_management_grants_and_the_waiver_holds_until_its_end(world: Any, ana: Any, dora: Any) -> None:
    waiver = propose(ana)
    assert waiver_in_force(world.organisation.pk, "owner_verifies") is None
    granted = actions.grant.run(dora, {"decision": "For one year"}, subject=waiver)
    assert (granted.state, granted.decided_by_id, granted.decision) == ("granted", dora.person_id, "For one year")
    assert waiver_in_force(world.organisation.pk, "owner_verifies") == granted
    assert waiver_in_force(world.organisation.pk, "owner_verifies", granted.until_on) == granted
    assert waiver_in_force(world.organisation.pk, "owner_verifies", granted.until_on + timedelta(days=1)) is None
    assert waiver_in_force(world.organisation.pk, "author_approves") is None


def test_lower_floors_ask_for_the_waiver_through_the_registry(world: Any, ana: Any, dora: Any) -> None:
    granted = actions.grant.run(dora, {}, subject=propose(ana, rule="author_approves"))
    found = [provide(world.organisation.pk, "author_approves") for provide in registry.providers["waiver"]]
    assert granted in found


def test_a_waiver_of_a_unit_holds_there_and_below_but_not_beside_it(world: Any, ana: Any, dora: Any) -> None:
    granted = actions.grant.run(dora, {}, subject=propose(ana, unit=str(world.production.pk)))
    organisation = world.organisation.pk
    above = units_above(ana.units, world.production.pk)
    assert waiver_in_force(organisation, "owner_verifies", unit_ids=above) == granted
    assert waiver_in_force(organisation, "owner_verifies", unit_ids=units_above(ana.units, world.sales.pk)) is None
    assert waiver_in_force(organisation, "owner_verifies") is None


@pytest.mark.parametrize("name", ["ana", "adam", "cleo", "ben", "emil", "carl"])
def test_nobody_but_top_management_decides(world: Any, ana: Any, name: str) -> None:
    waiver = propose(ana)
    before = acts_in_ledger(world)
    for act in (actions.grant, actions.refuse, actions.end):
        with pytest.raises(Exception) as refused:
            act.run(world.actor(name), {}, subject=waiver)
        assert getattr(refused.value, "status", 0) in {403, 404}
    waiver.refresh_from_db()
    assert (waiver.state, acts_in_ledger(world)) == ("proposed", before)


def give(world: Any, name: str, role: str) -> None:
    person = world.people[name]
    RoleAssignment(organisation=world.organisation, person=person, role=role, unit=world.root).save()


def test_who_wrote_a_waiver_does_not_grant_it_even_as_top_management(world: Any, ana: Any) -> None:
    give(world, "dora", "isms_manager")
    waiver = propose(ana)
    actions.waiver_acts.update.run(world.actor("dora"), {"compensation": "None at all"}, subject=waiver)
    waiver.refresh_from_db()
    before = acts_in_ledger(world)
    with pytest.raises(Refused, match="proposed"):
        actions.grant.run(world.actor("dora"), {}, subject=waiver)
    waiver.refresh_from_db()
    assert (waiver.state, acts_in_ledger(world)) == ("proposed", before)


def test_the_owner_of_a_waiver_does_not_grant_it(world: Any, ana: Any, dora: Any) -> None:
    waiver = propose(ana, owner="dora@demo.example")
    with pytest.raises(Refused, match="owns"):
        actions.grant.run(dora, {}, subject=waiver)


def test_what_was_decided_is_not_changed_only_ended(world: Any, ana: Any, dora: Any) -> None:
    granted = actions.grant.run(dora, {}, subject=propose(ana))
    later = (granted.until_on + timedelta(days=900)).isoformat()
    before = acts_in_ledger(world)
    with pytest.raises(Invalid, match="Decided"):
        actions.waiver_acts.update.run(ana, {"until_on": later}, subject=granted)
    with pytest.raises(Refused, match="ended"):
        actions.waiver_acts.withdraw.run(ana, {}, subject=granted, reason="tidying")
    assert acts_in_ledger(world) == before
    actions.waiver_acts.update.run(ana, {"title": "Two people only"}, subject=granted)
    ended = actions.end.run(dora, {}, subject=Waiver.objects.get(pk=granted.pk))
    assert ended.state == "ended"
    assert waiver_in_force(world.organisation.pk, "owner_verifies") is None
    actions.waiver_acts.withdraw.run(ana, {}, subject=ended, reason="over")


def test_a_waiver_that_would_already_be_over_is_refused(world: Any, ana: Any) -> None:
    before = acts_in_ledger(world)
    with pytest.raises(Invalid) as refused:
        propose(ana, until_on=(timezone.localdate() - timedelta(days=1)).isoformat())
    assert "until_on" in refused.value.errors
    assert acts_in_ledger(world) == before


def test_the_waiver_of_another_organisation_is_not_to_be_found(world: Any, elsewhere: Any, ana: Any) -> None:
    waiver = propose(ana)
    api = elsewhere.token("dora")
    answer = api.post(f"/api/v1/waivers/{waiver.pk}/grant", {}, content_type="application/json")
    assert answer.status_code == 404
    with pytest.raises(Exception) as refused:
        actions.grant.run(elsewhere.actor("dora"), {}, subject=waiver)
    assert not isinstance(refused.value, Denied)
    waiver.refresh_from_db()
    assert waiver.state == "proposed"


def test_the_page_offers_the_decision_to_top_management_alone(world: Any, ana: Any) -> None:
    waiver = propose(ana)
    url = world.url(f"waivers/{waiver.ref}/")
    assert "act/grant/" in world.client("dora").get(url).content.decode()
    assert "act/grant/" not in world.client("ana").get(url).content.decode()
    answer = world.client("dora").post(f"{url}act/grant/", {"decision": "<b>yes</b>"})
    assert answer.status_code == 302
    page = world.client("ana").get(url).content.decode()
    assert "&lt;b&gt;yes" in page and "<b>yes" not in page
