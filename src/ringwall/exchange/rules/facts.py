"""What of a scope goes into OSCAL documents, as plain values.

Ids are record ids as text; the documents make UUIDs of version 5 of them. Control ids are those under which
`catalogues.exporting` writes the requirement, so that they resolve in the catalogue that goes out. Days are ISO 8601
dates, "" where there is none; instants RFC 3339 in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

OWN = ""
"""The `source` of necessary controls that come from no catalogue but from the organisation itself."""


@dataclass(frozen=True, slots=True)
class Party:
    """A person, or the organisation."""

    id: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A catalogue that documents refer to. `document_id` is the publisher's own, where there is one."""

    code: str
    title: str
    document_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A requirement that a safeguard implements."""

    source: str
    control_id: str


@dataclass(frozen=True, slots=True)
class Safeguard:
    """A control of the organisation.

    `state` is planned, in_progress, blocked or implemented; `people` part (`Parts`) → id of the person; `answers` the
    requirements it implements; `fields` what else the register holds of it: field → text as a sheet would write it.
    """

    id: str
    ref: str
    title: str
    objective: str = ""
    description: str = ""
    state: str = "planned"
    blocked_reason: str = ""
    due_on: str = ""
    implemented_on: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of the statement: `applicability` is applicable, not_applicable or undecided; `drivers` are references."""

    id: str
    source: str
    control_id: str
    title: str
    applicability: str
    justification: str = ""
    drivers: tuple[str, ...] = ()
    progress: str = "none"
    safeguards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asset:
    """`needs` are ids of the assets it depends on; protection needs run from 1 (normal) to 3, None where not known."""

    id: str
    ref: str
    title: str
    description: str
    category: str
    owner: str = ""
    quantity: int = 1
    classification: str = ""
    confidentiality: int | None = None
    integrity: int | None = None
    availability: int | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an assessment found. `state` is initial, adjusted (the risk that shall remain) or inherent; `words` are the
    names that the risk criteria give the three."""

    state: str
    likelihood: int
    consequence: int
    level: int
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taking:
    """An acceptance: who took the risk, the owner first, when and until when. `state` is waiting or in_force."""

    id: str
    state: str
    reason: str
    at: str
    until_on: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Treatment:
    """A risk of the scope and what is done about it. `option` is undecided, modify, avoid, share or retain; `assets`
    maps the id of each asset concerned to its reference and title."""

    id: str
    ref: str
    title: str
    description: str = ""
    threat: str = ""
    vulnerability: str = ""
    owner: str = ""
    option: str = "undecided"
    option_word: str = ""
    note: str = ""
    due_on: str = ""
    is_above_acceptance: bool = False
    criteria: str = ""
    judgements: tuple[Judgement, ...] = ()
    taking: Taking | None = None
    safeguards: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    assets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scope:
    """`is_in_force`: the statement was authorised, though it may have changed since; `authorised_on` is "" then."""

    id: str
    ref: str
    title: str
    covers: str
    boundaries: str = ""
    exclusions: str = ""
    owner: str = ""
    is_in_force: bool = False
    authorised_on: str = ""
    authorised_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """A whole scope. `version` and `last_modified` (an instant) are those of the documents; `people` are all that
    are named in them; `words` the fixed words in the organisation's language, by the keys of `exchange.words`."""

    organisation: Party
    scope: Scope
    version: str
    last_modified: str
    language: str
    words: Mapping[str, str]
    people: tuple[Party, ...] = ()
    sources: tuple[Source, ...] = ()
    safeguards: tuple[Safeguard, ...] = ()
    decisions: tuple[Decision, ...] = ()
    assets: tuple[Asset, ...] = ()
    treatments: tuple[Treatment, ...] = ()
