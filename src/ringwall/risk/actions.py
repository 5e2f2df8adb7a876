"""What may be done with risks: assess, treat, accept, countersign, end an acceptance."""

from datetime import date
from typing import Annotated, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.context.models import Waiver
from ringwall.context.queries import units_above, waiver_in_force
from ringwall.controls.models import Control
from ringwall.kit.actions import action, assign, record_actions
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Invalid, Refused
from ringwall.kit.inputs import text_area
from ringwall.kit.texts import forbid_control_characters
from ringwall.risk.fields import LevelField
from ringwall.risk.models import JUDGED, Acceptance, AcceptanceState, Assessment, CriteriaEdition, Option, Risk
from ringwall.risk.rules.acceptance import (
    Attempt,
    countersign_refusal,
    is_expired,
    latest_expiry,
    refusal,
    required_authorities,
)
from ringwall.risk.words import REFUSALS, day_word

COUNTERSIGN = "risk.countersign"
"""The grant of the next authority: top management."""

FIELDS = (
    "ref",
    "title",
    "scope",
    "description",
    "threat",
    "vulnerability",
    "assets",
    "unit",
    "owner",
    "likelihood",
    "consequence",
    "target_likelihood",
    "target_consequence",
    "inherent_likelihood",
    "inherent_consequence",
    "treatment",
    "treatment_note",
    "controls",
    "requirements",
    "due_on",
    "review_on",
    "restricted",
)


def _level_field(name: str, *, required: bool = False) -> LevelField:
    f: Any = Risk._meta.get_field(name)
    return LevelField(name, label=f.verbose_name, required=required)


acts = record_actions(Risk, FIELDS, special={name: _level_field(name) for name in JUDGED})


@action(
    "risk.assess",
    label=_("Assess"),
    icon="scale",
    help_text=_("An assessment is dated and stays; the next one follows it. The target is the risk that shall remain."),
    applies=lambda risk: not risk.is_withdrawn,
    fields={
        **{name: _level_field(name, required=name in {"likelihood", "consequence"}) for name in JUDGED},
        "round": forms.CharField(
            label=_("round"),
            required=False,
            max_length=80,
            validators=[forbid_control_characters],
            help_text=_("The occasion, such as “Yearly review 2026”; rounds of the same name can be compared."),
        ),
        "rationale": text_area(
            _("rationale"), help_text=_("Why these levels: what is known, what is assumed."), required=False
        ),
    },
)
def assess(
    risk: Risk,
    *,
    actor: Actor,
    likelihood: int,
    consequence: int,
    target_likelihood: int | None = None,
    target_consequence: int | None = None,
    inherent_likelihood: int | None = None,
    inherent_consequence: int | None = None,
    rationale: str = "",
    round: str = "",
    on: Annotated[date | None, _("assessed on")] = None,
    review_on: Annotated[date | None, _("review on")] = None,
) -> Risk:
    """Judge a risk under the edition in force. Invalid by field; Refused where no criteria are approved."""
    today = timezone.localdate()
    on = on or today
    if (edition := CriteriaEdition.current(risk.organisation_id)) is None:
        raise Refused(_("No risk criteria are approved yet."), remedy=_("Have them approved, then assess."))
    if on > today:
        raise Invalid({"on": [_("An assessment cannot lie in the future.")]})
    if risk.assessed_on and on < risk.assessed_on:
        raise Invalid({"on": [_("There is a later assessment, of %(day)s.") % {"day": day_word(risk.assessed_on)}]})
    if review_on and review_on <= on:
        raise Invalid({"review_on": [_("The review must lie after the assessment.")]})
    assessment = Assessment(
        organisation_id=risk.organisation_id,
        risk=risk,
        edition=edition,
        on=on,
        by_id=actor.person_id,
        round=round.strip(),
        rationale=rationale,
        likelihood=likelihood,
        consequence=consequence,
        target_likelihood=target_likelihood,
        target_consequence=target_consequence,
        inherent_likelihood=inherent_likelihood,
        inherent_consequence=inherent_consequence,
    )
    try:
        assessment.judge()
    except ValidationError as error:
        raise Invalid(error.message_dict) from None
    risk.take(assessment, Acceptance.open_of([risk.pk]), review_on=review_on)
    current_act().save(assessment)
    risk.save()
    return risk


