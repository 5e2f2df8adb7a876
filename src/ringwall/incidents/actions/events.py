"""What may be done with reported events: reported by anybody, made an incident, joined to one, answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.models import Person
from ringwall.access.policy import Actor, system_actor
from ringwall.evidence.actions import add as add_evidence
from ringwall.evidence.storing import CheckedFile
from ringwall.incidents.actions.timeline import moment
from ringwall.incidents.models import Event, Incident
from ringwall.kit.actions import action, record_actions
from ringwall.kit.acts import acting, current_act
from ringwall.kit.errors import Denied, Refused
from ringwall.kit.fields import ReferenceField
from ringwall.kit.inputs import Inputs
from ringwall.kit.records import assign_refs
from ringwall.kit.texts import forbid_control_characters

event_acts = record_actions(
    Event, ("ref", "title", "category", "description", "place", "is_going_on", "unit", "owner", "restricted")
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


@action(
    "event.raise",
    label=gettext_lazy("Make it an incident"),
    icon="siren",
    fields={
        "title": forms.CharField(label=gettext_lazy("Title"), max_length=200, validators=[forbid_control_characters]),
        "owner": ReferenceField(Person, label=gettext_lazy("Who leads"), required=False),
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
    act.save(moment(incident, actor, event.noticed_at, _("Reported: %(event)s") % {"event": event}))
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
    current_act().save(moment(incident, actor, event.noticed_at, _("Reported: %(event)s") % {"event": event}))
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
