"""The named people of the tests: ana keeps the ISMS, ben reads another unit, cleo audits, dora leads, emil works
here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from ringwall.access.models import ApiToken, Organisation, Person, RoleAssignment, Unit, User
from ringwall.access.policy import Actor, actor_for_person


@dataclass
class World:
    """One organisation with two branches, its people, and a second organisation beside it."""

    organisation: Organisation
    root: Unit
    production: Unit
    sales: Unit
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The person as they are now; made afresh so that new assignments count."""
        person = Person.objects.select_related("organisation", "user").get(pk=self.people[name].pk)
        return actor_for_person(person, user=person.user)

    def client(self, name: str) -> Client:
        client = Client()
        user = self.people[name].user
        assert user is not None
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    def token(self, name: str, scope: str = "write") -> Client:
        """A client of the API that acts as the person."""
        secret = ApiToken.new_secret()
        person = self.people[name]
        ApiToken.objects.bulk_create(
            [
                ApiToken(
                    organisation=self.organisation,
                    person=person,
                    name="test",
                    digest=ApiToken.digest_of(secret),
                    scope=scope,
                    expires_at=timezone.now() + timedelta(days=1),
                )
            ]
        )
        return Client(headers={"Authorization": f"Bearer {secret}"})

    def url(self, path: str = "") -> str:
        return f"/{self.organisation.code}/{path}"


def make_world(code: str) -> World:
    organisation = Organisation(name=f"{code.capitalize()} GmbH", code=code)
    root = Unit(organisation=organisation, name=organisation.name)
    production = Unit(organisation=organisation, name="Production", parent=root)
    sales = Unit(organisation=organisation, name="Sales", parent=root)
    organisation.save()
    Unit.objects.bulk_create([root, production, sales])
    world = World(organisation, root, production, sales)
    users, assignments = [], []
    for name, role, unit in (
        ("ana", "isms_manager", root),
        ("adam", "administrator", root),
        ("ben", "reader", sales),
        ("cleo", "internal_auditor", root),
        ("dora", "top_management", root),
        ("emil", "employee", root),
        ("rita", "risk_owner", production),
        ("carl", "control_owner", production),
        ("olga", "asset_owner", production),
        ("nobody", "", root),
    ):
        user = User(email=f"{name}@{code}.example", name=name.capitalize())
        user.set_unusable_password()
        users.append(user)
        person = Person(organisation=organisation, unit=unit, name=name.capitalize(), email=user.email, user=user)
        world.people[name] = person
        if role:
            assignments.append(RoleAssignment(organisation=organisation, person=person, role=role, unit=unit))
    User.objects.bulk_create(users)
    Person.objects.bulk_create(world.people.values())
    RoleAssignment.objects.bulk_create(assignments)
    return world


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English, whatever language the request of another one left behind."""
    with translation.override("en"):
        yield


@pytest.fixture
def world(db: Any) -> World:
    return make_world("demo")


@pytest.fixture
def elsewhere(db: Any) -> World:
    """Another organisation in the same installation."""
    return make_world("other")


def _person(name: str) -> Callable[[World], Actor]:
    def actor(world: World) -> Actor:
        return world.actor(name)

    return pytest.fixture(actor, name=name)


ana, adam, ben, cleo, dora = (_person(name) for name in ("ana", "adam", "ben", "cleo", "dora"))
emil, rita, carl, olga, nobody = (_person(name) for name in ("emil", "rita", "carl", "olga", "nobody"))