@action(
    "risk.treat",
    label=_("Treat"),
    icon="shield",
    help_text=_("How the risk is dealt with, and what that needs."),
    applies=lambda risk: risk.level is not None and not risk.is_withdrawn,
    fields={
        "option": forms.TypedChoiceField(
            label=_("treatment"),
            choices=[choice for choice in Option.choices if choice[0] != Option.UNDECIDED],
            coerce=Option,
        ),
        "note": text_area(_("treatment in words"), required=False),
    },
)
def treat(
    risk: Risk,
    *,
    actor: Actor,
    option: Option,
    note: str = "",
    controls: Annotated[list[Control] | None, _("controls")] = None,
    requirements: Annotated[list[Requirement] | None, _("reference controls")] = None,
    due_on: Annotated[date | None, _("treated by")] = None,
) -> Risk:
    """Choose the treatment (27001 6.1.3 a, b). Modifying needs a control; avoiding and sharing are said in words."""
    if option == Option.MODIFY and not controls and not requirements:
        raise Invalid({"controls": [_("Name at least one control or reference control that modifies the risk.")]})
    if option in {Option.AVOID, Option.SHARE} and not note.strip():
        raise Invalid({"note": [_("Say how it is avoided, or with whom it is shared.")]})
    values = {"treatment": option, "treatment_note": note, "due_on": due_on}
    assign(risk, values | {"controls": controls or [], "requirements": requirements or []}, actor)
    risk.save()
    return risk


@action(
    "risk.accept",
    label=_("Accept risk"),
    icon="signature",
    help_text=_("You take this risk knowingly, as its owner. Above your authority top management signs too."),
    applies=lambda risk: (
        risk.level is not None and risk.acceptance != AcceptanceState.WAITING and not risk.is_withdrawn
    ),
    fields={
        "rationale": text_area(_("reason"), help_text=_("Why the risk may be taken.")),
        "conditions": text_area(_("conditions"), help_text=_("Under which the acceptance holds."), required=False),
    },
)
def accept(
    risk: Risk, *, actor: Actor, until: Annotated[date, _("until")], rationale: str, conditions: str = ""
) -> Risk:
    """Sign as owner (27001 6.1.3 f). In force at once up to the owner's authority; above it, waits for the next one."""
    today, criteria = timezone.localdate(), risk.criteria
    latest = risk.assessments.first()
    is_assessor = latest is not None and latest.by_id is not None and latest.by_id == actor.person_id
    waiver = _waiver(risk, actor) if is_assessor else None
    attempt = Attempt(
        is_owner=risk.owner_id is not None and risk.owner_id == actor.person_id,
        is_assessor=is_assessor,
        has_waiver=waiver is not None,
        until=until,
        on=today,
        level=risk.level,
    )
    if code := refusal(criteria, attempt):
        _refuse(code, day=day_word(latest_expiry(criteria, today)) if criteria else "")
    assert criteria is not None and latest is not None and risk.level is not None and actor.person_id is not None
    needs_next = len(required_authorities(criteria, risk.level)) > 1 and not actor.may(COUNTERSIGN, risk)
    state = AcceptanceState.WAITING if needs_next else AcceptanceState.IN_FORCE
    _end_open(risk, str(_("replaced by a new acceptance")))
    made = Acceptance(
        organisation_id=risk.organisation_id,
        risk=risk,
        assessment=latest,
        state=state,
        level=risk.level,
        reason=rationale,
        conditions=conditions,
        until_on=until,
        by_id=actor.person_id,
        at=timezone.now(),
        waiver=waiver,
    )
    current_act().save(made)
    risk.acceptance = state
    risk.accepted_until = None if needs_next else until
    risk.save()
    return risk


