"""Who has which role where, and until when."""

from datetime import date
from typing import Annotated

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Person, RoleAssignment, Unit
from ringwall.access.policy import Actor, Role, roles
from ringwall.administration import queries
from ringwall.administration.actions.checks import require_administrator_left, require_present, require_right_in
from ringwall.administration.actions.emergency import require_no_emergency
from ringwall.administration.rules import Term
from ringwall.kit.actions import Action, action, register_action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Denied, Invalid, Refused
from ringwall.kit.inputs import DateInput, Inputs

ADMINISTERED = frozenset({"user", "person", "unit", "assignment", "token", "organisation", "identity_provider"})
"""Kinds whose acts give power over others: such a right is given only by who holds it."""


def role_choices() -> list[tuple[str, object]]:
    return [("", "—"), *((role.key, role.label) for role in roles.values())]


INPUTS = Inputs.from_model(
    RoleAssignment,
    ("person", "role", "unit", "from_on", "until_on"),
    {"role": forms.ChoiceField(label=_("Role"), choices=role_choices)},
)


def _create(
    *, actor: Actor, person: Person, role: str, unit: Unit, from_on: date | None, until_on: date | None
) -> RoleAssignment:
    require_right_in(actor, "assignment.create", unit)
    require_present(unit)
    require_own_rights(actor, roles[role], unit)
    today = timezone.localdate()
    if from_on and until_on and until_on < from_on:
        raise Invalid({"until_on": [str(_("The end lies before the start."))]})
    if until_on and until_on < today:
        raise Invalid({"until_on": [str(_("The end lies in the past."))]})
    term = Term(from_on, until_on)
    for held in RoleAssignment.objects.filter(organisation=actor.organisation, person=person, role=role, unit=unit):
        if Term(held.from_on, held.until_on).overlaps(term):
            raise Invalid(
                {"role": [str(_("%(person)s has this role there in that time already.") % {"person": person})]}
            )
    row = RoleAssignment(
        organisation=actor.organisation, person=person, role=role, unit=unit, from_on=from_on, until_on=until_on
    )
    current_act().save(row)
    return row


def require_own_rights(actor: Actor, role: Role, unit: Unit) -> None:
    """Nobody gives power over people, roles and tokens that they do not hold there themselves."""
    for grant in sorted(role.grants):
        if grant.partition(".")[0] in ADMINISTERED and not actor.may_in(grant, unit.pk):
            raise Denied(
                _("You cannot give the role %(role)s: you do not hold its rights yourself.") % {"role": role.label}
            )


create = register_action(
    Action("assignment.create", _("Give a role"), _create, RoleAssignment, INPUTS, creates=True, icon="user-cog")
)


@action(
    "assignment.end",
    label=_("End"),
    icon="user-x",
    is_danger=True,
    needs_reason=True,
    applies=lambda row: row.until_on is None or row.until_on >= timezone.localdate(),
)
def end(
    row: RoleAssignment,
    *,
    actor: Actor,
    until_on: Annotated[
        date | None,
        forms.DateField(
            label=_("Last day"), required=False, widget=DateInput(), help_text=_("Leave empty to end it at once.")
        ),
    ] = None,
) -> RoleAssignment:
    """At once, or with a day to come. Never the last administrator's."""
    today = timezone.localdate()
    if row.until_on and row.until_on < today:
        raise Refused(_("It has ended already."))
    if row.role == queries.ADMINISTRATOR:
        require_no_emergency(row.person)
    if until_on and until_on < today:
        raise Invalid({"until_on": [str(_("The end lies in the past."))]})
    if until_on and row.from_on and until_on < row.from_on:
        raise Invalid({"until_on": [str(_("The end lies before the start."))]})
    if row.role == queries.ADMINISTRATOR:
        require_administrator_left(row.organisation_id, without=[row.pk])
    term = Term(row.from_on, row.until_on).ended(until_on, today)
    row.from_on, row.until_on = term.first, term.last
    current_act().save(row)
    return row
