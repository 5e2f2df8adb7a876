"""The pages: who sees them, what they show, and what they refuse."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from ringwall.access.models import ApiToken, Organisation, Person, RoleAssignment, Unit, User

pytestmark = [
    pytest.mark.once,
    pytest.mark.django_db,
    pytest.mark.urls("ringwall.administration.tests.site_urls"),
]

PAGES = (
    "settings/people/",
    "settings/people/new/",
    "settings/units/",
    "settings/units/new/",
    "settings/roles/",
    "settings/roles/new/",
    "settings/who-may-what/",
    "settings/tokens/",
    "settings/tokens/new/",
    "settings/organisation/",
)


@pytest.mark.parametrize("path", PAGES)
def test_an_administrator_sees_every_page(world, path):
    assert world.client("adam").get(world.url(path)).status_code == 200


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", ["ben", "emil", "nobody"])
def test_others_are_told_that_it_is_not_theirs(world, name, path):
    assert world.client(name).get(world.url(path)).status_code in {403, 404}


@pytest.mark.parametrize("path", [*PAGES, "account/", "account/edit/"])
def test_strangers_find_nothing_and_who_is_not_signed_in_is_led_there(world, elsewhere, client, path):
    assert elsewhere.client("adam").get(world.url(path)).status_code == 404
    assert client.get(world.url(path)).url.startswith("/accounts/login/")


def test_people_are_listed_searched_and_told_apart_by_how_they_sign_in(world):
    page = world.client("adam").get(world.url("settings/people/"), {"q": "olg"})
    assert "Olga" in page.text and "Dora" not in page.text
    assert "invited" in page.text


def test_people_fill_several_pages_in_few_queries(world, django_assert_max_num_queries):
    Person.objects.bulk_create(
        Person(organisation=world.organisation, unit=world.sales, name=f"Person {n:03}", version=1) for n in range(230)
    )
    client = world.client("adam")
    with django_assert_max_num_queries(12):
        first = client.get(world.url("settings/people/"))
    assert "page=2" in first.text
    assert "Person 229" in client.get(world.url("settings/people/"), {"page": "3"}).text
    for odd in ("0", "99", "x", "-1", "²"):
        assert client.get(world.url("settings/people/"), {"page": odd}).status_code == 200


def test_a_person_is_entered_invited_and_the_link_shown_once(world):
    client = world.client("adam")
    client.post(
        world.url("settings/people/new/"), {"name": "Nina", "email": "nina@demo.example", "unit": str(world.sales.pk)}
    )
    nina = Person.objects.get(name="Nina")
    home = world.url(f"settings/people/{nina.pk}/")
    assert "Invite to sign in" in client.get(home).text
    shown = client.post(f"{home}invite/", {"version": "1"})
    assert "http://testserver/welcome/" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert "/welcome/" not in client.get(home).text


def test_wrong_answers_stand_at_their_fields_and_nothing_is_stored(world):
    page = world.client("adam").post(world.url("settings/people/new/"), {"name": "", "email": "nonsense", "unit": ""})
    assert page.status_code == 422
    assert not Person.objects.filter(name="").exists()


def test_a_refusal_stands_above_the_form(world):
    row = RoleAssignment.objects.get(role="administrator", organisation=world.organisation)
    page = world.client("adam").post(
        world.url(f"settings/roles/{row.pk}/end/"), {"reason": "tired", "version": row.version}
    )
    assert page.status_code == 422
    assert "nobody would administer" in page.text
    row.refresh_from_db()
    assert row.until_on is None


def test_a_page_read_before_somebody_else_changed_it_is_refused(world):
    url = world.url(f"settings/units/{world.sales.pk}/edit/")
    Unit.objects.filter(pk=world.sales.pk).update(version=7)
    page = world.client("adam").post(url, {"name": "Late", "parent": str(world.root.pk), "version": "1"})
    assert page.status_code == 409
    assert Unit.objects.get(pk=world.sales.pk).name == "Sales"


@pytest.mark.parametrize("kind", ["people", "units", "roles", "tokens"])
def test_ids_of_another_organisation_are_not_found(world, elsewhere, kind):
    token = ApiToken(
        organisation=elsewhere.organisation,
        person=elsewhere.people["ana"],
        name="x",
        digest="x",
        expires_at=timezone.now() + timedelta(days=1),
    )
    token.save()
    key, acts = {
        "people": (elsewhere.people["olga"].pk, ("", "edit/", "withdraw/", "invite/", "renew/", "forget-factor/")),
        "units": (elsewhere.sales.pk, ("edit/", "withdraw/")),
        "roles": (RoleAssignment.objects.get(organisation=elsewhere.organisation, role="reader").pk, ("end/",)),
        "tokens": (token.pk, ("revoke/",)),
    }[kind]
    client = world.client("adam")
    for act in acts:
        url = world.url(f"settings/{kind}/{key}/{act}")
        assert client.get(url).status_code == 404
        if act:
            assert client.post(url, {"reason": "x", "name": "X"}).status_code == 404
    assert Person.objects.get(pk=elsewhere.people["olga"].pk).withdrawn_on is None
    assert ApiToken.objects.get(pk=token.pk).revoked_at is None


def test_the_name_in_an_address_of_an_act_that_is_none_is_not_found(world):
    assert world.client("adam").get(world.url(f"settings/people/{world.people['olga'].pk}/explode/")).status_code == 404


def test_one_changes_ones_own_name_and_looks(world):
    client = world.client("emil")
    page = client.post(
        world.url("account/edit/"), {"name": "Emil Ernst", "language": "de", "theme": "dark", "is_dense": "on"}
    )
    assert page.status_code == 302
    user = User.objects.get(pk=world.people["emil"].user_id)
    assert (user.name, user.language, user.theme, user.is_dense) == ("Emil Ernst", "de", "dark", True)
    assert Person.objects.get(pk=world.people["emil"].pk).name == "Emil Ernst"
    assert "Emil Ernst" in client.get(world.url("account/")).text


def test_ones_own_token_is_shown_once_and_revoked_by_its_owner_alone(world):
    client = world.client("emil")
    shown = client.post(
        world.url("account/tokens/new/"),
        {"name": "script", "scope": "read", "expires_on": str(timezone.localdate() + timedelta(days=9))},
    )
    assert "rw_" in shown.text
    token = ApiToken.objects.get()
    assert "rw_" not in client.get(world.url("account/")).text
    url = world.url(f"account/tokens/{token.pk}/revoke/")
    assert world.client("nobody").post(url).status_code == 404
    assert ApiToken.objects.get().revoked_at is None
    assert client.post(url).status_code == 302
    assert ApiToken.objects.get().revoked_at is not None


def test_a_role_that_needs_a_second_factor_is_led_to_set_it_up_before_anything_else(world, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "ringwall.administration.middleware.SecondFactorMiddleware"]
    admin = world.client("adam")
    url = world.url("settings/organisation/")
    given = {
        "name": world.organisation.name,
        "language": "en",
        "second_factor_roles": ["top_management"],
        "version": "0",
    }
    given["version"] = str(Organisation.objects.get(pk=world.organisation.pk).version)
    assert admin.post(url, given).status_code == 302
    assert Organisation.objects.get(pk=world.organisation.pk).second_factor_roles == ["top_management"]
    assert admin.get(world.url("account/")).status_code == 200
    dora = world.client("dora")
    assert dora.get(world.url("account/")).url == "/accounts/2fa/"
    Authenticator.objects.create(user=world.people["dora"].user, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert dora.get(world.url("account/")).status_code == 302
    Authenticator.objects.create(user=world.people["dora"].user, type=Authenticator.Type.TOTP, data={})
    assert dora.get(world.url("account/")).status_code == 200


def test_an_unknown_role_cannot_be_demanded(world):
    given = {"name": "X", "language": "en", "second_factor_roles": ["emperor"]}
    assert world.client("adam").post(world.url("settings/organisation/"), given).status_code == 422
    assert Organisation.objects.get(pk=world.organisation.pk).second_factor_roles == []
