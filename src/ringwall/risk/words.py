"""What the rules say in codes, in the reader's words; and the words of the method a scope follows (ISO or BSI)."""

from collections.abc import Iterable
from typing import Any

from django.utils import formats
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from ringwall.context.models import IsmsScope
from ringwall.risk.models import Option
from ringwall.risk.rules.criteria import Criteria, Finding

FINDINGS = {
    "no_criteria": gettext_lazy("This is not the shape of risk criteria."),
    "unknown_part": gettext_lazy("There is no such part; remove it."),
    "steps": gettext_lazy("A scale has {from} to {to} levels."),
    "no_step": gettext_lazy("This level is empty."),
    "name_missing": gettext_lazy("Give it a name."),
    "name_twice": gettext_lazy("“{name}” is the name of level {first} already."),
    "no_text": gettext_lazy("This must be text."),
    "too_long": gettext_lazy("At most {longest} characters."),
    "control_character": gettext_lazy("Contains a control character; remove it."),
    "band_key": gettext_lazy("Needs an identifier of its own of small letters, digits and underscores."),
    "authority": gettext_lazy("Say who may accept risks of this level."),
    "authority_sinks": gettext_lazy("A higher level cannot be left to a lower authority than the level below it."),
    "months": gettext_lazy("Give a whole number of months from {from} to {to}."),
    "acceptance_line": gettext_lazy("Risks can be acceptable up to level {highest} at most, or none at all (0)."),
    "matrix_shape": gettext_lazy("The matrix needs {rows} rows and {columns} columns."),
    "matrix_band": gettext_lazy("Choose one of the {bands} levels of risk."),
    "matrix_falls": gettext_lazy("The level falls although likelihood or consequence rises. Is that meant?"),
}

PARTS = {
    "likelihood": gettext_lazy("Likelihood"),
    "consequence": gettext_lazy("Consequence"),
    "bands": gettext_lazy("Levels of risk"),
    "matrix": gettext_lazy("Matrix"),
    "accepted_up_to": gettext_lazy("Acceptance line"),
    "longest_acceptance": gettext_lazy("Longest acceptance"),
    "name": gettext_lazy("name"),
    "description": gettext_lazy("description"),
    "key": gettext_lazy("identifier"),
    "authority": gettext_lazy("authority"),
    "review_months": gettext_lazy("review"),
    "en": gettext_lazy("English"),
    "de": gettext_lazy("German"),
}

AUTHORITIES = {
    "owner": pgettext_lazy("authority", "Risk owner"),
    "top_management": pgettext_lazy("authority", "Risk owner and top management"),
    "nobody": pgettext_lazy("authority", "Nobody: must be treated"),
}

STANDINGS = {
    "withdrawn": pgettext_lazy("risk", "withdrawn"),
    "unassessed": pgettext_lazy("risk", "not assessed"),
    "waiting": pgettext_lazy("risk", "acceptance waits"),
    "expired": pgettext_lazy("risk", "acceptance expired"),
    "accepted": pgettext_lazy("risk", "accepted"),
    "within": pgettext_lazy("risk", "within acceptance"),
    "untreated": pgettext_lazy("risk", "to be treated"),
    "unaccepted": pgettext_lazy("risk", "to be accepted"),
    "overdue": pgettext_lazy("risk", "treatment overdue"),
    "in_treatment": pgettext_lazy("risk", "in treatment"),
}

NEXT_STEPS = {
    "own": gettext_lazy("Name the owner who answers for this risk."),
    "assess": gettext_lazy("Assess likelihood and consequence."),
    "countersign": gettext_lazy("Top management signs the acceptance too, or refuses it."),
    "accept_again": gettext_lazy("The acceptance has run out: treat the risk, or have the owner accept it anew."),
    "treat": gettext_lazy("Decide how it is treated: it lies above the acceptance line."),
    "accept": gettext_lazy(
        "It is to be retained above the acceptance line: the owner accepts it, with reason and expiry."
    ),
    "finish": gettext_lazy("The date of its treatment has passed: finish the controls, then assess anew."),
    "review": gettext_lazy("The date of its review has passed: assess it anew."),
}

