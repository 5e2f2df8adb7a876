"""When an exception may be decided, by whom and for how long. Pure.

The clear rule: an exception of low risk is granted by the ISMS manager or by top management, every other by top
management alone; there, whoever judged the risk does not decide too. Nobody grants what they asked for or answer for,
and no waiver lifts that: the loophole would be the exception of all rules.
"""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

ASKED, JUDGED, GRANTED, REFUSED, ENDED = "asked", "judged", "granted", "refused", "ended"
LOW, RAISED, HIGH = "low", "raised", "high"

ENDING_DAYS = 30
"""So many days before its end an exception is a debt: it is renewed, or the rule is kept again from then on."""


def latest_end(granted_on: date) -> date:
    """A year on; 28 February where the day does not exist."""
    try:
        return granted_on.replace(year=granted_on.year + 1)
    except ValueError:
        return granted_on.replace(year=granted_on.year + 1, day=28)


class Decision(StrEnum):
    JUDGE = "judge"
    GRANT = "grant"
    """By the ISMS manager, up to a low risk."""

    AUTHORISE = "authorise"
    """By top management, whatever the risk."""

    REFUSE = "refuse"
    END = "end"


NEEDS = {
    Decision.JUDGE: frozenset({ASKED, JUDGED}),
    Decision.GRANT: frozenset({JUDGED}),
    Decision.AUTHORISE: frozenset({JUDGED}),
    Decision.REFUSE: frozenset({ASKED, JUDGED}),
    Decision.END: frozenset({GRANTED}),
}
"""Decision → the states in which it can be taken."""

LEADS_TO = {
    Decision.JUDGE: JUDGED,
    Decision.GRANT: GRANTED,
    Decision.AUTHORISE: GRANTED,
    Decision.REFUSE: REFUSED,
    Decision.END: ENDED,
}


class Bar(StrEnum):
    """Why a decision may not be taken."""

    WRONG_STATE = "wrong_state"
    NO_PERSON = "no_person"
    OWN_REQUEST = "own_request"
    OWN_RECORD = "own_record"
    OWN_JUDGEMENT = "own_judgement"
    ABOVE_AUTHORITY = "above_authority"
    NOTHING_NAMED = "nothing_named"
    OVER = "over"
    TOO_LONG = "too_long"


def bar(
    decision: Decision,
    *,
    state: str,
    level: str,
    decider: object,
    askers: Collection[object],
    owners: Collection[object],
    judged_by: object,
    names_something: bool,
    until: date,
    today: date,
) -> Bar | None:
    """What stands against the decision; None where nothing does.

    `names_something`: the requirements or controls that are departed from are named. `askers`: who asked for it or
    recorded the request; `owners`: who answers for it or ever did. Ending an exception brings the rule back, so anybody
    entitled to decide may do that; and whoever has a part in it may be the one who judges, since judging decides
    nothing.
    """
    if state not in NEEDS[decision]:
        return Bar.WRONG_STATE
    if decider is None:
        return Bar.NO_PERSON
    if decision in {Decision.END, Decision.JUDGE}:
        return None
    if decider in askers:
        return Bar.OWN_REQUEST
    if decider in owners:
        return Bar.OWN_RECORD
    if decision is Decision.REFUSE:
        return None
    if level != LOW:
        if decision is Decision.GRANT:
            return Bar.ABOVE_AUTHORITY
        if decider == judged_by:
            return Bar.OWN_JUDGEMENT
    if not names_something:
        return Bar.NOTHING_NAMED
    if until <= today:
        return Bar.OVER
    return Bar.TOO_LONG if until > latest_end(today) else None


def is_in_force(state: str, until: date, day: date, granted_on: date | None) -> bool:
    """From the day of the decision to its last day."""
    return state == GRANTED and granted_on is not None and granted_on <= day <= until
