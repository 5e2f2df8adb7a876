"""Identifiers: UUID version 7 (RFC 9562, 5.7), sortable by the time they were made."""

import secrets
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """Return a new UUIDv7; within one process each is greater than the one before.

    48 bits of Unix milliseconds, then a 12-bit fraction of the millisecond (RFC 9562, 6.2 method 3),
    then 62 random bits.
    """
    global _last
    with _lock:
        ticks = time.time_ns() * 4096 // 1_000_000
        ticks = _last = max(ticks, _last + 1)
    milliseconds, fraction = divmod(ticks, 4096)
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)
