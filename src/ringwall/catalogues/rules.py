"""What is true of catalogues: how a new edition is matched with the known one, where its rows stand, the counts."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ringwall.oscal.content import RequirementRow
from ringwall.oscal.findings import Finding

VIEW, IMPORT = "catalogue.view", "catalogue.import"
"""The two grants: to read all catalogues of the organisation and the shared ones; to import into the organisation."""

VERBS = ("MUST", "MUST_NOT", "SHOULD", "SHOULD_NOT", "MAY")
LONGEST_CODE = 60
SAME_EDITION_SHARE = 0.3
"""A file is taken for a new edition only if at least this share of its requirements is known from the earlier one."""

RESERVED_CODES = frozenset({"import", "template", "mappings", "carry-overs"})
"""Parts of addresses that no catalogue may be called by."""

_UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"}
_NOISE = frozenset(
    {
        "catalog",
        "catalogue",
        "katalog",
        "oscal",
        "json",
        "xml",
        "yaml",
        "min",
        "final",
        "resolved",
        "the",
        "of",
        "for",
        "and",
        "version",
    }
)


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A row of a catalogue, to be stored. `category` is one of group, requirement, reference_control, threat."""

    row: RequirementRow
    category: str
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contents:
    """What came of a file: the catalogue's own data and its rows, parents before children."""

    title: str
    edition: str
    language: str
    publisher: str
    document_id: str
    source: str
    is_reference: bool
    rows: Sequence[CatalogueRow]
    findings: Sequence[Finding] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """A stored row, as far as matching needs it. `key` is the caller's own (its id)."""

    key: Any
    identifier: str
    stable_id: str
    parent: Any
    position: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: `new` is the index of a row in the file, or `missing` the key of a known row."""

    new: int | None
    missing: Any
    position: int
    depth: int


def catalogue_code(title: str, file_name: str = "") -> str:
    """A short name from the file's name, or from the title where the file's name says nothing.

    >>> catalogue_code("Electronic Version of NIST SP 800-53", "NIST_SP-800-53_rev5.2.0_catalog.json")
    'nist-sp-800-53-rev5-2-0'
    """
    stem = re.split(r"[/\\]", file_name)[-1].rpartition(".")[0]
    for text in (stem, title):
        words = [word for word in _slug(text).split("-") if word not in _NOISE]
        while words and len("-".join(words)) > LONGEST_CODE:
            words.pop()
        code = "-".join(words)
        if len(code) > 2 and not code.isdigit() and code not in RESERVED_CODES:
            return code
    return "catalogue"


def is_code(text: str) -> bool:
    """Whether the text can be the name of a catalogue in addresses: small letters, digits, hyphens and dots."""
    return bool(re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]{0,78}[a-z0-9])?", text)) and text not in RESERVED_CODES


def free_code(code: str, taken: Iterable[str]) -> str:
    """`code`, or with the next free number behind it."""
    occupied, number, candidate = set(taken), 1, code
    while candidate in occupied:
        number += 1
        candidate = f"{code}-{number}"
    return candidate


def is_new_edition(known: Iterable[str], identifiers: Iterable[str]) -> bool:
    """Whether a file with these identifiers carries on a catalogue that has the known ones."""
    wanted, had = set(identifiers), set(known)
    return bool(wanted) and len(wanted & had) >= SAME_EDITION_SHARE * len(wanted)


def matched(known: Sequence[Known], rows: Sequence[RequirementRow]) -> dict[int, Any]:
    """Index of a row → key of the known row that it continues: by the publisher's stable id, then by identifier.

    Stable ids count only where they are unique on both sides. No known row is given twice.
    """
    by_stable = _unique((row.stable_id, row.key) for row in known)
    new_by_stable = _unique((row.stable_id or "", index) for index, row in enumerate(rows))
    found = {index: by_stable[stable] for stable, index in new_by_stable.items() if stable in by_stable}
    used = set(found.values())
    by_identifier = {row.identifier: row.key for row in known}
    for index, row in enumerate(rows):
        key = by_identifier.get(row.identifier)
        if index not in found and key is not None and key not in used:
            found[index] = key
            used.add(key)
    return found


def arranged(known: Sequence[Known], rows: Sequence[RequirementRow], matches: Mapping[int, Any]) -> list[Place]:
    """The order of the whole catalogue, parents before children: the rows of the file, and behind their siblings those
    which the file no longer has, under the parent they had (or at the end where that is gone too)."""
    index_of = {row.identifier: index for index, row in enumerate(rows)}
    new_of = {key: index for index, key in matches.items()}
    known_keys = {row.key for row in known}
    children: dict[tuple[str, Any] | None, list[tuple[str, Any]]] = {}
    for index, row in enumerate(rows):
        above = index_of.get(row.parent_identifier) if row.parent_identifier is not None else None
        children.setdefault(None if above is None else ("new", above), []).append(("new", index))
    for old in sorted(known, key=lambda row: row.position):
        if old.key in new_of:
            continue
        parent: tuple[str, Any] | None = None
        if old.parent in new_of:
            parent = ("new", new_of[old.parent])
        elif old.parent in known_keys:
            parent = ("missing", old.parent)
        children.setdefault(parent, []).append(("missing", old.key))
    places: list[Place] = []
    waiting = [(node, 0) for node in reversed(children.get(None, []))]
    while waiting:
        node, depth = waiting.pop()
        is_new = node[0] == "new"
        places.append(Place(node[1] if is_new else None, None if is_new else node[1], len(places), min(depth, 100)))
        waiting += [(child, depth + 1) for child in reversed(children.get(node, []))]
    return places


def counts_of(rows: Iterable[CatalogueRow]) -> dict[str, Any]:
    """{groups, requirements, withdrawn, statements: {verb: n}, levels: {level: n}, threats}; withdrawn ones are among
    the requirements."""
    categories: Counter[str] = Counter()
    verbs: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    withdrawn = 0
    for one in rows:
        categories[one.category] += 1
        if one.category in ("group", "threat"):
            continue
        withdrawn += one.row.withdrawn
        levels.update([str(one.row.level)] if one.row.level else [])
        verbs.update(str(statement.verb) for statement in one.row.statements if statement.verb)
    return {
        "groups": categories["group"],
        "requirements": categories["requirement"] + categories["reference_control"],
        "withdrawn": withdrawn,
        "statements": {verb: verbs[verb] for verb in VERBS},
        "levels": dict(sorted(levels.items())),
        "threats": categories["threat"],
    }


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    twins: set[str] = set()
    for name, value in pairs:
        if name in found:
            twins.add(name)
        found[name] = value
    return {name: value for name, value in found.items() if name and name not in twins}


def _slug(text: str) -> str:
    plain = text.casefold().translate(_UMLAUTS)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
