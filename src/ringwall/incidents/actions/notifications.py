"""Whom an incident obliges to tell and until when: the clocks of law and contracts, what was sent, what was spared."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.incidents import queries, rules
from ringwall.incidents.actions.timeline import moment, when
from ringwall.incidents.models import Incident, Notification
from ringwall.kit import registry
from ringwall.kit.actions import action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Refused
from ringwall.kit.texts import forbid_control_characters
from ringwall.notices.actions.telling import tell
from ringwall.notices.models import Notice


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
    "incident.notify",
    label=gettext_lazy("Record as sent"),
    icon="send",
    fields={
        "notification": forms.UUIDField(label=gettext_lazy("Notification")),
        "recipient": forms.CharField(
            label=gettext_lazy("Sent to"), max_length=200, validators=[forbid_control_characters]
        ),
        "sent_at": when(gettext_lazy("Sent")),
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
        moment(
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
