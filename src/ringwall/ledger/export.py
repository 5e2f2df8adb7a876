"""Writes one organisation's ledger as a file that an outsider can verify offline. The format is in `docs/ledger.md`."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, Protocol
from uuid import UUID

from django.db import transaction

from ringwall.ledger import actions, archive
from ringwall.ledger.models import Checkpoint, Entry, Payload

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Exported:
    """What a written file holds, and what to keep beside it: with the key and the checkpoint it can be proven later."""

    organisation: UUID
    entries: int
    root: str
    key: str
    checkpoint: str


class StoredPart(NamedTuple):
    position: int
    part: int
    salt: str
    body: str
    commitment: bytes
    erased_in: int | None


class StoredEntry(NamedTuple):
    entry: Entry
    parts: list[StoredPart]


def export(organisation: UUID, stream: BinaryIO) -> Exported:
    """Sign a checkpoint and write everything up to it. Streams, in constant memory, while acts go on.

    A part may be erased while the file is being written, by an act beyond its end; then the file goes on to that act.
    """
    writer = LedgerWriter(organisation)
    stream.writelines(writer.preamble())
    while True:
        with transaction.atomic():
            final = actions.checkpoint(organisation)
        has_grown = final.size > writer.size
        for lines in writer.entries_up_to(final.size):
            stream.writelines(lines)
        if writer.erased_in < final.size or not has_grown:
            break
    stream.writelines(writer.due_checkpoints())
    return Exported(organisation, final.size, bytes(final.root).hex(), final.key.key, final.note)


class LedgerWriter:
    """Makes the lines of a ledger, in order, from its stored entries and checkpoints."""

    def __init__(self, organisation: UUID) -> None:
        self.organisation = organisation
        self.size = 0
        self.erased_in = -1
        """The last act of erasing that the parts written so far name."""
        self._keys: set[str] = set()
        self._number = 0
        self._signed_size = -1
        self._pending: deque[tuple[int, str, str]] = deque()

    def preamble(self) -> list[bytes]:
        return [archive.MAGIC, archive.organisation_line(self.organisation)]

    def entries_up_to(self, size: int, inspect: Callable[[StoredEntry], None] | None = None) -> Iterator[list[bytes]]:
        """The lines of each entry not written yet below `size`, after those of the checkpoints due before it."""
        rows = Checkpoint.objects.filter(organisation_id=self.organisation, size__gt=self._signed_size).order_by("size")
        self._pending = deque(rows.values_list("size", "note", "key__key"))
        for stored in stored_entries(self.organisation, self.size, size):
            if inspect:
                inspect(stored)
            yield [*self.due_checkpoints(), *self._entry(stored)]
        self.size = size

    def due_checkpoints(self) -> Iterator[bytes]:
        """Those for the size written so far; the last one ends the file."""
        while self._pending and self._pending[0][0] <= self.size:
            self._signed_size, note, key = self._pending.popleft()
            if key not in self._keys:
                self._keys.add(key)
                yield archive.key_line(key)
            yield from archive.checkpoint_lines(self._number, note)
            self._number += 1

    def _entry(self, stored: StoredEntry) -> Iterator[bytes]:
        yield archive.entry_line(bytes(stored.entry.leaf_hash), stored.entry.header)
        for part in stored.parts:
            if part.erased_in is None:
                yield archive.part_line(part.salt, part.body)
            else:
                self.erased_in = max(self.erased_in, part.erased_in)
                yield archive.erased_line(bytes(part.commitment))
        self.size = stored.entry.position + 1


def stored_entries(organisation: UUID, first: int, after: int) -> Iterator[StoredEntry]:
    """Entries of the positions from `first` up to but not `after`, with their parts."""
    for low in range(first, after, CHUNK):
        within = (low, min(low + CHUNK, after) - 1)
        rows = Payload.objects.filter(entry__organisation_id=organisation, entry__position__range=within)
        columns = ("entry__position", "part", "salt", "body", "commitment", "erased_in")
        in_order = rows.order_by("entry__position", "part").values_list(*columns).iterator(chunk_size=CHUNK)
        parts = InStep(StoredPart(*row) for row in in_order)
        for entry in Entry.objects.filter(organisation_id=organisation, position__range=within).order_by("position"):
            yield StoredEntry(entry, parts.of(entry.position))


class Positioned(Protocol):
    @property
    def position(self) -> int: ...


class InStep[Row: Positioned]:
    """Rows in order of position, read along with their entries: an import may have thousands in one entry."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def of(self, position: int) -> list[Row]:
        found = []
        while self._next is not None and self._next.position <= position:
            if self._next.position == position:
                found.append(self._next)
            self._next = next(self._rows, None)
        return found
