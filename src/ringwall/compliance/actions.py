"""What may be done with checks: begin a round, answer, confirm what was carried over, close."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.compliance import queries, rules
from ringwall.compliance.models import Answer, Check, State, Value, answer_ref
from ringwall.kit import registry
from ringwall.kit.actions import action, check, record_actions
from ringwall.kit.acts import Act, acting
from ringwall.kit.errors import Refused
from ringwall.kit.inputs import DateInput, text_area
from ringwall.kit.records import assign_refs, ref_key
from ringwall.kit.statistics import MANY, refresh_statistics
from ringwall.kit.texts import forbid_control_characters

acts = record_actions(
    Check,
    (
        "ref",
        "title",
        "catalogue",
        "scope",
        "asset",
        "parts",
        "level",
        "on",
        "due_on",
        "has_maturity",
        "unit",
        "owner",
        "restricted",
    ),
)
answer_acts = record_actions(
    Answer, ("ref", "round", "requirement", "value", "maturity", "justification", "remark", "asked")
)


@registry.follower
def keep_answers(act: Act) -> None:
    """A new check takes its answers in, one whose part of the catalogue changed takes in what is new and lets the rest
    go; answers stand where their check stands."""
    asked: dict[Any, Check] = {}
    moved: dict[Any, Check] = {}
    saved = {row.pk: row for row in act.saved if isinstance(row, Check)}
    for change in act.changes:
        if change.kind != Check.kind:
            continue
        if change.before is None or {"parts", "level"} & change.after.keys():
            asked[change.subject] = saved[change.subject]
        elif {"unit", "restricted", "owner"} & change.after.keys():
            moved[change.subject] = saved[change.subject]
    for one in asked.values():
        if one.pk not in act.memory.get(TAKEN_IN, ()):
            take_in(one, act)
    rows = list(Answer._base_manager.filter(round_id__in=moved))
    for row in rows:
        one = moved[row.round_id]
        row.unit_id, row.restricted, row.owner_id = one.unit_id, one.restricted, one.owner_id
    act.save_many(rows)


TAKEN_IN = "check.taken_in"
"""Under which an act remembers the checks whose answers it has taken in before its followers are called."""


def take_in(one: Check, act: Act) -> None:
    """Give a check an answer for each requirement it asks; what it no longer asks is withdrawn with its answer."""
    act.memory.setdefault(TAKEN_IN, set()).add(one.pk)
    wanted = queries.asked_by(one)
    if not wanted:
        raise Refused(
            _("There is nothing to answer in this part of the catalogue."),
            remedy=_("Choose other parts, or another level."),
        )
    known = {answer.requirement_id: answer for answer in Answer._base_manager.filter(round=one)}
    before = _answers_before(one)
    named = Requirement.objects.defer("text", "guidance").in_bulk([key for key in wanted if key not in known])
    rows = [_new_answer(one, named[key], before.get(key)) for key in wanted if key not in known]
    reason = _("No longer asked by this check.")
    for key, answer in known.items():
        if answer.withdrawn_on is None and key not in set(wanted):
            answer.withdraw(timezone.localdate(), reason)
            rows.append(answer)
        elif answer.withdrawn_on is not None and key in set(wanted):
            answer.withdrawn_on, answer.withdrawn_reason = None, ""
            rows.append(answer)
    act.save_many(rows)
    if len(rows) >= MANY:
        act.afterwards(refresh_statistics)


def _answers_before(one: Check) -> dict[Any, Answer]:
    if one.previous_id is None or not one.carries:
        return {}
    rows = Answer._base_manager.filter(round_id=one.previous_id, withdrawn_on=None).exclude(value=Value.OPEN)
    return {answer.requirement_id: answer for answer in rows}


def _new_answer(one: Check, requirement: Requirement, before: Answer | None) -> Answer:
    ref = answer_ref(one.ref, requirement.identifier)
    made = Answer(
        organisation_id=one.organisation_id,
        unit_id=one.unit_id,
        restricted=one.restricted,
        owner_id=one.owner_id,
        round=one,
        requirement=requirement,
        ref=ref,
        ref_key=ref_key(ref),
    )
    if before is not None:
        for name in ("value", "statements", "justification", "remark", "asked", "unmet", "lacks_reason"):
            setattr(made, name, getattr(before, name))
        made.maturity = before.maturity if one.has_maturity else None
        made.is_carried = True
        made.provenance = before.round.ref if "round" in before.__dict__ else one.previous.ref  # type: ignore[union-attr]
    return made


class StatementsField(forms.JSONField):
    """Number of a statement → answer. Text (JSON) or the object itself."""

    def clean(self, value: Any) -> dict[str, str]:
        found = value if isinstance(value, dict) else super().clean(value)
        if found in (None, ""):
            return {}
        is_fitting = isinstance(found, dict) and all(
            isinstance(k, str) and len(k) <= 140 and v in Value.values for k, v in found.items()
        )
        if not is_fitting:
            raise ValidationError(
                _("Name each statement by its number, and its answer as open, yes, partially, no or not_needed.")
            )
        return {str(number): str(answer) for number, answer in found.items()}


GIVEN = {
    "value": forms.ChoiceField(label=gettext_lazy("Answer"), choices=Value.choices, required=False),
    "statements": StatementsField(label=gettext_lazy("Statements"), required=False),
    "maturity": forms.IntegerField(
        label=gettext_lazy("Maturity"), required=False, min_value=0, max_value=rules.MOST_MATURE
    ),
    "justification": text_area(gettext_lazy("Justification"), required=False, rows=2),
    "remark": text_area(gettext_lazy("Remark"), required=False, rows=2),
    "asked": forms.CharField(
        label=gettext_lazy("Who was asked"), required=False, max_length=200, validators=[forbid_control_characters]
    ),
}


@action("answer.give", label=gettext_lazy("Answer"), icon="check", fields=GIVEN)
def give(
    answer: Answer,
    *,
    actor: Actor,
    value: str = "",
    statements: Mapping[str, str],
    maturity: int | None = None,
    justification: str = "",
    remark: str = "",
    asked: str = "",
) -> Answer:
    """Answer one requirement whole. Answers to statements make that of the requirement; without them `value` is it."""
    return give_many([(answer, statements, value, maturity, justification, remark, asked)], actor=actor)[0]


Told = tuple[Answer, Mapping[str, str], str, int | None, str, str, str]
"""Answer, statements (number → answer), value, maturity, justification, remark, who was asked."""


def give_many(told: Iterable[Told], *, actor: Actor) -> list[Answer]:
    """Answer several requirements in one act: each as Told says."""
    told = list(told)
    answers = [one[0] for one in told]
    Answer.before_check(answers)
    with acting(actor, give.name) as act:
        for answer, statements, value, maturity, justification, remark, asked in told:
            set_answer(answer, statements, value)
            answer.maturity, answer.justification, answer.remark, answer.asked = maturity, justification, remark, asked
            check(answer)
        act.save_many(answers)
    return answers


def set_answer(answer: Answer, statements: Mapping[str, str], value: str) -> None:
    """Raises Invalid for statements that the requirement has not (by the verbs that `before_check` fetched)."""
    verbs: Mapping[str, str] = answer.__dict__.get("_verbs") or {}
    if unknown := [number for number in statements if number not in verbs]:
        raise Refused(
            _("%(requirement)s has no statement %(number)s.")
            % {
                "requirement": answer.requirement.ref,
                "number": unknown[0][:60],
            }
        )
    found = {number: rules.Value(text) for number, text in statements.items() if text != Value.OPEN}
    if found:
        answer.value = rules.whole([found.get(number, rules.Value.OPEN) for number in verbs])
    else:
        answer.value = value or Value.OPEN
    answer.statements = {number: str(text) for number, text in found.items()}


@action(
    "answer.confirm",
    label=gettext_lazy("Confirm"),
    icon="check-check",
    is_bulk=True,
    applies=lambda answer: answer.is_carried,
)
def confirm(answer: Answer, *, actor: Actor) -> Answer:
    """What was carried over holds still."""
    if not answer.is_carried:
        raise Refused(_("%(answer)s was not carried over; there is nothing to confirm.") % {"answer": answer})
    Answer.before_check([answer])
    answer.is_carried = False
    check(answer)
    answer.save()
    return answer


@action(
    "check.next",
    label=gettext_lazy("Next round"),
    icon="copy-plus",
    fields={
        "title": forms.CharField(label=gettext_lazy("Title"), max_length=200, validators=[forbid_control_characters]),
        "on": forms.DateField(label=gettext_lazy("Round of"), widget=DateInput()),
        "due_on": forms.DateField(label=gettext_lazy("Due"), widget=DateInput(), required=False),
        "carries": forms.BooleanField(
            label=gettext_lazy("Carry the answers over"),
            required=False,
            help_text=gettext_lazy("Each is shown as last time's and waits to be confirmed or changed."),
        ),
    },
    applies=lambda one: not one.is_withdrawn,
)
def next_round(
    one: Check, *, actor: Actor, title: str, on: date, due_on: date | None = None, carries: bool = False
) -> Check:
    """The same questions at a later day. Evidence and tasks stay with the round they belong to."""
    if on < one.on:
        raise Refused(
            _("The next round cannot be before this one of %(day)s.") % {"day": one.on.isoformat()},
            remedy=_("Choose a later day."),
        )
    made = Check(
        organisation_id=one.organisation_id,
        unit_id=one.unit_id,
        owner_id=one.owner_id,
        restricted=one.restricted,
        title=title,
        catalogue_id=one.catalogue_id,
        scope_id=one.scope_id,
        asset_id=one.asset_id,
        level=one.level,
        has_maturity=one.has_maturity,
        on=on,
        due_on=due_on,
        previous=one,
        carries=carries,
    )
    made.set_links("parts", list(one.parts.all()))
    assign_refs([made])
    made.save()
    return made


@action(
    "check.close",
    label=gettext_lazy("Close check"),
    icon="lock",
    applies=lambda one: one.is_open,
)
def close(one: Check, *, actor: Actor, conclusion: Annotated[str, gettext_lazy("Conclusion")] = "") -> Check:
    """Its answers stand from now on. Open ones need a word in the conclusion; missing reasons are not forgiven."""
    if not one.is_open:
        raise Refused(_("%(check)s is closed already.") % {"check": one})
    found = queries.progress_of([one.pk])[one.pk]
    if found.reasons_missing:
        raise Refused(
            ngettext(
                "%(count)d answer lacks its justification.",
                "%(count)d answers lack their justification.",
                found.reasons_missing,
            )
            % {"count": found.reasons_missing},
            remedy=_("Say why these are not needed, or not met."),
        )
    left = found.open + found.carried
    if left and not conclusion.strip():
        raise Refused(
            ngettext(
                "%(count)d requirement is not answered or not confirmed.",
                "%(count)d requirements are not answered or not confirmed.",
                left,
            )
            % {"count": left},
            remedy=_("Answer them, or say in the conclusion why the check ends without them."),
        )
    one.state, one.closed_on, one.conclusion = State.CLOSED, timezone.localdate(), conclusion
    one.save()
    return one


@action(
    "check.reopen",
    label=gettext_lazy("Reopen"),
    icon="lock-open",
    needs_reason=True,
    applies=lambda one: one.state == State.CLOSED and not one.is_withdrawn,
)
def reopen(one: Check, *, actor: Actor) -> Check:
    if one.state != State.CLOSED:
        raise Refused(_("%(check)s is not closed.") % {"check": one})
    one.state, one.closed_on = State.OPEN, None
    one.save()
    return one
