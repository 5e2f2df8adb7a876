"""The check whether what was done against a finding worked, by somebody without a part in it."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.context.models import Waiver
from ringwall.improvement import queries
from ringwall.improvement.actions.findings import require, store
from ringwall.improvement.models import EffectivenessCheck, Finding, State
from ringwall.improvement.rules import findings as rules
from ringwall.improvement.words import PARTS
from ringwall.kit.actions import action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Refused
from ringwall.kit.inputs import text_area


@action(
    "finding.check",
    label=_("Check effectiveness"),
    icon="badge-check",
    applies=lambda finding: not finding.is_withdrawn and finding.state == State.CHECKING,
    help_text=_(
        "Whether the actions took the cause away. If they did, the finding is closed; if not, it is open again and "
        "begins anew. Nobody checks what they own, corrected or carried out."
    ),
    fields={
        "result": forms.TypedChoiceField(
            label=_("result"),
            choices=[("", "—"), ("effective", _("effective")), ("not_effective", _("without effect"))],
            coerce=str,
            empty_value=None,
        ),
        "looked_at": text_area(
            _("what was looked at"), help_text=_("Sample, records, time span: what the result rests on.")
        ),
    },
)
def check_effect(finding: Finding, *, actor: Actor, result: str, looked_at: str) -> Finding:
    """Writes a check that stays. Without effect, the next round begins with nothing but what was found."""
    require(rules.Step.CHECK, finding, actor)
    waiver = _waiver_for(finding, actor)
    act, today = current_act(), timezone.localdate()
    if waiver is not None:
        act.note(waiver.noted("use"))
    is_effective = result == "effective"
    made = EffectivenessCheck(
        organisation_id=finding.organisation_id,
        finding=finding,
        round=finding.round,
        on=today,
        by_id=actor.person_key,
        is_effective=is_effective,
        looked_at=looked_at.strip(),
        correction=finding.correction,
        cause=finding.cause,
        cause_method=finding.cause_method,
        cause_lines=finding.cause_lines,
        waiver=waiver,
    )
    act.save(made)
    if is_effective:
        finding.state, finding.closed_on, finding.conclusion = State.CLOSED, today, looked_at.strip()
        finding.check_on = None
    else:
        finding.round += 1
        finding.correction, finding.corrected_on, finding.corrected_by_id = "", None, None
        finding.cause, finding.cause_method, finding.cause_lines = "", "", []
    return store(finding)


def _waiver_for(finding: Finding, actor: Actor) -> Waiver | None:
    """The waiver that a person with a part in the finding checks it under; None for one without. Raises Refused."""
    parts = rules.parts_of(
        actor.person_id,
        owners=queries.owners_ever(finding),
        corrected_by=finding.corrected_by_id,
        acted=queries.acted_in(finding),
    )
    if not parts:
        return None
    waiver = queries.waiver_of_owner_checking(actor, finding.unit_id)
    if waiver is None:
        raise Refused(
            _("You cannot check this finding: %(parts)s.") % {"parts": ", ".join(str(PARTS[part]) for part in parts)},
            remedy=_("Ask somebody else, or have top management grant a waiver of this rule."),
        )
    return waiver
