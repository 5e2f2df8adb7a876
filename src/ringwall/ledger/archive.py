"""The lines of an exported ledger. Pure. What is hashed stands in the file exactly as it is hashed.

ringwall-ledger/1
organisation <uuid>
entry <leaf hash> <header>            then its parts, in order:
part <salt> <body>                    or, when erased:
erased <commitment>
key <public key>                      before the first checkpoint that the key signs
checkpoint <number>                   then the five lines of the signed note
"""

from uuid import UUID

from ringwall.ledger.rules import MAX_BODY

MAGIC = b"ringwall-ledger/1\n"
NOTE_LINES = 5
MAX_LINE = MAX_BODY + 1024


def organisation_line(organisation: UUID) -> bytes:
    return f"organisation {organisation}\n".encode()


def entry_line(leaf: bytes, header: str) -> bytes:
    return f"entry {leaf.hex()} {header}\n".encode()


def part_line(salt: str, body: str) -> bytes:
    return f"part {salt} {body}\n".encode()


def erased_line(commitment: bytes) -> bytes:
    return f"erased {commitment.hex()}\n".encode()


def key_line(key: str) -> bytes:
    return f"key {key}\n".encode()


def checkpoint_lines(number: int, note: str) -> list[bytes]:
    return [f"checkpoint {number}\n".encode(), *(line.encode() for line in note.splitlines(keepends=True))]
