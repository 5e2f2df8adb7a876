"""Compare two versions of a catalogue.

Requirements are paired by the identifier the publisher keeps across versions, where there is one; else by identifier;
else by having the very same text. What has no pair was added, or withdrawn.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from ringwall.oscal.content import CatalogueContent, RequirementRow

# Shorter texts are too common to tell two requirements to be the same.
LEAST_TEXT = 30


class ChangeKind(StrEnum):
    ADDED = "added"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    REWORDED = "reworded"
    MOVED = "moved"
    SAME = "same"


class PairedBy(StrEnum):
    STABLE_ID = "stable_id"
    IDENTIFIER = "identifier"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one requirement (or group).

    `kind` is the weightiest that holds: withdrawn and restored, then reworded, then moved. `is_moved` tells of a new
    identifier or parent besides. `fields` are those that differ: title, text, level, verbs, guidance, attributes.
    """

    kind: ChangeKind
    old: RequirementRow | None
    new: RequirementRow | None
    paired_by: PairedBy | None = None
    fields: tuple[str, ...] = ()
    is_moved: bool = False

    @property
    def identifier(self) -> str:
        row = self.new or self.old
        return row.identifier if row else ""

    @property
    def carries(self) -> bool:
        """Whether what is attached may be carried over without a person looking at it."""
        return self.kind in (ChangeKind.SAME, ChangeKind.MOVED)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes: first what the new version has, in its order, then what is gone, in the old order."""

    changes: list[Change]

    @property
    def counts(self) -> dict[ChangeKind, int]:
        """Requirements (not groups) by kind, all kinds present."""
        counts = Counter(change.kind for change in self.changes if _row(change).kind == "requirement")
        return {kind: counts[kind] for kind in ChangeKind}

    def of(self, kind: ChangeKind) -> list[Change]:
        return [change for change in self.changes if change.kind is kind]


def compare(old: CatalogueContent, new: CatalogueContent) -> Comparison:
    """What changed from `old` to `new`."""
    pairs = _paired(old.rows, new.rows)
    renamed = {before.identifier: after.identifier for before, after, _ in pairs}
    by_new = {after.identifier: (before, how) for before, after, how in pairs}
    changes: list[Change] = []
    for row in new.rows:
        if row.identifier in by_new:
            before, how = by_new[row.identifier]
            changes.append(_change(before, row, how, renamed))
        else:
            changes.append(Change(ChangeKind.ADDED, None, row))
    gone = (row for row in old.rows if row.identifier not in renamed)
    changes.extend(Change(ChangeKind.WITHDRAWN, row, None) for row in gone)
    return Comparison(changes)


def _row(change: Change) -> RequirementRow:
    row = change.new or change.old
    assert row is not None
    return row


def _paired(
    old: list[RequirementRow], new: list[RequirementRow]
) -> list[tuple[RequirementRow, RequirementRow, PairedBy]]:
    pairs: list[tuple[RequirementRow, RequirementRow, PairedBy]] = []
    left, right = old, new
    for how in PairedBy:
        before, after = _unique(left, how), _unique(right, how)
        matched = [(before[key], after[key]) for key in before if key in after and _fit(before[key], after[key], how)]
        pairs.extend((one, other, how) for one, other in matched)
        done_left = {one.identifier for one, _ in matched}
        done_right = {other.identifier for _, other in matched}
        left = [row for row in left if row.identifier not in done_left]
        right = [row for row in right if row.identifier not in done_right]
    return pairs


def _unique(rows: list[RequirementRow], how: PairedBy) -> dict[str, RequirementRow]:
    """Rows by the key to pair them by; keys that two rows have tell nothing."""
    keyed = [(_key(row, how), row) for row in rows]
    counts = Counter(key for key, _ in keyed)
    return {key: row for key, row in keyed if key and counts[key] == 1}


def _key(row: RequirementRow, how: PairedBy) -> str:
    if how is PairedBy.STABLE_ID:
        return f"{row.kind} {row.stable_id}" if row.stable_id else ""
    if how is PairedBy.IDENTIFIER:
        return f"{row.kind} {row.identifier}"
    text = _plain(row.text)
    return f"{row.kind} {text}" if len(text) >= LEAST_TEXT else ""


def _fit(old: RequirementRow, new: RequirementRow, how: PairedBy) -> bool:
    """An identifier that is given to another requirement makes no pair: both then have stable ids, and these differ."""
    return how is PairedBy.STABLE_ID or not (old.stable_id and new.stable_id and old.stable_id != new.stable_id)


def _change(old: RequirementRow, new: RequirementRow, how: PairedBy, renamed: dict[str, str]) -> Change:
    fields = _differing(old, new)
    parent = old.parent_identifier
    is_moved = new.identifier != old.identifier or new.parent_identifier != renamed.get(parent or "", parent)
    if new.withdrawn and not old.withdrawn:
        kind = ChangeKind.WITHDRAWN
    elif old.withdrawn and not new.withdrawn:
        kind = ChangeKind.RESTORED
    elif fields:
        kind = ChangeKind.REWORDED
    else:
        kind = ChangeKind.MOVED if is_moved else ChangeKind.SAME
    return Change(kind, old, new, how, fields, is_moved)


def _differing(old: RequirementRow, new: RequirementRow) -> tuple[str, ...]:
    found = []
    if _plain(old.title) != _plain(new.title):
        found.append("title")
    if _plain(old.text) != _plain(new.text):
        found.append("text")
    if old.level is not new.level:
        found.append("level")
    if [statement.verb for statement in old.statements] != [statement.verb for statement in new.statements]:
        found.append("verbs")
    if _plain(old.guidance) != _plain(new.guidance):
        found.append("guidance")
    if old.attributes != new.attributes:
        found.append("attributes")
    return tuple(found)


def _plain(text: str) -> str:
    return " ".join(text.split())
