"""What incidents show on the home page, and what they count among the debts."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.incidents import queries
from ringwall.incidents.models import Incident
from ringwall.incidents.panels import incident_url, notification_columns, notification_row
from ringwall.incidents.wording import SEVERITY_TONES, STATE_TONES, moment_words
from ringwall.kit import registry
from ringwall.kit.debts import Rule, debt, declare
from ringwall.kit.pages import Cell, Column, Link, Panel, Row
from ringwall.notices.items import Item

SHOWN_AT_HOME = 8


@registry.provider("home")
def clocks(actor: Actor) -> Iterable[Panel]:
    """Running deadlines first: they wait for nobody."""
    if found := queries.running(actor, SHOWN_AT_HOME):
        rows = [notification_row(actor, row, with_incident=True) for row in found]
        columns = notification_columns(with_incident=True)
        yield Panel("clocks", _("Deadlines of incidents"), columns=columns, rows=rows, is_first=True)


@registry.provider("home")
def to_triage(actor: Actor) -> Iterable[Panel]:
    found = queries.new_events(actor, SHOWN_AT_HOME + 1)
    if not found:
        return
    base, rows = f"/{actor.organisation.code}/events/", []
    for event in found[:SHOWN_AT_HOME]:
        url = f"{base}{event.ref}/"
        cells = [
            Cell("ref", event.ref, "ref", url),
            Cell("title", event.title, "title", url),
            Cell("category", event.get_category_display()),
            Cell("noticed", moment_words(event.noticed_at), "date"),
        ]
        rows.append(Row(str(event.pk), event.ref, url, event.version, cells))
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("category", _("Kind")),
        Column("noticed", _("Noticed"), "date"),
    ]
    more = [Link(_("All new events"), f"{base}?state=new", "arrow-right")]
    yield Panel("new-events", _("Reported events to look at"), columns=columns, rows=rows, actions=more, is_first=True)


@registry.provider("notices")
def in_digests(actors: Sequence[Actor]) -> Iterable[tuple[UUID, Item]]:
    """For those who look at reports: the new ones; for those who lead: the deadlines that run."""
    triage = [actor for actor in actors if actor.person_id and actor.may_everywhere("event.raise")]
    for event in queries.untouched_events(actors[0].organisation_id) if triage else ():
        path = f"events/{event.ref}/"
        item = Item(_("Reported event"), event.ref, event.title, path, restricted=event.restricted)
        for actor in triage:
            if actor.person_id is not None:
                yield actor.person_id, item
    leads = [actor.person_id for actor in actors if actor.person_id]
    for found in queries.running_for(actors[0].organisation_id, leads) if leads else ():
        incident = found.incident
        due = timezone.localdate(found.due_at)
        path = f"incidents/{incident.ref}/"
        label = _("Deadline of an incident")
        if incident.owner_id is not None:
            yield (
                incident.owner_id,
                Item(label, incident.ref, incident.title, path, due, restricted=incident.restricted),
            )


@registry.provider("home")
def my_incidents(actor: Actor) -> Iterable[Panel]:
    found = queries.own_open_incidents(actor, SHOWN_AT_HOME)
    if not found:
        return
    rows = []
    for incident in found:
        url = incident_url(actor, incident)
        severity = SEVERITY_TONES.get(incident.severity or 0, "")
        cells = [
            Cell("ref", incident.ref, "ref", url),
            Cell("title", incident.title, "title", url),
            Cell("severity", incident.get_severity_display() or "", "state", state=severity),
            Cell("state", incident.get_state_display(), "state", state=STATE_TONES[incident.state]),
        ]
        rows.append(Row(str(incident.pk), incident.ref, url, incident.version, cells))
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("severity", _("Severity"), "state"),
        Column("state", _("State"), "state"),
    ]
    yield Panel("my-incidents", _("Incidents I lead"), columns=columns, rows=rows)


@registry.provider("home")
def my_reports(actor: Actor) -> Iterable[Panel]:
    """For whoever has no other work here: how to report, and what became of it."""
    if actor.may("event.raise"):
        return
    url = f"/{actor.organisation.code}/report-event/"
    found = queries.reports_of(actor, 3)
    context = {"events": [(event, f"/{actor.organisation.code}/events/{event.ref}/") for event in found]}
    button = Link(_("Report an event"), url, "megaphone", "primary")
    yield Panel(
        "report-event", _("Noticed something?"), template="incidents/mine.html", context=context, actions=[button]
    )


DEBTS = (
    Rule(
        "incident.overdue",
        "bad",
        _("Incidents with a deadline missed"),
        _("Somebody outside should have been told by now."),
        "siren",
    ),
    Rule(
        "incident.soon",
        "bad",
        _("Incidents with a deadline near"),
        _("Somebody outside must be told within hours."),
        "siren",
    ),
    Rule(
        "incident.untriaged",
        "warn",
        _("Reported events not looked at for a day"),
        _("Whoever reported it still waits for an answer."),
        "inbox",
    ),
    Rule(
        "incident.unclassified",
        "bad",
        _("Incidents not classified"),
        _("Nobody has said how bad it is, so no deadline runs that perhaps should."),
        "siren",
    ),
    Rule("incident.unowned", "bad", _("Incidents nobody leads"), _("Nobody decides what is done next."), "siren"),
    Rule(
        "incident.to_close",
        "warn",
        _("Incidents to be closed"),
        _("It is over, and nobody has said what was learnt."),
        "siren",
    ),
)
declare(DEBTS)


@registry.provider("debts")
def debts(actor: Actor) -> Iterable[Link]:
    found = queries.figures(actor, timezone.now())
    not_closed = "".join(f"&state={state}" for state in Incident.State if state != Incident.State.CLOSED)
    for name, path in (
        ("overdue", f"incidents/?deadline=overdue{not_closed}"),
        ("soon", f"incidents/?deadline=soon{not_closed}"),
        ("untriaged", "events/?waiting=day"),
        ("unclassified", f"incidents/?severity=none{not_closed}"),
        ("unowned", f"incidents/?owner=none{not_closed}"),
        ("to_close", "incidents/?state=resolved"),
    ):
        if count := found.get(name):
            yield debt(actor, f"incident.{name}", count, path)
