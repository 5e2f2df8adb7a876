"""What a statement of applicability must say of each row, and what is wrong with it (27001 6.1.3 d). Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

UNDECIDED, APPLICABLE, NOT_APPLICABLE = "undecided", "applicable", "not_applicable"


class Progress(StrEnum):
    """How far a row is implemented, derived from the states of its controls."""

    NONE = "none"
    PLANNED = "planned"
    PARTLY = "partly"
    IMPLEMENTED = "implemented"


class Finding(StrEnum):
    """What is wrong with a row or with the whole."""

    UNDECIDED = "undecided"
    NO_CONTROL = "no_control"
    NO_OWNER = "no_owner"
    NO_JUSTIFICATION = "no_justification"
    EXCLUDED_WITH_DRIVER = "excluded_with_driver"
    UNTREATED_RISK = "untreated_risk"


OBSTACLES = frozenset({Finding.UNDECIDED, Finding.NO_JUSTIFICATION})
"""What must be mended before a statement can be submitted; the other findings are for management to know."""


@dataclass(frozen=True, slots=True)
class RowState:
    """All that the findings depend on. `drivers` are those proposed by records, `confirmed` those a person
    confirmed.
    """

    applicability: str
    has_justification: bool
    drivers: Collection[str] = ()
    confirmed: Collection[str] = ()
    control_states: Sequence[str] = ()
    controls_without_owner: Collection[str] = ()


def progress(states: Sequence[str]) -> Progress:
    """From the states of the controls (planned, in_progress, blocked, implemented) to how far the row is."""
    if not states:
        return Progress.NONE
    if all(state == "implemented" for state in states):
        return Progress.IMPLEMENTED
    if any(state in {"implemented", "in_progress"} for state in states):
        return Progress.PARTLY
    return Progress.PLANNED


def findings(row: RowState) -> list[Finding]:
    """In order of weight. An excluded row needs its reason; an applicable one a driver or a reason, a control, an
    owner.
    """
    if row.applicability == UNDECIDED:
        return [Finding.UNDECIDED]
    found: list[Finding] = []
    if row.applicability == NOT_APPLICABLE:
        if not row.has_justification:
            found.append(Finding.NO_JUSTIFICATION)
        if row.drivers:
            found.append(Finding.EXCLUDED_WITH_DRIVER)
        return found
    if not row.has_justification and not row.confirmed:
        found.append(Finding.NO_JUSTIFICATION)
    if not row.control_states:
        found.append(Finding.NO_CONTROL)
    if row.controls_without_owner:
        found.append(Finding.NO_OWNER)
    return found
