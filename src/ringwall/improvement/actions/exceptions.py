"""What may be done with exceptions: asked for, judged, decided, ended, renewed."""

from datetime import date
from typing import Annotated
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.controls.models import Control
from ringwall.improvement import queries
from ringwall.improvement.models import AuthorisedException, ExceptionLevel, ExceptionState
from ringwall.improvement.rules import exceptions as rules
from ringwall.kit.actions import action, assign, check, record_actions
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Invalid, Refused
from ringwall.kit.inputs import text_area
from ringwall.kit.records import assign_refs
from ringwall.kit.texts import forbid_control_characters

exception_acts = record_actions(
    AuthorisedException,
    (
        "ref",
        "title",
        "deviation",
        "justification",
        "requirements",
        "controls",
        "compensation",
        "until_on",
        "asked_by",
        "unit",
        "owner",
        "restricted",
    ),
)

BARS = {
    rules.Bar.WRONG_STATE: _("This exception is %(state)s; this decision no longer applies."),
    rules.Bar.NO_PERSON: _("Only a person decides on an exception, not a program."),
    rules.Bar.OWN_REQUEST: _("Whoever asked for an exception does not decide on it."),
    rules.Bar.OWN_RECORD: _("Whoever answers for an exception, or did, does not decide on it."),
    rules.Bar.OWN_JUDGEMENT: _("Above a low risk, whoever judged it does not grant it too."),
    rules.Bar.ABOVE_AUTHORITY: _("Its risk is %(level)s: only top management grants that."),
    rules.Bar.NOTHING_NAMED: _("Name first the requirements or controls that it departs from."),
    rules.Bar.OVER: _("It would have ended already. Give a later end."),
    rules.Bar.TOO_LONG: _("An exception lasts a year at most: until %(latest)s."),
}


@action(
    "exception.ask",
    label=_("Ask for an exception"),
    icon="message-circle-question-mark",
    fields={
        "title": forms.CharField(
            label=_("What do you ask for?"), max_length=200, validators=[forbid_control_characters]
        ),
        "deviation": text_area(_("Which rule can you not keep, and what will you do instead?")),
        "justification": text_area(_("Why?")),
        "compensation": text_area(
            _("What keeps the risk small meanwhile?"), required=False, help_text=_("Leave it empty if you do not know.")
        ),
    },
)
def ask(
    *,
    actor: Actor,
    title: str,
    deviation: str,
    justification: str,
    compensation: str = "",
    until_on: Annotated[date, _("Until when?")],
    key: Annotated[UUID | None, ""] = None,
) -> AuthorisedException:
    """A request of one's own, for those who keep the register to judge. With a key, sent twice it is made once."""
    asker = Person.objects.get(pk=actor.person_key)
    if key is not None and (made := AuthorisedException.objects.filter(pk=key, asked_by=asker).first()):
        return made
    asked = AuthorisedException(
        **({"id": key} if key else {}),
        organisation_id=actor.organisation_id,
        title=title,
        deviation=deviation,
        justification=justification,
        compensation=compensation,
        until_on=until_on,
        asked_by=asker,
        owner=asker,
        unit_id=asker.unit_id,
    )
    check(asked)
    if until_on > rules.latest_end(timezone.localdate()):
        raise Invalid({"until_on": [_told(rules.Bar.TOO_LONG, asked)]})
    assign_refs([asked])
    asked.save()
    return asked


def _told(bar: rules.Bar, exception: AuthorisedException) -> str:
    return str(BARS[bar]) % {
        "state": exception.get_state_display(),
        "level": exception.get_level_display(),
        "latest": date_format(rules.latest_end(timezone.localdate()), "SHORT_DATE_FORMAT"),
    }


def _require(decision: rules.Decision, exception: AuthorisedException, actor: Actor, until: date) -> None:
    """Raises Refused where something stands against the decision."""
    if exception.is_withdrawn:
        raise Refused(_("This exception was withdrawn."), remedy=_("Restore it first."))
    bar = rules.bar(
        decision,
        state=exception.state,
        level=exception.level,
        decider=actor.person_id,
        askers=queries.askers_of(exception),
        owners=queries.owners_ever(exception),
        judged_by=exception.judged_by_id,
        names_something=exception.requirements.exists() or exception.controls.exists(),
        until=until,
        today=timezone.localdate(),
    )
    if bar is not None:
        raise Refused(_told(bar, exception))


def _waits(exception: AuthorisedException) -> bool:
    return not exception.is_withdrawn and exception.state in {ExceptionState.ASKED, ExceptionState.JUDGED}


