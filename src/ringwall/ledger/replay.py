"""Goes through the lines of a ledger once, recomputes every hash and says what does not hold. Pure; constant memory.

Both verifications use it: of an exported file, and of the database (which is read as the lines it would export).
"""

import re
from hashlib import sha256

from ringwall.ledger import archive, rules
from ringwall.ledger.merkle import CompactRange, leaf_hash, node_hash
from ringwall.ledger.notes import CheckpointNote, NoteError, VerifierKey
from ringwall.ledger.report import Findings, LedgerState

_PART = re.compile(rb"part [0-9a-f]{32} \{")
_ERASED = re.compile(rb"erased ([0-9a-f]{64})\n")
_LEAF = re.compile(rb"entry ([0-9a-f]{64}) ")
_ENTRY = re.compile(
    rb'entry ([^ ]{64}) (\{"actor":(?:null|"[^"]{36}"),"at":"([^"]{27})","id":"[^"]{36}","organisation":"([^"]{36})",'
    rb'"parts":([0-9]+),"payload":"([^"]{64})","position":([0-9]+),"v":1,"verb":"([^"]+)"\})\n'
)
# A loose pattern and the set of characters together are as strict as need be, and twice as fast as a strict pattern.
_ENTRY_CHARACTERS = b'abcdefghijklmnopqrstuvwxyz0123456789"{}:,._-TZ \n'
_ERASE = rules.ERASE.encode()
_ORGANISATION = re.compile(rb"organisation ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\n")
_BODY_AT = len("part ") + 2 * rules.SALT_BYTES + 1


