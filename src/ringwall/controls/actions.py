"""What may be done with controls."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.policy import Actor
from ringwall.context.models import Waiver
from ringwall.context.queries import waiver_of_owner_verifying
from ringwall.controls import rules
from ringwall.controls.models import Control, Result, State, Verification
from ringwall.kit.actions import action, check, record_actions
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Refused
from ringwall.kit.texts import forbid_control_characters

FIELDS = (
    "ref",
    "title",
    "objective",
    "description",
    "requirements",
    "state",
    "blocked_reason",
    "priority",
    "unit",
    "owner",
    "designer",
    "implementer",
    "reports_to",
    "due_on",
    "implemented_on",
    "effort_once",
    "effort_yearly",
    "cost_once",
    "cost_yearly",
    "verify_every",
    "verifier",
    "expectation",
    "sample",
    "verify_next_on",
    "restricted",
)

acts = record_actions(Control, FIELDS)

PARTS = {
    rules.Part.OWNER: _("you own it"),
    rules.Part.DESIGNER: _("you designed it"),
    rules.Part.IMPLEMENTER: _("you implemented it"),
}
DATE_FAULTS = {
    rules.DateFault.NOT_IMPLEMENTED: _("Only an implemented control can be verified; this one is: %(state)s."),
    rules.DateFault.FUTURE: _("A verification cannot lie in the future."),
    rules.DateFault.BEFORE_IMPLEMENTATION: _("It was implemented on %(day)s and cannot have been verified before."),
}


def _is(*states: State) -> Callable[[Control], bool]:
    return lambda control: not control.is_withdrawn and control.state in states


def _move(control: Control, state: State, *since: State) -> None:
    """Raises Refused where the control stands in none of the states that the act starts from."""
    if control.is_withdrawn:
        raise Refused(_("This control was withdrawn."), remedy=_("Restore it first."))
    if control.state not in since:
        raise Refused(
            _("This control is %(state)s; it cannot become “%(wanted)s” from there.")
            % {"state": control.get_state_display(), "wanted": state.label}
        )
    control.state = state


def _store(control: Control) -> Control:
    check(control)
    control.save()
    return control


@action("control.start", label=pgettext_lazy("control", "Start"), icon="play", is_bulk=True, applies=_is(State.PLANNED))
def start(control: Control, *, actor: Actor) -> Control:
    _move(control, State.IN_PROGRESS, State.PLANNED)
    return _store(control)


@action(
    "control.block",
    label=pgettext_lazy("control", "Block"),
    icon="octagon-pause",
    needs_reason=True,
    applies=_is(State.PLANNED, State.IN_PROGRESS),
    help_text=_("The reason stands at the control until it goes on: what is missing, from whom."),
)
def block(control: Control, *, actor: Actor) -> Control:
    _move(control, State.BLOCKED, State.PLANNED, State.IN_PROGRESS)
    control.blocked_reason = current_act().reason.strip()[:500]
    return _store(control)


@action("control.unblock", label=pgettext_lazy("control", "Unblock"), icon="play", applies=_is(State.BLOCKED))
def unblock(control: Control, *, actor: Actor) -> Control:
    _move(control, State.IN_PROGRESS, State.BLOCKED)
    return _store(control)


@action(
    "control.complete",
    label=pgettext_lazy("control", "Complete"),
    icon="check",
    is_bulk=True,
    applies=_is(State.PLANNED, State.IN_PROGRESS),
    help_text=_("Says that the objective is reached. The person completion is reported to gets a task."),
)
def complete(control: Control, *, actor: Actor, on: Annotated[date, _("Implemented on")]) -> Control:
    _move(control, State.IMPLEMENTED, State.PLANNED, State.IN_PROGRESS)
    control.implemented_on = on
    return _store(control)


@action(
    "control.reopen",
    label=pgettext_lazy("control", "Reopen"),
    icon="rotate-ccw",
    needs_reason=True,
    applies=_is(State.IMPLEMENTED),
)
def reopen(control: Control, *, actor: Actor) -> Control:
    _move(control, State.IN_PROGRESS, State.IMPLEMENTED)
    return _store(control)


@action(
    "control.verify",
    label=pgettext_lazy("control", "Verify"),
    icon="badge-check",
    applies=_is(State.IMPLEMENTED),
    help_text=_("Tests whether the control works. Nobody verifies what they own, designed or implemented."),
    fields={
        # No result stands there before somebody chooses one.
        "result": forms.TypedChoiceField(
            label=_("Result"), choices=[("", "—"), *Result.choices], coerce=Result, empty_value=None
        ),
        "sample": forms.CharField(
            label=_("sample and method"), max_length=500, required=False, validators=[forbid_control_characters]
        ),
        "remedy": forms.CharField(
            label=_("what should be done at once"),
            required=False,
            max_length=20_000,
            widget=forms.Textarea(attrs={"rows": 3}),
            validators=[forbid_control_characters],
            help_text=_("Where it does not work as it should: proposed as correction in the finding."),
        ),
    },
)
def verify(
    control: Control,
    *,
    actor: Actor,
    on: Annotated[date, _("Verified on")],
    result: Result,
    sample: str = "",
    remark: Annotated[str, _("Remark")] = "",
    remedy: str = "",
) -> Control:
    """Writes a verification; the control repeats the latest one. The use of a waiver stands in the same act."""
    if control.is_withdrawn:
        raise Refused(_("This control was withdrawn."), remedy=_("Restore it first."))
    if actor.person_id is None:
        raise Refused(_("Only a person verifies a control, not a program."))
    if fault := rules.date_fault(on, timezone.localdate(), control.state, control.implemented_on):
        day = date_format(control.implemented_on, "SHORT_DATE_FORMAT") if control.implemented_on else ""
        raise Refused(DATE_FAULTS[fault] % {"state": control.get_state_display(), "day": day})
    waiver = _waiver_for(control, actor)
    act = current_act()
    if waiver is not None:
        act.note(waiver.noted("use"))
    verification = Verification(
        organisation_id=control.organisation_id,
        control=control,
        on=on,
        by_id=actor.person_id,
        result=result,
        expectation=control.expectation,
        sample=sample.strip(),
        remark=remark,
        remedy=remedy.strip(),
        waiver=waiver,
    )
    act.save(verification)
    if control.verified_on is None or on >= control.verified_on:
        control.verified_on, control.verified_result = on, result
        control.verify_next_on = None  # worked out anew from the interval
    return _store(control)


def _waiver_for(control: Control, actor: Actor) -> Waiver | None:
    """The waiver that a person with a part in the control verifies it under; None for one without. Raises Refused."""
    parts = rules.parts_of(
        actor.person_id, owner=control.owner_id, designer=control.designer_id, implementer=control.implementer_id
    )
    if not parts:
        return None
    waiver = waiver_of_owner_verifying(actor, control.unit_id)
    if waiver is None:
        raise Refused(
            _("You cannot verify this control: %(parts)s.") % {"parts": ", ".join(str(PARTS[part]) for part in parts)},
            remedy=_("Ask somebody else, or have top management grant a waiver of this rule."),
        )
    return waiver
