"""Sessions and tokens for the readers, made afresh for each run since both end."""

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from ringwall.access.models import ApiToken, Person, User
from ringwall.access.policy import Actor, actor_for_person
from ringwall.site.bench.client import Client
from ringwall.site.bench.organisation import Reader


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A reader with what the server needs to know them by."""

    reader: Reader
    actor: Actor
    session: str
    token: str

    def browser(self, port: int) -> Client:
        return Client(port, session=self.session)

    def program(self, port: int) -> Client:
        return Client(port, token=self.token)


def sign_in(reader: Reader) -> SignedIn:
    """Raises Person.DoesNotExist where the database does not hold the data set."""
    person = Person.objects.select_related("organisation", "user").get(email=reader.email)
    assert isinstance(person.user, User)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.user.get_session_auth_hash()
    session.create()
    secret = ApiToken.new_secret()
    token = ApiToken(
        organisation=person.organisation,
        person=person,
        name="bench",
        digest=ApiToken.digest_of(secret),
        scope="write",
        expires_at=timezone.now() + timedelta(days=1),
    )
    ApiToken._base_manager.bulk_create([token])
    return SignedIn(reader, actor_for_person(person, user=person.user), str(session.session_key), secret)
