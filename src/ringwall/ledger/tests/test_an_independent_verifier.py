"""A verifier written from docs/ledger.md alone, sharing no code with the product: the document says enough."""

import base64
import json
from collections.abc import Callable
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ringwall.ledger import actions
from ringwall.ledger.tests.conftest import ORGANISATION, Append, Written, change


def tree_hash(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + tree_hash(leaves[:split]) + tree_hash(leaves[split:])).digest()


def leaf(data: str) -> bytes:
    return sha256(b"\x00" + data.encode()).digest()


def proven_size(text: str, key: str) -> int:
    """The size of the last checkpoint; AssertionError for anything that does not hold."""
    name, key_id, key_data = key.split("+", 2)
    public = base64.b64decode(key_data)[1:]
    assert sha256(f"{name}\n".encode() + b"\x01" + public).hexdigest()[:8] == key_id
    lines = iter(text.split("\n")[:-1])
    assert next(lines) == "ringwall-ledger/1"
    organisation = next(lines).removeprefix("organisation ")
    leaves: list[bytes] = []
    parts: list[bytes] = []
    header: dict[str, object] = {"parts": 0, "payload": tree_hash([]).hex()}
    size = checkpoints = 0
    for line in lines:
        word, rest = line.split(" ", 1)
        if word == "part":
            parts.append(leaf(rest))
            continue
        if word == "erased":
            parts.append(bytes.fromhex(rest))
            continue
        assert (len(parts), tree_hash(parts).hex()) == (header["parts"], header["payload"])
        if word == "entry":
            claimed, head = rest.split(" ", 1)
            header, parts = json.loads(head), []
            assert (header["position"], header["organisation"]) == (len(leaves), organisation)
            assert leaf(head).hex() == claimed
            leaves.append(leaf(head))
        elif word == "key":
            assert rest == key
        else:
            assert (word, int(rest)) == ("checkpoint", checkpoints)
            origin, count, root, _empty, signature = (next(lines) for _ in range(5))
            data = base64.b64decode(signature.split(" ")[2])
            assert data[:4].hex() == key_id
            Ed25519PublicKey.from_public_bytes(public).verify(data[4:], f"{origin}\n{count}\n{root}\n".encode())
            assert (origin, int(count)) == (f"ringwall/{organisation}", len(leaves))
            assert base64.b64decode(root) == tree_hash(leaves)
            size, checkpoints = int(count), checkpoints + 1
    return size


def test_a_stranger_comes_to_the_same_result(append: Append, write: Callable[[], Written]) -> None:
    entries = [append(*map(change, range(number))) for number in (1, 2, 5)]
    actions.checkpoint(ORGANISATION)
    actions.erase_payload(entries[1], 2, actor_id=None, actor_label="cli:root", reason="")
    written = write()
    assert proven_size(written.data.decode(), written.exported.key) == 4
