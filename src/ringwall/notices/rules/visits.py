"""What is true of visits: when one ends, and what "since I was here" counts from."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

BREAK = timedelta(hours=2)
"""Who was not seen for so long has been away: what they do next is another visit."""

STEP = timedelta(minutes=5)
"""Within a visit it is noted at most so often that the person is still here."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Two moments of one person, each as the size of the ledger and the time: the end of the visit before this one
    (`since`), and the latest that was seen in this one.
    """

    since: int
    since_at: datetime
    seen: int
    seen_at: datetime


def arrived(known: Stay | None, now: datetime, size: int) -> Stay:
    """The stay of a person who looks at their home page now, the ledger holding `size` entries; the one that is known
    where nothing is to be noted. Whoever comes for the first time has missed nothing.
    """
    if known is None:
        return Stay(size, now, size, now)
    away = now - known.seen_at
    if away >= BREAK:
        return Stay(known.seen, known.seen_at, size, now)
    return replace(known, seen=max(size, known.seen), seen_at=now) if away >= STEP else known


def caught_up(now: datetime, size: int) -> Stay:
    """After the person said that they have seen all there is."""
    return Stay(size, now, size, now)
