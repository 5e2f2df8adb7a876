"""Verifies a ledger: an exported file (see `verify_file`), or what stands in the database."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import Max

from ringwall.ledger import rules, triggers
from ringwall.ledger.export import CHUNK, InStep, LedgerWriter, StoredEntry
from ringwall.ledger.keys import private_key_file
from ringwall.ledger.models import Entry, EntrySubject, Head, SigningKey
from ringwall.ledger.replay import Replay
from ringwall.ledger.report import Report
from ringwall.ledger.verify_file import verify_file
from ringwall.lib.canonical import CanonicalError, decode

__all__ = ["verify_database", "verify_file"]


def verify_database(organisation: UUID | None = None) -> Report:
    """Recompute the ledger of one organisation, or of all, from the stored rows; check index, head and triggers too.

    Reads only, and acts may go on meanwhile. It cannot know what the database held yesterday: for that keep a
    checkpoint and give it to `verify_file`.
    """
    report = Report()
    ids = [organisation] if organisation else sorted(_organisations())
    for each in ids:
        replay = _Ledger(each).verified()
        report.organisations.append(replay.state)
        report.findings += replay.findings.found
    for fault in triggers.faults(connection):
        report.add("error", "database", fault)
    return report


def _organisations() -> set[UUID]:
    return set(Head.objects.values_list("organisation_id", flat=True)) | set(
        Entry.objects.order_by().values_list("organisation_id", flat=True).distinct()
    )


class _Subject(NamedTuple):
    position: int
    part: int
    kind: str
    subject: UUID


class _Ledger:
    """Replays one organisation's rows as the lines of their export, and compares what an export does not hold."""

    def __init__(self, organisation: UUID) -> None:
        self.organisation = organisation
        self.replay = Replay()
        self.add = self.replay.findings.add

    def verified(self) -> Replay:
        try:
            self._go_through()
        except (TypeError, ValueError, AttributeError, DatabaseError) as error:
            # SQLite keeps any value in any column; what cannot be read was not written by this program.
            message = f"a row after entry {self.replay.tree.size - 1} cannot be read, the rest was not checked: {error}"
            self.add("error", str(self.organisation), message)
        return self.replay

    def _go_through(self) -> None:
        writer = LedgerWriter(self.organisation)
        self._feed(writer.preamble())
        last = Entry.objects.filter(organisation_id=self.organisation).aggregate(last=Max("position"))["last"]
        while True:
            head = Head.objects.filter(pk=self.organisation).first() or Head(pk=self.organisation, root=b"")
            has_grown = head.size > writer.size
            subjects = InStep(self._subjects(writer.size, head.size))
            for lines in writer.entries_up_to(head.size, partial(self._inspect, subjects)):
                self._feed(lines)
            if writer.erased_in < head.size or not has_grown:
                break
        self._feed(writer.due_checkpoints())
        self.replay.finish(needs_checkpoint=False)
        self._compare_head(head, -1 if last is None else last)
        self._look_for_key()

    def _feed(self, lines: Iterator[bytes] | list[bytes]) -> None:
        for line in lines:
            self.replay.feed(line)

    def _subjects(self, first: int, after: int) -> Iterator[_Subject]:
        for low in range(first, after, CHUNK):
            within = (low, min(low + CHUNK, after) - 1)
            rows = EntrySubject.objects.filter(organisation_id=self.organisation, position__range=within)
            columns = ("position", "part", "kind", "subject_id")
            yield from (_Subject(*row) for row in rows.order_by("position", "part").values_list(*columns).iterator())

    def _path(self, position: int) -> str:
        return f"{self.organisation}/entry/{position}"

    def _inspect(self, subjects: InStep[_Subject], stored: StoredEntry) -> None:
        """Compare what repeats header and parts: the entry's columns, the commitments, the index of subjects."""
        entry, path = stored.entry, self._path(stored.entry.position)
        header = rules.Header.parse(entry.header)
        if header and header != _header_of(entry, header):
            self.add("error", path, "the columns of the entry do not say what its header says")
        if any(p.erased_in is None and bytes(p.commitment) != rules.commitment(p.salt, p.body) for p in stored.parts):
            self.add("error", path, "the stored hash of a part is not the hash of the part")
        indexed = {row.part: row for row in subjects.of(entry.position)}
        if indexed.keys() != {part.part for part in stored.parts if part.part}:
            self.add("error", path, "the index of subjects does not have one row for each change")
        for part in stored.parts:
            if part.part and part.erased_in is None and (row := indexed.get(part.part)):
                try:
                    change = decode(part.body)
                    is_right = change["kind"] == row.kind and change["subject"] == str(row.subject)
                except (CanonicalError, KeyError, TypeError):
                    is_right = False
                if not is_right:
                    self.add("error", path, f"the index of subjects does not name the record of change {part.part}")

    def _compare_head(self, head: Head, last: int) -> None:
        tree, path = self.replay.tree, f"{self.organisation}/head"
        if last >= head.size:
            self.add("error", path, f"entry {last} is stored, but the head counts {head.size} entries only")
        if tree.size != head.size:
            self.add(
                "error", path, f"the head counts {head.size} entries, {tree.size} are stored: entries were removed"
            )
        elif head.size and (tree.root() != bytes(head.root) or tree.to_bytes() != bytes(head.frontier)):
            self.add("error", path, "the root in the head is not that of the stored entries")
        if head.signed_size > self.replay.signed_size:
            message = f"the head knows a checkpoint of {head.signed_size} entries that is not stored or does not hold"
            self.add("error", path, message)

    def _look_for_key(self) -> None:
        file = private_key_file(self.organisation)
        if not file.exists() and SigningKey.objects.filter(organisation_id=self.organisation).exists():
            message = f"the private key {file.name} is not in the data directory; the next checkpoint makes a new one"
            self.add("warning", f"{self.organisation}/key", message)


def _header_of(entry: Entry, header: rules.Header) -> rules.Header:
    """The header that the columns of an entry would make."""
    return rules.Header(
        organisation=str(entry.organisation_id),
        position=entry.position,
        id=str(entry.pk),
        at=rules.instant_text(entry.at),
        actor=str(entry.actor_id) if entry.actor_id else None,
        verb=entry.verb,
        parts=header.parts,
        payload=header.payload,
    )
