"""One's own name and how one's pages look: needs no right but being oneself."""

from collections.abc import Mapping
from typing import Any

from ringwall.access.models import Person, User
from ringwall.access.policy import Actor
from ringwall.kit.acts import acting
from ringwall.kit.errors import Denied
from ringwall.kit.inputs import Inputs

INPUTS = Inputs.from_model(User, ("name", "language", "theme", "is_dense"))


def change_account(actor: Actor, raw: Mapping[str, Any]) -> User:
    """The login's name and looks are written plainly; the person's name here by an act. Raises Invalid."""
    values = INPUTS.clean(actor, raw)
    if actor.user is None or actor.person_id is None:
        raise Denied("only a person who signs in has an account")
    with acting(actor, "account.update") as act:
        person = Person.objects.select_for_update().get(pk=actor.person_id)
        person.name = values["name"]
        act.save(person)
        User.objects.filter(pk=actor.user.pk).update(**values)
    return User.objects.get(pk=actor.user.pk)
