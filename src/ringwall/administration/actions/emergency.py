"""The emergency account: an administrator whose password lies sealed in an envelope, for when the provider fails."""

import secrets
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Person, RoleAssignment, User
from ringwall.access.policy import Actor, actor_for_person
from ringwall.administration import queries
from ringwall.administration.models import IdentityProvider
from ringwall.kit.actions import SettingAction, register_action
from ringwall.kit.acts import acting, current_act
from ringwall.kit.errors import Refused
from ringwall.ledger.rules import Change
from ringwall.notices.actions.telling import tell
from ringwall.notices.rules import kinds

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what looks alike on paper."""


def new_password() -> str:
    """Six groups of five, for a hand that copies them from paper: 148 random bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _n in range(5)) for _m in range(6))


def _seal(provider: IdentityProvider, *, actor: Actor) -> tuple[str, str]:
    """Make the account, or give it a new password; (address to sign in by, password), stored nowhere else."""
    if provider.is_new:
        raise Refused(_("First enter the identity provider."))
    act, password = current_act(), new_password()
    person = provider.emergency
    if person is None or person.withdrawn_on or person.user is None:
        person = Person(organisation=actor.organisation, unit=actor.units.root, name=gettext("Emergency account"))
        person.user = User(
            email=f"emergency-{secrets.token_hex(3)}@{actor.organisation.code}.invalid",
            name=person.name,
            language=actor.organisation.language,
        )
        person.user.set_password(password)
        person.user.save(force_insert=True)
        provider.emergency = person
        role = RoleAssignment(
            organisation=actor.organisation, person=person, role=queries.ADMINISTRATOR, unit=actor.units.root
        )
        act.save_many([person, role, provider])
    else:
        person.user.set_password(password)
        person.user.save(update_fields=["password"])
    _note(person, {"password": "sealed"})
    return person.user.email, password


seal = register_action(
    SettingAction(
        "identity_provider.seal",
        _("Seal the emergency account"),
        _seal,
        IdentityProvider,
        icon="lock-keyhole",
        help_text=_(
            "Makes an administrator's account with a new password, which is shown once: write it down, seal it in an "
            "envelope and keep it safe. A former password stops working. Whoever uses it is seen by top management."
        ),
    )
)


def require_no_emergency(person: Person) -> None:
    """While nobody else gets in by a password, the emergency account keeps what it needs. Raises Refused."""
    rows = IdentityProvider.objects.filter(emergency=person, organisation__needs_provider=True)
    if rows.exists():
        raise Refused(
            _("This is the emergency account."),
            remedy=_("First switch local accounts on again, under Identity provider."),
        )


def is_emergency(user: User, organisation_id: UUID) -> bool:
    return IdentityProvider.objects.filter(
        organisation_id=organisation_id, emergency__user=user, emergency__withdrawn_on=None
    ).exists()


def note_use(user: User) -> None:
    """The ledger tells of each sign-in by the account, and top management is told at once; without one, whoever
    administers.
    """
    provider = IdentityProvider.objects.filter(emergency__user=user).select_related("emergency__organisation").first()
    if provider is None or (person := provider.emergency) is None:
        return
    with acting(actor_for_person(person, user=user), "identity_provider.emergency"):
        _note(person, {"emergency": "used"})
        tell(
            _holders(person, "top_management") or _holders(person, queries.ADMINISTRATOR),
            kinds.EMERGENCY,
            about=person,
            ref="",
            title="",
            path="notices/",
            by=person.name,
        )


def _holders(person: Person, role: str) -> list[UUID]:
    today = timezone.localdate()
    rows = RoleAssignment.objects.filter(
        Q(from_on=None) | Q(from_on__lte=today),
        Q(until_on=None) | Q(until_on__gte=today),
        organisation_id=person.organisation_id,
        role=role,
    )
    return list(rows.exclude(person=person).values_list("person", flat=True))


def _note(person: Person, said: dict[str, str]) -> None:
    assert person.user is not None
    current_act().note(
        Change("user", person.user.pk, "", "update", 1, {}, said, unit=person.unit_id, restricted=False, owner=None)
    )
