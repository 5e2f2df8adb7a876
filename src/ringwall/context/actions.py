"""What may be done with scopes, obligations and waivers."""

from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.context import rules
from ringwall.context.models import IsmsScope, Obligation, Waiver
from ringwall.context.queries import proposers_of
from ringwall.kit.actions import action, record_actions
from ringwall.kit.errors import Refused

scope_acts = record_actions(
    IsmsScope,
    (
        "ref",
        "title",
        "method",
        "covers",
        "boundaries",
        "exclusions",
        "units",
        "reference",
        "unit",
        "owner",
        "review_on",
        "restricted",
    ),
)
obligation_acts = record_actions(
    Obligation,
    (
        "ref",
        "title",
        "category",
        "source",
        "clause",
        "demands",
        "requirements",
        "unit",
        "owner",
        "from_on",
        "until_on",
        "review_on",
        "notify_hours",
        "restricted",
    ),
)
waiver_acts = record_actions(
    Waiver, ("ref", "title", "rule", "justification", "compensation", "until_on", "unit", "owner", "restricted")
)

BARS = {
    rules.Bar.WRONG_STATE: _("This waiver is %(state)s; this decision no longer applies."),
    rules.Bar.NO_PERSON: _("Only a person decides on a waiver, not a program."),
    rules.Bar.OWN_PROPOSAL: _(
        "Whoever proposed a waiver does not decide on it. Another member of top management must."
    ),
    rules.Bar.OWN_RECORD: _("Whoever owns a waiver does not decide on it. Another member of top management must."),
    rules.Bar.OVER: _("The waiver would have ended already. Have a new one proposed with a later end."),
}
Words = Annotated[str, _("Decision in words")]


@action("waiver.grant", label=_("Grant"), icon="check", applies=lambda waiver: waiver.state == Waiver.State.PROPOSED)
def grant(waiver: Waiver, *, actor: Actor, decision: Words = "") -> Waiver:
    return _decide(waiver, actor, "grant", decision)


@action("waiver.refuse", label=_("Refuse"), icon="x", applies=lambda waiver: waiver.state == Waiver.State.PROPOSED)
def refuse(waiver: Waiver, *, actor: Actor, decision: Words = "") -> Waiver:
    return _decide(waiver, actor, "refuse", decision)


@action("waiver.end", label=_("End"), icon="octagon-x", applies=lambda waiver: waiver.state == Waiver.State.GRANTED)
def end(waiver: Waiver, *, actor: Actor, decision: Words = "") -> Waiver:
    return _decide(waiver, actor, "end", decision)


def _decide(waiver: Waiver, actor: Actor, decision: str, words: str) -> Waiver:
    today = timezone.localdate()
    if waiver.is_withdrawn:
        raise Refused(_("This waiver was withdrawn."))
    bar = rules.bar(
        decision,
        state=waiver.state,
        decider=actor.person_id,
        proposers=proposers_of(waiver),
        owner=waiver.owner_id,
        until=waiver.until_on,
        today=today,
    )
    if bar is not None:
        raise Refused(BARS[bar] % {"state": waiver.get_state_display()})
    waiver.state = Waiver.State(rules.FOLLOWS[decision][1])
    waiver.decided_on, waiver.decided_by_id, waiver.decision = today, actor.person_id, words[:2000]
    waiver.save()
    return waiver
