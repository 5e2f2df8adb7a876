"""The private keys that sign checkpoints: one file for each organisation in the data directory, never in the database.

Who can write the database alone, or holds a copy of it, can rewrite the ledger but not sign it.
"""

import os
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings

from ringwall.ledger.rules import LedgerError


def private_key_file(organisation: UUID) -> Path:
    data: Path = settings.RINGWALL_DATA
    return data / "keys" / f"ledger-{organisation}.pem"


def private_key(organisation: UUID) -> Ed25519PrivateKey:
    """Read the key, or make it where there is none. Call it under the lock of the ledger's head.

    OSError where the data directory cannot be read or written; LedgerError where the file holds no Ed25519 key.
    """
    file = private_key_file(organisation)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return _made(file)
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise LedgerError(f"{file} does not hold a private key ({error}); bring it back from a backup") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise LedgerError(f"{file} holds a key that is not Ed25519; bring the right one back from a backup")
    return key


def _made(file: Path) -> Ed25519PrivateKey:
    """Written beside and renamed, so that a process killed half-way leaves no half key."""
    key = Ed25519PrivateKey.generate()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
    return key
