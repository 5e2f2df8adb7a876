"""From what a provider says of a person to who they are here and what they may do: one act, by the provider itself."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation, Person, RoleAssignment, Unit, User
from ringwall.access.policy import Actor, roles, system_actor
from ringwall.administration import queries, rules
from ringwall.administration.identity.claims import Known, wanted_roles
from ringwall.administration.models import Identity, IdentityProvider, ProvidedRole
from ringwall.kit.acts import acting, current_act
from ringwall.kit.errors import ActError
from ringwall.ledger.rules import Change


class NotAdmitted(ActError):
    """A sign-in through a provider that came to nothing."""

    status = 403
    title: str | Promise = _("You are not signed in")


@dataclass(frozen=True, slots=True)
class _Sign:
    """One sign-in: who says so, and what."""

    provider: IdentityProvider
    known: Known
    actor: Actor


def admit(provider: IdentityProvider, known: Known) -> User:
    """The login of this person, made where it is the first time; their roles are those of their groups afterwards.
    Raises NotAdmitted; then nothing was stored.
    """
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(pk=provider.organisation_id)
        with translation.override(organisation.language):
            actor = system_actor(organisation, str(_("Identity provider")), ())
        sign = _Sign(provider, known, actor)
        with acting(actor, "identity_provider.admit"):
            person = _known_person(sign) or _first_time(sign)
            if person.withdrawn_on is not None:
                raise NotAdmitted(
                    _("%(person)s has left %(organisation)s.") % {"person": person, "organisation": organisation},
                    remedy=_("If you are back, ask your administrator to say so under People."),
                )
            user = _login_of(person, sign)
            if not user.is_active:
                raise NotAdmitted(_("This login has been closed. Ask your administrator if that is a mistake."))
            _bring_in_line(person, sign)
    return user


def _known_person(sign: _Sign) -> Person | None:
    found = (
        Identity.objects.filter(
            organisation_id=sign.provider.organisation_id, issuer=sign.provider.issuer, subject=sign.known.subject
        )
        .select_related("person__user")
        .first()
    )
    return found.person if found else None


def _first_time(sign: _Sign) -> Person:
    """Whom nobody came as yet: found by the address that the provider verified, or made where everybody may come."""
    known, provider = sign.known, sign.provider
    if not known.email:
        raise NotAdmitted(
            _("The provider does not say that your address %(email)s is verified.") % {"email": known.unverified_email}
            if known.unverified_email
            else _("The provider does not say your email address."),
            remedy=_("Let whoever runs the provider send the claims email and email_verified, then sign in again."),
        )
    person = Person.objects.filter(organisation_id=provider.organisation_id, email__iexact=known.email).first()
    if person is None:
        person = _newcomer(sign)
    elif person.pk == provider.emergency_id or Identity.objects.filter(person=person, issuer=provider.issuer).exists():
        raise NotAdmitted(
            _("%(email)s belongs to another account of the provider already.") % {"email": known.email},
            remedy=_("If your account was made anew there, ask your administrator to forget the former one."),
        )
    Identity.objects.create(
        organisation_id=provider.organisation_id, person=person, issuer=provider.issuer, subject=known.subject
    )
    said = {"issuer": provider.issuer, "subject": known.subject}
    current_act().note(
        Change("identity", person.pk, "", "create", 1, None, said, unit=person.unit_id, restricted=False, owner=None)
    )
    return person


def _newcomer(sign: _Sign) -> Person:
    provider, known = sign.provider, sign.known
    if not provider.admits_uninvited:
        raise NotAdmitted(
            _("Nobody with the address %(email)s is known in %(organisation)s.")
            % {"email": known.email, "organisation": sign.actor.organisation},
            remedy=_("Ask your administrator to enter you under People with exactly this address."),
        )
    person = Person(
        organisation=sign.actor.organisation,
        unit=sign.actor.units.root,
        name=known.name or known.email,
        email=known.email,
    )
    current_act().save(person)
    if provider.newcomer_role in roles:
        current_act().save(_assignment(person, provider.newcomer_role, sign.actor.units.root))
    return person


def _login_of(person: Person, sign: _Sign) -> User:
    """The person's login; else the one that has the address already, which then opens this organisation too."""
    if person.user is not None:
        return person.user
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User(email=person.email, name=person.name, language=sign.actor.organisation.language)
        user.set_unusable_password()
        user.save(force_insert=True)
        said = {"email": user.email, "name": user.name}
        current_act().note(
            Change("user", user.pk, "", "create", 1, None, said, unit=person.unit_id, restricted=False, owner=None)
        )
    elif user.people.filter(organisation_id=person.organisation_id).exists():
        raise NotAdmitted(_("Another person of this organisation signs in by that address."))
    person.user = user
    current_act().save(person)
    return user


