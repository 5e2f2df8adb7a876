"""What may be done with the organisation chart."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Unit, UnitTree
from ringwall.access.policy import Actor
from ringwall.administration import queries, rules
from ringwall.kit.actions import Action, action, register_action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Denied, Invalid, Refused
from ringwall.kit.inputs import Inputs

INPUTS = Inputs.from_model(Unit, ("name", "parent"))
# The top has nothing above it; every other unit must say what it belongs to (checked in `_check`).
INPUTS.fields["parent"].required = False


def _create(*, actor: Actor, name: str, parent: Unit | None) -> Unit:
    unit = Unit(organisation=actor.organisation, name=name, parent=parent)
    _check(unit, actor, "unit.create")
    current_act().save(unit)
    return unit


def _update(unit: Unit, *, actor: Actor, **values: Any) -> Unit:
    if unit.parent_id is None and values.get("parent"):
        raise Invalid({"parent": [str(_("The top of the organisation stands below nothing."))]})
    for name, value in values.items():
        setattr(unit, name, value)
    if unit.parent_id is not None or unit.stored()["parent_id"] is not None:
        _check(unit, actor, "unit.update")
    current_act().save(unit)
    return unit


def _check(unit: Unit, actor: Actor, grant: str) -> None:
    parent = unit.parent
    if parent is None:
        raise Invalid({"parent": [str(_("Say to what the unit belongs."))]})
    if parent.withdrawn_on:
        raise Invalid({"parent": [str(_("%(unit)s is withdrawn. Choose another unit.") % {"unit": parent})]})
    if not actor.may_in(grant, parent.pk):
        raise Denied(_("You hold no right in the unit %(unit)s.") % {"unit": parent})
    parent_of = {row.pk: row.parent_id for row in UnitTree.of(actor.organisation_id).units.values()}
    if rules.is_at_or_below(parent_of, parent.pk, unit.pk):
        raise Invalid({"parent": [str(_("A unit cannot stand below itself."))]})
    if Unit.objects.filter(parent=parent, name=unit.name).exclude(pk=unit.pk).exists():
        raise Invalid({"name": [str(_("%(parent)s has a unit of this name already.") % {"parent": parent})]})


create = register_action(Action("unit.create", _("New unit"), _create, Unit, INPUTS, creates=True, icon="plus"))
update = register_action(Action("unit.update", _("Edit"), _update, Unit, INPUTS, icon="pencil"))


@action(
    "unit.withdraw",
    label=_("Withdraw"),
    icon="archive",
    is_danger=True,
    needs_reason=True,
    applies=lambda unit: unit.withdrawn_on is None and unit.parent_id is not None,
)
def withdraw(unit: Unit, *, actor: Actor) -> Unit:
    """Only an empty unit: what is in it would lose its place. Raises Refused and says what is in it."""
    if unit.parent_id is None:
        raise Refused(_("The top of the organisation cannot be withdrawn."))
    if unit.withdrawn_on:
        raise Refused(_("%(unit)s is withdrawn already.") % {"unit": unit})
    if inside := queries.contents(unit):
        listed = ", ".join(f"{what}: {count}" for what, count in inside)
        raise Refused(
            _("%(unit)s is not empty (%(inside)s).") % {"unit": unit, "inside": listed},
            remedy=_("First move or withdraw what is in it."),
        )
    unit.withdrawn_on = timezone.localdate()
    current_act().save(unit)
    return unit


@action("unit.restore", label=_("Restore"), icon="archive-restore", applies=lambda unit: unit.withdrawn_on is not None)
def restore(unit: Unit, *, actor: Actor) -> Unit:
    if unit.parent is not None and unit.parent.withdrawn_on:
        raise Refused(_("%(unit)s is withdrawn itself.") % {"unit": unit.parent}, remedy=_("Restore it first."))
    unit.withdrawn_on = None
    current_act().save(unit)
    return unit