@action(
    "exception.judge",
    label=pgettext_lazy("exception", "Judge"),
    icon="scale",
    applies=_waits,
    help_text=_(
        "What could happen meanwhile, and what keeps it small. A low risk is granted by the ISMS manager, every other "
        "by top management."
    ),
    fields={
        "level": forms.TypedChoiceField(
            label=_("risk of it"), choices=[("", "—"), *ExceptionLevel.choices], coerce=ExceptionLevel, empty_value=None
        ),
        "risk": text_area(_("risk in words")),
        "compensation": text_area(_("what makes up for it")),
    },
)
def judge(
    exception: AuthorisedException,
    *,
    actor: Actor,
    level: ExceptionLevel,
    risk: str,
    compensation: str,
    requirements: Annotated[list[Requirement] | None, _("departs from requirements")] = None,
    controls: Annotated[list[Control] | None, _("departs from controls")] = None,
) -> AuthorisedException:
    _require(rules.Decision.JUDGE, exception, actor, exception.until_on)
    if not requirements and not controls:
        raise Invalid({"requirements": [str(BARS[rules.Bar.NOTHING_NAMED])]})
    links = {"requirements": requirements or [], "controls": controls or []}
    assign(exception, {"compensation": compensation.strip(), **links}, actor)
    check(exception)
    exception.level, exception.risk = level, risk.strip()
    exception.judged_by_id, exception.judged_on = actor.person_id, timezone.localdate()
    exception.state = ExceptionState.JUDGED
    exception.save()
    return exception


Words = Annotated[str, _("decision in words")]
Until = Annotated[date, _("until")]


@action(
    "exception.grant",
    label=_("Grant"),
    icon="check",
    applies=lambda e: not e.is_withdrawn and e.state == ExceptionState.JUDGED and e.level == ExceptionLevel.LOW,
    help_text=_("In force from today to its end, a year at most. Nobody grants what they asked for or answer for."),
)
def grant(
    exception: AuthorisedException, *, actor: Actor, until_on: Until, decision: Words = ""
) -> AuthorisedException:
    return _grant(rules.Decision.GRANT, exception, actor, until_on, decision)


@action(
    "exception.authorise",
    label=pgettext_lazy("exception", "Authorise"),
    icon="signature",
    applies=lambda e: not e.is_withdrawn and e.state == ExceptionState.JUDGED,
    help_text=_("In force from today to its end, a year at most. Nobody grants what they asked for or answer for."),
)
def authorise(
    exception: AuthorisedException, *, actor: Actor, until_on: Until, decision: Words = ""
) -> AuthorisedException:
    return _grant(rules.Decision.AUTHORISE, exception, actor, until_on, decision)


def _grant(
    decision: rules.Decision, exception: AuthorisedException, actor: Actor, until: date, words: str
) -> AuthorisedException:
    """What it renews, if anything, ends in the same act."""
    _require(decision, exception, actor, until)
    exception.until_on = until
    _decide(exception, ExceptionState.GRANTED, actor, words)
    if exception.renews_id is not None:
        earlier = AuthorisedException.objects.select_for_update().get(pk=exception.renews_id)
        if earlier.state == ExceptionState.GRANTED:
            earlier.state, earlier.ended_on = ExceptionState.ENDED, timezone.localdate()
            earlier.ended_reason = str(_("Renewed by %(ref)s")) % {"ref": exception.ref}
            earlier.save()
    return exception


@action(
    "exception.refuse",
    label=_("Refuse"),
    icon="x",
    applies=_waits,
    help_text=_("Whoever asked reads the reason."),
    fields={"decision": text_area(_("decision in words"))},
)
def refuse(exception: AuthorisedException, *, actor: Actor, decision: str) -> AuthorisedException:
    _require(rules.Decision.REFUSE, exception, actor, exception.until_on)
    return _decide(exception, ExceptionState.REFUSED, actor, decision)


def _decide(exception: AuthorisedException, state: ExceptionState, actor: Actor, words: str) -> AuthorisedException:
    exception.state, exception.decision = state, words.strip()
    exception.decided_by_id, exception.decided_on = actor.person_id, timezone.localdate()
    exception.save()
    return exception


@action(
    "exception.end",
    label=_("End"),
    icon="octagon-x",
    needs_reason=True,
    applies=lambda e: e.state == ExceptionState.GRANTED,
    help_text=_("The rule is kept again from today on."),
)
def end(exception: AuthorisedException, *, actor: Actor) -> AuthorisedException:
    _require(rules.Decision.END, exception, actor, exception.until_on)
    exception.state, exception.ended_on = ExceptionState.ENDED, timezone.localdate()
    exception.ended_reason = current_act().reason.strip()
    exception.save()
    return exception


@action(
    "exception.renew",
    label=_("Ask for renewal"),
    icon="calendar-sync",
    applies=lambda e: not e.is_withdrawn and e.state == ExceptionState.GRANTED,
    help_text=_("A renewal is a new exception with its own judgement and decision; this one ends with it."),
    fields={"justification": text_area(_("Why is it still needed?"))},
)
def renew(exception: AuthorisedException, *, actor: Actor, until_on: Until, justification: str) -> AuthorisedException:
    if exception.state != ExceptionState.GRANTED:
        raise Refused(_told(rules.Bar.WRONG_STATE, exception))
    if exception.renewals.filter(state__in=[ExceptionState.ASKED, ExceptionState.JUDGED], withdrawn_on=None).exists():
        raise Refused(_("Its renewal has been asked for already."))
    made = AuthorisedException(
        organisation_id=exception.organisation_id,
        renews=exception,
        justification=justification.strip(),
        until_on=until_on,
        asked_by_id=actor.person_id,
        **{name: getattr(exception, name) for name in ("title", "deviation", "compensation", "restricted")},
        unit_id=exception.unit_id,
        owner_id=exception.owner_id,
    )
    for name in ("requirements", "controls"):
        made.set_links(name, list(getattr(exception, name).all()))
    check(made)
    assign_refs([made])
    made.save()
    return made
