"""What is true of incidents: how they go on, when authorities and customers must be told, when one may be closed.

Deadlines: Directive (EU) 2022/2555 (NIS2), Article 23(4): early warning 24 hours and notification 72 hours after
becoming aware, final report one month after the notification. Regulation (EU) 2016/679 (GDPR), Article 33(1): 72 hours.
Hours are elapsed hours, weekends and changes of daylight saving included; a month is one of the calendar, where the
clock hangs. Pure.
"""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

OPEN, CONTAINED, RESOLVED, CLOSED = "open", "contained", "resolved", "closed"
ORDER = (OPEN, CONTAINED, RESOLVED, CLOSED)
YES, NO, UNKNOWN = "yes", "no", "unknown"


class Regime(StrEnum):
    """Who must be told by which rule."""

    NIS2_WARNING = "nis2_warning"
    NIS2_NOTIFICATION = "nis2_notification"
    NIS2_REPORT = "nis2_report"
    GDPR = "gdpr"
    CONTRACT = "contract"


HOURS = {Regime.NIS2_WARNING: 24, Regime.NIS2_NOTIFICATION: 72, Regime.GDPR: 72}


@dataclass(frozen=True, slots=True)
class Demand:
    """Something to be told: `key` is the id of the contract, empty for a law; `hours` from becoming aware, None for the
    final report, which hangs on the notification."""

    regime: Regime
    hours: int | None
    key: str = ""


def demands(*, significant: str, personal_data: str, contracts: Collection[tuple[str, int]]) -> list[Demand]:
    """What an incident so classified must be told to whom. `contracts`: (id, hours) of the contracts it touches."""
    found: list[Demand] = []
    if significant == YES:
        found += [
            Demand(Regime.NIS2_WARNING, 24),
            Demand(Regime.NIS2_NOTIFICATION, 72),
            Demand(Regime.NIS2_REPORT, None),
        ]
    if personal_data == YES:
        found.append(Demand(Regime.GDPR, 72))
    return found + [Demand(Regime.CONTRACT, hours, key) for key, hours in contracts]


def due_at(demand: Demand, aware_at: datetime, zone: ZoneInfo, notified_at: datetime | None = None) -> datetime:
    """When it is due, in UTC. The final report: a month after the notification went out, or from when that is due."""
    if demand.hours is not None:
        return aware_at.astimezone(UTC) + timedelta(hours=demand.hours)
    start = notified_at or aware_at.astimezone(UTC) + timedelta(hours=HOURS[Regime.NIS2_NOTIFICATION])
    return a_month_after(start, zone)


def a_month_after(start: datetime, zone: ZoneInfo) -> datetime:
    """The same day and time of the next month on the clock of the place; its last day where it has none such."""
    local = start.astimezone(zone)
    year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
    day = min(local.day, monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(UTC)


class Clock(StrEnum):
    RUNNING = "running"
    SOON = "soon"
    OVERDUE = "overdue"
    IN_TIME = "in_time"
    LATE = "late"
    NOT_NEEDED = "not_needed"


NEAR = timedelta(hours=12)


def clock(due: datetime, now: datetime, sent: datetime | None, *, is_needed: bool = True) -> Clock:
    if not is_needed:
        return Clock.NOT_NEEDED
    if sent is not None:
        return Clock.IN_TIME if sent <= due else Clock.LATE
    if now > due:
        return Clock.OVERDUE
    return Clock.SOON if due - now <= NEAR else Clock.RUNNING


def hours_left(due: datetime, now: datetime) -> tuple[int, int]:
    """(hours, minutes) until it is due, or since it was: elapsed time, both without sign."""
    minutes = int(abs((due - now).total_seconds()) // 60)
    return minutes // 60, minutes % 60


def may_go(before: str, after: str) -> bool:
    """An incident goes forward, over steps or not; back only by reopening."""
    return ORDER.index(after) > ORDER.index(before)


class Obstacle(StrEnum):
    """What stands against closing an incident."""

    NOT_CLASSIFIED = "not_classified"
    NOT_RESOLVED = "not_resolved"
    NO_CAUSE = "no_cause"
    CLOCKS = "clocks"
    PERSONAL_DATA = "personal_data"
    SIGNIFICANCE = "significance"
    NO_INSIGHT = "no_insight"


@dataclass(frozen=True, slots=True)
class Standing:
    """All that closing depends on."""

    state: str
    is_classified: bool
    cause: str
    personal_data: str
    significant: str
    open_notifications: int
    insights: int
    nothing_learnt: str = ""


def obstacles(found: Standing) -> list[Obstacle]:
    told = []
    if not found.is_classified:
        told.append(Obstacle.NOT_CLASSIFIED)
    if found.state != RESOLVED:
        told.append(Obstacle.NOT_RESOLVED)
    if found.is_classified and found.personal_data == UNKNOWN:
        told.append(Obstacle.PERSONAL_DATA)
    if found.is_classified and found.significant == UNKNOWN:
        told.append(Obstacle.SIGNIFICANCE)
    if not found.cause.strip():
        told.append(Obstacle.NO_CAUSE)
    if found.open_notifications:
        told.append(Obstacle.CLOCKS)
    if not found.insights and not found.nothing_learnt.strip():
        told.append(Obstacle.NO_INSIGHT)
    return told
