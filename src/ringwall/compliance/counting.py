"""Keeps the counts of answers true: what an act changes of them moves along in the same act."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from ringwall.compliance.models import Answer, AnswerCount
from ringwall.kit import registry
from ringwall.kit.acts import Act, plain
from ringwall.ledger.insert import uuid_writer
from ringwall.ledger.rules import Change

Key = tuple[UUID, UUID, str, str, bool, bool]
"""Organisation, check, answer, what is unmet, whether it is carried over, whether it lacks its reason."""

STANDING = {name: name for name in ("value", "unmet", "is_carried", "lacks_reason", "maturity", "withdrawn_on")}
STANDING["round"] = "round_id"

_UPSERT = """
INSERT INTO compliance_answercount
    (organisation_id, round_id, value, unmet, is_carried, lacks_reason, count, maturity, rated)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (round_id, value, unmet, is_carried, lacks_reason) DO UPDATE SET
    count = compliance_answercount.count + excluded.count,
    maturity = compliance_answercount.maturity + excluded.maturity,
    rated = compliance_answercount.rated + excluded.rated
"""


@registry.listener
def keep_counts(act: Act) -> None:
    """Differences are added, so that two interviewers of one check do not undo each other's."""
    saved = {row.pk: row for row in act.saved if isinstance(row, Answer)}
    if not saved:
        return
    changes: dict[UUID, list[Change]] = {}
    for change in act.changes:
        if change.subject in saved:
            changes.setdefault(change.subject, []).append(change)
    moved: dict[Key, list[int]] = {}
    for pk, row in saved.items():
        now = {name: plain(getattr(row, held)) for name, held in STANDING.items()}
        _add(moved, row, now, 1)
        if (before := _before(now, changes[pk])) is not None:
            _add(moved, row, before, -1)
    _write(moved)


def _before(now: Mapping[str, Any], changes: Sequence[Change]) -> dict[str, Any] | None:
    """How an answer stood before the act; None where the act made it."""
    found = dict(now)
    for change in reversed(changes):
        if change.before is None:
            return None
        found |= {name: value for name, value in change.before.items() if name in found}
    return found


def _add(moved: dict[Key, list[int]], row: Answer, state: Mapping[str, Any], sign: int) -> None:
    if state["withdrawn_on"] is not None:
        return
    key = (
        row.organisation_id,
        UUID(state["round"]),
        state["value"],
        state["unmet"],
        state["is_carried"],
        state["lacks_reason"],
    )
    told = moved.setdefault(key, [0, 0, 0])
    maturity = state["maturity"]
    for at, number in enumerate((1, maturity or 0, int(maturity is not None))):
        told[at] += sign * number


def _write(moved: Mapping[Key, Sequence[int]]) -> None:
    """In one order, so that two acts at once never wait for each other in a circle."""
    write = uuid_writer()
    rows: list[Any] = [
        (write(organisation), write(round_id), *standing, *numbers)
        for (organisation, round_id, *standing), numbers in sorted(moved.items(), key=lambda pair: pair[0])
        if any(numbers)
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_UPSERT, rows)


def count_anew() -> None:
    """From all answers there are, where they were written past the acts."""
    AnswerCount.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(_FILL)


_FILL = """
INSERT INTO compliance_answercount
    (organisation_id, round_id, value, unmet, is_carried, lacks_reason, count, maturity, rated)
SELECT organisation_id, round_id, value, unmet, is_carried, lacks_reason,
    COUNT(*), COALESCE(SUM(maturity), 0), COUNT(maturity)
FROM compliance_answer
WHERE withdrawn_on IS NULL
GROUP BY organisation_id, round_id, value, unmet, is_carried, lacks_reason
"""
