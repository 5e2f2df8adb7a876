"""Who gives and ends roles, and what may never happen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ringwall.access.models import RoleAssignment
from ringwall.access.policy import roles
from ringwall.administration import queries
from ringwall.administration.actions import assignments
from ringwall.administration.grants import ACTS
from ringwall.administration.role_table import role_table
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def give(actor, world, person="nobody", role="reader", unit=None, **dates):
    raw = {"person": str(world.people[person].pk), "role": role, "unit": str((unit or world.root).pk)}
    return assignments.create.run(actor, raw | {name: str(day) for name, day in dates.items()})


def held(world, person, role):
    return RoleAssignment.objects.get(person=world.people[person], role=role)


@pytest.mark.parametrize("key", sorted(set(roles) - {"administrator"}))
def test_no_other_role_holds_any_act_of_administration(key):
    assert not set(ACTS) & (roles[key].grants | roles[key].own)


def test_a_role_given_is_a_right_from_now_on(adam, world):
    assert not world.actor("nobody").may("asset.view")
    give(adam, world, unit=world.sales)
    assert world.actor("nobody").may_in("asset.view", world.sales.pk)
    assert not world.actor("nobody").may_in("asset.view", world.production.pk)


@pytest.mark.parametrize("name", ["ana", "ben", "cleo", "dora", "emil", "rita", "nobody"])
def test_nobody_but_an_administrator_gives_or_ends_roles(world, name, unchanged):
    with unchanged(Denied):
        give(world.actor(name), world, name, "administrator")
    with unchanged(Denied, NotFound):
        assignments.end.run(world.actor(name), {}, subject=held(world, "olga", "asset_owner"), reason="because")


def test_an_administrator_of_one_unit_gives_roles_there_only(world, unchanged):
    RoleAssignment(
        organisation=world.organisation, person=world.people["nobody"], role="administrator", unit=world.sales
    ).save()
    local = world.actor("nobody")
    assert give(local, world, "emil", unit=world.sales).pk
    with unchanged(Denied):
        give(local, world, "emil", unit=world.production)
    with unchanged(Denied):
        give(local, world, "nobody", "administrator", unit=world.root)
    with unchanged(NotFound):
        assignments.end.run(local, {}, subject=held(world, "olga", "asset_owner"), reason="because")


def test_who_lacks_a_right_over_others_cannot_give_it(world, monkeypatch, unchanged):
    weak = roles["reader"].__class__(
        "staffing", "Staffing", "", frozenset({"assignment.create", "roleassignment.view"})
    )
    monkeypatch.setitem(roles, "staffing", weak)
    RoleAssignment(
        organisation=world.organisation, person=world.people["emil"], role="staffing", unit=world.root
    ).save()
    emil = world.actor("emil")
    assert give(emil, world, "nobody", "reader").pk
    with unchanged(Denied, match="rights yourself"):
        give(emil, world, "emil", "administrator")


def test_people_and_units_of_another_organisation_cannot_be_named(adam, world, elsewhere, unchanged):
    with unchanged(Invalid):
        give(adam, elsewhere, unit=world.root)
    with unchanged(Invalid):
        give(adam, world, unit=elsewhere.root)
    with unchanged(NotFound):
        assignments.end.run(adam, {}, subject=held(elsewhere, "olga", "asset_owner"), reason="because")


def test_dates_must_make_sense(adam, world, unchanged):
    with unchanged(Invalid, match="before the start"):
        give(adam, world, from_on=TODAY + timedelta(days=9), until_on=TODAY + timedelta(days=8))
    with unchanged(Invalid, match="past"):
        give(adam, world, until_on=TODAY - timedelta(days=1))
    with unchanged(Invalid):
        give(adam, world, role="emperor")


def test_a_role_is_not_given_twice_for_the_same_time(adam, world, unchanged):
    give(adam, world, until_on=TODAY + timedelta(days=5))
    with unchanged(Invalid, match="already"):
        give(adam, world, from_on=TODAY + timedelta(days=5))
    give(adam, world, from_on=TODAY + timedelta(days=6))


def test_a_role_ends_at_once_or_on_a_day_to_come(adam, world, unchanged):
    row = held(world, "olga", "asset_owner")
    assignments.end.run(adam, {"until_on": str(TODAY + timedelta(days=3))}, subject=row, reason="project over")
    assert world.actor("olga").role_keys == {"asset_owner"}
    row.refresh_from_db()
    row = held(world, "olga", "asset_owner")
    assignments.end.run(adam, {}, subject=row, reason="at once")
    assert world.actor("olga").role_keys == frozenset()
    with unchanged(Refused, match="ended already"):
        assignments.end.run(adam, {}, subject=held(world, "olga", "asset_owner"), reason="again")


def test_a_role_that_began_today_can_end_at_once(adam, world):
    row = give(adam, world, from_on=TODAY)
    assignments.end.run(adam, {}, subject=row, reason="mistake")
    assert world.actor("nobody").role_keys == frozenset()


def test_the_last_administrator_cannot_end_their_own_role(adam, world, unchanged):
    row = held(world, "adam", "administrator")
    with unchanged(Refused, match="administer"):
        assignments.end.run(adam, {}, subject=row, reason="tired")
    with unchanged(Refused, match="administer"):
        assignments.end.run(adam, {"until_on": str(TODAY + timedelta(days=30))}, subject=row, reason="tired")


@pytest.mark.parametrize("lacking", ["an end", "one unit only", "no login", "has left"])
def test_somebody_who_does_not_last_does_not_count_as_administrator(adam, world, lacking, unchanged):
    other = world.people["nobody"]
    unit = world.sales if lacking == "one unit only" else world.root
    until = TODAY + timedelta(days=30) if lacking == "an end" else None
    if lacking == "no login":
        other.user = None
    if lacking == "has left":
        other.withdrawn_on = TODAY
    other.save()
    RoleAssignment(
        organisation=world.organisation, person=other, role="administrator", unit=unit, until_on=until
    ).save()
    with unchanged(Refused, match="administer"):
        assignments.end.run(adam, {}, subject=held(world, "adam", "administrator"), reason="tired")


def test_with_a_second_administrator_the_first_may_go(adam, world):
    give(adam, world, role="administrator")
    assignments.end.run(adam, {}, subject=held(world, "adam", "administrator"), reason="tired")
    assert world.actor("adam").role_keys == frozenset()
    assert [role.key for role in queries.roles_in_force(world.people["nobody"])] == ["administrator"]


def test_the_table_of_rights_tells_in_words_what_each_role_may_do():
    table = {line.subject: dict(zip(roles, line.cells, strict=True)) for line in role_table()}
    assert table["Assets"]["isms_manager"].startswith("keep")
    assert table["Assets"]["reader"] == "see"
    assert table["Assets"]["asset_owner"].startswith("one's own")
    assert table["Assets"]["employee"] == ""
    assert "give a role" in table["Role assignments"]["administrator"]
    assert table["Role assignments"]["isms_manager"] == ""
