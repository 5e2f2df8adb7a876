"""The register of improvements, and the way to suggest one."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.improvement.actions import improvements as actions
from ringwall.improvement.models import Improvement, ImprovementState
from ringwall.kit import registry
from ringwall.kit.pages import Link
from ringwall.kit.register import Register

STATE_TONES = {"suggested": "info", "accepted": "warn", "declined": "quiet", "done": "good"}


class ImprovementRegister(Register):
    model = Improvement
    acts = actions.improvement_acts
    slug = "improvements"
    group = "act"
    icon = "lightbulb"
    order = 30
    actions = (actions.accept, actions.complete, actions.decline, actions.reconsider)
    columns = (
        "ref",
        "title",
        "idea",
        "benefit",
        "state",
        "suggested_by",
        "unit",
        "owner",
        "effort",
        "due_on",
        "decision",
        "decided_on",
        "outcome",
        "done_on",
        "restricted",
        "changed_at",
    )
    spoken = ("state", "decision", "decided_by", "decided_on", "outcome", "done_on")
    shown = ("ref", "title", "state", "suggested_by", "owner", "effort", "due_on", "outcome")
    filters = ("state", "unit", "owner", "suggested_by", "due_on")
    sorts = ("ref", "title", "state", "due_on", "changed_at")
    search = ("ref", "title", "idea", "benefit", "decision", "outcome")
    editable = ("title", "owner", "effort", "due_on")
    facts = ("state", "suggested_by", "owner", "effort", "due_on")
    sections = (
        (_("Idea"), ("idea", "benefit", "suggested_by", "unit")),
        (_("Decision"), ("state", "decision", "decided_by", "decided_on", "owner", "due_on", "effort")),
        (_("Outcome"), ("outcome", "done_on")),
    )
    tones = {"state": STATE_TONES}
    synonyms = {
        "title": ("improvement", "name", "verbesserung", "bezeichnung"),
        "idea": ("description", "suggestion", "vorschlag", "beschreibung"),
        "benefit": ("value", "nutzen"),
        "suggested_by": ("from", "vorgeschlagen von", "einreicher", "einreicherin"),
        "owner": ("responsible", "verantwortlich", "zuständig"),
        "effort": ("aufwand", "personentage", "person-days"),
        "due_on": ("due date", "deadline", "frist", "termin"),
    }
    about = _(
        "Ideas from anybody how security could be better: accepted or declined with a reason, and what came of them."
    )

    def next_step(self, record: Improvement, actor: Actor) -> str:
        if record.is_withdrawn:
            return ""
        if record.state == ImprovementState.SUGGESTED:
            return gettext("Accept or decline it, with the reason.")
        if record.state == ImprovementState.ACCEPTED:
            return gettext("Carry it out, then say what is better now.")
        return ""

    def initial_for(self, act: Any, record: Any, actor: Actor) -> dict[str, Any]:
        today = timezone.localdate()
        return super().initial_for(act, record, actor) | ({"on": today} if "on" in act.inputs.fields else {})


registry.places.append(
    (
        Link(_("Suggest an improvement"), "improvements/suggest/", "message-square-plus"),
        "act",
        35,
        "improvement.suggest",
    )
)
