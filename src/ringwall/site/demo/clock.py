"""A clock that can be set back, so that the demonstration's past is told by the same actions as everybody's present."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from unittest import mock

from django.utils import timezone

_moments = 0


@contextmanager
def on_day(offset: int) -> Iterator[None]:
    """Within, it is office hours of the day so many days from today. Only for loading data in a process of its own."""
    global _moments
    _moments += 1
    today = timezone.localdate()
    moment = timezone.make_aware(datetime.combine(today + timedelta(days=offset), time(8, 30))) + timedelta(
        seconds=7 * (_moments % 4000)
    )
    if offset >= 0:
        yield
        return
    with mock.patch.object(timezone, "now", lambda: moment):
        yield
