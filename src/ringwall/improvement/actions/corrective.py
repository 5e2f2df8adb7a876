"""What may be done with corrective actions: planned for a finding, reported as done, dropped."""

from datetime import date
from typing import Annotated

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.improvement.actions.findings import require
from ringwall.improvement.models import ActionState, CorrectiveAction, Finding, State
from ringwall.improvement.rules import findings as rules
from ringwall.kit.actions import action, check, record_actions
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Invalid, Refused
from ringwall.kit.fields import ReferenceField
from ringwall.kit.inputs import text_area
from ringwall.kit.records import assign_refs
from ringwall.kit.texts import forbid_control_characters

corrective_acts = record_actions(
    CorrectiveAction, ("ref", "title", "finding", "description", "unit", "owner", "due_on", "restricted")
)


@action(
    "finding.plan",
    label=_("Plan action"),
    icon="list-plus",
    applies=lambda finding: (
        not finding.is_withdrawn
        and finding.state != State.CLOSED
        and (bool(finding.cause) or not finding.is_nonconformity)
    ),
    help_text=_("An action against the cause. Whoever is responsible gets a task and reports when it is done."),
    fields={
        "title": forms.CharField(label=_("what is to be done"), max_length=200, validators=[forbid_control_characters]),
        "responsible": ReferenceField(Person, label=_("responsible")),
        "description": text_area(_("description"), required=False),
    },
)
def plan(
    finding: Finding,
    *,
    actor: Actor,
    title: str,
    responsible: Person,
    due_on: Annotated[date, _("due")],
    description: str = "",
) -> CorrectiveAction:
    require(rules.Step.PLAN, finding, actor)
    planned = CorrectiveAction(
        organisation_id=finding.organisation_id,
        finding=finding,
        title=title,
        description=description,
        unit_id=finding.unit_id,
        restricted=finding.restricted,
        owner_id=responsible.pk,
        due_on=due_on,
    )
    check(planned)
    assign_refs([planned])
    planned.save()
    return planned


@action(
    "corrective_action.complete",
    label=_("Report as done"),
    icon="check",
    applies=lambda planned: not planned.is_withdrawn and planned.state == ActionState.OPEN,
    help_text=_("With the last action the time begins after which somebody else checks whether it worked."),
    fields={"outcome": text_area(_("what was done"), help_text=_("And what shows it, so that others can see it."))},
)
def complete(
    planned: CorrectiveAction, *, actor: Actor, on: Annotated[date, _("done on")], outcome: str
) -> CorrectiveAction:
    _require_open(planned)
    if actor.person_id is None:
        raise Refused(_("Only a person does this, not a program."))
    if on > timezone.localdate():
        raise Invalid({"on": [_("This day is still to come.")]})
    planned.state, planned.done_on, planned.outcome = ActionState.DONE, on, outcome.strip()
    planned.done_by_id = actor.person_id
    planned.save()
    return planned


@action(
    "corrective_action.drop",
    label=_("Drop"),
    icon="x",
    needs_reason=True,
    applies=lambda planned: not planned.is_withdrawn and planned.state == ActionState.OPEN,
    help_text=_("It will not be done. The finding needs another action, or those that are left must do."),
)
def drop(planned: CorrectiveAction, *, actor: Actor) -> CorrectiveAction:
    _require_open(planned)
    planned.state, planned.outcome = ActionState.DROPPED, current_act().reason.strip()
    planned.save()
    return planned


def _require_open(planned: CorrectiveAction) -> None:
    if planned.is_withdrawn:
        raise Refused(_("This action was withdrawn."), remedy=_("Restore it first."))
    if planned.state != ActionState.OPEN:
        raise Refused(_("This action is %(state)s already.") % {"state": planned.get_state_display()})
