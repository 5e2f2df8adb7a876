"""The fixed words of the documents, in the language in use."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_WORDS: Mapping[str, object] = {
    "ssp": _("System security plan"),
    "component_definition": _("Component definition"),
    "poam": _("Plan of action and milestones"),
    "profile": _("Baseline"),
    "own_controls": _("Own controls"),
    "implementation": _("The statement of applicability: what is necessary, why, and how it is implemented."),
    "no_control": _("No control implements it yet."),
    "undecided": _("Not decided yet."),
    "excluded": _("Not applicable."),
    "threat": _("Threat"),
    "vulnerability": _("Vulnerability"),
    "acceptance": _("Acceptance"),
    "system-owner": _("Owner of the ISMS scope"),
    "asset-owner": _("Asset owner"),
    "risk-owner": _("Risk owner"),
    "control-owner": _("Control owner"),
    "control-designer": pgettext_lazy("role", "Designer of a control"),
    "control-implementer": pgettext_lazy("role", "Implementer of a control"),
    "authorizing-official": _("Who authorised it"),
}


def words() -> dict[str, str]:
    return {name: str(text) for name, text in _WORDS.items()}
