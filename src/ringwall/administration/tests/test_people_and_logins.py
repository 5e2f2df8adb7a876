"""People come, get a login, leave; each denied act leaves everything as it was."""

from datetime import date
from time import sleep

import pytest
from allauth.mfa.models import Authenticator

from ringwall.access.models import Person, RoleAssignment, User
from ringwall.access.policy import actor_for_token, actor_for_user
from ringwall.administration.actions import people, tokens
from ringwall.administration.links import Welcome, read_token
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused
from ringwall.ledger.models import Entry

pytestmark = pytest.mark.django_db


def opened(token) -> Welcome:
    found = read_token(token)
    assert found is not None
    return found


def enter(actor, name="Nina Neu", email="Nina@demo.example", **values):
    unit = values.pop("unit", actor.units.root)
    return people.create.run(actor, {"name": name, "email": email, "unit": str(unit.pk), **values})


def test_a_person_is_entered_with_an_entry_in_the_ledger(adam):
    before = Entry.objects.count()
    person = enter(adam, job_title="Buyer")
    assert (person.email, person.job_title, person.organisation_id) == (
        "nina@demo.example",
        "Buyer",
        adam.organisation_id,
    )
    assert Entry.objects.count() == before + 1
    assert Entry.objects.latest("position").verb == "person.create"


@pytest.mark.parametrize("name", ["ana", "ben", "cleo", "dora", "emil", "nobody"])
def test_only_administrators_enter_change_invite_and_remove_people(world, name, unchanged):
    actor, other = world.actor(name), world.people["olga"]
    with unchanged(Denied, NotFound):
        enter(actor)
    for act, raw in (
        (people.update, {"name": "X"}),
        (people.invite, {}),
        (people.renew_link, {}),
        (people.withdraw, {}),
    ):
        with unchanged(Denied, NotFound):
            act.run(actor, raw, subject=other, reason="because")


def test_people_of_another_organisation_are_not_there(adam, elsewhere, unchanged):
    stranger = elsewhere.people["olga"]
    for act, raw in (
        (people.update, {"name": "X"}),
        (people.withdraw, {}),
        (people.renew_link, {}),
        (people.invite, {}),
    ):
        with unchanged(NotFound):
            act.run(adam, raw, subject=stranger, reason="because")
    with unchanged(Invalid):
        enter(adam, unit=elsewhere.root)


def test_an_administrator_of_one_unit_stays_in_it(world, unchanged):
    RoleAssignment(
        organisation=world.organisation, person=world.people["nobody"], role="administrator", unit=world.sales
    ).save()
    local = world.actor("nobody")
    assert enter(local, unit=world.sales).unit == world.sales
    with unchanged(Denied):
        enter(local, email="", unit=world.production)
    with unchanged(NotFound):
        people.update.run(local, {"name": "X"}, subject=world.people["olga"])
    mine = enter(local, "Ina", "", unit=world.sales)
    with unchanged(Denied):
        people.update.run(local, {"unit": str(world.production.pk)}, subject=mine)


def test_an_address_belongs_to_one_person(adam, unchanged):
    with unchanged(Invalid, match="Ana"):
        enter(adam, email="ANA@demo.example")


def test_an_invitation_makes_a_login_and_a_link_that_sets_its_password_once(adam, client, settings):
    settings.ROOT_URLCONF = "ringwall.administration.tests.site_urls"
    person = enter(adam)
    token = people.invite.run(adam, {}, subject=person)
    user = User.objects.get(email="nina@demo.example")
    assert not user.has_usable_password()
    assert Person.objects.get(pk=person.pk).user == user
    address = f"/welcome/{token}/"
    assert "Nina Neu" in client.get(address).text
    assert client.post(address, {"password": "short", "again": "short"}).status_code == 422
    assert client.post(address, {"password": "long enough it is", "again": "something else"}).status_code == 422
    assert not User.objects.get(pk=user.pk).has_usable_password()
    done = client.post(address, {"password": "long enough it is", "again": "long enough it is"})
    assert (done.status_code, done.url) == (302, "/accounts/login/")
    assert User.objects.get(pk=user.pk).check_password("long enough it is")
    assert client.get(address).status_code == 410
    assert client.post(address, {"password": "another long one", "again": "another long one"}).status_code == 410
    assert User.objects.get(pk=user.pk).check_password("long enough it is")


