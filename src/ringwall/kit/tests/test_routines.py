from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ringwall.kit import routines
from ringwall.kit.routines import LEASE, Round, Routine, call_due, label_of, run

NOW = datetime(2026, 11, 29, 7, 15, tzinfo=UTC)
CALLS: list[datetime] = []


def work(now: datetime) -> None:
    CALLS.append(now)


def broken(now: datetime) -> None:
    CALLS.append(now)
    raise RuntimeError("no")


@pytest.fixture
def queued(monkeypatch: Any, db: Any) -> list[tuple[str, str]]:
    """What was handed to the worker."""
    CALLS.clear()
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(routines, "routines", {"work": Routine("work", "hour", f"{__name__}.work")})
    monkeypatch.setattr(routines, "carry_out", type("Task", (), {"enqueue": staticmethod(lambda *a: found.append(a))}))
    return found


def test_a_routine_is_done_once_a_period_however_many_ask(queued: Any) -> None:
    assert call_due(NOW) == ["work"] and call_due(NOW) == [] and call_due(NOW + timedelta(seconds=20)) == []
    (name, label), *others = queued
    assert not others and run(name, label, NOW) and not run(name, label, NOW)
    assert CALLS == [NOW]
    assert call_due(NOW + timedelta(minutes=30)) == []
    assert call_due(NOW + timedelta(hours=1)) == ["work"]


def test_a_round_that_lost_its_worker_or_failed_is_done_again(queued: Any, monkeypatch: Any) -> None:
    assert call_due(NOW) == ["work"]
    assert call_due(NOW + LEASE) == []
    assert call_due(NOW + LEASE + timedelta(seconds=1)) == ["work"]
    monkeypatch.setitem(routines.routines, "work", Routine("work", "hour", f"{__name__}.broken"))
    assert not run("work", queued[0][1], NOW)
    assert Round.objects.get(name="work").taken_at is None and call_due(NOW) == ["work"]
    monkeypatch.setitem(routines.routines, "work", Routine("work", "hour", f"{__name__}.work"))
    assert run("work", queued[0][1], NOW) and call_due(NOW) == []


def test_labels_sort_and_know_no_summer_time() -> None:
    moments = [NOW + timedelta(minutes=7 * n) for n in range(2000)]
    for period in ("minute", "hour", "day"):
        labels = [label_of(period, moment) for moment in moments]
        assert labels == sorted(labels)
