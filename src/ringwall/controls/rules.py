"""How a control moves from plan to proof: states, dates, separation of duties, progress. Pure."""

import calendar
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

PLANNED, IN_PROGRESS, BLOCKED, IMPLEMENTED = "planned", "in_progress", "blocked", "implemented"

FOLLOWS: Mapping[str, frozenset[str]] = {
    PLANNED: frozenset({IN_PROGRESS, BLOCKED, IMPLEMENTED}),
    IN_PROGRESS: frozenset({PLANNED, BLOCKED, IMPLEMENTED}),
    BLOCKED: frozenset({PLANNED, IN_PROGRESS}),
    IMPLEMENTED: frozenset({IN_PROGRESS}),
}
"""State → the states that may follow it. What is blocked is unblocked before it is completed."""

SOON_DAYS = 14


def may_follow(old: str, new: str) -> bool:
    return new == old or new in FOLLOWS[old]


def add_months(day: date, months: int) -> date:
    """The same day so many months on; the last of the month where that month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def latest_next(every: int | None, verified_on: date | None, implemented_on: date | None) -> date | None:
    """The last day on which the next verification is in time; None without an interval or before implementation."""
    days = [day for day in (verified_on, implemented_on) if day is not None]
    return add_months(max(days), every) if every and days else None


class Timeliness(StrEnum):
    DONE = "done"
    OPEN = "open"
    SOON = "soon"
    OVERDUE = "overdue"


def timeliness(
    state: str, due_on: date | None, verify_next_on: date | None, today: date
) -> tuple[Timeliness, date | None]:
    """How the control stands against the day that counts for it: implementation until then, verification afterwards."""
    is_done = state == IMPLEMENTED
    day = verify_next_on if is_done else due_on
    if day is None:
        return (Timeliness.DONE if is_done else Timeliness.OPEN), None
    if day < today:
        return Timeliness.OVERDUE, day
    if (day - today).days <= SOON_DAYS:
        return Timeliness.SOON, day
    return (Timeliness.DONE if is_done else Timeliness.OPEN), day


class Part(StrEnum):
    """A part in a control that bars from verifying it."""

    OWNER = "owner"
    DESIGNER = "designer"
    IMPLEMENTER = "implementer"


def parts_of(person: object, *, owner: object, designer: object, implementer: object) -> list[Part]:
    """The parts a person has in a control: nobody verifies what they own, designed or implemented."""
    held = {Part.OWNER: owner, Part.DESIGNER: designer, Part.IMPLEMENTER: implementer}
    return [part for part, holder in held.items() if holder is not None and holder == person]


class DateFault(StrEnum):
    FUTURE = "future"
    NOT_IMPLEMENTED = "not_implemented"
    BEFORE_IMPLEMENTATION = "before_implementation"


def date_fault(on: date, today: date, state: str, implemented_on: date | None) -> DateFault | None:
    """Why a control cannot have been verified on a day; None where it can."""
    if state != IMPLEMENTED:
        return DateFault.NOT_IMPLEMENTED
    if on > today:
        return DateFault.FUTURE
    return DateFault.BEFORE_IMPLEMENTATION if implemented_on and on < implemented_on else None


class Extent(StrEnum):
    """How far a requirement is met by its controls."""

    NONE = "none"
    PLANNED = "planned"
    PARTLY = "partly"
    IMPLEMENTED = "implemented"


@dataclass(frozen=True, slots=True)
class Progress:
    """`percent`: share of the controls that are implemented, rounded down; 100 only when all are."""

    extent: Extent
    percent: int
    total: int
    implemented: int


def progress(states: Iterable[str]) -> Progress:
    """How far a requirement is met, derived from the states of the controls that implement it."""
    found: Collection[str] = list(states)
    done = sum(state == IMPLEMENTED for state in found)
    if not found:
        return Progress(Extent.NONE, 0, 0, 0)
    if done == len(found):
        extent = Extent.IMPLEMENTED
    elif done or IN_PROGRESS in found:
        extent = Extent.PARTLY
    else:
        extent = Extent.PLANNED
    return Progress(extent, done * 100 // len(found), len(found), done)
