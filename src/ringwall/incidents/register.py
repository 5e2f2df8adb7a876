"""The registers of reported events and of incidents."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.incidents import queries, rules
from ringwall.incidents.actions import events, incidents, insights
from ringwall.incidents.models import Event, Incident
from ringwall.incidents.wording import (
    EVENT_TONES,
    OBSTACLES,
    SEVERITY_TONES,
    STATE_TONES,
)
from ringwall.kit import registry
from ringwall.kit.actions import Action
from ringwall.kit.pages import Link
from ringwall.kit.register import Condition, Register

registry.places.append((Link(_("Report an event"), "report-event/", "megaphone"), "do", 40, ""))


class EventRegister(Register):
    model = Event
    acts = events.event_acts
    slug = "events"
    group = "do"
    icon = "inbox"
    order = 42
    actions = (events.raise_incident, events.join, events.dismiss)
    columns = (
        "ref",
        "title",
        "category",
        "description",
        "place",
        "noticed_at",
        "is_going_on",
        "is_anonymous",
        "state",
        "incident",
        "outcome",
        "unit",
        "owner",
        "restricted",
        "changed_at",
    )
    shown = ("ref", "title", "category", "noticed_at", "is_going_on", "state", "incident", "owner")
    filters = ("state", "category", "unit", "owner", "incident")
    conditions = (
        Condition(
            "waiting",
            _("not looked at"),
            {"day": _("for a day")},
            lambda _value: queries.waiting(timezone.now()),
        ),
    )
    sorts = ("ref", "state", "category", "noticed_at", "changed_at")
    search = ("ref", "title", "description", "place")
    facts = ("state", "category", "noticed_at", "is_going_on", "owner", "incident")
    sections = ((_("Report"), ("description", "place", "is_anonymous", "outcome")),)
    tones = {"state": EVENT_TONES, "is_going_on": {True: "bad"}}
    synonyms = {
        "title": ("event", "ereignis", "was", "summary"),
        "category": ("type", "art"),
        "description": ("details", "beschreibung"),
        "place": ("location", "device", "ort", "gerät"),
        "owner": ("reporter", "reported by", "melder", "gemeldet von"),
    }
    about = _(
        "What people of the organisation noticed and reported. Each is looked at: it becomes an incident, belongs to"
        " one, or is none."
    )

    def next_step(self, record: Event, actor: Actor) -> str:
        if record.is_withdrawn or record.state != Event.State.NEW or not actor.may("event.raise", record):
            return ""
        return gettext("Decide: make it an incident, add it to one, or say why it is none.")

    def initial_for(self, act: Action, record: Any, actor: Actor) -> dict[str, Any]:
        if act is events.raise_incident:
            return {"title": record.title, "owner": actor.user.email if actor.user else ""}
        return super().initial_for(act, record, actor)


class IncidentRegister(Register):
    model = Incident
    acts = incidents.incident_acts
    slug = "incidents"
    group = "do"
    icon = "siren"
    order = 44
    actions = (
        incidents.classify,
        incidents.contain,
        incidents.resolve,
        incidents.close,
        incidents.note,
        insights.learn,
        incidents.reopen,
    )
    columns = (
        "ref",
        "title",
        "category",
        "severity",
        "state",
        "detected_at",
        "aware_at",
        "personal_data",
        "significant",
        "description",
        "assets",
        "risks",
        "contracts",
        "cause",
        "consequence",
        "closed_on",
        "unit",
        "owner",
        "restricted",
        "changed_at",
    )
    shown = ("ref", "title", "category", "severity", "state", "detected_at", "owner", "assets")
    filters = ("state", "severity", "category", "personal_data", "significant", "unit", "owner")
    conditions = (
        Condition(
            "deadline",
            _("deadline"),
            {"overdue": _("missed"), "soon": _("within 12 hours")},
            lambda value: queries.with_deadline(value, timezone.now()),
        ),
    )
    sorts = ("ref", "title", "severity", "state", "detected_at", "changed_at")
    search = ("ref", "title", "description", "cause", "consequence")
    editable = ("title", "category", "owner", "assets", "risks")
    facts = ("state", "severity", "personal_data", "significant", "aware_at", "owner")
    sections = (
        (_("What is known"), ("category", "description", "consequence", "cause", "detected_at", "nothing_learnt")),
    )
    tones = {
        "state": STATE_TONES,
        "severity": SEVERITY_TONES,
        "personal_data": {"yes": "warn", "unknown": "quiet"},
        "significant": {"yes": "warn", "unknown": "quiet"},
    }
    synonyms = {
        "title": ("incident", "vorfall", "name"),
        "category": ("type", "art"),
        "owner": ("lead", "leitung", "verantwortlich"),
        "assets": ("affected assets", "betroffene assets"),
        "cause": ("root cause", "ursache"),
    }
    about = _(
        "What did harm or may do so: who leads, what was done when, who must be told until when, what was learnt."
    )

    def next_step(self, record: Incident, actor: Actor) -> str:
        if record.is_withdrawn or record.state == Incident.State.CLOSED:
            return ""
        if record.owner_id is None:
            return gettext("Say who leads.")
        left = rules.obstacles(queries.standing(record))
        first = min(left, key=_pressing, default=None)
        return str(OBSTACLES[first]) if first is not None else gettext("All is done: close the incident.")

    def initial_for(self, act: Action, record: Any, actor: Actor) -> dict[str, Any]:
        now = timezone.localtime().replace(second=0, microsecond=0)
        if act is incidents.classify:
            return super().initial_for(act, record, actor) | {"aware_at": record.aware_at or now}
        if act in (incidents.note, incidents.contain, incidents.resolve):
            return {"at": now}
        return super().initial_for(act, record, actor)


def _pressing(obstacle: rules.Obstacle) -> int:
    """What must be told comes before what must be known, and that before what must be learnt."""
    order = list(rules.Obstacle)
    first = (rules.Obstacle.NOT_CLASSIFIED, rules.Obstacle.CLOCKS)
    return first.index(obstacle) if obstacle in first else len(first) + order.index(obstacle)
