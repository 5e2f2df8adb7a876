"""Handing over what somebody answers for, when they leave or take on something else."""

import hashlib
from typing import Any

from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.actions import action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Conflict, Denied, Invalid, Refused
from ringwall.kit.fields import ReferenceField
from ringwall.kit.registry import Duty
from ringwall.notices.actions.telling import tell
from ringwall.notices.rules import kinds


def duties_of(person: Person) -> list[Duty]:
    """The records in force that the person owns, register by register, and what upper and neighbouring floors add."""
    owned = [
        Duty(
            register.title,
            list(
                register.model._base_manager.filter(
                    organisation_id=person.organisation_id, owner_id=person.pk, withdrawn_on=None
                ).order_by("ref_key")
            ),
            lambda record, to: record.hand_to(to),
        )
        for register in registry.registers.values()
    ]
    return [duty for duty in [*owned, *registry.answers("duties", person)] if duty.rows]


def fingerprint(duties: list[Duty]) -> str:
    """Changes when there is more or less to hand over than was looked at."""
    keys = sorted(f"{duty.label}:{row.pk}" for duty in duties for row in duty.rows)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:32]


@action(
    "person.hand_over",
    label=_("Hand over duties"),
    icon="arrow-right-left",
    needs_reason=True,
    fields={"to": ReferenceField(Person, label=_("To"))},
)
def hand_over(person: Person, *, actor: Actor, to: Person) -> int:
    """All records the person owns and all their open tasks go to another person, in one act; returns how many.

    What decisions say about the person stays as it was: signatures, acceptances, what they wrote.
    """
    if not actor.may_everywhere("person.hand_over"):
        raise Denied(_("Handing over reaches the whole organisation; you hold the right in a part of it only."))
    if to.pk == person.pk:
        raise Invalid({"to": [str(_("Choose somebody else."))]})
    act, duties = current_act(), duties_of(person)
    if not duties:
        raise Refused(_("%(person)s answers for nothing any more.") % {"person": person})
    if (seen := act.memory.get("seen")) and seen != fingerprint(duties):
        raise Conflict(person)
    changed: dict[Any, Any] = {}
    for duty in duties:
        for row in duty.rows:
            row = changed.setdefault(row.pk, row)
            duty.hand(row, to)
    act.save_many(list(changed.values()))
    tell([to.pk], kinds.HANDED_OVER, about=person, ref="", title=person.name, path="tasks/", by=actor.label)
    return len(changed)
