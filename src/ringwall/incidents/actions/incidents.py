"""What may be done with an incident, from its classification to its end."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.incidents import queries, rules
from ringwall.incidents.actions.notifications import set_clocks
from ringwall.incidents.actions.timeline import moment, when
from ringwall.incidents.models import Category, Incident, Severity, Tri
from ringwall.incidents.wording import OBSTACLES
from ringwall.kit.actions import action, record_actions
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Refused
from ringwall.kit.inputs import text_area

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
        "aware_at": when(
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


@action(
    "incident.note",
    label=gettext_lazy("Add to the timeline"),
    icon="clock-plus",
    fields={
        "text": text_area(gettext_lazy("What happened or was done"), longest=2000),
        "at": when(gettext_lazy("When")),
    },
    applies=_is_open,
)
def note(incident: Incident, *, actor: Actor, text: str, at: datetime) -> Incident:
    _require_open(incident)
    current_act().save(moment(incident, actor, at, text))
    return incident


def _go(incident: Incident, actor: Actor, state: str, at: datetime, text: str) -> Incident:
    if not rules.may_go(incident.state, state):
        raise Refused(
            _("%(incident)s is %(state)s already.") % {"incident": incident, "state": incident.get_state_display()}
        )
    act = current_act()
    incident.state = state
    act.save(incident)
    words = f"{incident.get_state_display()}: {text}"
    act.save(moment(incident, actor, at, words))
    return incident


@action(
    "incident.contain",
    label=gettext_lazy("Contained"),
    icon="shield",
    fields={
        "text": text_area(gettext_lazy("What stops it from spreading"), longest=2000),
        "at": when(gettext_lazy("When")),
    },
    applies=lambda incident: incident.state == Incident.State.OPEN and not incident.is_withdrawn,
)
def contain(incident: Incident, *, actor: Actor, text: str, at: datetime) -> Incident:
    return _go(incident, actor, Incident.State.CONTAINED, at, text)


@action(
    "incident.resolve",
    label=gettext_lazy("Resolved"),
    icon="check",
    fields={"text": text_area(gettext_lazy("What was done"), longest=2000), "at": when(gettext_lazy("When"))},
    applies=lambda incident: (
        incident.state in {Incident.State.OPEN, Incident.State.CONTAINED} and not incident.is_withdrawn
    ),
)
def resolve(incident: Incident, *, actor: Actor, text: str, at: datetime) -> Incident:
    return _go(incident, actor, Incident.State.RESOLVED, at, text)


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
    act.save(moment(incident, actor, timezone.now(), _("Reopened: %(reason)s") % {"reason": act.reason}))
    return incident


def _require_open(incident: Incident) -> None:
    if incident.state == Incident.State.CLOSED:
        raise Refused(_("%(incident)s is closed. Reopen it first.") % {"incident": incident})
