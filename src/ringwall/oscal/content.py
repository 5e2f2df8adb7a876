"""What a catalogue comes down to, whatever file it came in: rows ready to be stored and compared.

OSCAL catalogues, the IT-Grundschutz-Kompendium, cross-reference tables and library files of other tools all end here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ringwall.oscal.findings import Finding


class ModalVerb(StrEnum):
    """How binding a statement is. "May only" counts as MUST."""

    MUST = "MUST"
    MUST_NOT = "MUST_NOT"
    SHOULD = "SHOULD"
    SHOULD_NOT = "SHOULD_NOT"
    MAY = "MAY"


class Level(StrEnum):
    """Levels of requirements in IT-Grundschutz (B, S, H) and Grundschutz++ (normal-SdT, erhöht)."""

    BASIC = "basic"
    STANDARD = "standard"
    ELEVATED = "elevated"


Kind = Literal["group", "requirement"]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement of a requirement.

    `number` counts within the requirement as the publisher does ("UA.2", "a.1."); `identifier` is unique in the
    catalogue ("APP.3.6.A1-UA.2", "ac-1_smt.a.1"); `verb` is None where the publisher uses none (NIST's imperative).
    """

    number: str
    text: str
    verb: ModalVerb | None
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A relation of a requirement. `target` is an identifier of the catalogue if `is_internal`, else an address."""

    rel: str
    target: str
    text: str = ""
    is_internal: bool = False


@dataclass(frozen=True, slots=True)
class ThreatRow:
    identifier: str
    title: str
    text: str = ""
    attributes: Mapping[str, list[str]] = field(default_factory=dict)
    translations: Mapping[str, Translation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Translation:
    """A requirement in another language; empty where the publisher translates only a part."""

    title: str = ""
    text: str = ""
    guidance: str = ""


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """A group (family, practice, module, layer) or a requirement, in the order of the catalogue.

    `identifier` is unique in the catalogue; `label` is what the publisher prints for it. `text` and `guidance` are
    Markdown, parameters filled by value or shown by label in square brackets. `stable_id` identifies the same
    requirement across versions, where the publisher gives such a thing. `position` counts all rows from 0.
    `threats` are identifiers of threats; `translations` go by language code ("fr").
    """

    identifier: str
    parent_identifier: str | None
    kind: Kind
    title: str
    position: int
    label: str = ""
    text: str = ""
    guidance: str = ""
    level: Level | None = None
    attributes: Mapping[str, list[str]] = field(default_factory=dict)
    withdrawn: bool = False
    stable_id: str | None = None
    statements: tuple[StatementRow, ...] = ()
    links: tuple[LinkRow, ...] = ()
    threats: tuple[str, ...] = ()
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def verb_counts(self) -> dict[ModalVerb, int]:
        """How many statements of each verb; verbs that do not occur are left out."""
        return dict(Counter(s.verb for s in self.statements if s.verb is not None))


@dataclass(frozen=True, slots=True)
class CatalogueContent:
    """A catalogue as rows. `identifier` is the document's UUID or the publisher's name for it; `language` is "de", "en"
    or "" where it cannot be told."""

    identifier: str
    title: str
    version: str
    language: str
    publisher: str
    last_modified: str
    rows: list[RequirementRow]
    threats: list[ThreatRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def groups(self) -> list[RequirementRow]:
        return [row for row in self.rows if row.kind == "group"]

    @property
    def requirements(self) -> list[RequirementRow]:
        """All requirements, withdrawn ones included."""
        return [row for row in self.rows if row.kind == "requirement"]

    @property
    def withdrawn(self) -> list[RequirementRow]:
        return [row for row in self.requirements if row.withdrawn]

    @property
    def statement_counts(self) -> dict[ModalVerb, int]:
        """Statements by verb, all five verbs present; statements without verb are not counted."""
        counts = Counter(s.verb for row in self.rows for s in row.statements)
        return {verb: counts[verb] for verb in ModalVerb}

    @property
    def level_counts(self) -> dict[Level, int]:
        """Requirements by level, levels that do not occur left out."""
        counts = Counter(row.level for row in self.requirements)
        return {level: counts[level] for level in Level if counts[level]}


@dataclass(frozen=True, slots=True)
class ContentReading:
    """What came of a file that holds a catalogue: its rows or None, the hash of the bytes as given, the findings."""

    content: CatalogueContent | None
    sha256: str
    findings: list[Finding]