REFUSALS = {
    "not_assessed": (
        gettext_lazy("A risk that is not assessed cannot be accepted."),
        gettext_lazy("Assess likelihood and consequence first."),
    ),
    "not_the_owner": (
        gettext_lazy("Only the owner accepts a risk."),
        gettext_lazy("Ask the owner, or make the person who answers for it the owner."),
    ),
    "nobody_may": (
        gettext_lazy("By the risk criteria nobody may accept a risk of this level."),
        gettext_lazy("Treat or avoid it, then assess it anew."),
    ),
    "own_assessment": (
        gettext_lazy("Who assessed a risk does not sign its acceptance."),
        gettext_lazy(
            "Have somebody else assess it, or have top management grant a waiver of the rule that the author does not"
            " approve."
        ),
    ),
    "already_over": (gettext_lazy("The acceptance would be over already."), gettext_lazy("Choose a day after today.")),
    "too_long": (
        gettext_lazy("An acceptance may not run that long."),
        gettext_lazy("Choose %(day)s or an earlier day."),
    ),
    "second_by_the_first": (
        gettext_lazy("The second signature is somebody else's."),
        gettext_lazy("Ask another person of top management."),
    ),
}
"""Code of `rules.acceptance` → what is wrong, and the remedy."""

OPTIONS_BSI = {
    Option.UNDECIDED: pgettext_lazy("treatment", "undecided"),
    Option.MODIFY: pgettext_lazy("treatment, BSI 200-3", "reduction"),
    Option.AVOID: pgettext_lazy("treatment, BSI 200-3", "avoidance"),
    Option.SHARE: pgettext_lazy("treatment, BSI 200-3", "transfer"),
    Option.RETAIN: pgettext_lazy("treatment, BSI 200-3", "acceptance"),
}

AXES = {
    "iso": {"likelihood": gettext_lazy("Likelihood"), "consequence": gettext_lazy("Consequence")},
    "grundschutz": {
        "likelihood": pgettext_lazy("BSI 200-3", "Frequency"),
        "consequence": pgettext_lazy("BSI 200-3", "Damage"),
    },
}
"""Method of the scope → word of each axis."""

JUDGEMENTS = {
    "": gettext_lazy("Current risk"),
    "target_": gettext_lazy("Target residual risk"),
    "inherent_": gettext_lazy("Inherent risk"),
}


def language() -> str:
    return (get_language() or "en")[:2]


def method_of(scope: IsmsScope | None) -> str:
    return scope.method if scope is not None else IsmsScope.Method.ISO


def option_word(option: str, scope: IsmsScope | None) -> str:
    """The treatment in the words of the scope's method."""
    if method_of(scope) == IsmsScope.Method.GRUNDSCHUTZ:
        return str(OPTIONS_BSI[Option(option)])
    return str(Option(option).label)


def axis_word(axis: str, method: str) -> str:
    """Likelihood or consequence, in the words of the method."""
    return str(AXES[method][axis])


def level_word(criteria: Criteria | None, level: int | None) -> str:
    """“4 High”, or "" where nothing is judged."""
    return "" if criteria is None or level is None else f"{level} {criteria.band(level).name(language())}"


def step_word(criteria: Criteria | None, axis: str, value: int | None) -> str:
    return "" if criteria is None or value is None else f"{value} {criteria.steps(axis)[value - 1].name(language())}"


def place_word(place: str) -> str:
    """“Likelihood, 3, name, German” for likelihood/3/name/de; row and column for a cell of the matrix."""
    parts = place.split("/")
    if parts[0] == "matrix" and len(parts) == 3:
        return _("Matrix, likelihood %(row)s, consequence %(column)s") % {"row": parts[1], "column": parts[2]}
    return ", ".join(str(PARTS.get(part, part)) for part in parts if part)


def finding_word(finding: Finding) -> str:
    """Place and fault in one sentence."""
    text = str(FINDINGS[finding.code]).format(**finding.parameters)
    place = place_word(finding.place)
    return f"{place}: {text}" if place else text


def findings_words(findings: Iterable[Finding]) -> list[str]:
    return [finding_word(finding) for finding in findings]


def day_word(day: Any) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT") if day else ""


def trend_word(trend: int) -> str:
    return {1: pgettext("risk", "risen"), -1: pgettext("risk", "fallen"), 0: pgettext("risk", "unchanged")}[trend]