def test_a_forged_old_or_replaced_link_opens_nothing(adam, monkeypatch):
    person = enter(adam)
    token = people.invite.run(adam, {}, subject=person)
    assert read_token(token) is not None
    assert read_token(token[:-2] + "xx") is None
    assert read_token("") is None
    monkeypatch.setattr("ringwall.administration.links.DAYS", 0)
    sleep(0.01)
    assert read_token(token) is None


def test_a_newer_link_takes_the_place_of_the_older(adam):
    person = enter(adam)
    old = people.invite.run(adam, {}, subject=person)
    new = people.renew_link.run(adam, {}, subject=Person.objects.get(pk=person.pk), reason="lost")
    assert read_token(old) is None
    assert opened(new).sets_password


def test_nobody_is_invited_twice_or_without_an_address(adam, world, unchanged):
    with unchanged(Refused):
        people.invite.run(adam, {}, subject=world.people["olga"])
    nameless = enter(adam, email="")
    with unchanged(Refused, match="no email"):
        people.invite.run(adam, {}, subject=nameless)


def test_a_login_of_another_organisation_is_taken_along_but_never_taken_over(adam, elsewhere, unchanged):
    theirs = elsewhere.people["olga"].user
    person = enter(adam, "Olga", theirs.email)
    token = people.invite.run(adam, {}, subject=person)
    assert not opened(token).sets_password
    person = Person.objects.select_related("user").get(pk=person.pk)
    assert person.user == theirs
    with unchanged(Refused, match="other organisations"):
        people.renew_link.run(adam, {}, subject=person, reason="mine")
    with unchanged(Refused, match="other organisations"):
        people.forget_factor.run(adam, {}, subject=person, reason="mine")


def test_a_new_link_voids_the_password_and_so_ends_the_sessions(adam, world):
    user = world.people["olga"].user
    user.set_password("long enough it is")
    user.save()
    before = user.get_session_auth_hash()
    people.renew_link.run(adam, {}, subject=world.people["olga"], reason="lost")
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert user.get_session_auth_hash() != before


def test_a_lost_second_factor_is_forgotten_only_where_there_is_one(adam, world, unchanged):
    olga = world.people["olga"]
    with unchanged(Refused):
        people.forget_factor.run(adam, {}, subject=olga, reason="lost")
    Authenticator.objects.create(user=olga.user, type=Authenticator.Type.TOTP, data={})
    people.forget_factor.run(adam, {}, subject=olga, reason="lost")
    assert not Authenticator.objects.filter(user=olga.user).exists()


def test_who_leaves_loses_access_roles_and_tokens_at_once(adam, world):
    issued = tokens.create_own(
        world.actor("olga"), {"name": "script", "scope": "read", "expires_on": str(date.today())}
    )
    olga = world.people["olga"]
    assert actor_for_user(olga.user, world.organisation.code) is not None
    assert actor_for_token(issued.secret) is not None
    people.withdraw.run(adam, {}, subject=olga, reason="new job")
    assert actor_for_user(olga.user, world.organisation.code) is None
    assert actor_for_token(issued.secret) is None
    people.restore.run(adam, {}, subject=Person.objects.get(pk=olga.pk))
    back = actor_for_user(olga.user, world.organisation.code)
    assert back is not None and not back.role_keys
    assert actor_for_token(issued.secret) is None


def test_leaving_needs_a_reason(adam, world, unchanged):
    with unchanged(Invalid):
        people.withdraw.run(adam, {}, subject=world.people["olga"])


def test_the_last_administrator_cannot_be_removed(adam, world, unchanged):
    with unchanged(Refused, match="administer"):
        people.withdraw.run(adam, {}, subject=world.people["adam"], reason="gone")
