"""Keys for programs: nobody acts as somebody else, and the secret is stored nowhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ringwall.access.models import ApiToken, Person
from ringwall.access.policy import Actor, actor_for_token
from ringwall.administration.actions import tokens
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused
from ringwall.ledger.models import Payload

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def raw(days=30, **values):
    return {"name": "script", "scope": "write", "expires_on": str(TODAY + timedelta(days=days))} | values


def acting_by(secret) -> Actor:
    actor = actor_for_token(secret)
    assert actor is not None
    return actor


@pytest.fixture
def robot(world):
    person = Person(organisation=world.organisation, unit=world.root, name="Robot")
    person.save()
    return person


def test_a_token_acts_as_its_person_until_it_is_revoked(adam, robot):
    issued = tokens.create.run(adam, raw(person=str(robot.pk)))
    assert acting_by(issued.secret).person_id == robot.pk
    tokens.revoke.run(adam, {}, subject=issued.token, reason="leaked")
    assert actor_for_token(issued.secret) is None


def test_the_secret_stands_neither_in_the_table_nor_in_the_ledger(adam, robot):
    issued = tokens.create.run(adam, raw(person=str(robot.pk)))
    assert issued.secret not in str(list(ApiToken.objects.values()))
    assert not Payload.objects.filter(body__contains=issued.secret).exists()


@pytest.mark.parametrize("days", [-1, 367, 4000])
def test_a_token_ends_within_a_year(adam, robot, days, unchanged):
    with unchanged(Invalid):
        tokens.create.run(adam, raw(days, person=str(robot.pk)))
    with unchanged(Invalid):
        tokens.create_own(adam, raw(days))


def test_a_token_without_an_end_is_refused(adam, unchanged):
    with unchanged(Invalid):
        tokens.create_own(adam, raw(expires_on=""))


def test_not_even_an_administrator_acts_as_somebody_who_signs_in(adam, world, unchanged):
    with unchanged(Refused, match="own tokens"):
        tokens.create.run(adam, raw(person=str(world.people["dora"].pk)))


@pytest.mark.parametrize("name", ["ana", "ben", "cleo", "dora", "emil", "nobody"])
def test_only_administrators_make_and_revoke_tokens_of_others(world, adam, robot, name, unchanged):
    issued = tokens.create.run(adam, raw(person=str(robot.pk)))
    actor = world.actor(name)
    with unchanged(Denied):
        tokens.create.run(actor, raw(person=str(robot.pk)))
    with unchanged(Denied, NotFound):
        tokens.revoke.run(actor, {}, subject=issued.token, reason="because")
    with unchanged(NotFound):
        tokens.revoke_own(actor, issued.token.pk)


def test_everybody_makes_and_revokes_their_own(emil):
    issued = tokens.create_own(emil, raw())
    assert acting_by(issued.secret).person_id == emil.person_id
    tokens.revoke_own(emil, issued.token.pk)
    assert actor_for_token(issued.secret) is None


def test_tokens_of_another_organisation_are_not_there(adam, elsewhere, unchanged):
    issued = tokens.create_own(elsewhere.actor("ana"), raw())
    with unchanged(NotFound):
        tokens.revoke.run(adam, {}, subject=issued.token, reason="because")
    with unchanged(NotFound):
        tokens.revoke_own(adam, issued.token.pk)
    with unchanged(Invalid):
        tokens.create.run(adam, raw(person=str(elsewhere.people["ana"].pk)))


def test_a_reading_token_makes_no_further_tokens(emil, unchanged):
    issued = tokens.create_own(emil, raw(scope="read"))
    with unchanged(Denied):
        tokens.create_own(acting_by(issued.secret), raw())
