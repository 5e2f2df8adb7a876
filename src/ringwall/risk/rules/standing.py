"""Where a risk stands, in one word, and what it needs next."""

from dataclasses import dataclass
from datetime import date

from ringwall.risk.rules.acceptance import is_expired


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a risk. `treatment` and `acceptance` are the stored values of the risk."""

    has_owner: bool
    level: int | None
    is_above_acceptance: bool
    treatment: str
    acceptance: str
    accepted_until: date | None
    due_on: date | None
    review_on: date | None


TONES = {
    "withdrawn": "quiet",
    "unassessed": "warn",
    "waiting": "info",
    "expired": "bad",
    "accepted": "good",
    "within": "good",
    "untreated": "bad",
    "unaccepted": "bad",
    "overdue": "bad",
    "in_treatment": "info",
}
"""Standing → tone of its word on pages."""


def standing(risk: Situation, on: date) -> str:
    if risk.level is None:
        return "unassessed"
    if risk.acceptance == "waiting":
        return "waiting"
    if risk.acceptance == "in_force":
        return "expired" if is_expired(risk.accepted_until, on) else "accepted"
    if not risk.is_above_acceptance:
        return "within"
    if risk.treatment == "undecided":
        return "untreated"
    if risk.treatment == "retain":
        return "unaccepted"
    return "overdue" if risk.due_on is not None and risk.due_on < on else "in_treatment"


def next_step(risk: Situation, on: date) -> str:
    """What is due first: own, assess, countersign, accept_again, treat, accept, finish, review; "" for nothing."""
    if not risk.has_owner:
        return "own"
    step = {
        "unassessed": "assess",
        "waiting": "countersign",
        "expired": "accept_again",
        "untreated": "treat",
        "unaccepted": "accept",
        "overdue": "finish",
    }.get(standing(risk, on))
    if step:
        return step
    return "review" if risk.review_on is not None and risk.review_on < on else ""
