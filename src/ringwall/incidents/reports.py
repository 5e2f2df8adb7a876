"""An incident as a document: what happened, was done and was learnt."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.incidents import queries
from ringwall.incidents.models import Incident, Tri
from ringwall.incidents.wording import CLOCK_TONES, clock_words, moment_words
from ringwall.kit.cells import sees
from ringwall.reports.document import Column, Heading, KeyValues, Paragraph, Report, State, Table, Tone
from ringwall.reports.registry import ReportType, register

TONES: dict[str, Tone] = {"good": "good", "warn": "attention", "bad": "bad", "info": "neutral", "quiet": "neutral"}


def build(incident: Incident, actor: Actor, options: Mapping[str, object]) -> Report:
    """The whole incident in one language (option language), as far as its reader may see what it names."""
    language = str(options["language"])
    with translation.override(language):
        return Report(
            title=incident.title,
            subtitle=_("Report on an information security incident"),
            organisation=actor.organisation.name,
            scope=incident.ref,
            language=language,  # type: ignore[arg-type]
            classification=_("Confidential"),
            made_at=timezone.now(),
            as_of=timezone.localdate(),
            facts=[
                (_("State"), str(incident.get_state_display())),
                (_("Severity"), str(incident.get_severity_display() or "–")),
                (_("Detected"), moment_words(incident.detected_at)),
                (_("Known since"), moment_words(incident.aware_at) if incident.aware_at else "–"),
            ],
            blocks=[*_known(incident, actor), *_done(incident), *_told(incident), *_learnt(incident, actor)],
        )


def _known(incident: Incident, actor: Actor) -> list[Any]:
    assets = ", ".join(str(asset) for asset in incident.assets.order_by("ref_key") if sees(actor, asset))
    risks = ", ".join(str(risk) for risk in incident.risks.order_by("ref_key") if sees(actor, risk))
    facts = [
        (_("Kind"), str(incident.get_category_display())),
        (_("Who leads"), incident.owner.name if incident.owner else ""),
        (_("Personal data"), str(Tri(incident.personal_data).label)),
        (_("Significant under NIS2"), str(Tri(incident.significant).label)),
        (_("Affected assets"), assets),
        (_("Risks that came true"), risks),
    ]
    blocks: list[Any] = [Heading(1, _("What happened"))]
    blocks += [Paragraph(incident.description)] if incident.description else []
    blocks.append(KeyValues([(label, text) for label, text in facts if text]))
    for label, text in ((_("Consequences"), incident.consequence), (_("Cause"), incident.cause)):
        if text:
            blocks += [Heading(2, label), Paragraph(text)]
    return blocks


def _done(incident: Incident) -> list[Any]:
    columns = [
        Column("at", _("When"), 0.8),
        Column("text", _("What happened or was done"), 3.0),
        Column("by", _("By"), 0.9),
    ]
    rows = [
        [moment_words(moment.at), moment.text, moment.by.name if moment.by else ""]
        for moment in queries.moments_of(incident)
    ]
    return [Heading(1, _("Timeline")), Table(columns, rows, empty_text=_("Nothing written down yet."))]


def _told(incident: Incident) -> list[Any]:
    columns = [
        Column("what", _("Who must be told"), 2.0),
        Column("due", _("Until"), 1.0),
        Column("clock", _("Clock"), 1.2, "state"),
        Column("sent", _("Sent"), 1.4),
    ]
    rows: list[list[Any]] = []
    for found in queries.notifications_of(incident):
        sent = f"{moment_words(found.sent_at)}\n{found.recipient}" if found.sent_at else found.not_needed
        tone = TONES[CLOCK_TONES[found.clock()]]
        rows.append([found.label, moment_words(found.due_at), State(clock_words(found)[0], tone), sent])
    return [Heading(1, _("Notifications")), Table(columns, rows, empty_text=_("Nobody had to be told."))]


def _learnt(incident: Incident, actor: Actor) -> list[Any]:
    columns = [Column("text", _("What was learnt"), 2.0), Column("made", _("What came of it"), 1.4)]
    rows = [[insight.text, "" if made is None else str(made)] for insight, made in queries.insights_of(incident, actor)]
    empty = incident.nothing_learnt or _("Nothing yet.")
    return [Heading(1, _("Insights")), Table(columns, rows, empty_text=empty)]


register(ReportType("incident", Incident._meta.verbose_name, queries.find_incident, build, of=Incident.kind))
