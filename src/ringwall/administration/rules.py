"""What is true of people, units, roles and tokens, without the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

TOKEN_DAYS = 366
"""The longest life of a token: one year, a leap day included."""


def is_at_or_below[Key](parent_of: Mapping[Key, Key | None], lower: Key, upper: Key) -> bool:
    """True where `upper` stands on the way from `lower` to the top of the tree."""
    seen: set[Key] = set()
    at: Key | None = lower
    while at is not None and at not in seen:
        if at == upper:
            return True
        seen.add(at)
        at = parent_of.get(at)
    return False


@dataclass(frozen=True, slots=True)
class Term:
    """First and last day on which an assignment holds; None where it has no such end."""

    first: date | None
    last: date | None

    def holds_on(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def overlaps(self, other: "Term") -> bool:
        return (self.first is None or other.last is None or self.first <= other.last) and (
            other.first is None or self.last is None or other.first <= self.last
        )

    def ended(self, last: date | None, today: date) -> "Term":
        """The term cut short: at once (its last day was yesterday) or with a day to come.

        One that began today or later and ends at once never held: it shrinks to yesterday, so that no right is left.
        """
        stop = last or today - timedelta(days=1)
        return Term(min(self.first, stop) if self.first else None, stop)


@dataclass(frozen=True, slots=True)
class Administrator:
    """An assignment of the role administrator at the top unit. `can_sign_in`: the person is there and has a login."""

    person: object
    term: Term
    can_sign_in: bool


def has_lasting_administrator(administrators: Iterable[Administrator], today: date) -> bool:
    """Whether somebody administers the organisation today and without an end: else it would be locked one day."""
    return any(a.can_sign_in and a.term.last is None and a.term.holds_on(today) for a in administrators)


def is_valid_expiry(expires_on: date, today: date) -> bool:
    return today <= expires_on <= today + timedelta(days=TOKEN_DAYS)
