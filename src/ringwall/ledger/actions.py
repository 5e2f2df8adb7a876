"""What may be done with the ledger: append an act, sign a checkpoint, erase a part, move a record's index rows."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from ringwall.ledger import rules
from ringwall.ledger.insert import insert, uuid_writer
from ringwall.ledger.keys import private_key
from ringwall.ledger.merkle import EMPTY_ROOT, CompactRange
from ringwall.ledger.models import Checkpoint, Entry, EntrySubject, Head, Payload, SigningKey
from ringwall.ledger.notes import VerifierKey, sign_checkpoint
from ringwall.ledger.rules import Change, LedgerError
from ringwall.lib.canonical import CanonicalError

CLOCK_TOLERANCE = timedelta(minutes=5)

log = logging.getLogger(__name__)


def append(
    *,
    organisation: UUID,
    verb: str,
    actor_id: UUID | None,
    actor_label: str,
    changes: Sequence[Change],
    reason: str = "",
    at: datetime | None = None,
) -> Entry:
    """Write one act as the next entry of an organisation's ledger, inside the transaction that does what it records.

    `at` may lie in the past (records taken over), but an entry is never dated before the one it follows: it then takes
    that one's instant. LedgerError or CanonicalError where the act cannot be written, RuntimeError outside a
    transaction.
    """
    if verb == rules.ERASE:
        raise LedgerError(f"{verb} is written by erase_payload alone")
    return _append(organisation, verb, actor_id, actor_label, changes, reason, at)


def _append(
    organisation: UUID,
    verb: str,
    actor_id: UUID | None,
    actor_label: str,
    changes: Sequence[Change],
    reason: str,
    at: datetime | None,
) -> Entry:
    _require_transaction()
    rules.require_verb(verb)
    parts = rules.salted([rules.act_body(actor_label, reason), *_bodies(changes)])
    at = _instant(at)
    head = _locked_head(organisation)
    at = max(at, head.last_at) if head.last_at else at
    entry = Entry(organisation_id=organisation, position=head.size, at=at, actor_id=actor_id, verb=verb)
    entry.header = rules.Header(
        organisation=str(organisation),
        position=head.size,
        id=str(entry.id),
        at=rules.instant_text(at),
        actor=str(actor_id) if actor_id else None,
        verb=verb,
        parts=len(parts),
        payload=rules.payload_hash([part.commitment for part in parts]),
    ).text()
    entry.leaf_hash = rules.header_hash(entry.header)
    entry.save(force_insert=True)
    _store_parts(entry, parts, changes)
    _grow(head, entry)
    return entry


def checkpoint(organisation: UUID) -> Checkpoint:
    """Sign size and root as they are now; where nothing was appended since, the last one. Inside a transaction."""
    _require_transaction()
    return _sign(_locked_head(organisation))


def checkpoint_all() -> list[Checkpoint]:
    """Sign every ledger that grew since its last checkpoint: once in a while, and at shutdown. Opens transactions.

    Where a key cannot be read or written the log says so, and the other ledgers are signed.
    """
    unsigned = Head.objects.exclude(size=0).filter(size__gt=F("signed_size")).values_list("organisation_id", flat=True)
    made = []
    for organisation in list(unsigned):
        try:
            with transaction.atomic():
                made.append(checkpoint(organisation))
        except (OSError, LedgerError):
            log.exception("no checkpoint could be signed for %s", organisation)
    return made


def erase_payload(
    entry: Entry, part: int, *, actor_id: UUID | None, actor_label: str, reason: str, at: datetime | None = None
) -> Entry:
    """Erase one part for good and say so in an entry of its own, which is returned. Inside a transaction.

    Part 0 holds the actor's name and the reason, part n the n-th change. LedgerError where there is no such part, where
    it is erased already, or where it is itself the record of an erasure.
    """
    _require_transaction()
    _locked_head(entry.organisation_id)
    payload = Payload.objects.filter(entry_id=entry.pk, part=part).first()
    if payload is None:
        raise LedgerError(f"entry {entry.position} has no part {part}")
    if payload.erased_in is not None:
        raise LedgerError(f"part {part} of entry {entry.position} was erased by entry {payload.erased_in}")
    if entry.verb == rules.ERASE and part:
        raise LedgerError(f"part {part} of entry {entry.position} records an erasure and is needed for the proof")
    subject = EntrySubject.objects.filter(entry_id=entry.pk, part=part).first() or EntrySubject()
    change = Change(
        kind="entry",
        subject=entry.pk,
        ref=str(entry.position),
        operation="erase",
        version=1,
        before=None,
        after=rules.erasure(entry.position, part, bytes(payload.commitment)),
        unit=subject.unit_id,
        restricted=subject.restricted,
        owner=subject.owner_id,
    )
    act = _append(entry.organisation_id, rules.ERASE, actor_id, actor_label, [change], reason, at)
    Payload.objects.filter(pk=payload.pk).update(salt="", body="", erased_in=act.position)
    return act


def move_subjects(
    organisation: UUID, subjects: Collection[UUID], *, unit: UUID | None, restricted: bool, owner: UUID | None
) -> int:
    """Give all index rows of these records the visibility the records have now; returns how many. No entry changes."""
    rows = EntrySubject.objects.filter(organisation_id=organisation, subject_id__in=subjects)
    return rows.update(unit_id=unit, restricted=restricted, owner_id=owner)


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("the ledger is written only inside the transaction of the act it records")


def _bodies(changes: Sequence[Change]) -> list[str]:
    bodies = []
    for number, change in enumerate(changes):
        try:
            bodies.append(change.body())
        except CanonicalError as error:
            raise error.below(f"{change.kind} {change.ref}").below(number).below("changes") from None
    return bodies


def _instant(at: datetime | None) -> datetime:
    now = timezone.now()
    if at is None:
        return now
    if at.tzinfo is None:
        raise LedgerError("the instant of an act needs a time zone")
    if at > now + CLOCK_TOLERANCE:
        raise LedgerError(f"an act cannot be dated in the future ({rules.instant_text(at)})")
    return at


def _locked_head(organisation: UUID) -> Head:
    """The head under a row lock; made at the first act. SQLite has locked the whole database already (IMMEDIATE)."""
    heads = Head.objects.select_for_update()
    if (head := heads.filter(pk=organisation).first()) is None:
        Head.objects.bulk_create([Head(pk=organisation, root=EMPTY_ROOT)], ignore_conflicts=True)
        head = heads.get(pk=organisation)
    return head


def _store_parts(entry: Entry, parts: Sequence[rules.Part], changes: Sequence[Change]) -> None:
    write = uuid_writer()
    entry_id, organisation = write(entry.id), write(entry.organisation_id)
    insert(
        Payload,
        ("entry_id", "part", "salt", "body", "commitment"),
        [(entry_id, number, part.salt, part.body, part.commitment) for number, part in enumerate(parts)],
    )
    rows = [
        (
            entry_id,
            number,
            organisation,
            entry.position,
            change.kind,
            write(change.subject),
            write(change.unit),
            change.restricted,
            write(change.owner),
        )
        for number, change in enumerate(changes, start=1)
    ]
    where = ("entry_id", "part", "organisation_id", "position")
    insert(EntrySubject, (*where, "kind", "subject_id", "unit_id", "restricted", "owner_id"), rows)


def _grow(head: Head, entry: Entry) -> None:
    tree = CompactRange.from_bytes(head.size, bytes(head.frontier))
    tree.append(bytes(entry.leaf_hash))
    head.size, head.frontier, head.root, head.last_at = tree.size, tree.to_bytes(), tree.root(), entry.at
    Head.objects.filter(pk=head.pk).update(size=head.size, frontier=head.frontier, root=head.root, last_at=head.last_at)
    if rules.is_checkpoint_due(head.size, head.signed_size):
        try:
            _sign(head)
        except (OSError, LedgerError):
            # An unreadable key must not keep people from working; the next act tries again, and verification says so.
            log.exception("no checkpoint could be signed for %s", head.pk)


def _sign(head: Head) -> Checkpoint:
    organisation = head.organisation_id
    if head.signed_size == head.size:
        return Checkpoint.objects.get(organisation_id=organisation, size=head.size)
    private = private_key(organisation)
    name = rules.origin(organisation)
    key, _is_new = SigningKey.objects.get_or_create(
        organisation_id=organisation, key=str(VerifierKey.of(name, private)), defaults={"created_at": timezone.now()}
    )
    root = bytes(head.root)
    signed = Checkpoint.objects.create(
        organisation_id=organisation,
        size=head.size,
        root=root,
        note=sign_checkpoint(name, head.size, root, private),
        key=key,
        at=timezone.now(),
    )
    head.signed_size = head.size
    Head.objects.filter(pk=organisation).update(signed_size=head.signed_size)
    return signed
