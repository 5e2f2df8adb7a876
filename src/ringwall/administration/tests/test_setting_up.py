"""The first organisation and its first administrator, from the command line."""

import pytest
from django.db import transaction

from ringwall.access.models import Organisation, Person, Unit, User
from ringwall.access.policy import actor_for_user
from ringwall.administration import queries
from ringwall.administration.links import Welcome, read_token
from ringwall.administration.setup import ensure_installation, renew_link, set_up
from ringwall.kit.errors import Invalid, NotFound
from ringwall.ledger.models import Entry

pytestmark = pytest.mark.django_db


def opened(token) -> Welcome:
    found = read_token(token)
    assert found is not None
    return found


def test_setting_up_gives_an_organisation_somebody_can_administer():
    made = set_up("Kiebitz GmbH", "kiebitz", "de", "Anna@kiebitz.example", "Anna Beck")
    welcome = opened(made.link_token)
    assert welcome.sets_password and welcome.user.email == "anna@kiebitz.example"
    actor = actor_for_user(welcome.user, made.organisation.code)
    assert actor is not None
    assert actor.role_keys == {"administrator"}
    assert actor.may_everywhere("assignment.create")
    assert Unit.objects.get(organisation=made.organisation).parent is None
    [entry] = Entry.objects.filter(organisation_id=made.organisation.pk)
    assert (entry.verb, entry.position) == ("organisation.create", 0)
    assert Organisation.objects.filter(is_installation=True).count() == 1


def test_a_second_organisation_shares_the_installation_and_the_login_but_not_the_password():
    set_up("First GmbH", "first", "en", "anna@example.org", "Anna")
    user = User.objects.get()
    user.set_password("long enough it is")
    user.save()
    made = set_up("Second GmbH", "second", "en", "anna@example.org", "Anna")
    assert Organisation.objects.filter(is_installation=True).count() == 1
    assert User.objects.count() == 1
    assert not opened(made.link_token).sets_password
    assert actor_for_user(user, made.organisation.code) is not None


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        (("", "one", "en", "a@b.example", "A"), "name"),
        (("One", "No Blanks", "en", "a@b.example", "A"), "code"),
        (("One", "accounts", "en", "a@b.example", "A"), "code"),
        (("One", "one", "fr", "a@b.example", "A"), "language"),
        (("One", "one", "en", "nonsense", "A"), "admin_email"),
        (("One", "one", "en", "a@b.example", " "), "admin_name"),
    ],
)
def test_an_answer_that_cannot_be_used_is_named_and_nothing_is_stored(answers, field):
    with pytest.raises(Invalid) as error:
        set_up(*answers)
    assert list(error.value.errors) == [field]
    assert not Organisation.objects.exists() and not User.objects.exists() and not Entry.objects.exists()


def test_a_short_name_is_given_once():
    set_up("One", "one", "en", "a@b.example", "A")
    with pytest.raises(Invalid) as error:
        set_up("Two", "one", "en", "c@d.example", "C")
    assert "code" in error.value.errors
    assert Person.objects.count() == 1


def test_whoever_runs_the_installation_can_help_anybody_in():
    made = set_up("One", "one", "en", "a@b.example", "A")
    token = renew_link("A@b.example")
    assert read_token(made.link_token) is None
    assert opened(token).sets_password
    with pytest.raises(NotFound):
        renew_link("nobody@b.example")


def test_the_installation_is_made_once():
    assert ensure_installation().pk == ensure_installation().pk


def test_the_first_administrator_counts_as_lasting():
    made = set_up("One", "one", "en", "a@b.example", "A")
    with transaction.atomic():
        assert len(queries.administrators(made.organisation.pk)) == 1
