"""What is asked of the ledger: the history of a record, the acts of an organisation, the changes of an act.

Whoever asks brings the condition of what they may see (`visible`, on the columns of `EntrySubject`: organisation_id,
unit_id, restricted, owner_id), and sees of an act only the changes to records they may see. Pages go by position.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery

from ringwall.ledger.insert import database_uuid
from ringwall.ledger.models import Entry, EntrySubject, Head, Payload
from ringwall.ledger.rules import Change
from ringwall.lib.canonical import decode

PAGE = 50


def size_of(*organisations: UUID) -> int:
    """How many entries these organisations' ledgers have together; 0 before the first act."""
    table, quote = Head._meta.db_table, connection.ops.quote_name
    marks = ", ".join(["%s"] * len(organisations))
    statement = f"SELECT SUM(size) FROM {quote(table)} WHERE organisation_id IN ({marks})"  # noqa: S608 (our own table)
    with connection.cursor() as cursor:
        cursor.execute(statement, [database_uuid(organisation) for organisation in organisations])
        row = cursor.fetchone()
    return int(row[0] or 0)


@dataclass(frozen=True, slots=True)
class RecordedAct:
    """One entry. Name and reason are empty where they were erased."""

    id: UUID
    organisation: UUID
    position: int
    at: datetime
    verb: str
    actor_id: UUID | None
    actor_label: str
    reason: str
    changes: int = 0
    """How many changes of it the asker may see."""


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """One change with the act it belongs to. `change` is None where it was erased."""

    act: RecordedAct
    part: int
    kind: str
    subject: UUID
    change: Change | None

    @property
    def is_erased(self) -> bool:
        return self.change is None


class _Row(NamedTuple):
    part: int
    kind: str
    subject: UUID
    id: UUID
    organisation: UUID
    position: int
    at: datetime
    verb: str
    actor_id: UUID | None
    act: str | None
    body: str | None


def history(
    organisation: UUID, subject: UUID, *, visible: Q | None = None, before: int | None = None, limit: int = PAGE
) -> list[RecordedChange]:
    """The changes of one record, the newest first; `before` is the last position of the page before. One query."""
    rows = EntrySubject.objects.filter(organisation_id=organisation, subject_id=subject)
    if before is not None:
        rows = rows.filter(position__lt=before)
    return _changes(rows.filter(visible or Q()).order_by("-position", "-part")[:limit])


def changes_of(entry: UUID, *, visible: Q | None = None, after: int = 0, limit: int = PAGE) -> list[RecordedChange]:
    """The changes of one act in their order; `after` is the part of the last one of the page before. One query."""
    rows = EntrySubject.objects.filter(entry_id=entry, part__gt=after).filter(visible or Q())
    return _changes(rows.order_by("part")[:limit])


def last_change(organisation: UUID, subjects: Sequence[UUID]) -> datetime | None:
    """When any of these records was changed last; None where the ledger knows none of them. A query for 500."""
    found: list[datetime] = []
    for at in range(0, len(subjects), 500):
        rows = EntrySubject.objects.filter(organisation_id=organisation, subject_id__in=subjects[at : at + 500])
        if (newest := rows.aggregate(newest=Max("entry__at"))["newest"]) is not None:
            found.append(newest)
    return max(found, default=None)


def acts(
    organisation: UUID, *, visible: Q | None = None, before: int | None = None, limit: int = PAGE
) -> list[RecordedAct]:
    """The acts of an organisation, newest first; with `visible` only those with a visible change. One query."""
    entries = Entry.objects.filter(organisation_id=organisation)
    if before is not None:
        entries = entries.filter(position__lt=before)
    seen = EntrySubject.objects.filter(entry_id=OuterRef("pk"))
    if visible is not None:
        seen = seen.filter(visible)
        entries = entries.filter(Exists(seen))
    counted = seen.order_by().values("entry_id").annotate(number=Count("pk")).values("number")
    entries = entries.annotate(act=_body(OuterRef("pk"), 0), changes=Subquery(counted)).order_by("-position")
    columns = ("id", "organisation_id", "position", "at", "verb", "actor_id", "act", "changes")
    return [_act(row[:-1], row[-1] or 0) for row in entries.values_list(*columns)[:limit]]


def act_count(organisation: UUID) -> int:
    """How many acts the ledger holds, from its head. One query."""
    return Head.objects.filter(pk=organisation).values_list("size", flat=True).first() or 0


def _changes(rows: QuerySet[EntrySubject]) -> list[RecordedChange]:
    rows = rows.annotate(act=_body(OuterRef("entry_id"), 0), body=_body(OuterRef("entry_id"), OuterRef("part")))
    columns = ("part", "kind", "subject_id", "entry_id", "organisation_id", "position", "entry__at", "entry__verb")
    found: Iterable[Any] = rows.values_list(*columns, "entry__actor_id", "act", "body")
    return [
        RecordedChange(_act(row[3:10]), row.part, row.kind, row.subject, Change.parse(row.body) if row.body else None)
        for row in map(_Row._make, found)
    ]


def _body(entry: OuterRef, part: OuterRef | int) -> Subquery:
    return Subquery(Payload.objects.filter(entry_id=entry, part=part).values("body")[:1])


def _act(row: Sequence[Any], changes: int = 0) -> RecordedAct:
    """From id, organisation, position, instant, verb, actor and the body of part 0."""
    id_, organisation, position, at, verb, actor_id, body = row
    said = decode(body) if body else {"actor": "", "reason": ""}
    return RecordedAct(id_, organisation, position, at, verb, actor_id, said["actor"], said["reason"], changes)
