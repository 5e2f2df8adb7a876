"""Frozen values in words."""

from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

register = template.Library()

FIELDS = {
    "": gettext_lazy("whole row"),
    "applicability": gettext_lazy("applicability"),
    "justification": gettext_lazy("justification"),
    "drivers": gettext_lazy("drivers"),
    "controls": gettext_lazy("controls"),
    "implementation": gettext_lazy("implementation"),
    "evidence": gettext_lazy("evidence"),
    "due": gettext_lazy("due"),
    "owner": gettext_lazy("owner"),
    "level": gettext_lazy("level"),
    "target_level": gettext_lazy("target level"),
    "treatment": gettext_lazy("treatment"),
    "acceptance": gettext_lazy("acceptance"),
    "states": gettext_lazy("states of the controls"),
}
VALUES = {
    "undecided": pgettext_lazy("frozen", "undecided"),
    "applicable": gettext_lazy("applicable"),
    "not_applicable": gettext_lazy("not applicable"),
    "none": gettext_lazy("no control"),
    "planned": pgettext_lazy("control", "planned"),
    "partly": gettext_lazy("partly implemented"),
    "implemented": pgettext_lazy("control", "implemented"),
    "in_progress": pgettext_lazy("control", "in progress"),
    "blocked": pgettext_lazy("control", "blocked"),
}


@register.filter
def frozen_field(name: str) -> str:
    return str(FIELDS.get(name, name))


@register.filter
def frozen_value(value: Any) -> str:
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, dict):
        return "; ".join(
            f"{frozen_field(name)}: {frozen_value(part)}"
            for name, part in value.items()
            if part not in (None, "", [], {})
        )
    if isinstance(value, list):
        return ", ".join(frozen_value(part) for part in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and (day := parse_iso_day(value)):
        return date_format(day, "SHORT_DATE_FORMAT")
    return str(VALUES.get(value, value))


def parse_iso_day(text: str) -> date | None:
    """The day that frozen text such as "2027-02-12" means; None for any other text."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