def _bring_in_line(person: Person, sign: _Sign) -> None:
    """Give what the groups give and take what they gave once and no longer do; what people gave stays as it is.

    The last administrator keeps that role, whatever the groups say: somebody must be left to correct them.
    """
    today = timezone.localdate()
    wanted = wanted_roles(sign.provider.groups, sign.known.groups)
    held = [row for row in person.assignments.select_related("unit") if _holds(row, today)]
    provided = set(ProvidedRole.objects.filter(assignment__in=held).values_list("assignment_id", flat=True))
    ended = [row for row in held if row.pk in provided and (row.role, str(row.unit_id)) not in wanted]
    if any(row.role == queries.ADMINISTRATOR for row in ended):
        left = queries.administrators(person.organisation_id, without=[row.pk for row in ended])
        if not rules.has_lasting_administrator(left, today):
            ended = [row for row in ended if row.role != queries.ADMINISTRATOR]
    for row in ended:
        term = rules.Term(row.from_on, row.until_on).ended(None, today)
        row.from_on, row.until_on = term.first, term.last
    units = {str(key): unit for key, unit in sign.actor.units.units.items() if unit.withdrawn_on is None}
    has = {(row.role, str(row.unit_id)) for row in held}
    given = [
        _assignment(person, role, units[unit]) for role, unit in sorted(wanted - has) if role in roles and unit in units
    ]
    current_act().save_many([*ended, *given])
    ProvidedRole.objects.bulk_create(
        ProvidedRole(assignment=row, organisation_id=person.organisation_id) for row in given
    )


def _holds(row: RoleAssignment, today: object) -> bool:
    return rules.Term(row.from_on, row.until_on).holds_on(today)  # type: ignore[arg-type]


def _assignment(person: Person, role: str, unit: Unit) -> RoleAssignment:
    return RoleAssignment(organisation_id=person.organisation_id, person=person, role=role, unit=unit)


REFUSALS = {
    "form": _("The ID token of the provider cannot be read."),
    "algorithm": _("The ID token is not signed with a key pair of the provider."),
    "key": _("The ID token is signed with a key that the provider does not publish."),
    "signature": _("The signature of the ID token is not the provider's."),
    "issuer": _("The ID token comes from another issuer than the one that is entered."),
    "audience": _("The ID token was made for another program than this one."),
    "expiry": _("The ID token has expired."),
    "time": _("The ID token is not valid yet."),
    "nonce": _("The ID token belongs to another sign-in than this one."),
    "claims": _("The ID token lacks what it must say."),
}
REMEDIES = {
    "issuer": _("Your administrator compares the issuer address in the settings with the provider's."),
    "audience": _("Your administrator compares the client ID in the settings with the provider's."),
    "expiry": _("Sign in again. If it stays, the clocks of provider and server differ."),
    "time": _("Sign in again. If it stays, the clocks of provider and server differ."),
    "nonce": _("Begin the sign-in anew, in one window."),
    "algorithm": _("Your administrator lets the provider sign by RS256 or ES256."),
}
ELSE = _("Sign in again. If it stays, tell your administrator: somebody may have meddled with it.")


def refusal(fault: str) -> NotAdmitted:
    """What a person is told of a token that was refused, and what is to be done."""
    return NotAdmitted(REFUSALS[fault], remedy=REMEDIES.get(fault, ELSE))
