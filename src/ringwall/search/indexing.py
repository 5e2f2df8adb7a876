"""Keeps the index true: every changed record is indexed inside the act that changed it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from ringwall.kit import registry
from ringwall.kit.acts import Act
from ringwall.kit.records import Record
from ringwall.kit.register import Register
from ringwall.ledger.insert import uuid_writer
from ringwall.search.engines.choice import engine_of
from ringwall.search.engines.interface import Words
from ringwall.search.models import SearchRow
from ringwall.search.rules import kind_mark, place_marks, tokens

BATCH = 2000


@registry.listener
def index_changes(act: Act) -> None:
    """Index what the act saved; of a record saved more than once, its last state."""
    by_kind: dict[str, dict[Any, Any]] = {}
    for row in act.saved:
        if isinstance(row, Record) and row.kind in registry.registers:
            by_kind.setdefault(row.kind, {})[row.pk] = row
    for kind, records in by_kind.items():
        index(registry.registers[kind], list(records.values()))


def index(register: Register, records: Sequence[Any]) -> None:
    """Write the rows of records of one register, new and known alike. Inside a transaction.

    By statements of its own: going through model instances would cost an import of thousands of rows twice the time.
    """
    texts = [register.searched_text(record) for record in records]
    write, instant = uuid_writer(), connection.ops.adapt_datetimefield_value
    rows = [
        (
            write(record.organisation_id),
            register.kind,
            write(record.pk),
            write(record.unit_id),
            record.restricted,
            write(record.owner_id),
            record.ref,
            record.title_text,
            text,
            record.is_withdrawn,
            instant(record.changed_at),
        )
        for record, text in zip(records, texts, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, rows)
    numbers: dict[UUID, int] = {}
    for at in range(0, len(records), BATCH):
        known = SearchRow.objects.filter(record__in=[record.pk for record in records[at : at + BATCH]])
        numbers |= dict(known.values_list("record", "pk"))
    engine_of(connection.vendor).write(
        [_words(numbers[record.pk], record, register.kind, text) for record, text in zip(records, texts, strict=True)]
    )


def rebuild() -> int:
    """Make the whole index anew from the records of all registers and organisations; returns how many it holds."""
    with transaction.atomic():
        engine_of(connection.vendor).clear()
        SearchRow.objects.all().delete()
        return sum(_index_all(register) for register in registry.registers.values())


def _index_all(register: Register) -> int:
    count = 0
    for records in _batches(register.model._base_manager.order_by("pk").iterator(chunk_size=BATCH)):
        index(register, records)
        count += len(records)
    return count


def _batches(rows: Iterable[Any]) -> Iterable[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


_COLUMNS = (
    "organisation_id",
    "kind",
    "record",
    "unit_id",
    "restricted",
    "owner_id",
    "ref",
    "title",
    "text",
    "is_withdrawn",
    "changed_at",
)
_UPSERT = (
    f"INSERT INTO search_searchrow ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"  # noqa: S608 - names only
    f" ON CONFLICT (record) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS)}"
)


def _words(number: int, record: Any, kind: str, text: str) -> Words:
    marks = [*place_marks(record.organisation_id, record.unit_id, record.restricted, record.owner_id), kind_mark(kind)]
    return Words(number, marks, tokens(f"{record.ref} {record.title_text} {text}"))
