"""Verifies an exported ledger with nothing but the file, and a key or a checkpoint that somebody has kept. Pure."""

from pathlib import Path

from ringwall.ledger import archive, rules
from ringwall.ledger.notes import CheckpointNote, NoteError, VerifierKey
from ringwall.ledger.replay import Replay
from ringwall.ledger.report import Finding, Report

GIVE_UP_AFTER = 1000


def verify_file(path: str | Path, key: str | None = None, checkpoint: str | None = None) -> Report:
    """Recompute everything in an exported ledger.

    `key` is a public key in C2SP text form, `checkpoint` the text of a signed checkpoint, both kept from earlier.
    Without them the file can be proven to be whole and signed, but not by whom, nor that nothing was cut off its end.
    Never raises for what is in the file or in the pins: everything is a finding.
    """
    try:
        pins = _Pins(key, checkpoint)
    except NoteError as error:
        return Report(findings=[Finding("error", "pin", str(error))])
    replay = Replay(pins.checkpoint.size if pins.checkpoint else -1)
    try:
        _feed(replay, Path(path))
    except OSError as error:
        return Report(findings=[Finding("error", str(path), f"cannot be read: {error.strerror or error}")])
    replay.finish()
    pins.judge(replay)
    return Report([replay.state], replay.findings.found)


def _feed(replay: Replay, path: Path) -> None:
    with path.open("rb", buffering=1 << 20) as file:
        read, feed = file.readline, replay.feed
        while line := read(archive.MAX_LINE):
            feed(line)
            if replay.findings.errors > GIVE_UP_AFTER or (replay.findings.errors and not replay.organisation):
                message = "gave up: the rest of the file was not checked"
                replay.findings.found.append(Finding("error", f"line {replay.line}", message))
                return
        if replay.line < 2:
            replay.findings.add("error", f"line {replay.line + 1}", "the file ends before it names an organisation")


class _Pins:
    """What the verifier trusts from elsewhere."""

    def __init__(self, key: str | None, checkpoint: str | None) -> None:
        try:
            self.key = VerifierKey.parse(key.strip()) if key is not None else None
        except NoteError as error:
            raise NoteError(f"the key to check against is damaged: {error}") from None
        try:
            # Kept checkpoints come back by mail and clipboard: line ends and a lost last newline are forgiven.
            lines = None if checkpoint is None else checkpoint.strip().splitlines()
            self.checkpoint = None if lines is None else CheckpointNote.parse("\n".join([*lines, ""]))
        except NoteError as error:
            raise NoteError(f"the checkpoint to check against is damaged: {error}") from None

    def judge(self, replay: Replay) -> None:
        trusted = {str(self.key)} if self.key else set()
        if self.checkpoint:
            trusted |= self._judge_checkpoint(replay, self.checkpoint)
        if self.key or self.checkpoint:
            self._judge_signer(replay, trusted)
        else:
            self._name_what_is_unproven(replay)
        self._name_the_open_end(replay)

    def _judge_checkpoint(self, replay: Replay, pinned: CheckpointNote) -> set[str]:
        """Compare with the kept checkpoint; returns the keys it vouches for."""
        add, path = replay.findings.add, f"{replay.organisation}/checkpoint/{pinned.size}"
        if pinned.origin != rules.origin(replay.organisation):
            add("error", path, f"the checkpoint to check against belongs to another ledger, {pinned.origin}")
            return set()
        if pinned.size > replay.tree.size:
            missing = f"the checkpoint knows {pinned.size} entries, the file holds {replay.tree.size}"
            add("error", path, f"the end has been cut off: {missing}")
        elif pinned.root != replay.pinned_root:
            where = f"{replay.organisation}/entries/0-{max(pinned.size - 1, 0)}"
            add(
                "error",
                where,
                "the ledger was rewritten: it does not begin with the entries the checkpoint was signed for",
            )
        candidates = [self.key] if self.key else list(replay.keys.values())
        signers = {str(key) for key in candidates if pinned.is_signed_by(key)}
        if not signers:
            by = "the key to check against" if self.key else "a key in the file"
            add("error", path, f"the checkpoint to check against is not signed by {by}")
        return signers

    def _judge_signer(self, replay: Replay, trusted: set[str]) -> None:
        size = replay.tree.size
        covered = max((signed for key, signed in replay.signed.items() if key in trusted), default=-1)
        if self.checkpoint and self.checkpoint.root == replay.pinned_root:
            covered = max(covered, self.checkpoint.size)
        if covered < size:
            where = replay.range_path(max(covered, 0), size)
            replay.findings.add(
                "error", where, "not signed by the trusted key: rewritten, or signed by a key that is not known here"
            )
        elif covered < 0:
            replay.findings.add("error", replay.organisation, "nothing in the file is signed by the trusted key")

    def _name_what_is_unproven(self, replay: Replay) -> None:
        message = "not proven: who signed. It may be rewritten under another key: check against one kept from earlier"
        replay.findings.add("warning", replay.organisation, message)

    def _name_the_open_end(self, replay: Replay) -> None:
        if self.checkpoint:
            message = f"not proven: that no entries after the first {self.checkpoint.size} were cut off at the end"
            replay.findings.add("info", replay.organisation, message)
        else:
            message = "not proven: that no entries were cut off: check against a checkpoint kept from earlier"
            replay.findings.add("warning", replay.organisation, message)
