"""Who may do what where: roles, the acting person, and the rows that person may see. Default deny."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from ringwall.access.memory import MOST, remembered, remembered_of_rights
from ringwall.access.models import ApiToken, Organisation, Person, RoleAssignment, Unit, UnitTree, User

SEE_RESTRICTED = "restricted.view"


@dataclass(frozen=True, slots=True)
class Role:
    """A responsibility in code: what it may do within its units (`grants`) and only to what one owns (`own`)."""

    key: str
    label: str | Promise
    description: str | Promise
    grants: frozenset[str]
    own: frozenset[str] = frozenset()
    needs_second_factor: bool = False


roles: dict[str, Role] = {}


def register_role(role: Role) -> None:
    if role.key in roles:
        raise ValueError(f"role {role.key} is registered twice")
    roles[role.key] = role


@dataclass(frozen=True)
class Actor:
    """Who acts, in which organisation, with what right. Made once a request; carries no open query.

    `reach` gives for each grant the units in which it holds; `own` the grants that hold for what the person owns.
    """

    organisation: Organisation
    label: str
    person_id: UUID | None = None
    user: User | None = None
    reach: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    units: UnitTree = field(default_factory=lambda: UnitTree([]))
    role_keys: frozenset[str] = frozenset()
    is_read_only: bool = False

    @property
    def organisation_id(self) -> UUID:
        return self.organisation.id

    @property
    def person_key(self) -> UUID:
        """The id of the acting person, for rows that belong to a person. RuntimeError for an actor who is none."""
        if self.person_id is None:
            raise RuntimeError(f"{self.label} acts without a person; only a person has views, uploads and jobs")
        return self.person_id

    @property
    def home_unit(self) -> Unit:
        """The highest unit in which the actor holds any grant; the root for one who holds none."""
        within: frozenset[UUID] = frozenset().union(*self.reach.values())
        return next((unit for _depth, unit in self.units.in_order() if unit.id in within), self.units.root)

    def may(self, grant: str, record: Any = None) -> bool:
        """True where the grant holds: anywhere at all without a record, else for that very record."""
        if self.is_read_only and not grant.endswith(".view") and grant != SEE_RESTRICTED:
            return False
        if record is None:
            return grant in self.reach or grant in self.own
        if record.organisation_id != self.organisation_id:
            return False
        owner_id = getattr(record, "owner_id", None)
        if grant in self.own and owner_id is not None and owner_id == self.person_id:
            return True
        unit_id = getattr(record, "unit_id", None)
        if not self.may_in(grant, unit_id):
            return False
        return not getattr(record, "restricted", False) or self.may_in(SEE_RESTRICTED, unit_id)

    def may_in(self, grant: str, unit_id: UUID | None) -> bool:
        """True where the grant holds for a whole unit; without a unit it must hold for the whole organisation."""
        if self.is_read_only and not grant.endswith(".view") and grant != SEE_RESTRICTED:
            return False
        return (unit_id or self.units.root.id) in self.reach.get(grant, ())

    def may_everywhere(self, grant: str) -> bool:
        return self.may_in(grant, None)

    def covers(self, grant: str, unit_ids: Iterable[UUID]) -> bool:
        """True where the grant holds over every one of these units: a whole is shown whole or not at all."""
        return all(self.may_in(grant, unit_id) for unit_id in unit_ids)

    def visible(self, grant: str) -> Q:
        """The condition on a row with the four columns organisation, unit, restricted, owner."""
        mine = Q(organisation_id=self.organisation_id)
        within = self.reach.get(grant, frozenset())
        condition = Q(pk__in=[])
        if within:
            everywhere = len(within) == len(self.units.units)
            condition = Q() if everywhere else Q(unit_id__in=within)
            open_to = within & self.reach.get(SEE_RESTRICTED, frozenset())
            if not open_to:
                condition &= Q(restricted=False)
            elif open_to != within:
                condition &= Q(restricted=False) | Q(unit_id__in=open_to)
        if grant in self.own and self.person_id and not (within and condition == Q()):
            condition |= Q(owner_id=self.person_id)
        return mine & condition

    def counted[T](self, grant: str, key: tuple[Hashable, ...], count: Callable[[], T]) -> T:
        """What `count` finds in the rows that `visible(grant)` leaves, worked out again after the next act or day.

        People who see the same rows share it.
        """
        sight = (self.reach.get(grant), self.reach.get(SEE_RESTRICTED), self.person_id if grant in self.own else None)
        return remembered(self.organisation_id, (grant, *key, timezone.localdate(), *sight), count)


@dataclass(frozen=True, slots=True)
class _Rights:
    """What the assignments in force give a person, and the units they hold in."""

    units: UnitTree
    reach: Mapping[str, frozenset[UUID]]
    own: frozenset[str]
    role_keys: frozenset[str]


def units_of(organisation_id: UUID) -> UnitTree:
    return remembered_of_rights(organisation_id, ("units",), lambda: UnitTree.of(organisation_id))


def actor_for_person(person: Person, *, today: date | None = None, user: User | None = None) -> Actor:
    """The actor that this person is today, from the assignments in force."""
    today = today or timezone.localdate()
    key = ("rights", person.id, today)
    rights = remembered_of_rights(person.organisation_id, key, lambda: _rights_of(person, today))
    return Actor(
        organisation=person.organisation,
        label=person.name,
        person_id=person.id,
        user=user,
        reach=rights.reach,
        own=rights.own,
        units=rights.units,
        role_keys=rights.role_keys,
    )


def actors_for_people(people: Sequence[Person]) -> list[Actor]:
    """The same for many people of one organisation at once, in two queries; past what is remembered of each."""
    if not people:
        return []
    today, units = timezone.localdate(), units_of(people[0].organisation_id)
    held: dict[UUID, list[RoleAssignment]] = {}
    for assignment in _in_force([person.id for person in people], people[0].organisation_id, today):
        held.setdefault(assignment.person_id, []).append(assignment)
    actors = []
    for person in people:
        rights = _rights_by(units, held.get(person.id, ()))
        actors.append(
            Actor(
                organisation=person.organisation,
                label=person.name,
                person_id=person.id,
                user=person.user,
                reach=rights.reach,
                own=rights.own,
                units=units,
                role_keys=rights.role_keys,
            )
        )
    return actors


def _in_force(people: Sequence[UUID], organisation_id: UUID, today: date) -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.filter(organisation_id=organisation_id, person_id__in=people).filter(
        Q(from_on=None) | Q(from_on__lte=today), Q(until_on=None) | Q(until_on__gte=today)
    )


def _rights_of(person: Person, today: date) -> _Rights:
    in_force = _in_force([person.id], person.organisation_id, today)
    return _rights_by(units_of(person.organisation_id), in_force)


def _rights_by(units: UnitTree, in_force: Iterable[RoleAssignment]) -> _Rights:
    reach: dict[str, set[UUID]] = {}
    own: set[str] = set()
    keys: set[str] = set()
    for assignment in in_force:
        if (role := roles.get(assignment.role)) is None:
            continue
        keys.add(role.key)
        below = units.below(assignment.unit_id)
        for grant in role.grants:
            reach.setdefault(grant, set()).update(below)
        own |= role.own
    held = {grant: frozenset(below) for grant, below in reach.items()}
    return _Rights(units, held, frozenset(own), frozenset(keys))


def actor_for_user(user: User, code: str) -> Actor | None:
    """The actor in the organisation of this code. None where there is no such organisation, where the user has no
    person in it, or where the person has left: a stranger there.
    """
    person = (
        Person.objects.filter(organisation__code=code, user_id=user.pk, withdrawn_on=None)
        .select_related("organisation")
        .order_by()
        .first()
    )
    return actor_for_person(person, user=user) if person else None


_organisation_of: dict[str, UUID] = {}
"""Digest of a token → the organisation it belongs to, which never changes."""


def actor_for_token(secret: str) -> Actor | None:
    """None for an unknown, expired or revoked token, and for one whose person has left or may not sign in."""
    digest = ApiToken.digest_of(secret)
    if (organisation_id := _organisation_of.get(digest)) is not None:
        token = remembered_of_rights(organisation_id, ("token", digest), lambda: _token(digest))
    elif (token := _token(digest)) is not None and len(_organisation_of) < MOST:
        _organisation_of[digest] = token.organisation_id
    if token is None or token.revoked_at or token.expires_at <= timezone.now():
        return None
    if token.person.withdrawn_on:
        return None
    user = None
    if (user_id := token.person.user_id) is not None:
        # Asked each time: another organisation of the same user may have closed the login.
        user = User.objects.filter(pk=user_id, is_active=True).order_by().first()
        if user is None:
            return None
    return replace(actor_for_person(token.person, user=user), is_read_only=token.scope == "read")


def _token(digest: str) -> ApiToken | None:
    found = ApiToken.objects.filter(digest=digest).select_related("person__organisation")
    return found.order_by().first()


def system_actor(organisation: Organisation, label: str, grants: Iterable[str]) -> Actor:
    """An actor without a person (command line, jobs): the named grants, everywhere in one organisation."""
    units = units_of(organisation.id)
    everywhere = frozenset(units.units)
    return Actor(organisation=organisation, label=label, reach=dict.fromkeys(grants, everywhere), units=units)
