"""What is true of tasks, without the database: how they return, when they escalate, whom a comment names."""

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

OWNER_AFTER = timedelta(days=7)
KEEPER_AFTER = timedelta(days=14)
"""How long a task may be late before the owner of its record hears of it, and then who keeps the ISMS."""

MOST_STEPS = 50
MOST_MENTIONS = 10
LONGEST_NAME = 5
"""Words of a name after an @ at most."""

Period = Literal["", "week", "month"]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every so many weeks or months from a first day on; turn 0 is that day.

    Months are counted from the first day, so that the 31st comes back after February.
    """

    first: date
    every: int
    period: Period

    def day(self, turn: int) -> date:
        if self.period == "week":
            return self.first + timedelta(weeks=self.every * turn)
        months = self.first.year * 12 + self.first.month - 1 + self.every * turn
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(self.first.day, last))

    def next_turn(self, turn: int, today: date) -> int:
        """The turn after this one; those that passed unnoticed are left out."""
        following = turn + 1
        while self.day(following) < today:
            following += 1
        return following


def escalation(due_on: date | None, today: date) -> int:
    """0: nobody needs to hear of it, 1: the owner of the record, 2: who keeps the ISMS as well."""
    if due_on is None:
        return 0
    late = today - due_on
    return (late >= OWNER_AFTER) + (late >= KEEPER_AFTER)


def steps_of(text: str) -> list[str]:
    """One step a line; empty lines and the dashes of a list are left out."""
    lines = (re.sub(r"^\s*[-*•]\s+", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def mentions(text: str) -> Iterator[Sequence[str]]:
    """For each @ in a text the names that may be meant, the longest first: words as they follow, and an address."""
    for match in re.finditer(r"(?<![\w@.])@(?=(\S+(?: \S+){0,4}))", text):
        words = match.group(1).split(" ")
        for at, word in enumerate(words):
            if at and word.startswith("@"):
                words = words[:at]
                break
        found = [" ".join(words[:count]) for count in range(min(len(words), LONGEST_NAME), 0, -1)]
        # A name may end a sentence or be put in the genitive.
        yield list(dict.fromkeys(form for name in found for form in (name, name.rstrip(".,;:!?)'’"))))


def week_part(due_on: date | None, today: date) -> Literal["overdue", "today", "week", "later"]:
    """Where a task stands on the page of one's week, which ends on Sunday."""
    if due_on is None:
        return "later"
    if due_on <= today:
        return "today" if due_on == today else "overdue"
    return "week" if due_on <= today + timedelta(days=6 - today.weekday()) else "later"
