"""What the page of an incident shows: whom to tell, timeline, assets, insights; and where incidents are shown."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.incidents import queries
from ringwall.incidents.actions.incidents import note
from ringwall.incidents.models import Incident, Notification
from ringwall.incidents.wording import (
    SEVERITY_TONES,
    STATE_TONES,
    clock_words,
    moment_words,
)
from ringwall.kit import registry
from ringwall.kit.cells import record_url, sees
from ringwall.kit.pages import Cell, Column, Link, Panel, Row


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
    add = note
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
