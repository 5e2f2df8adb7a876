"""Signed notes and checkpoints as C2SP specifies them (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), with Ed25519.

A checkpoint says: this log, at this size, has this root. Its text is three lines, an empty line and one signature line:

    <origin>
    <size in decimal>
    <root, base64>

    — <key name> <base64 of 4 bytes key id and 64 bytes signature>
"""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
MAX_NOTE = 64 * 1024

_NOTE = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n\n((?:— [^\s+]+ [A-Za-z0-9+/=]+\n)+)")
_KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})")


class NoteError(ValueError):
    """A key or a checkpoint is not written as its specification says."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key and the name it signs under. Its text is `name+hex of the key id+base64 of type byte and key`."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def of(cls, name: str, private: Ed25519PrivateKey) -> Self:
        return cls(name, private.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form; NoteError for anything that is not exactly what `str` writes."""
        if not (match := _KEY.fullmatch(text)):
            raise NoteError("a key is written name+8 hexadecimal digits+44 characters of base64")
        key = cls(match[1], _decoded(match[3])[1:])
        if str(key) != text:
            raise NoteError("the key does not agree with its own key id, or is not an Ed25519 key")
        return key


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class CheckpointNote:
    """A checkpoint as read. That it is well formed says nothing yet: ask `is_signed_by`."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[Signature, ...]

    def is_signed_by(self, key: VerifierKey) -> bool:
        """Whether one of the signatures is by this key and true."""
        text = checkpoint_text(self.origin, self.size, self.root).encode()
        return any(
            _is_true(key, signature.value, text)
            for signature in self.signatures
            if signature.name == key.name and signature.key_id == key.id
        )

    @classmethod
    def parse(cls, note: str) -> Self:
        """Read a signed checkpoint; NoteError where it is not one. Further signatures (of witnesses) are allowed."""
        match = _NOTE.fullmatch(note) if len(note) <= MAX_NOTE else None
        if not match:
            raise NoteError(
                "a checkpoint is origin, size, root, an empty line and signature lines, each ended by a newline"
            )
        signatures = []
        for line in match[4].removesuffix("\n").split("\n"):
            _dash, name, text = line.split(" ")
            data = _decoded(text)
            signatures.append(Signature(name, data[:4], data[4:]))
        return cls(match[1], int(match[2]), _decoded(match[3]), tuple(signatures))


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """What is signed: three lines, each with its newline."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def sign_checkpoint(origin: str, size: int, root: bytes, private: Ed25519PrivateKey) -> str:
    """The signed note. The key signs under the name of the log, as the specification recommends."""
    text = checkpoint_text(origin, size, root)
    key = VerifierKey.of(origin, private)
    return f"{text}\n— {key.name} {base64.b64encode(key.id + private.sign(text.encode())).decode()}\n"


def _is_true(key: VerifierKey, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decoded(text: str) -> bytes:
    """Base64 read strictly: the unused bits of the last character must be zero, so that one value has one text."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("the base64 is damaged") from None
    if base64.b64encode(data).decode() != text:
        raise NoteError("the base64 is not in its canonical form")
    return data
