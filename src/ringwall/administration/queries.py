"""What is asked about people, units, roles and tokens. Everything stays inside the actor's organisation and units."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from ringwall.access.models import ApiToken, Organisation, Person, RoleAssignment, Unit, User
from ringwall.access.policy import Actor, Role, roles
from ringwall.administration import rules
from ringwall.administration.models import Identity, IdentityProvider
from ringwall.kit import registry
from ringwall.kit.errors import NotFound

ADMINISTRATOR = "administrator"


def people(actor: Actor, text: str = "", *, with_left: bool = False) -> QuerySet[Person]:
    """People of the units in which the actor may see people, by name."""
    rows = Person.objects.filter(_within(actor, "person.view")).select_related("unit", "user")
    if not with_left:
        rows = rows.filter(withdrawn_on=None)
    for word in text.replace("\x00", "").split():
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(job_title__icontains=word))
    return rows.order_by("name", "pk")


def assignments(actor: Actor, *, with_ended: bool = False) -> QuerySet[RoleAssignment]:
    rows = RoleAssignment.objects.filter(_within(actor, "roleassignment.view")).select_related("person", "unit")
    if not with_ended:
        rows = rows.filter(Q(until_on=None) | Q(until_on__gte=timezone.localdate()))
    return rows.order_by("person__name", "role", "unit__name")


def tokens(actor: Actor) -> QuerySet[ApiToken]:
    """All tokens of the organisation, for who administers it; the owner's own are `own_tokens`."""
    rows = ApiToken.objects.filter(organisation_id=actor.organisation_id).select_related("person")
    return rows.order_by("-expires_at") if actor.may_everywhere("apitoken.view") else rows.none()


def own_tokens(actor: Actor) -> QuerySet[ApiToken]:
    if actor.person_id is None:
        return ApiToken.objects.none()
    rows = ApiToken.objects.filter(organisation_id=actor.organisation_id, person_id=actor.person_id)
    return rows.filter(revoked_at=None, expires_at__gt=timezone.now()).order_by("expires_at")


def one[Row: Any](rows: QuerySet[Row], key: UUID) -> Row:
    """NotFound for unknown and unseen alike."""
    try:
        return rows.get(pk=key)
    except ObjectDoesNotExist:
        raise NotFound from None


def _within(actor: Actor, grant: str) -> Q:
    return Q(organisation_id=actor.organisation_id, unit_id__in=actor.reach.get(grant, frozenset()))


def administrators(organisation: UUID, *, without: Iterable[UUID] = ()) -> list[rules.Administrator]:
    """Assignments of the administrator's role for the whole organisation, but those named. Locks the organisation.

    Two administrators who remove each other at the same moment wait for one another here.
    """
    Organisation.objects.select_for_update().get(pk=organisation)
    rows = RoleAssignment.objects.filter(
        organisation_id=organisation, role=ADMINISTRATOR, unit__parent=None
    ).select_related("person__user")
    return [
        rules.Administrator(
            row.person_id,
            rules.Term(row.from_on, row.until_on),
            row.person.withdrawn_on is None and _can_sign_in(row.person),
        )
        for row in rows.exclude(pk__in=list(without))
    ]


def _can_sign_in(person: Person) -> bool:
    return person.user is not None and person.user.is_active


def contents(unit: Unit) -> list[tuple[Any, int]]:
    """(what, how many) still belongs to a unit itself: units, people, assignments in force, records in registers."""
    today = timezone.localdate()
    found: list[tuple[Any, int]] = [
        (Unit._meta.verbose_name_plural, unit.children.filter(withdrawn_on=None).count()),
        (Person._meta.verbose_name_plural, unit.people.filter(withdrawn_on=None).count()),
        (
            RoleAssignment._meta.verbose_name_plural,
            unit.assignments.filter(Q(until_on=None) | Q(until_on__gte=today)).count(),
        ),
    ]
    for register in registry.registers.values():
        rows = register.model._base_manager.filter(
            organisation_id=unit.organisation_id, unit_id=unit.pk, withdrawn_on=None
        )
        found.append((register.title, rows.count()))
    return [(what, count) for what, count in found if count]


def people_by_unit(actor: Actor) -> dict[UUID, int]:
    """Unit → how many people are in it themselves, of those the actor may see. One query."""
    rows = Person.objects.filter(_within(actor, "person.view"), withdrawn_on=None).order_by()
    return dict(rows.values_list("unit").annotate(Count("pk")))


def owned_records(person: Person) -> int:
    """How many records in force name the person as owner: to be handed over when they leave."""
    return sum(
        register.model._base_manager.filter(
            organisation_id=person.organisation_id, owner_id=person.pk, withdrawn_on=None
        ).count()
        for register in registry.registers.values()
    )


def other_organisations(user: User, organisation: UUID) -> bool:
    """Whether the login takes part in another organisation too: then no administrator of one may take it over."""
    return Person.objects.filter(user=user).exclude(organisation_id=organisation).exists()


def _unknown_to_provider(organisation: Organisation) -> QuerySet[Person]:
    """People with a login who never signed in through the present provider: the emergency account is one of them."""
    issuers = IdentityProvider.objects.filter(organisation=organisation).values("issuer")
    known = Identity.objects.filter(organisation=organisation, issuer__in=issuers).values("person")
    return Person.objects.filter(organisation=organisation).exclude(user=None).exclude(pk__in=known)


@registry.provider("token_rests")
def token_rests(actor: Actor) -> Iterable[bool]:
    """Where local accounts are switched off, a token does not reach what the password of its person no longer does."""
    if actor.organisation.needs_provider and actor.user is not None:
        yield _unknown_to_provider(actor.organisation).filter(pk=actor.person_key).exists()


def people_with_resting_tokens(organisation: Organisation) -> set[UUID]:
    """Whose tokens in force rest, because local accounts are switched off. One query, none where they are on."""
    if not organisation.needs_provider:
        return set()
    in_force = ApiToken.objects.filter(organisation=organisation, revoked_at=None, expires_at__gt=timezone.now())
    return set(_unknown_to_provider(organisation).filter(pk__in=in_force.values("person")).values_list("pk", flat=True))


def provider_of(organisation_id: UUID) -> IdentityProvider | None:
    rows = IdentityProvider.objects.filter(organisation_id=organisation_id)
    return rows.select_related("organisation", "emergency__user").first()


def offered_providers(organisation: Organisation | None = None) -> list[IdentityProvider]:
    """By which one can sign in, by label: what stands on the sign-in page; or only the one of an organisation, also
    where it is not shown to everybody.
    """
    rows = IdentityProvider.objects.select_related("organisation")
    rows = rows.filter(is_offered=True) if organisation is None else rows.filter(organisation=organisation)
    return list(rows.order_by("label", "pk"))


def roles_in_force(person: Person, day: date | None = None) -> list[Role]:
    day = day or timezone.localdate()
    held = person.assignments.filter(Q(from_on=None) | Q(from_on__lte=day), Q(until_on=None) | Q(until_on__gte=day))
    keys = set(held.values_list("role", flat=True))
    return [role for key, role in roles.items() if key in keys]


def needs_second_factor(actor: Actor) -> bool:
    """By a role itself, or by the organisation's own rule for it."""
    demanded = set(actor.organisation.second_factor_roles)
    return any(key in demanded or (key in roles and roles[key].needs_second_factor) for key in actor.role_keys)


def has_second_factor(user: User) -> bool:
    """Recovery codes alone are none: they stand in for a factor that was there before."""
    return bool(Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists())
