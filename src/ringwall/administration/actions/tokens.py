"""Keys for programs: made once, shown once, stored as a digest, ended by a date or by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import ApiToken, Person
from ringwall.access.policy import Actor
from ringwall.administration import queries, rules
from ringwall.kit.actions import Action, action, register_action
from ringwall.kit.acts import acting, current_act
from ringwall.kit.errors import Denied, Invalid, Refused
from ringwall.kit.inputs import DateInput, Inputs


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """The secret is known here and now only."""

    token: ApiToken
    secret: str


OWN = Inputs(
    {
        **Inputs.from_model(ApiToken, ("name", "scope")).fields,
        "expires_on": forms.DateField(
            label=_("Valid until"), widget=DateInput(), help_text=_("At most one year from today.")
        ),
    }
)
INPUTS = Inputs({**Inputs.from_model(ApiToken, ("person",)).fields, **OWN.fields})


def _create(*, actor: Actor, person: Person, name: str, scope: str, expires_on: date) -> IssuedToken:
    """A token acts as its person. Who signs in makes their own: nobody may act as somebody else."""
    if person.user_id and person.pk != actor.person_id:
        raise Refused(
            _("%(person)s signs in and makes their own tokens.") % {"person": person},
            remedy=_("For a program of its own, enter a person without a login and give it the roles it needs."),
        )
    return _issue(person, name, scope, expires_on)


create = register_action(
    Action("token.create", _("New token"), _create, ApiToken, INPUTS, creates=True, icon="key-round")
)


@action(
    "token.revoke",
    label=_("Revoke"),
    icon="ban",
    is_danger=True,
    needs_reason=True,
    applies=lambda token: token.revoked_at is None,
)
def revoke(token: ApiToken, *, actor: Actor) -> ApiToken:
    return _revoke(token)


def create_own(actor: Actor, raw: Mapping[str, Any]) -> IssuedToken:
    """Everybody may make tokens that act as themselves. Raises Invalid."""
    values = OWN.clean(actor, raw)
    person = Person.objects.filter(pk=actor.person_id, withdrawn_on=None).first() if actor.person_id else None
    if person is None or actor.is_read_only:
        raise Denied(_("Only a person who signs in has tokens of their own."))
    with acting(actor, "token.create"):
        return _issue(person, **values)


def revoke_own(actor: Actor, key: UUID) -> ApiToken:
    """Raises NotFound for a token that is not one's own or has ended."""
    with acting(actor, "token.revoke", str(_("By its owner"))):
        return _revoke(queries.one(queries.own_tokens(actor).select_for_update(), key))


def _issue(person: Person, name: str, scope: str, expires_on: date) -> IssuedToken:
    if not rules.is_valid_expiry(expires_on, timezone.localdate()):
        raise Invalid({"expires_on": [str(_("Choose a day from today on, at most one year away."))]})
    secret = ApiToken.new_secret()
    token = ApiToken(
        organisation_id=person.organisation_id,
        person=person,
        name=name,
        digest=ApiToken.digest_of(secret),
        scope=scope,
        expires_at=timezone.make_aware(datetime.combine(expires_on, time.max.replace(microsecond=0))),
    )
    current_act().save(token)
    return IssuedToken(token, secret)


def _revoke(token: ApiToken) -> ApiToken:
    if token.revoked_at:
        raise Refused(_("The token is revoked already."))
    token.revoked_at = timezone.now()
    current_act().save(token)
    return token
