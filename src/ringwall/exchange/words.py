"""The fixed words of the documents, and what is said of a file that comes in, in the language in use."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

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


_NOTES: Mapping[str, Any] = {
    "no_plan": _(
        "This is neither a system security plan nor a plan of action and milestones. Component definitions are imported"
        " at the register of controls, catalogues and profiles where catalogues are."
    ),
    "other_scope": _("This belongs to the scope %(scope)s. Import it there."),
    "scope_left": _("The description of the system was not taken: it is not this scope. Describe the scope here."),
    "leveraged": ngettext_lazy(
        "%(count)d leveraged authorisation was not taken. Record it as a supplier or service.",
        "%(count)d leveraged authorisations were not taken. Record them as suppliers or services.",
        "count",
    ),
    "observations": ngettext_lazy(
        "%(count)d observation was not taken. Attach the report to the risk as evidence.",
        "%(count)d observations were not taken. Attach the report to the risks as evidence.",
        "count",
    ),
    "findings": ngettext_lazy(
        "%(count)d finding was not taken. Record it in the register of findings.",
        "%(count)d findings were not taken. Record them in the register of findings.",
        "count",
    ),
    "acceptance": _("An acceptance is not taken from a file. Have the owner accept the risk here."),
    "judgement": _("The judgement stands in the description: the scale is not ours. Assess the risk here."),
    "closed": _("The risk is closed in the file. It comes in as any other; assess it here."),
    "drivers": _("Confirmed drivers differ. They are confirmed here, at the statement."),
    "renamed": _("The reference “%(ref)s” was not taken: the record is %(now)s here."),
    "cut": _("A text was longer than %(longest)d characters and was cut. See the file for the rest."),
    "person": _("“%(name)s” is no person here; the field was left as it is. Record the person, then import again."),
    "link": _("“%(id)s” is neither in the file nor here; the link was left out."),
    "no_row": _(
        "“%(id)s” is no row of the statement; its decision was left out. Choose the reference catalogue of the scope,"
        " or import the risks that call for it first."
    ),
    "hidden": _("You may not see the record that this part of the file is about. Ask somebody who does to import it."),
    "twice": _("“%(id)s” stands in the file twice; only the first was taken."),
}


def note(code: str, number: int | None = None) -> str:
    """What is said of a part of a file; where it counts, of so many."""
    text = _NOTES[code]
    return str(text % {"count": number}) if number is not None and code in COUNTED else str(text)


COUNTED = frozenset({"leveraged", "observations", "findings"})
