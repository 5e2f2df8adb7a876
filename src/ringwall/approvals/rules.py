"""What an approval says of the state it froze, and who may give it. Pure.

A frozen whole is a list of rows; each row has fields of substance, whose change makes the approval stale, and fields of
progress, whose change is shown as drift only.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from ringwall.lib.canonical import decode, encode


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a whole. `key` is stable between versions; `label` is what a reader calls it."""

    key: str
    label: str
    substance: Mapping[str, Any]
    progress: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The state of a whole at one moment: canonical text and its SHA-256 in hex."""

    text: str
    sha256: str

    @property
    def content(self) -> dict[str, Any]:
        return dict(decode(self.text))

    @property
    def rows(self) -> list[Row]:
        return [Row(r["key"], r["label"], r["substance"], r["progress"]) for r in self.content["rows"]]


def freeze(kind: str, subject: str, title: str, rows: Sequence[Row], about: Mapping[str, Any] | None = None) -> Frozen:
    """Canonical JSON (RFC 8785) of the whole. Raises lib.canonical.CanonicalError for a value that has no canonical
    form.
    """
    text = encode(
        {
            "about": dict(about or {}),
            "kind": kind,
            "rows": [
                {"key": row.key, "label": row.label, "progress": dict(row.progress), "substance": dict(row.substance)}
                for row in rows
            ],
            "subject": subject,
            "title": title,
        }
    )
    return Frozen(text, sha256(text.encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as it was; `field` is "" where a whole row came or went."""

    key: str
    label: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """`substance` makes an approval stale, `drift` does not."""

    substance: Sequence[Difference]
    drift: Sequence[Difference]

    @property
    def is_stale(self) -> bool:
        return bool(self.substance)


def compare(before: Sequence[Row], after: Sequence[Row]) -> Comparison:
    """What changed between two states of one whole, in the order of the newer."""
    old = {row.key: row for row in before}
    new = {row.key: row for row in after}
    substance: list[Difference] = []
    drift: list[Difference] = []
    for row in after:
        if (was := old.get(row.key)) is None:
            substance.append(Difference(row.key, row.label, "", None, dict(row.substance)))
            continue
        substance += _changed(row, was.substance, row.substance)
        drift += _changed(row, was.progress, row.progress)
    substance += [Difference(row.key, row.label, "", dict(row.substance), None) for row in before if row.key not in new]
    return Comparison(substance, drift)


def _changed(row: Row, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference(row.key, row.label, name, before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


class Bar(StrEnum):
    """Why a person may not decide."""

    AUTHOR = "author"
    NOT_ASKED = "not_asked"
    ANSWERED = "answered"
    CLOSED = "closed"
    SIGNATURES_OPEN = "signatures_open"


def bars(
    *, person: str, authors: Collection[str], is_open: bool, asked: bool, answered: bool, has_waiver: bool
) -> list[Bar]:
    """What stands against this person's answer. The author of a thing does not approve it, unless the rule is
    waived.
    """
    found = []
    if not is_open:
        found.append(Bar.CLOSED)
    if not asked:
        found.append(Bar.NOT_ASKED)
    if answered:
        found.append(Bar.ANSWERED)
    if person in authors and not has_waiver:
        found.append(Bar.AUTHOR)
    return found
