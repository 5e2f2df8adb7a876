"""Taking a risk knowingly: whose authority it needs, how long it may run, what ends it (27001 6.1.3 f; 200-3, 6)."""

import calendar
from dataclasses import dataclass
from datetime import date

from ringwall.risk.rules.criteria import AUTHORITIES, Criteria


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has fewer days."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def latest_expiry(criteria: Criteria, on: date) -> date:
    return months_later(on, criteria.longest_acceptance)


def required_authorities(criteria: Criteria, level: int) -> tuple[str, ...]:
    """Who must sign, the risk owner first. Empty where nobody may accept this level."""
    authority = criteria.band(level).authority
    if authority == "nobody":
        return ()
    return AUTHORITIES[: AUTHORITIES.index(authority) + 1]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What stands for and against somebody who wants to accept a risk until a day."""

    is_owner: bool
    is_assessor: bool
    has_waiver: bool
    until: date
    on: date
    level: int | None


def refusal(criteria: Criteria | None, attempt: Attempt) -> str:
    """The code of the first rule against it, or "" where nothing stands against it."""
    if attempt.level is None or criteria is None:
        return "not_assessed"
    if not attempt.is_owner:
        return "not_the_owner"
    if not required_authorities(criteria, attempt.level):
        return "nobody_may"
    if attempt.is_assessor and not attempt.has_waiver:
        return "own_assessment"
    if attempt.until <= attempt.on:
        return "already_over"
    if attempt.until > latest_expiry(criteria, attempt.on):
        return "too_long"
    return ""


def countersign_refusal(*, is_first_signatory: bool, is_assessor: bool, has_waiver: bool) -> str:
    """Why somebody may not give the second signature, or ""."""
    if is_first_signatory:
        return "second_by_the_first"
    return "own_assessment" if is_assessor and not has_waiver else ""


def is_expired(until: date | None, on: date) -> bool:
    return until is not None and until < on


def still_holds(accepted: Criteria, accepted_level: int, now: Criteria, level: int) -> bool:
    """Whether an acceptance covers a new judgement: not worse, and not above the authority that signed."""
    from_rank, to_rank = (
        AUTHORITIES.index(criteria.band(number).authority)
        for criteria, number in ((accepted, accepted_level), (now, level))
    )
    worse = (level - 1) * (len(accepted.bands) - 1) > (accepted_level - 1) * (len(now.bands) - 1)
    return not worse and to_rank <= from_rank
