"""Keeps the index true: every changed record is indexed inside the act that changed it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction

from ringwall.kit import registry
from ringwall.kit.acts import Act
from ringwall.kit.records import Record
from ringwall.kit.register import Register
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
    """Write the rows of records of one register, new and known alike, in few statements. Inside a transaction."""
    rows = SearchRow.objects.bulk_create(
        [_row_of(register, record) for record in records],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["record"],
        update_fields=SearchRow.WRITTEN,
    )
    engine_of(connection.vendor).write([_words_of(row) for row in rows])


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


def _row_of(register: Register, record: Any) -> SearchRow:
    return SearchRow(
        organisation_id=record.organisation_id,
        kind=register.kind,
        record=record.pk,
        unit_id=record.unit_id,
        restricted=record.restricted,
        owner_id=record.owner_id,
        ref=record.ref,
        title=record.title_text,
        text=register.searched_text(record),
        is_withdrawn=record.is_withdrawn,
        changed_at=record.changed_at,
    )


def _words_of(row: SearchRow) -> Words:
    marks = [*place_marks(row.organisation_id, row.unit_id, row.restricted, row.owner_id), kind_mark(row.kind)]
    return Words(row.pk, marks, tokens(f"{row.ref} {row.title} {row.text}"))
