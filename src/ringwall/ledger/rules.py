"""What an entry is, byte for byte. Pure. `docs/ledger.md` specifies the same for people who write their own verifier.

An entry is a header and parts. Part 0 tells who acted and why, each further part is one change. A part hangs on the
entry by a salted hash alone (its commitment), so that text and salt can be erased and every hash above still holds.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from ringwall.ledger import merkle
from ringwall.lib.canonical import CanonicalError, decode, encode

ERASE = "ledger.erase"
CHECKPOINT_EVERY = 256
MAX_BODY = 8 * 1024 * 1024
SALT_BYTES = 16

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_VERB = r"[a-z0-9][a-z0-9._-]{0,99}"
_NUMBER = r"0|[1-9][0-9]{0,15}"
_verb = re.compile(_VERB)
_header = re.compile(
    rf'\{{"actor":(?:null|"({_UUID})"),'
    r'"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)",'
    rf'"id":"({_UUID})","organisation":"({_UUID})","parts":({_NUMBER}),'
    rf'"payload":"([0-9a-f]{{64}})","position":({_NUMBER}),"v":1,"verb":"({_VERB})"\}}'
)


class LedgerError(ValueError):
    """An act cannot be written as it is given; the message names the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one act did to one record. `before` is None for a creation, which stores the whole record in `after`.

    `unit`, `restricted` and `owner` are the record's visibility at that moment. Values are those of canonical JSON.
    """

    kind: str
    subject: UUID
    ref: str
    operation: str
    version: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    unit: UUID | None = None
    restricted: bool = False
    owner: UUID | None = None

    def body(self) -> str:
        """The canonical text of the change; CanonicalError where a value has none."""
        return encode(
            {
                "after": dict(self.after),
                "before": None if self.before is None else dict(self.before),
                "kind": self.kind,
                "operation": self.operation,
                "owner": _text(self.owner),
                "ref": self.ref,
                "restricted": self.restricted,
                "subject": str(self.subject),
                "unit": _text(self.unit),
                "version": self.version,
            }
        )

    @classmethod
    def parse(cls, body: str) -> Self:
        """Read what `body` wrote; LedgerError where the text is not a change."""
        try:
            value = decode(body)
            value["subject"] = UUID(value["subject"])
            value["unit"], value["owner"] = _uuid(value["unit"]), _uuid(value["owner"])
            return cls(**value)
        except (CanonicalError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise LedgerError(f"the text is not a change: {error}") from None


@dataclass(frozen=True, slots=True)
class Header:
    """What the tree holds of an entry: its canonical JSON is the data of the leaf. `at` is UTC, to the microsecond."""

    organisation: str
    position: int
    id: str
    at: str
    actor: str | None
    verb: str
    parts: int
    payload: str

    def text(self) -> str:
        actor = f'"{self.actor}"' if self.actor else "null"
        return (
            f'{{"actor":{actor},"at":"{self.at}","id":"{self.id}","organisation":"{self.organisation}","parts":{self.parts},'
            f'"payload":"{self.payload}","position":{self.position},"v":1,"verb":"{self.verb}"}}'
        )

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a header; None for every text that `text` would not write."""
        if not (match := _header.fullmatch(text)):
            return None
        actor, at, id_, organisation, parts, payload, position, verb = match.groups()
        return cls(organisation, int(position), id_, at, actor, verb, int(parts), payload)


@dataclass(frozen=True, slots=True)
class Part:
    """A body with the salt that hides it, and the commitment to both."""

    salt: str
    body: str
    commitment: bytes


def act_body(actor_label: str, reason: str) -> str:
    """Part 0: the name of who acted, as it was then, and the reason given."""
    return encode({"actor": actor_label, "reason": reason})


def salted(bodies: Sequence[str]) -> list[Part]:
    """Give each body its own 16 random bytes of salt: a low-entropy text behind a bare hash could be guessed."""
    salts = secrets.token_hex(SALT_BYTES * len(bodies))
    width = 2 * SALT_BYTES
    parts = []
    for number, body in enumerate(bodies):
        data = body.encode()
        if len(data) > MAX_BODY:
            raise LedgerError(f"change {number} takes {len(data)} bytes; one change may take {MAX_BODY}")
        salt = salts[number * width : (number + 1) * width]
        parts.append(Part(salt, body, commitment(salt, body)))
    return parts


def commitment(salt: str, body: str) -> bytes:
    """SHA-256 of 0x00, the salt in hexadecimal, a space and the body: the leaf hash of the part's line in an export."""
    return merkle.leaf_hash(f"{salt} {body}".encode())


def payload_hash(commitments: Sequence[bytes]) -> str:
    """The Merkle tree hash of the commitments, in hexadecimal: one change of many can be shown without the others."""
    return merkle.root_of(commitments).hex()


def header_hash(header: str) -> bytes:
    return merkle.leaf_hash(header.encode())


def instant_text(at: datetime) -> str:
    """UTC to the microsecond, so that the order of texts is the order of time."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def require_verb(verb: str) -> None:
    if not _verb.fullmatch(verb):
        raise LedgerError(f"the verb {verb!r} is not made of up to 100 of a-z, 0-9, dot, dash and underscore")


def origin(organisation: UUID | str) -> str:
    """The name of an organisation's ledger in checkpoints, and of the keys that sign them."""
    return f"ringwall/{organisation}"


def is_checkpoint_due(size: int, signed_size: int) -> bool:
    return size - max(signed_size, 0) >= CHECKPOINT_EVERY


def erasure(position: int, part: int, erased: bytes) -> dict[str, Any]:
    """What the act of erasing says it erased: the `after` of its change."""
    return {"commitment": erased.hex(), "part": part, "position": position}


def erasure_of(body: str | bytes) -> tuple[int, int, str] | None:
    """(position, part, commitment) that a change of an act of erasing names; None where the body names none."""
    try:
        after = decode(body.decode() if isinstance(body, bytes) else body)["after"]
        named = after["position"], after["part"], after["commitment"]
    except (CanonicalError, KeyError, TypeError, UnicodeDecodeError):
        return None
    return named if [type(value) for value in named] == [int, int, str] else None


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _uuid(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