@action(
    COUNTERSIGN,
    label=_("Countersign acceptance"),
    icon="signature",
    help_text=_("The risk lies above the authority of its owner. With your signature the acceptance comes into force."),
    applies=lambda risk: risk.acceptance == AcceptanceState.WAITING and not risk.is_withdrawn,
    fields={"remark": text_area(_("remark or further conditions"), required=False)},
)
def countersign(risk: Risk, *, actor: Actor, remark: str = "") -> Risk:
    acceptance = _waiting(risk)
    waiver = _require_second(risk, acceptance, actor)
    if is_expired(acceptance.until_on, timezone.localdate()):
        _refuse("already_over")
    acceptance.state, acceptance.next_remark, acceptance.next_waiver = AcceptanceState.IN_FORCE, remark, waiver
    acceptance.next_by_id, acceptance.next_at = actor.person_id, timezone.now()
    current_act().save(acceptance)
    risk.acceptance, risk.accepted_until = AcceptanceState.IN_FORCE, acceptance.until_on
    risk.save()
    return risk


@action(
    "risk.decline",
    label=_("Refuse acceptance"),
    icon="x",
    is_danger=True,
    needs_reason=True,
    help_text=_("The risk stays open and must be treated otherwise."),
    applies=lambda risk: risk.acceptance == AcceptanceState.WAITING and not risk.is_withdrawn,
)
def decline(risk: Risk, *, actor: Actor) -> Risk:
    acceptance = _waiting(risk)
    acceptance.state, acceptance.next_remark = AcceptanceState.REFUSED, current_act().reason
    acceptance.next_by_id, acceptance.next_at = actor.person_id, timezone.now()
    current_act().save(acceptance)
    risk.acceptance, risk.accepted_until = AcceptanceState.NONE, None
    risk.save()
    return risk


@action(
    "risk.end_acceptance",
    label=_("End acceptance"),
    icon="circle-stop",
    is_danger=True,
    needs_reason=True,
    applies=lambda risk: risk.acceptance in {AcceptanceState.WAITING, AcceptanceState.IN_FORCE},
)
def end_acceptance(risk: Risk, *, actor: Actor) -> Risk:
    """Take an acceptance back before its time."""
    if not _end_open(risk, current_act().reason):
        raise Refused(_("No acceptance of this risk is in force or waiting."))
    risk.acceptance, risk.accepted_until = AcceptanceState.NONE, None
    risk.save()
    return risk


def _end_open(risk: Risk, reason: str) -> list[Acceptance]:
    open_ones = Acceptance.open_of([risk.pk])
    for acceptance in open_ones:
        acceptance.end(timezone.localdate(), reason)
    current_act().save_many(open_ones)
    return open_ones


def _waiting(risk: Risk) -> Acceptance:
    found = risk.acceptances.filter(state=AcceptanceState.WAITING).select_related("assessment").first()
    if found is None:
        raise Refused(_("No acceptance of this risk waits for a signature."))
    return found


def _require_second(risk: Risk, acceptance: Acceptance, actor: Actor) -> Waiver | None:
    """The waiver under which the second signature is given, if it needs one. Refused where it may not be given."""
    is_assessor = acceptance.assessment.by_id is not None and acceptance.assessment.by_id == actor.person_id
    waiver = _waiver(risk, actor) if is_assessor else None
    is_first = acceptance.by_id == actor.person_id
    if code := countersign_refusal(is_first_signatory=is_first, is_assessor=is_assessor, has_waiver=waiver is not None):
        _refuse(code)
    return waiver


def _waiver(risk: Risk, actor: Actor) -> Waiver | None:
    above = units_above(actor.units, risk.unit_id)
    return waiver_in_force(risk.organisation_id, Waiver.Rule.AUTHOR_APPROVES, unit_ids=above)


def _refuse(code: str, **parameters: Any) -> None:
    message, remedy = REFUSALS[code]
    raise Refused(message, remedy=str(remedy) % parameters if parameters and "%(" in str(remedy) else remedy)
