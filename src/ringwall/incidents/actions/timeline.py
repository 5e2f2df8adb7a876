"""Moments on the timeline of an incident."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.incidents.models import Incident, Moment


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def _not_ahead(value: datetime) -> None:
    if value > timezone.now():
        raise ValidationError(gettext_lazy("This lies ahead. Give a moment that has passed."))


def when(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, help_text=help_text, widget=MomentInput(), validators=[_not_ahead], required=required
    )


def moment(incident: Incident, actor: Actor, at: datetime, text: str) -> Moment:
    return Moment(
        organisation_id=incident.organisation_id, incident=incident, at=at, text=text[:2000], by_id=actor.person_id
    )
