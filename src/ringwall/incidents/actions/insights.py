"""What is learnt of an incident: each insight becomes a record of its own."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.context.models import IsmsScope
from ringwall.incidents.models import Incident, Insight
from ringwall.kit import registry
from ringwall.kit.actions import action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Refused
from ringwall.kit.fields import ReferenceField
from ringwall.kit.inputs import text_area
from ringwall.kit.texts import forbid_control_characters
from ringwall.tasks.actions import give

LESSONS = {
    "finding": gettext_lazy("A finding to be corrected"),
    "improvement": gettext_lazy("Something to be improved"),
    "risk": gettext_lazy("A risk to be assessed"),
    "control": gettext_lazy("A control to be built"),
    "awareness": gettext_lazy("Something people must know"),
}


@action(
    "incident.learn",
    label=gettext_lazy("Draw an insight"),
    icon="lightbulb",
    fields={
        "lesson": forms.ChoiceField(label=gettext_lazy("What comes of it"), choices=list(LESSONS.items())),
        "title": forms.CharField(label=gettext_lazy("Title"), max_length=200, validators=[forbid_control_characters]),
        "text": text_area(gettext_lazy("What was learnt"), longest=2000),
        "owner": ReferenceField(Person, label=gettext_lazy("For whom"), required=False),
        "scope": ReferenceField(IsmsScope, label=gettext_lazy("ISMS scope of a risk"), required=False),
    },
    applies=lambda incident: not incident.is_withdrawn,
)
def learn(
    incident: Incident,
    *,
    actor: Actor,
    lesson: str,
    title: str,
    text: str,
    owner: Person | None = None,
    scope: IsmsScope | None = None,
) -> Incident:
    """An insight becomes a record of its own: the right to make that is needed too."""
    if lesson == "awareness":
        person_id = owner.pk if owner else actor.person_id
        if person_id is None:
            raise Refused(_("Say for whom it is."))
        made: Any = give(incident, person_id, title, made_by_id=actor.person_id, note=text)
        kind = "task"
    else:
        named = {"title": title, "owner": str(owner.pk) if owner else ""}
        raw = {
            "finding": {"category": "minor", "source": "incident", "description": text},
            "improvement": {"idea": text},
            "risk": {"description": text, "scope": str(scope.pk) if scope else ""},
            "control": {"description": text},
        }[lesson]
        made = registry.registers[lesson].acts.create.run(actor, named | raw)
        kind = lesson
    current_act().save(
        Insight(
            organisation_id=incident.organisation_id,
            incident=incident,
            subject_kind=kind,
            subject_id=made.pk,
            text=title if kind == "task" else text,
        )
    )
    return incident
