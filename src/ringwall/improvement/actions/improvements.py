"""What may be done with improvements: suggested by anybody, decided with a reason, done with an outcome."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.improvement.models import Improvement, ImprovementState
from ringwall.improvement.rules import improvements as rules
from ringwall.kit.actions import action, check, record_actions
from ringwall.kit.errors import Invalid, Refused
from ringwall.kit.fields import ReferenceField
from ringwall.kit.inputs import text_area
from ringwall.kit.records import assign_refs
from ringwall.kit.texts import forbid_control_characters

improvement_acts = record_actions(
    Improvement,
    ("ref", "title", "idea", "benefit", "suggested_by", "unit", "owner", "effort", "due_on", "restricted"),
)


def _effort(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_digits=8, decimal_places=1)


@action(
    "improvement.suggest",
    label=_("Suggest an improvement"),
    icon="lightbulb",
    fields={
        "title": forms.CharField(
            label=_("Your idea in one line"), max_length=200, validators=[forbid_control_characters]
        ),
        "idea": text_area(_("What could be better, and how?")),
        "benefit": text_area(_("What would it bring?"), required=False),
    },
)
def suggest(
    *, actor: Actor, title: str, idea: str, benefit: str = "", key: Annotated[UUID | None, ""] = None
) -> Improvement:
    """An idea of one's own. With a key, sent twice it is made once."""
    by = Person.objects.get(pk=actor.person_key)
    if key is not None and (made := Improvement.objects.filter(pk=key, suggested_by=by).first()):
        return made
    suggested = Improvement(
        **({"id": key} if key else {}),
        organisation_id=actor.organisation_id,
        title=title,
        idea=idea,
        benefit=benefit,
        suggested_by=by,
        unit_id=by.unit_id,
    )
    check(suggested)
    assign_refs([suggested])
    suggested.save()
    return suggested


def _move(improvement: Improvement, act: str) -> None:
    if improvement.is_withdrawn:
        raise Refused(_("This improvement was withdrawn."), remedy=_("Restore it first."))
    if not rules.may(act, improvement.state):
        raise Refused(_("This improvement is %(state)s already.") % {"state": improvement.get_state_display()})
    improvement.state = ImprovementState(rules.FOLLOWS[act][1])


def _applies(act: str) -> Any:
    return lambda improvement: not improvement.is_withdrawn and rules.may(act, improvement.state)


REASON = text_area(_("decision in words"), help_text=_("Why, in words that whoever suggested it will read."))


@action(
    "improvement.accept",
    label=pgettext_lazy("improvement", "Accept"),
    icon="check",
    applies=_applies("accept"),
    fields={
        "decision": REASON,
        "owner": ReferenceField(Person, label=_("responsible")),
        "effort": _effort(_("effort (days)")),
    },
)
def accept(
    improvement: Improvement,
    *,
    actor: Actor,
    decision: str,
    owner: Person,
    due_on: Annotated[date | None, _("due")] = None,
    effort: Decimal | None = None,
) -> Improvement:
    _move(improvement, "accept")
    improvement.owner, improvement.due_on, improvement.effort = owner, due_on, effort
    return _decided(improvement, actor, decision)


@action(
    "improvement.decline",
    label=pgettext_lazy("improvement", "Decline"),
    icon="x",
    applies=_applies("decline"),
    fields={"decision": REASON},
)
def decline(improvement: Improvement, *, actor: Actor, decision: str) -> Improvement:
    _move(improvement, "decline")
    return _decided(improvement, actor, decision)


@action(
    "improvement.reconsider",
    label=_("Reconsider"),
    icon="rotate-ccw",
    needs_reason=True,
    applies=_applies("reconsider"),
)
def reconsider(improvement: Improvement, *, actor: Actor) -> Improvement:
    _move(improvement, "reconsider")
    improvement.decision, improvement.decided_by, improvement.decided_on = "", None, None
    improvement.save()
    return improvement


def _decided(improvement: Improvement, actor: Actor, words: str) -> Improvement:
    improvement.decision, improvement.decided_on = words.strip(), timezone.localdate()
    improvement.decided_by_id = actor.person_id
    improvement.save()
    return improvement


@action(
    "improvement.complete",
    label=_("Report as done"),
    icon="check",
    applies=_applies("complete"),
    fields={
        "outcome": text_area(_("outcome"), help_text=_("What is better now.")),
        "effort": _effort(_("effort (days)")),
    },
)
def complete(
    improvement: Improvement,
    *,
    actor: Actor,
    outcome: str,
    on: Annotated[date, _("done on")],
    effort: Decimal | None = None,
) -> Improvement:
    if on > timezone.localdate():
        raise Invalid({"on": [_("This day is still to come.")]})
    _move(improvement, "complete")
    improvement.outcome, improvement.done_on = outcome.strip(), on
    improvement.effort = effort if effort is not None else improvement.effort
    improvement.save()
    return improvement
