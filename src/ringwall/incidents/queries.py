"""What is asked of incidents: one with all that belongs to it, running clocks, what waits for whom."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from ringwall.access.policy import Actor
from ringwall.incidents import rules
from ringwall.incidents.models import Event, Incident, Insight, Moment, Notification
from ringwall.kit import registry
from ringwall.kit.errors import NotFound
from ringwall.kit.records import is_uuid

LATE_TRIAGE = timedelta(hours=24)
OPEN_ONES = Q(sent_at=None, not_needed="", is_moot=False)
DEADLINES: Mapping[str, Callable[[datetime], Q]] = {
    "overdue": lambda now: Q(due_at__lt=now),
    "soon": lambda now: Q(due_at__gte=now, due_at__lt=now + rules.NEAR),
}
"""How the deadline of an open notification stands at a moment."""


def find_incident(actor: Actor, ref: str) -> Incident:
    """By reference or id; NotFound for unknown and unseen alike."""
    rows = Incident.objects.visible_to(actor).select_related("owner", "unit", "organisation")
    found: Incident | None = None if "\x00" in ref else rows.filter(**{"pk" if is_uuid(ref) else "ref": ref}).first()
    if found is None:
        raise NotFound
    return found


def find_notification(incident: Incident, key: UUID) -> Notification:
    found = incident.notifications.select_related("contract", "sent_by").filter(pk=key).first()
    if found is None:
        raise NotFound
    found.incident = incident
    return found


def notifications_of(incident: Incident) -> list[Notification]:
    return list(incident.notifications.select_related("contract", "sent_by"))


def moments_of(incident: Incident) -> list[Moment]:
    return list(incident.moments.select_related("by"))


def insights_of(incident: Incident, actor: Actor) -> list[tuple[Insight, Any]]:
    """Each insight with the record that came of it, None where the actor may not see it. One query a kind."""
    found = list(incident.insights.all())
    seen: dict[UUID, Any] = {}
    for kind in {insight.subject_kind for insight in found}:
        if register := registry.registers.get(kind):
            ids = [insight.subject_id for insight in found if insight.subject_kind == kind]
            seen |= {row.pk: row for row in register.model.objects.visible_to(actor).filter(pk__in=ids)}
    return [(insight, seen.get(insight.subject_id)) for insight in found]


def standing(incident: Incident, nothing_learnt: str = "") -> rules.Standing:
    return rules.Standing(
        incident.state,
        incident.is_classified,
        incident.cause,
        incident.personal_data,
        incident.significant,
        incident.notifications.filter(OPEN_ONES).count(),
        incident.insights.count(),
        nothing_learnt,
    )


def running(actor: Actor, limit: int = 20) -> list[Notification]:
    """Open notifications of the incidents that the actor sees, the most pressing first."""
    if not actor.may("incident.view"):
        return []
    seen = Incident.objects.visible_to(actor).present()
    rows = Notification.objects.filter(OPEN_ONES, organisation_id=actor.organisation_id, incident__in=seen)
    return list(rows.select_related("incident", "contract").order_by("due_at")[:limit])


def own_open_incidents(actor: Actor, limit: int) -> list[Incident]:
    if actor.person_id is None or not actor.may("incident.view"):
        return []
    rows = Incident.objects.visible_to(actor).present().filter(owner_id=actor.person_id)
    return list(rows.exclude(state=Incident.State.CLOSED).order_by("-severity", "ref_key")[:limit])


def new_events(actor: Actor, limit: int) -> list[Event]:
    """Events that wait for triage by this person."""
    if not actor.may("event.raise"):
        return []
    rows = Event.objects.visible_to(actor).present().filter(state=Event.State.NEW)
    return list(rows.order_by("noticed_at")[:limit])


def untouched_events(organisation_id: UUID) -> list[Event]:
    """New events of the whole organisation, for those who look at all of them."""
    rows = Event.objects.filter(organisation_id=organisation_id, state=Event.State.NEW, withdrawn_on=None)
    return list(rows.order_by("noticed_at")[:50])


def running_for(organisation_id: UUID, leads: Collection[UUID]) -> list[Notification]:
    """Open notifications of the incidents that these people lead."""
    rows = Notification.objects.filter(OPEN_ONES, organisation_id=organisation_id)
    wanted = frozenset(leads)
    led = rows.exclude(incident__owner=None).select_related("incident").order_by("due_at")
    return [row for row in led if row.incident.owner_id in wanted]


def reports_of(actor: Actor, limit: int = 20) -> list[Event]:
    """What the person has reported under their name, the latest first."""
    if actor.person_id is None:
        return []
    rows = Event.objects.filter(organisation_id=actor.organisation_id, owner_id=actor.person_id, withdrawn_on=None)
    return list(rows.order_by("-created_at")[:limit])


def waiting(now: datetime) -> Q:
    """Events that nobody has looked at for a day."""
    return Q(state=Event.State.NEW, created_at__lt=now - LATE_TRIAGE)


def with_deadline(standing: str, now: datetime) -> Q:
    """Incidents with an open notification whose deadline stands so (a key of DEADLINES)."""
    return Q(Exists(Notification.objects.filter(OPEN_ONES, DEADLINES[standing](now), incident=OuterRef("pk"))))


def figures(actor: Actor, now: datetime) -> dict[str, int]:
    """What is not in order with events and incidents, as far as the actor sees them."""
    found: dict[str, int] = {}
    if actor.may("event.view"):
        events = Event.objects.visible_to(actor).present().filter(state=Event.State.NEW)
        found["untriaged"] = events.filter(waiting(now)).count()
    if actor.may("incident.view"):
        incidents = Incident.objects.visible_to(actor).present().exclude(state=Incident.State.CLOSED)
        found |= incidents.aggregate(
            unclassified=Count("pk", filter=Q(severity=None)),
            unowned=Count("pk", filter=Q(owner=None)),
            to_close=Count("pk", filter=Q(state=Incident.State.RESOLVED)),
        )
        open_rows = Notification.objects.filter(OPEN_ONES, incident__in=incidents)
        counts = {name: Count("incident", filter=due(now), distinct=True) for name, due in DEADLINES.items()}
        found |= open_rows.aggregate(**counts)
    return found
