"""How a finding moves from being noticed to being closed (ISO/IEC 27001:2022, 10.2). Pure.

A nonconformity goes all the way: what was done at once, the cause, actions against the cause, and after a time of
waiting a check by somebody else whether they worked. An observation or an opportunity breaks no requirement: it may go
the same way, or be concluded with a decision in words.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MAJOR, MINOR, OBSERVATION, OPPORTUNITY = "major", "minor", "observation", "opportunity"
NONCONFORMITIES = frozenset({MAJOR, MINOR})
OPEN, CORRECTED, ANALYSED, ACTING, CHECKING, CLOSED = "open", "corrected", "analysed", "acting", "checking", "closed"
STATES = (OPEN, CORRECTED, ANALYSED, ACTING, CHECKING, CLOSED)

WAITING_DAYS = {MAJOR: 60, MINOR: 30, OBSERVATION: 0, OPPORTUNITY: 0}
"""Days between the last action and the check, where the finding names no other: the fault needs time to come again."""

DUE_DAYS = {MAJOR: 60, MINOR: 90, OBSERVATION: 180, OPPORTUNITY: 365}
"""Days until a finding should be closed, where nobody says otherwise."""

CAUSE_DAYS = 30
"""After so many days a nonconformity whose cause nobody knows is a debt."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is recorded of a finding in its present round. `last_done_on`: when the last finished action was done."""

    category: str
    is_closed: bool = False
    has_correction: bool = False
    has_cause: bool = False
    open_actions: int = 0
    done_actions: int = 0
    last_done_on: date | None = None
    waiting_days: int | None = None

    @property
    def is_nonconformity(self) -> bool:
        return self.category in NONCONFORMITIES


def state_of(facts: Facts) -> str:
    """The state that follows from what is recorded."""
    if facts.is_closed:
        return CLOSED
    if facts.open_actions:
        return ACTING
    if facts.done_actions:
        return CHECKING
    if facts.has_cause:
        return ANALYSED
    return CORRECTED if facts.has_correction else OPEN


def check_from(facts: Facts) -> date | None:
    """The first day on which the effect of the actions can be judged; None while actions are missing or open."""
    if state_of(facts) != CHECKING or facts.last_done_on is None:
        return None
    days = WAITING_DAYS[facts.category] if facts.waiting_days is None else facts.waiting_days
    return facts.last_done_on + timedelta(days=days)


def due_by(category: str, found_on: date) -> date:
    return found_on + timedelta(days=DUE_DAYS[category])


class Step(StrEnum):
    """What can be done with a finding."""

    CORRECT = "correct"
    ANALYSE = "analyse"
    PLAN = "plan"
    CHECK = "check"
    CONCLUDE = "conclude"


class Bar(StrEnum):
    """What stands against a step."""

    CLOSED = "closed"
    CORRECTED_BY_ANOTHER = "corrected_by_another"
    CAUSE_KNOWN = "cause_known"
    NO_CORRECTION = "no_correction"
    ACTIONS_STARTED = "actions_started"
    NO_CAUSE = "no_cause"
    NO_ACTION = "no_action"
    ACTIONS_OPEN = "actions_open"
    TOO_EARLY = "too_early"
    NO_EVIDENCE = "no_evidence"
    NONCONFORMITY = "nonconformity"


def bar(
    step: Step, facts: Facts, *, today: date, has_evidence: bool = False, is_own_correction: bool = True
) -> Bar | None:
    """What stands against a step; None where nothing does.

    `has_evidence`: something shows the finding, in words or as a file. `is_own_correction`: the correction that is
    recorded already, if any, is by the same person; only they word it anew, so that nobody's part is covered up.
    """
    if facts.is_closed:
        return Bar.CLOSED
    match step:
        case Step.CORRECT:
            if facts.has_correction and not is_own_correction:
                return Bar.CORRECTED_BY_ANOTHER
            return Bar.CAUSE_KNOWN if facts.has_correction and facts.has_cause else None
        case Step.ANALYSE:
            if not facts.has_correction and facts.is_nonconformity:
                return Bar.NO_CORRECTION
            return Bar.ACTIONS_STARTED if facts.has_cause and facts.done_actions else None
        case Step.PLAN:
            return Bar.NO_CAUSE if facts.is_nonconformity and not facts.has_cause else None
        case Step.CHECK:
            return _bar_of_check(facts, today, has_evidence)
        case Step.CONCLUDE:
            if facts.is_nonconformity:
                return Bar.NONCONFORMITY
            return Bar.ACTIONS_OPEN if facts.open_actions else None


def _bar_of_check(facts: Facts, today: date, has_evidence: bool) -> Bar | None:
    if facts.is_nonconformity and not facts.has_cause:
        return Bar.NO_CAUSE
    if facts.open_actions:
        return Bar.ACTIONS_OPEN
    day = check_from(facts)
    if day is None:
        return Bar.NO_ACTION
    if today < day:
        return Bar.TOO_EARLY
    return None if has_evidence else Bar.NO_EVIDENCE


class Part(StrEnum):
    """A part in a finding that bars from checking whether its actions worked."""

    OWNER = "owner"
    CORRECTED = "corrected"
    ACTED = "acted"


def parts_of(
    person: object, *, owners: Collection[object], corrected_by: object, acted: Collection[object]
) -> list[Part]:
    """The parts a person has. `owners`: who answers for the finding or ever did; `acted`: who answered for an action or
    carried it out.
    """
    held = {Part.OWNER: person in owners, Part.CORRECTED: person == corrected_by, Part.ACTED: person in acted}
    return [part for part, has in held.items() if has and person is not None]


LEAST_LETTERS = 4
"""Shorter words say too little of what a finding is about."""

FEWEST_ALIKE = 2


def words_of(text: str) -> set[str]:
    """The words by which two findings can be found alike."""
    letters = "".join(letter if letter.isalnum() else " " for letter in text.casefold())
    return {word for word in letters.split() if len(word) >= LEAST_LETTERS}


def likeness(words: Iterable[str], others: Iterable[str], *, same_requirement: bool, same_subject: bool) -> int:
    """How much two findings have in common: 0 nothing; each shared reason weighs more than any number of words."""
    shared = len(set(words) & set(others))
    return 100 * same_subject + 50 * same_requirement + (min(shared, 40) if shared >= FEWEST_ALIKE else 0)
