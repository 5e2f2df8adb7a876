"""The registers of reported events and of incidents, and the panels of their pages."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.incidents import actions, queries, rules
from ringwall.incidents.models import Event, Incident, Notification
from ringwall.incidents.wording import (
    EVENT_TONES,
    OBSTACLES,
    SEVERITY_TONES,
    STATE_TONES,
    clock_words,
    moment_words,
)
from ringwall.kit import registry
from ringwall.kit.actions import Action
from ringwall.kit.cells import record_url, sees
from ringwall.kit.pages import Cell, Column, Link, Panel, Row
from ringwall.kit.register import Register

registry.places.append((Link(_("Report an event"), "report-event/", "megaphone"), "do", 40, ""))


class EventRegister(Register):
    model = Event
    acts = actions.event_acts
    slug = "events"
    group = "do"
    icon = "inbox"
    order = 42
    actions = (actions.raise_incident, actions.join, actions.dismiss)
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
        if act is actions.raise_incident:
            return {"title": record.title, "owner": actor.user.email if actor.user else ""}
        return super().initial_for(act, record, actor)


class IncidentRegister(Register):
    model = Incident
    acts = actions.incident_acts
    slug = "incidents"
    group = "do"
    icon = "siren"
    order = 44
    actions = (
        actions.classify,
        actions.contain,
        actions.resolve,
        actions.close,
        actions.note,
        actions.learn,
        actions.reopen,
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
        if act is actions.classify:
            return super().initial_for(act, record, actor) | {"aware_at": record.aware_at or now}
        if act in (actions.note, actions.contain, actions.resolve):
            return {"at": now}
        return super().initial_for(act, record, actor)


def _pressing(obstacle: rules.Obstacle) -> int:
    """What must be told comes before what must be known, and that before what must be learnt."""
    order = list(rules.Obstacle)
    first = (rules.Obstacle.NOT_CLASSIFIED, rules.Obstacle.CLOCKS)
    return first.index(obstacle) if obstacle in first else len(first) + order.index(obstacle)


def incident_url(actor: Actor, incident: Incident) -> str:
    return f"/{actor.organisation.code}/incidents/{incident.ref}/"


def notification_row(actor: Actor, found: Notification, *, with_incident: bool = False) -> Row:
    url = f"{incident_url(actor, found.incident)}notify/{found.pk}/"
    words, tone = clock_words(found)
    cells = [
        *([Cell("incident", found.incident.ref, "ref", incident_url(actor, found.incident))] if with_incident else ()),
        Cell("what", found.label, "link", url),
        Cell("due", moment_words(found.due_at), "date"),
        Cell("clock", words, "state", state=tone),
        Cell("sent", moment_words(found.sent_at) if found.sent_at else "", "date", hint=found.recipient),
    ]
    return Row(str(found.pk), found.label, url, found.version, cells)


def notification_columns(*, with_incident: bool = False) -> list[Column]:
    return [
        *([Column("incident", _("Incident"), "ref")] if with_incident else ()),
        Column("what", _("Who must be told"), "link"),
        Column("due", _("Until"), "date"),
        Column("clock", _("Clock"), "state"),
        Column("sent", _("Sent"), "date"),
    ]


@registry.panel(Incident.kind)
def notifications(record: Any, actor: Actor) -> Panel | None:
    found = queries.notifications_of(record)
    if not found and not record.is_classified:
        return None
    for row in found:
        row.incident = record
    rows = [notification_row(actor, row) for row in found]
    empty = _("Nobody must be told, as it is classified now.")
    return Panel("notifications", _("Notifications"), columns=notification_columns(), rows=rows, empty=empty)


@registry.panel(Incident.kind)
def timeline(record: Any, actor: Actor) -> Panel:
    lines = [
        (moment_words(moment.at), moment.text, moment.by.name if moment.by else "")
        for moment in queries.moments_of(record)
    ]
    add = actions.note
    url = f"{incident_url(actor, record)}act/note/"
    links = [Link(add.label, url, "clock-plus")] if add.is_offered(actor, record) else []
    return Panel("timeline", _("Timeline"), template="incidents/timeline.html", context={"lines": lines}, actions=links)


@registry.panel(Incident.kind)
def affected(record: Any, actor: Actor) -> Panel | None:
    """The assets with the protection they need: how bad it may become."""
    rows = []
    for asset in record.assets.select_related("unit").order_by("ref_key"):
        if not sees(actor, asset):
            continue
        url = record_url(actor.organisation.code, asset)
        needs = [
            Cell(name, str(getattr(asset, f"get_{name}_display")() or "–"), "text")
            for name in ("confidentiality", "integrity", "availability")
        ]
        cells = [Cell("ref", asset.ref, "ref", url), Cell("title", asset.title, "title", url), *needs]
        rows.append(Row(str(asset.pk), asset.ref, url, asset.version, cells))
    if not rows:
        return None
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("confidentiality", _("Confidentiality")),
        Column("integrity", _("Integrity")),
        Column("availability", _("Availability")),
    ]
    return Panel("affected", _("Affected assets and the protection they need"), columns=columns, rows=rows)


@registry.panel(Incident.kind)
def insights(record: Any, actor: Actor) -> Panel | None:
    found = queries.insights_of(record, actor)
    if not found and record.state in {Incident.State.OPEN, Incident.State.CONTAINED}:
        return None
    rows = []
    for insight, made in found:
        url = record_url(actor.organisation.code, made) if made is not None else ""
        words = str(made) if made is not None else gettext("Task") if insight.subject_kind == "task" else ""
        rows.append(Row(str(insight.pk), "", url, 0, [Cell("text", insight.text), Cell("made", words, "link", url)]))
    columns = [Column("text", _("What was learnt")), Column("made", _("What came of it"), "link")]
    empty = _("Nothing yet. What was learnt becomes a risk, a control, or something people must know.")
    return Panel("insights", _("Insights"), columns=columns, rows=rows, empty=empty)


@registry.panel(Incident.kind)
def events(record: Any, actor: Actor) -> Panel | None:
    rows = []
    for event in record.events.order_by("noticed_at"):
        if not sees(actor, event):
            continue
        url = record_url(actor.organisation.code, event)
        cells = [
            Cell("ref", event.ref, "ref", url),
            Cell("title", event.title, "title", url),
            Cell("noticed", moment_words(event.noticed_at), "date"),
        ]
        rows.append(Row(str(event.pk), event.ref, url, event.version, cells))
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("noticed", _("Noticed"), "date"),
    ]
    return Panel("events", _("Reported events"), columns=columns, rows=rows) if rows else None


@registry.panel(Incident.kind, "side")
def document(record: Any, actor: Actor) -> Panel:
    base = f"{incident_url(actor, record)}report/"
    links = [Link(name, f"{base}?format={form}", "file-text") for form, name in (("pdf", "PDF"), ("docx", "DOCX"))]
    return Panel("report", _("Report"), text="", actions=links, empty=_("What happened, was done and was learnt."))


@registry.panel("asset")
@registry.panel("risk")
def incidents_of(record: Any, actor: Actor) -> Panel | None:
    """Incidents that touched an asset, or in which a risk came true."""
    if not actor.may("incident.view"):
        return None
    rows = []
    for incident in Incident.objects.visible_to(actor).present().filter(**{f"{record.kind}s": record})[:20]:
        url = incident_url(actor, incident)
        cells = [
            Cell("ref", incident.ref, "ref", url),
            Cell("title", incident.title, "title", url),
            Cell(
                "severity",
                incident.get_severity_display() or "",
                "state",
                state=SEVERITY_TONES.get(incident.severity or 0, ""),
            ),
            Cell("state", incident.get_state_display(), "state", state=STATE_TONES[incident.state]),
            Cell("detected", moment_words(incident.detected_at), "date"),
        ]
        rows.append(Row(str(incident.pk), incident.ref, url, incident.version, cells))
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("severity", _("Severity"), "state"),
        Column("state", _("State"), "state"),
        Column("detected", _("Detected"), "date"),
    ]
    return Panel("incidents", _("Incidents"), columns=columns, rows=rows) if rows else None
