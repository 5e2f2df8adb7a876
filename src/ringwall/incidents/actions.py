"""What may be done with events and incidents, from the report to what is learnt."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.models import Person
from ringwall.access.policy import Actor, system_actor
from ringwall.context.models import IsmsScope
from ringwall.evidence.actions import add as add_evidence
from ringwall.evidence.storing import CheckedFile
from ringwall.incidents import queries, rules
from ringwall.incidents.models import Category, Event, Incident, Insight, Moment, Notification, Severity, Tri
from ringwall.incidents.wording import OBSTACLES
from ringwall.kit import registry
from ringwall.kit.actions import action, record_actions
from ringwall.kit.acts import acting, current_act
from ringwall.kit.errors import Denied, Refused
from ringwall.kit.fields import ReferenceField
from ringwall.kit.inputs import Inputs, text_area
from ringwall.kit.records import assign_refs
from ringwall.kit.texts import forbid_control_characters
from ringwall.notices.actions.telling import tell
from ringwall.notices.models import Notice
from ringwall.tasks.actions import give

event_acts = record_actions(
    Event, ("ref", "title", "category", "description", "place", "is_going_on", "unit", "owner", "restricted")
)
incident_acts = record_actions(
    Incident,
    (
        "ref",
        "title",
        "category",
        "description",
        "assets",
        "risks",
        "contracts",
        "cause",
        "consequence",
        "unit",
        "owner",
        "restricted",
    ),
)

REPORTED = Inputs.from_model(Event, ("title", "category", "description", "place", "is_going_on"))
"""What whoever reports an event is asked."""


def report(
    actor: Actor, raw: Mapping[str, Any], files: Sequence[CheckedFile] = (), *, is_anonymous: bool = False
) -> Event:
    """An event as somebody reports it; every member of the organisation may. Raises Invalid, Refused.

    An anonymous one is written by the system: neither record nor ledger names anybody.
    """
    if is_anonymous and not actor.organisation.anonymous_reports:
        raise Refused(_("Your organisation takes no anonymous reports."), remedy=_("Report it under your name."))
    if actor.is_read_only or (actor.person_id is None and not is_anonymous):
        raise Denied(_("Events are reported by people of the organisation."))
    values = REPORTED.clean(actor, raw)
    who = system_actor(actor.organisation, "anonymous", ()) if is_anonymous else actor
    with acting(who, "event.report") as act:
        event = Event(
            organisation_id=actor.organisation_id,
            unit_id=actor.units.root.pk,
            owner_id=None if is_anonymous else actor.person_id,
            noticed_at=timezone.now(),
            is_anonymous=is_anonymous,
            **values,
        )
        assign_refs([event])
        act.save(event)
        for file in files:
            add_evidence.function(event, actor=who, file=file)
    return event


def _lead(label: Any) -> ReferenceField:
    return ReferenceField(Person, label=label, required=False)


@action(
    "event.raise",
    label=gettext_lazy("Make it an incident"),
    icon="siren",
    fields={
        "title": forms.CharField(label=gettext_lazy("Title"), max_length=200, validators=[forbid_control_characters]),
        "owner": _lead(gettext_lazy("Who leads")),
    },
    applies=lambda event: event.state == Event.State.NEW and not event.is_withdrawn,
)
def raise_incident(event: Event, *, actor: Actor, title: str, owner: Person | None = None) -> Event:
    _require_new(event)
    incident = Incident(
        organisation_id=event.organisation_id,
        unit_id=event.unit_id,
        restricted=event.restricted,
        owner=owner,
        title=title,
        category=event.category,
        description=event.description,
        detected_at=event.noticed_at,
    )
    assign_refs([incident])
    act = current_act()
    act.save(incident)
    act.save(_moment(incident, actor, event.noticed_at, _("Reported: %(event)s") % {"event": event}))
    event.state, event.incident = Event.State.INCIDENT, incident
    event.save()
    return event


@action(
    "event.join",
    label=gettext_lazy("Belongs to an incident"),
    icon="merge",
    fields={"incident": ReferenceField(Incident, label=gettext_lazy("Incident"))},
    applies=lambda event: event.state == Event.State.NEW and not event.is_withdrawn,
)
def join(event: Event, *, actor: Actor, incident: Incident) -> Event:
    _require_new(event)
    if incident.state == Incident.State.CLOSED:
        raise Refused(
            _("%(incident)s is closed. Reopen it, or make the event an incident of its own.") % {"incident": incident}
        )
    current_act().save(_moment(incident, actor, event.noticed_at, _("Reported: %(event)s") % {"event": event}))
    event.state, event.incident = Event.State.INCIDENT, incident
    event.save()
    return event


@action(
    "event.dismiss",
    label=gettext_lazy("No incident"),
    icon="x",
    fields={
        "outcome": forms.CharField(
            label=gettext_lazy("Answer to whoever reported it"),
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=gettext_lazy("Thank them, and say why it is none: that is why people report the next time."),
            validators=[forbid_control_characters],
        )
    },
    applies=lambda event: event.state == Event.State.NEW and not event.is_withdrawn,
)
def dismiss(event: Event, *, actor: Actor, outcome: str) -> Event:
    _require_new(event)
    event.state, event.outcome = Event.State.DISMISSED, outcome
    event.save()
    return event


def _require_new(event: Event) -> None:
    if event.state != Event.State.NEW:
        raise Refused(_("%(event)s is %(state)s already.") % {"event": event, "state": event.get_state_display()})


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def _not_ahead(value: datetime) -> None:
    if value > timezone.now():
        raise ValidationError(gettext_lazy("This lies ahead. Give a moment that has passed."))


def _when(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, help_text=help_text, widget=MomentInput(), validators=[_not_ahead], required=required
    )


def _is_open(incident: Incident) -> bool:
    return incident.state != Incident.State.CLOSED and not incident.is_withdrawn


@action(
    "incident.classify",
    label=gettext_lazy("Classify"),
    icon="gauge",
    fields={
        "category": forms.ChoiceField(label=gettext_lazy("Kind"), choices=Category.choices),
        "severity": forms.TypedChoiceField(label=gettext_lazy("Severity"), choices=Severity.choices, coerce=int),
        "personal_data": forms.ChoiceField(
            label=gettext_lazy("Personal data touched"),
            choices=Tri.choices,
            help_text=gettext_lazy("Yes starts the clock of the GDPR: 72 hours to the supervisory authority."),
        ),
        "significant": forms.ChoiceField(
            label=gettext_lazy("Significant under NIS2"),
            choices=Tri.choices,
            help_text=gettext_lazy(
                "Yes starts the clocks of NIS2: 24 hours, 72 hours, one month. No where NIS2 does not apply to you."
            ),
        ),
        "aware_at": _when(
            gettext_lazy("Known since"),
            gettext_lazy("When it was clear with fair certainty that it is an incident: deadlines run from here."),
        ),
    },
    applies=_is_open,
)
def classify(
    incident: Incident,
    *,
    actor: Actor,
    category: str,
    severity: int,
    personal_data: str,
    significant: str,
    aware_at: datetime,
) -> Incident:
    _require_open(incident)
    incident.category, incident.severity = category, severity
    incident.personal_data, incident.significant, incident.aware_at = personal_data, significant, aware_at
    incident.save()
    set_clocks(incident)
    return incident


def set_clocks(incident: Incident) -> None:
    """Make the notifications that an incident demands as it is classified now; those it no longer does become
    moot, unless they were sent."""
    if incident.aware_at is None:
        return
    contracts = {str(row.pk): row for row in incident.contracts.exclude(notify_hours=None)}
    hours = [(key, row.notify_hours) for key, row in contracts.items() if row.notify_hours is not None]
    wanted = {
        (demand.regime, demand.key): demand
        for demand in rules.demands(
            significant=incident.significant, personal_data=incident.personal_data, contracts=hours
        )
    }
    known = {
        (rules.Regime(row.regime), str(row.contract_id or "")): row
        for row in Notification.objects.select_for_update().filter(incident=incident)
    }
    told = known.get((rules.Regime.NIS2_NOTIFICATION, ""))
    rows, is_started = [], False
    for key, demand in wanted.items():
        row = known.get(key)
        if row is None:
            row = Notification(
                organisation_id=incident.organisation_id,
                incident=incident,
                regime=demand.regime,
                contract=contracts.get(demand.key),
            )
            is_started = True
        if row.sent_at is None:
            row.due_at = rules.due_at(demand, incident.aware_at, _zone(), told.sent_at if told else None)
            row.is_moot = False
            rows.append(row)
    for key, row in known.items():
        if key not in wanted and row.is_open:
            row.is_moot = True
            rows.append(row)
    current_act().save_many(rows)
    if is_started:
        path = f"incidents/{incident.ref}/"
        tell(
            [incident.owner_id],
            Notice.Kind.INCIDENT_CLOCK,
            about=incident,
            ref=incident.ref,
            title=incident.title,
            path=path,
            by=current_act().actor.label,
        )


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


@registry.follower
def follow_contracts(act: Any) -> None:
    """A contract that is named after the classification starts its clock, one that is taken away ends it."""
    changed = {
        change.subject
        for change in act.changes
        if change.kind == Incident.kind and change.before is not None and "contracts" in change.after
    }
    for incident in [row for row in act.saved if isinstance(row, Incident) and row.pk in changed]:
        set_clocks(incident)


@action(
    "incident.note",
    label=gettext_lazy("Add to the timeline"),
    icon="clock-plus",
    fields={
        "text": text_area(gettext_lazy("What happened or was done"), longest=2000),
        "at": _when(gettext_lazy("When")),
    },
    applies=_is_open,
)
def note(incident: Incident, *, actor: Actor, text: str, at: datetime) -> Incident:
    _require_open(incident)
    current_act().save(_moment(incident, actor, at, text))
    return incident


def _moment(incident: Incident, actor: Actor, at: datetime, text: str) -> Moment:
    return Moment(
        organisation_id=incident.organisation_id, incident=incident, at=at, text=text[:2000], by_id=actor.person_id
    )


def _go(incident: Incident, actor: Actor, state: str, at: datetime, text: str) -> Incident:
    if not rules.may_go(incident.state, state):
        raise Refused(
            _("%(incident)s is %(state)s already.") % {"incident": incident, "state": incident.get_state_display()}
        )
    act = current_act()
    incident.state = state
    act.save(incident)
    words = f"{incident.get_state_display()}: {text}"
    act.save(_moment(incident, actor, at, words))
    return incident


@action(
    "incident.contain",
    label=gettext_lazy("Contained"),
    icon="shield",
    fields={
        "text": text_area(gettext_lazy("What stops it from spreading"), longest=2000),
        "at": _when(gettext_lazy("When")),
    },
    applies=lambda incident: incident.state == Incident.State.OPEN and not incident.is_withdrawn,
)
def contain(incident: Incident, *, actor: Actor, text: str, at: datetime) -> Incident:
    return _go(incident, actor, Incident.State.CONTAINED, at, text)


@action(
    "incident.resolve",
    label=gettext_lazy("Resolved"),
    icon="check",
    fields={"text": text_area(gettext_lazy("What was done"), longest=2000), "at": _when(gettext_lazy("When"))},
    applies=lambda incident: (
        incident.state in {Incident.State.OPEN, Incident.State.CONTAINED} and not incident.is_withdrawn
    ),
)
def resolve(incident: Incident, *, actor: Actor, text: str, at: datetime) -> Incident:
    return _go(incident, actor, Incident.State.RESOLVED, at, text)


@action(
    "incident.notify",
    label=gettext_lazy("Record as sent"),
    icon="send",
    fields={
        "notification": forms.UUIDField(label=gettext_lazy("Notification")),
        "recipient": forms.CharField(
            label=gettext_lazy("Sent to"), max_length=200, validators=[forbid_control_characters]
        ),
        "sent_at": _when(gettext_lazy("Sent")),
        "text": forms.CharField(
            label=gettext_lazy("What was sent"),
            max_length=20_000,
            widget=forms.Textarea(attrs={"rows": 18}),
            validators=[forbid_control_characters],
        ),
    },
)
def notify(
    incident: Incident, *, actor: Actor, notification: UUID, recipient: str, sent_at: datetime, text: str
) -> Incident:
    """That somebody was told, when, and in which words; these are no longer changed."""
    row = queries.find_notification(incident, notification)
    if row.sent_at is not None:
        raise Refused(_("This was recorded as sent already."))
    row.sent_at, row.sent_by_id, row.recipient, row.text = sent_at, actor.person_id, recipient, text
    row.not_needed, row.is_moot = "", False
    act = current_act()
    act.save(row)
    act.save(
        _moment(
            incident, actor, sent_at, _("Told %(recipient)s: %(what)s") % {"recipient": recipient, "what": row.label}
        )
    )
    if row.regime == rules.Regime.NIS2_NOTIFICATION:
        set_clocks(incident)
    return incident


@action(
    "incident.spare",
    label=gettext_lazy("Not needed"),
    icon="x",
    needs_reason=True,
    fields={"notification": forms.UUIDField(label=gettext_lazy("Notification"))},
)
def spare(incident: Incident, *, actor: Actor, notification: UUID) -> Incident:
    """Nobody need be told after all; the reason stands with the incident."""
    row = queries.find_notification(incident, notification)
    if not row.is_open:
        raise Refused(_("This notification is no longer open."))
    act = current_act()
    row.not_needed = act.reason.strip()[:2000]
    act.save(row)
    return incident


LESSONS = {
    "finding": gettext_lazy("A finding to be corrected"),
    "improvement": gettext_lazy("Something to be improved"),
    "risk": gettext_lazy("A risk to be assessed"),
    "control": gettext_lazy("A control to be built"),
    "awareness": gettext_lazy("Something people must know"),
}


@action(
    "incident.learn",
    label=gettext_lazy("Draw an insight"),
    icon="lightbulb",
    fields={
        "lesson": forms.ChoiceField(label=gettext_lazy("What comes of it"), choices=list(LESSONS.items())),
        "title": forms.CharField(label=gettext_lazy("Title"), max_length=200, validators=[forbid_control_characters]),
        "text": text_area(gettext_lazy("What was learnt"), longest=2000),
        "owner": _lead(gettext_lazy("For whom")),
        "scope": ReferenceField(IsmsScope, label=gettext_lazy("ISMS scope of a risk"), required=False),
    },
    applies=lambda incident: not incident.is_withdrawn,
)
def learn(
    incident: Incident,
    *,
    actor: Actor,
    lesson: str,
    title: str,
    text: str,
    owner: Person | None = None,
    scope: IsmsScope | None = None,
) -> Incident:
    """An insight becomes a record of its own: the right to make that is needed too."""
    if lesson == "awareness":
        person_id = owner.pk if owner else actor.person_id
        if person_id is None:
            raise Refused(_("Say for whom it is."))
        made: Any = give(incident, person_id, title, made_by_id=actor.person_id, note=text)
        kind = "task"
    else:
        named = {"title": title, "owner": str(owner.pk) if owner else ""}
        raw = {
            "finding": {"category": "minor", "source": "incident", "description": text},
            "improvement": {"idea": text},
            "risk": {"description": text, "scope": str(scope.pk) if scope else ""},
            "control": {"description": text},
        }[lesson]
        made = registry.registers[lesson].acts.create.run(actor, named | raw)
        kind = lesson
    current_act().save(
        Insight(
            organisation_id=incident.organisation_id,
            incident=incident,
            subject_kind=kind,
            subject_id=made.pk,
            text=title if kind == "task" else text,
        )
    )
    return incident


@action(
    "incident.close",
    label=gettext_lazy("Close incident"),
    icon="lock",
    fields={
        "nothing_learnt": text_area(
            gettext_lazy("Why nothing is to be learnt"),
            help_text=gettext_lazy("Only where no insight was drawn."),
            required=False,
            longest=2000,
        )
    },
    applies=lambda incident: incident.state == Incident.State.RESOLVED and not incident.is_withdrawn,
)
def close(incident: Incident, *, actor: Actor, nothing_learnt: str = "") -> Incident:
    left = rules.obstacles(queries.standing(incident, nothing_learnt))
    if left:
        raise Refused(
            _("%(incident)s cannot be closed yet.") % {"incident": incident},
            remedy=" ".join(str(OBSTACLES[obstacle]) for obstacle in left),
        )
    incident.state, incident.closed_on = Incident.State.CLOSED, timezone.localdate()
    incident.nothing_learnt = nothing_learnt
    incident.save()
    return incident


@action(
    "incident.reopen",
    label=gettext_lazy("Reopen"),
    icon="lock-open",
    needs_reason=True,
    applies=lambda incident: (
        incident.state in {Incident.State.RESOLVED, Incident.State.CLOSED} and not incident.is_withdrawn
    ),
)
def reopen(incident: Incident, *, actor: Actor) -> Incident:
    if incident.state not in {Incident.State.RESOLVED, Incident.State.CLOSED}:
        raise Refused(_("%(incident)s is still open.") % {"incident": incident})
    incident.state, incident.closed_on = Incident.State.OPEN, None
    act = current_act()
    act.save(incident)
    act.save(_moment(incident, actor, timezone.now(), _("Reopened: %(reason)s") % {"reason": act.reason}))
    return incident


def _require_open(incident: Incident) -> None:
    if incident.state == Incident.State.CLOSED:
        raise Refused(_("%(incident)s is closed. Reopen it first.") % {"incident": incident})
