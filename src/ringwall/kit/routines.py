"""Work that comes back: every minute, hour or day, once a period in the whole installation, whatever is restarted."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from django.core.management import call_command
from django.db import models
from django.db.models import Q
from django.tasks import task
from django.utils import timezone
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)

Period = Literal["minute", "hour", "day"]
LEASE = timedelta(minutes=15)
"""A round that was begun and not ended in this time has lost its worker and is done again."""


@dataclass(frozen=True, slots=True)
class Routine:
    """`path` names a function of the present moment that may safely be called twice; only the worker loads it."""

    name: str
    period: Period
    path: str


routines: dict[str, Routine] = {"old results": Routine("old results", "day", "ringwall.kit.routines.forget_results")}


def every(period: Period, name: str, path: str) -> None:
    routines[name] = Routine(name, period, path)


class Round(models.Model):
    """How far a routine has come. Written without a ledger entry."""

    name = models.CharField(primary_key=True, max_length=60)
    done = models.CharField(max_length=20, blank=True)
    """The last period it was done for, as text that sorts: 2026-11-29T07:15."""
    taken_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


def label_of(period: Period, now: datetime) -> str:
    """The period in which a moment lies. Days are those of the installation; hours are told in UTC, which knows no
    summer.
    """
    if period == "day":
        return timezone.localdate(now).isoformat()
    return now.astimezone(UTC).isoformat(timespec="hours" if period == "hour" else "minutes")[:16]


def call_due(now: datetime | None = None) -> list[str]:
    """Queue for the worker what is due, each at most once however many servers ask; returns the names."""
    now = now or timezone.now()
    queued = []
    for routine in routines.values():
        if _take(routine, now):
            carry_out.enqueue(routine.name, label_of(routine.period, now))
            queued.append(routine.name)
    return queued


def _take(routine: Routine, now: datetime) -> bool:
    label = label_of(routine.period, now)
    Round.objects.get_or_create(name=routine.name)
    free = Q(taken_at=None) | Q(taken_at__lt=now - LEASE)
    return bool(Round.objects.filter(free, name=routine.name, done__lt=label).update(taken_at=now))


@task()
def carry_out(name: str, label: str) -> None:
    run(name, label)


def run(name: str, label: str, now: datetime | None = None) -> bool:
    """Do one round, unless its period was done meanwhile. One that fails is given back and done at the next call."""
    rows = Round.objects.filter(name=name)
    if name not in routines or not rows.filter(done__lt=label).exists():
        return False
    function: Callable[[datetime], object] = import_string(routines[name].path)
    try:
        function(now or timezone.now())
    except Exception:
        log.exception("routine %s failed", name)
        rows.update(taken_at=None)
        return False
    rows.filter(done__lt=label).update(done=label, taken_at=None)
    return True


def forget_results(now: datetime) -> None:
    """What the worker noted of tasks that ended days ago: routines alone leave some thousands a day."""
    call_command("prune_db_task_results", min_age_days=2, verbosity=0)
