"""What may be done with people and their logins."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Person, User
from ringwall.access.policy import Actor
from ringwall.administration import queries
from ringwall.administration.actions.checks import require_administrator_left, require_present, require_right_in
from ringwall.administration.actions.emergency import require_no_emergency
from ringwall.administration.links import link_token
from ringwall.administration.rules import Term
from ringwall.kit.actions import Action, action, register_action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Invalid, Refused
from ringwall.kit.inputs import Inputs
from ringwall.ledger.rules import Change

INPUTS = Inputs.from_model(Person, ("name", "email", "job_title", "unit"))


def _create(*, actor: Actor, **values: Any) -> Person:
    person = Person(organisation=actor.organisation, **values)
    require_right_in(actor, "person.create", person.unit)
    _check(person)
    current_act().save(person)
    return person


def _update(person: Person, *, actor: Actor, **values: Any) -> Person:
    for name, value in values.items():
        setattr(person, name, value)
    require_right_in(actor, "person.update", person.unit)
    _check(person)
    current_act().save(person)
    return person


def _check(person: Person) -> None:
    person.email = person.email.strip().lower()
    require_present(person.unit)
    twins = Person.objects.filter(organisation_id=person.organisation_id, email=person.email).exclude(pk=person.pk)
    if person.email and (twin := twins.first()):
        raise Invalid({"email": [str(_("%(person)s has this address already.") % {"person": twin})]})


create = register_action(
    Action("person.create", _("New person"), _create, Person, INPUTS, creates=True, icon="user-plus")
)
update = register_action(Action("person.update", _("Edit"), _update, Person, INPUTS, icon="pencil"))


@action(
    "person.withdraw",
    label=_("Has left"),
    icon="user-minus",
    is_danger=True,
    needs_reason=True,
    applies=lambda person: person.withdrawn_on is None,
)
def withdraw(person: Person, *, actor: Actor) -> Person:
    """A person leaves: access, roles and tokens end at once, in one act. What they did and own stays in their name."""
    if person.withdrawn_on:
        raise Refused(_("%(person)s has left already.") % {"person": person})
    require_no_emergency(person)
    today = timezone.localdate()
    held = [row for row in person.assignments.all() if row.until_on is None or row.until_on >= today]
    if any(row.role == queries.ADMINISTRATOR for row in held):
        require_administrator_left(person.organisation_id, without=[row.pk for row in held])
    for row in held:
        term = Term(row.from_on, row.until_on).ended(None, today)
        row.from_on, row.until_on = term.first, term.last
    keys = list(person.tokens.filter(revoked_at=None))
    for key in keys:
        key.revoked_at = timezone.now()
    person.withdrawn_on = today
    current_act().save_many([person, *held, *keys])
    return person


@action(
    "person.restore",
    label=_("Is back"),
    icon="user-check",
    applies=lambda person: person.withdrawn_on is not None,
)
def restore(person: Person, *, actor: Actor) -> Person:
    """Somebody returns, without any of the roles and tokens they had."""
    require_present(person.unit)
    person.withdrawn_on = None
    current_act().save(person)
    return person


@action(
    "user.create",
    label=_("Invite to sign in"),
    icon="mail",
    applies=lambda person: person.user_id is None and person.withdrawn_on is None,
)
def invite(person: Person, *, actor: Actor) -> str:
    """Give the person a login and return the token of the one-time link that sets its password.

    Where the address has a login in this installation already, that one is taken, and the link leads to the sign-in
    only: an administrator of one organisation must not be able to set a password that opens another.
    """
    if person.withdrawn_on or person.user_id:
        raise Refused(_("%(person)s has a login already, or has left.") % {"person": person})
    if not person.email:
        raise Refused(
            _("%(person)s has no email address.") % {"person": person},
            remedy=_("Enter it first: it is the name to sign in by."),
        )
    user = User.objects.filter(email=person.email).first()
    is_known = user is not None
    if user is None:
        user = User(email=person.email, name=person.name, language=actor.organisation.language)
        user.set_unusable_password()
        user.save(force_insert=True)
        _note(user, person, "create", {"email": user.email, "name": user.name})
    elif user.people.filter(organisation_id=actor.organisation_id).exists():
        raise Refused(_("Another person of this organisation signs in by that address."))
    person.user = user
    current_act().save(person)
    return link_token(user, actor.organisation_id, sets_password=not is_known)


@action(
    "user.update",
    label=_("New link to sign in"),
    icon="key-round",
    needs_reason=True,
    applies=lambda person: person.user_id is not None and person.withdrawn_on is None,
    help_text=_(
        "The present password stops working and all sessions end. The link is shown to you once; hand it over yourself."
    ),
)
def renew_link(person: Person, *, actor: Actor) -> str:
    """A lost password: void it and return the token of a new one-time link. The second factor stays."""
    user = _login_of(person)
    require_no_emergency(person)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    _note(user, person, "update", {"password": "void"})
    return link_token(user, actor.organisation_id, sets_password=True)


@action(
    "user.forget_factor",
    label=_("Forget second factor"),
    icon="shield-off",
    is_danger=True,
    needs_reason=True,
    applies=lambda person: person.user_id is not None and person.withdrawn_on is None,
    help_text=_("For somebody who lost their device: they sign in by password alone and set up a new one."),
)
def forget_factor(person: Person, *, actor: Actor) -> int:
    """Remove all second factors of the person's login; returns how many there were."""
    user = _login_of(person)
    count: int = Authenticator.objects.filter(user=user).delete()[0]
    if not count:
        raise Refused(_("%(person)s has no second factor.") % {"person": person})
    _note(user, person, "update", {"second_factor": "removed"})
    return count


def _login_of(person: Person) -> User:
    """The login, where it is this organisation's alone. Raises Refused."""
    user = person.user
    if user is None or person.withdrawn_on:
        raise Refused(_("%(person)s has no login.") % {"person": person})
    if queries.other_organisations(user, person.organisation_id):
        raise Refused(
            _("%(person)s signs in to other organisations with the same login.") % {"person": person},
            remedy=_("Only the person, or whoever runs the installation, can change how it signs in."),
        )
    return user


def _note(user: User, person: Person, operation: str, after: dict[str, Any]) -> None:
    """A login belongs to the installation; the ledger of the organisation that touched it tells so."""
    before: dict[str, Any] | None = None if operation == "create" else {}
    current_act().note(
        Change("user", user.pk, "", operation, 1, before, after, unit=person.unit_id, restricted=False, owner=None)
    )
