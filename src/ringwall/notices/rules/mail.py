"""What is true of mails: when a digest is due, how long to wait after a failure, what a header may hold."""

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta

WEEKDAYS = (0, 1, 2, 3, 4)
"""Monday to Friday, as `date.weekday` counts."""

MORNING = 7
AHEAD = timedelta(days=7)
"""How far a digest looks ahead."""

PAUSES = (1, 5, 15, 60, 180, 360, 720, 1440)
"""Minutes to wait after the first failure, the second, and so on; after the last the mail has failed."""


def is_digest_due(days: Collection[int], hour: int, now: datetime, last: date | None) -> bool:
    """Whether a person's digest is to be prepared, `now` being told by their clock: once on each of their days, at
    their hour or, when nothing ran then, later on the same day.
    """
    return now.weekday() in days and now.hour >= hour and (last is None or last < now.date())


def pause_after(failures: int) -> timedelta | None:
    """How long to wait before the next try; None where it is given up."""
    return timedelta(minutes=PAUSES[failures - 1]) if 1 <= failures <= len(PAUSES) else None


def is_lasting(code: int) -> bool:
    """Whether a reply of the other server (RFC 5321, 4.2.1) says that trying again is of no use."""
    return 500 <= code < 600


def one_line(text: str, most: int = 200) -> str:
    """A text as a header takes it: no line break, no control character."""
    return re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+", " ", text).strip()[:most]
