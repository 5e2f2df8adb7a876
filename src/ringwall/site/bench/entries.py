"""Ledger entries by the hundred thousand: the pure rules of the ledger, with rows written in bulk. They verify like
any other.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from ringwall.ledger import actions, rules
from ringwall.ledger.insert import database_uuid, insert
from ringwall.ledger.merkle import EMPTY_ROOT, CompactRange
from ringwall.ledger.models import Entry, EntrySubject, Head, Payload
from ringwall.ledger.rules import Change
from ringwall.lib.ids import uuid7

FLUSH = 4096


class EntryMaker:
    """Appends to one organisation's new ledger. Inside a transaction; `finish` writes what is left and signs the
    end.
    """

    def __init__(self, organisation: UUID, actor: UUID, actor_label: str) -> None:
        self.organisation, self.actor, self.act = organisation, actor, rules.act_body(actor_label, "")
        self.head = Head(pk=organisation, root=EMPTY_ROOT)
        self.head.save(force_insert=True)
        self.tree = CompactRange()
        self.entries: list[tuple[object, ...]] = []
        self.parts: list[tuple[object, ...]] = []
        self.subjects: list[tuple[object, ...]] = []

    def append(self, verb: str, at: datetime, changes: Sequence[Change]) -> None:
        """`at` must not lie before that of the entry before."""
        position, entry_id = self.tree.size, uuid7()
        parts = rules.salted([self.act, *(change.body() for change in changes)])
        header = rules.Header(
            organisation=str(self.organisation),
            position=position,
            id=str(entry_id),
            at=rules.instant_text(at),
            actor=str(self.actor),
            verb=verb,
            parts=len(parts),
            payload=rules.payload_hash([part.commitment for part in parts]),
        ).text()
        leaf = rules.header_hash(header)
        key, organisation = database_uuid(entry_id), database_uuid(self.organisation)
        moment = connection.ops.adapt_datetimefield_value(at)
        self.entries.append((key, organisation, position, moment, database_uuid(self.actor), verb, header, leaf))
        self.parts += [(key, number, part.salt, part.body, part.commitment) for number, part in enumerate(parts)]
        self.subjects += [
            (
                key,
                number,
                organisation,
                position,
                change.kind,
                database_uuid(change.subject),
                database_uuid(change.unit),
                change.restricted,
                database_uuid(change.owner),
            )
            for number, change in enumerate(changes, start=1)
        ]
        self.tree.append(leaf)
        self.head.last_at = at
        if rules.is_checkpoint_due(self.tree.size, self.head.signed_size):
            self._sign()
        if len(self.entries) >= FLUSH:
            self._flush()

    def finish(self) -> int:
        """The number of entries."""
        self._flush()
        self._sign()
        return self.tree.size

    def _sign(self) -> None:
        self.head.size, self.head.frontier, self.head.root = self.tree.size, self.tree.to_bytes(), self.tree.root()
        self.head.save(update_fields=["size", "frontier", "root", "last_at"])
        actions.checkpoint(self.organisation)
        self.head.signed_size = self.tree.size

    def _flush(self) -> None:
        insert(
            Entry, ("id", "organisation_id", "position", "at", "actor_id", "verb", "header", "leaf_hash"), self.entries
        )
        insert(Payload, ("entry_id", "part", "salt", "body", "commitment"), self.parts)
        where = ("entry_id", "part", "organisation_id", "position")
        insert(EntrySubject, (*where, "kind", "subject_id", "unit_id", "restricted", "owner_id"), self.subjects)
        for rows in (self.entries, self.parts, self.subjects):
            rows.clear()