class Replay:
    """Feed it line by line, then `finish`. What it finds stands in `findings`, what it recomputed in `tree`."""

    def __init__(self, pinned_size: int = -1) -> None:
        self.findings = Findings()
        self.tree = CompactRange()
        self.organisation = ""
        self.keys: dict[str, VerifierKey] = {}
        self.signed: dict[str, int] = {}
        """Key text → size of the largest checkpoint that is signed by it and true."""
        self.signed_size = -1
        self.pinned_root: bytes | None = CompactRange().root() if pinned_size == 0 else None
        self._pinned_size = pinned_size
        self.line = 0
        self._next = 0
        self._last_at = b""
        self._organisation = b""
        self._position = -1
        """Of the entry whose parts are being read; -1 where its header cannot be read."""
        self._parts = 0
        self._payload = b""
        self._is_erasing = False
        self._commitments: list[bytes] | None = None
        self._note: list[bytes] | None = None
        self._notes = 0
        self._fresh_key: str | None = None
        self._is_broken = False
        self._erased: dict[tuple[int, int], str] = {}
        self._erasures: dict[tuple[int, int], tuple[str, int]] = {}

    @property
    def state(self) -> LedgerState:
        return LedgerState(self.organisation, self.tree.size, self.tree.root().hex(), not self.findings.errors)

    def feed(self, line: bytes) -> None:
        """Take the next line, its newline included."""
        self.line += 1
        if self._note is not None:
            self._note.append(line)
            if len(self._note) == archive.NOTE_LINES:
                self._take_checkpoint()
        elif line.startswith(b"part "):
            if self._commitments is None or not (_PART.match(line) and line.endswith(b"}\n")):
                self._fault(f"a part of entry {self._next - 1} is damaged or stands outside an entry")
                return
            if self._is_erasing and self._commitments:
                self._take_erasure(line)
            self._commitments.append(sha256(b"\x00" + line[5:-1]).digest())
        elif line.startswith(b"entry "):
            self._close_entry()
            self._take_entry(line)
        elif line.startswith(b"erased "):
            self._take_erased(line)
        else:
            self._close_entry()
            self._take_other(line)

    def finish(self, *, needs_checkpoint: bool = True) -> None:
        """Judge the whole, when there are no more lines."""
        self._close_entry()
        if self._note is not None:
            self._fault("ends inside a checkpoint: the file has been cut off")
        if self._fresh_key:
            self._fault("ends with a key that signs nothing: the file has been cut off")
        size = self.tree.size
        if self.signed_size < size and not self._is_broken:
            first = max(self.signed_size, 0)
            where = self.range_path(first, size) if size else "the end"
            if needs_checkpoint:
                self.findings.add(
                    "error", where, "no checkpoint covers this: the end of the file has been cut off or changed"
                )
            elif size:
                self.findings.add("info", where, f"not signed yet: {size - first} entries since the last checkpoint")
        self._judge_erasures()

    def _entry_path(self, position: int) -> str:
        return f"{self.organisation}/entry/{position}"

    def range_path(self, first: int, after: int) -> str:
        if after - first == 1:
            return self._entry_path(first)
        return f"{self.organisation}/entries/{first}-{after - 1}"

    def _fault(self, message: str) -> None:
        self.findings.add("error", f"line {self.line}", message)

    def _entry_fault(self, position: int, message: str) -> None:
        self.findings.add("error", self._entry_path(position), f"{message} (line {self.line})")

    def _take_entry(self, line: bytes) -> None:
        if self._fresh_key:
            self._refuse_fresh_key()
        self._commitments = []
        expected, self._next = self._next, self._next + 1
        match = _ENTRY.fullmatch(line)
        if not match or line.translate(None, _ENTRY_CHARACTERS):
            self._take_damaged_entry(line, expected)
            return
        leaf, header, at, organisation, parts, payload, position, verb = match.groups()
        computed = sha256(b"\x00" + header)
        if computed.hexdigest() == leaf.decode():
            self._grow(computed.digest())
        else:
            self._entry_fault(expected, "the header is not the one that was recorded: its hash differs")
            self._grow_as_claimed(line)
        self._position, self._parts, self._payload = int(position), int(parts), payload
        self._is_erasing = verb == _ERASE
        if self._position != expected:
            self._entry_fault(expected, f"entry {self._position} stands where entry {expected} belongs")
            self._next = self._position + 1
        if organisation != self._organisation:
            self._entry_fault(expected, f"belongs to another organisation, {organisation.decode()}")
        if at < self._last_at:
            self._entry_fault(expected, "is dated before the entry that precedes it")
        self._last_at = at

    def _take_damaged_entry(self, line: bytes, expected: int) -> None:
        self._entry_fault(expected, "the entry's line is damaged")
        self._position, self._is_erasing = -1, False
        self._grow_as_claimed(line)

    def _grow_as_claimed(self, line: bytes) -> None:
        """The hash beside a changed header lets the next checkpoint tell whether all the rest is whole."""
        match = _LEAF.match(line)
        self._grow(bytes.fromhex(match[1].decode()) if match else leaf_hash(line))

    def _grow(self, leaf: bytes) -> None:
        self.tree.append(leaf)
        if self.tree.size == self._pinned_size:
            self.pinned_root = self.tree.root()

    def _take_erasure(self, line: bytes) -> None:
        if named := rules.erasure_of(line[_BODY_AT:-1]):
            position, part, commitment = named
            self._erasures[position, part] = commitment, self._position
        else:
            self._entry_fault(self._position, "an act of erasing does not say what it erased")

    def _take_erased(self, line: bytes) -> None:
        match = _ERASED.fullmatch(line)
        if self._commitments is None or not match:
            self._fault("an erased part is damaged or stands outside an entry")
            return
        self._erased[self._next - 1, len(self._commitments)] = commitment = match[1].decode()
        self._commitments.append(bytes.fromhex(commitment))

    def _close_entry(self) -> None:
        """Compare the parts seen with what the header says of them."""
        commitments, self._commitments = self._commitments, None
        if commitments is None or self._position < 0:
            return
        if len(commitments) != self._parts:
            message = f"has {len(commitments)} parts, its header says {self._parts}: one was removed or added"
            self._entry_fault(self._position, message)
            return
        # Nearly all acts have one change; this line is the fast way to the same hash.
        payload = node_hash(*commitments).hex() if len(commitments) == 2 else rules.payload_hash(commitments)
        if payload != self._payload.decode():
            message = "a part is not the one that was recorded: the hash over the parts differs"
            self._entry_fault(self._position, message)

    def _take_other(self, line: bytes) -> None:
        if self.line == 1:
            if line != archive.MAGIC:
                self._fault("is not the first line of an exported ledger of format 1; nothing was checked")
        elif self.line == 2:
            if match := _ORGANISATION.fullmatch(line):
                self._organisation = match[1]
                self.organisation = match[1].decode()
            else:
                self._fault("does not name the organisation")
        elif line == b"checkpoint %d\n" % self._notes:
            self._note = []
        elif line.startswith(b"checkpoint "):
            self._fault(f"checkpoint {self._notes} belongs here: a checkpoint was removed, added or moved")
            self._note = []
        elif line.startswith(b"key "):
            self._take_key(line)
        else:
            self._fault(f"is none of the lines of an exported ledger (after entry {self._next - 1})")

    def _take_key(self, line: bytes) -> None:
        if self._fresh_key:
            self._refuse_fresh_key()
        try:
            text = line.decode().removeprefix("key ").removesuffix("\n")
            key = VerifierKey.parse(text)
        except (NoteError, UnicodeDecodeError) as error:
            self._fault(f"the key is damaged: {error}")
            return
        if text in self.keys or not line.endswith(b"\n"):
            self._fault("the key stands here a second time, or its line does not end")
        self.keys[text] = key
        self._fresh_key = text

    def _refuse_fresh_key(self) -> None:
        self._fault("a checkpoint signed by the new key belongs here")
        self._fresh_key = None

    def _take_checkpoint(self) -> None:
        lines, self._note = self._note or [], None
        fresh, self._fresh_key = self._fresh_key, None
        number, self._notes = self._notes, self._notes + 1
        try:
            note = CheckpointNote.parse(b"".join(lines).decode())
        except (NoteError, UnicodeDecodeError) as error:
            self._fault(f"checkpoint {number} is damaged: {error}")
            return
        by = next((text for text, key in self.keys.items() if note.is_signed_by(key)), None)
        if by is None:
            self._fault(f"checkpoint {number} is not signed by a key in this file")
        elif fresh and fresh != by:
            self._fault(f"checkpoint {number} is not signed by the key before it")
        elif note.origin != rules.origin(self.organisation):
            self._fault(f"checkpoint {number} belongs to another ledger, {note.origin}")
        elif self._is_broken:
            pass
        elif note.size != self.tree.size or note.size <= self.signed_size:
            self._is_broken = True
            self._fault(f"checkpoint {number} is for {note.size} entries and stands after {self.tree.size}")
        elif note.root == self.tree.root():
            self.signed[by] = self.signed_size = note.size
        else:
            self._is_broken = True
            path = self.range_path(max(self.signed_size, 0), max(note.size, 1))
            message = "not what was signed: an entry here was changed, added or removed. Nothing after it is proven"
            self.findings.add("error", path, message)

    def _judge_erasures(self) -> None:
        for place, commitment in self._erased.items():
            erased_as, act = self._erasures.get(place, ("", -1))
            if erased_as != commitment or act <= place[0]:
                message = f"part {place[1]} is missing, and no act of erasing names it"
                self.findings.add("error", self._entry_path(place[0]), message)
        for place, (_commitment, act) in self._erasures.items():
            if place not in self._erased:
                message = (
                    f"part {place[1]} is still there although entry {act} erased it; a backup may have brought it back"
                )
                self.findings.add("warning", self._entry_path(place[0]), message)
