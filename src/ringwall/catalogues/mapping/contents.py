"""What came of a file with mappings, before it is known which catalogues it speaks of. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ringwall.oscal.findings import Finding
from ringwall.oscal.mappings import MappingRow

PROVENANCE = ("method", "matching-rationale", "status", "description")
"""What is kept of how a mapping came about; the first three are words of OSCAL."""


@dataclass(frozen=True, slots=True)
class Side:
    """A catalogue as a file names it: title, identifier of the document (UUID or URN), our short name."""

    title: str = ""
    document_id: str = ""
    code: str = ""

    @property
    def is_named(self) -> bool:
        return bool(self.title or self.document_id or self.code)

    def __str__(self) -> str:
        return self.title or self.code or self.document_id


@dataclass(frozen=True, slots=True)
class GivenMapping:
    """All rows between two catalogues. `document_id` is the publisher's identifier of this mapping, `path` where it
    stands in the file; a provenance goes by the names of PROVENANCE."""

    source: Side
    target: Side
    rows: Sequence[MappingRow]
    title: str = ""
    document_id: str = ""
    path: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contents:
    """`origin` is a value of `models.Mapping.Origin`."""

    origin: str
    mappings: Sequence[GivenMapping]
    title: str = ""
    edition: str = ""
    publisher: str = ""
    findings: Sequence[Finding] = ()
