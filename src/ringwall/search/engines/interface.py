"""What a database has to offer for full text."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ringwall.search.rules import Question


class Words(NamedTuple):
    """The words of one row (`SearchRow.id`) and the marks by which its visibility is narrowed."""

    row: int
    marks: Sequence[str]
    tokens: Sequence[str]


class Engine(Protocol):
    create: Sequence[str]
    """SQL statements that make the index beside the table of `SearchRow`."""

    drop: Sequence[str]

    def write(self, rows: Sequence[Words]) -> None:
        """Index rows; what was indexed for the same row is replaced."""

    def clear(self) -> None:
        """Forget all rows of all organisations."""

    def hits(self, question: Question, limit: int) -> tuple[str, list[str | int]]:
        """A SELECT of the ids of at most `limit` rows that answer, the newest preferred, and its parameters."""
