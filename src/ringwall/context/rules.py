"""When a waiver of separation of duties may be decided, and by whom. Pure."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

PROPOSED, GRANTED, REFUSED, ENDED = "proposed", "granted", "refused", "ended"
FOLLOWS = {"grant": (PROPOSED, GRANTED), "refuse": (PROPOSED, REFUSED), "end": (GRANTED, ENDED)}
"""Decision → the state it needs and the state it leads to."""


class Bar(StrEnum):
    """Why a person may not take a decision."""

    WRONG_STATE = "wrong_state"
    NO_PERSON = "no_person"
    OWN_PROPOSAL = "own_proposal"
    OWN_RECORD = "own_record"
    OVER = "over"


def bar(
    decision: str,
    *,
    state: str,
    decider: object,
    proposers: Collection[object],
    owner: object,
    until: date,
    today: date,
) -> Bar | None:
    """What stands against the decision; None where nothing does.

    Whoever proposed or owns a waiver neither grants nor refuses it. Ending one brings the separation back, so anybody
    entitled to decide may do that.
    """
    if state != FOLLOWS[decision][0]:
        return Bar.WRONG_STATE
    if decider is None:
        return Bar.NO_PERSON
    if decision == "end":
        return None
    if decider in proposers:
        return Bar.OWN_PROPOSAL
    if decider == owner:
        return Bar.OWN_RECORD
    return Bar.OVER if decision == "grant" and until < today else None
