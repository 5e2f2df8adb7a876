import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ringwall.ledger.notes import CheckpointNote, NoteError, VerifierKey, sign_checkpoint

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ROOT = bytes(range(32, 64))
NOTE = sign_checkpoint("example.com/log", 7, ROOT, PRIVATE)
KEY = VerifierKey.of("example.com/log", PRIVATE)


def test_a_checkpoint_is_written_as_the_specification_says() -> None:
    origin, size, root, empty, signature, end = NOTE.split("\n")
    assert (origin, size, base64.b64decode(root), empty, end) == ("example.com/log", "7", ROOT, "", "")
    dash, name, text = signature.split(" ")
    public = PRIVATE.public_key()
    key_id = sha256(b"example.com/log\n\x01" + public.public_bytes_raw()).digest()[:4]
    assert (dash, name, base64.b64decode(text)[:4]) == ("\u2014", "example.com/log", key_id)
    public.verify(base64.b64decode(text)[4:], f"{origin}\n{size}\n{root}\n".encode())


def test_a_checkpoint_is_read_back_and_believed() -> None:
    note = CheckpointNote.parse(NOTE)
    assert (note.origin, note.size, note.root) == ("example.com/log", 7, ROOT)
    assert note.is_signed_by(KEY)


def test_a_key_is_read_back_from_its_text() -> None:
    assert VerifierKey.parse(str(KEY)) == KEY


def test_signatures_of_witnesses_do_not_disturb() -> None:
    witness = Ed25519PrivateKey.generate()
    line = sign_checkpoint("witness.example", 7, ROOT, witness).splitlines(keepends=True)[-1]
    note = CheckpointNote.parse(NOTE + line)
    assert note.is_signed_by(KEY)
    assert not note.is_signed_by(VerifierKey.of("witness.example", witness))


def test_another_key_of_the_same_name_is_not_believed() -> None:
    assert not CheckpointNote.parse(NOTE).is_signed_by(VerifierKey.of(KEY.name, Ed25519PrivateKey.generate()))


@given(st.integers(0, len(NOTE) - 1), st.characters(exclude_categories=["Cs"]))
def test_no_other_text_is_a_checkpoint_of_the_key(at: int, character: str) -> None:
    changed = NOTE[:at] + character + NOTE[at + 1 :]
    if changed != NOTE:
        try:
            note = CheckpointNote.parse(changed)
        except NoteError:
            return
        assert not note.is_signed_by(KEY)


@given(st.integers(0, len(str(KEY)) - 1), st.characters(exclude_categories=["Cs"]))
def test_no_other_text_is_the_key(at: int, character: str) -> None:
    text = str(KEY)
    changed = text[:at] + character + text[at + 1 :]
    if changed != text:
        with pytest.raises(NoteError):
            VerifierKey.parse(changed)


@pytest.mark.parametrize("note", ["", "x", NOTE[:-1], NOTE + "\n", NOTE.replace("\n7\n", "\n07\n"), NOTE * 1000])
def test_what_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        CheckpointNote.parse(note)
