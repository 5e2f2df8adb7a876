"""Full text in PostgreSQL: a tsvector column with a GIN index.

Vectors and queries are written out as literals: the server's parsers would cut references and addresses their own way.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

from ringwall.search.engines.interface import Words
from ringwall.search.rules import Question, Scope

MAX_POSITION = 16_383
"""The largest position that a tsvector can hold; words beyond it are found, but not as part of a phrase."""

create = (
    "ALTER TABLE search_searchrow ADD COLUMN words tsvector",
    # Pending lists make writing cheap and every search after it dear; a register is searched far more than written.
    "CREATE INDEX search_words ON search_searchrow USING gin (words) WITH (fastupdate = off)",
)
drop = ("DROP INDEX IF EXISTS search_words", "ALTER TABLE search_searchrow DROP COLUMN IF EXISTS words")


def write(rows: Sequence[Words]) -> None:
    with connection.cursor() as cursor:
        for at in range(0, len(rows), 1000):
            part = rows[at : at + 1000]
            cursor.execute(
                "UPDATE search_searchrow SET words = fresh.words::tsvector"
                " FROM unnest(%s::bigint[], %s::text[]) AS fresh(id, words) WHERE search_searchrow.id = fresh.id",
                [[row.row for row in part], [_vector(row) for row in part]],
            )


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE search_searchrow SET words = NULL")


def hits(question: Question, limit: int) -> tuple[str, list[str | int]]:
    return "SELECT id FROM search_searchrow WHERE words @@ %s::tsquery LIMIT %s", [_query(question), limit]


def _vector(row: Words) -> str:
    """Marks begin with an underscore, which no word can hold, and stand without a position."""
    words = (f"'{token}':{min(at, MAX_POSITION)}" for at, token in enumerate(row.tokens, start=1))
    return " ".join([*(f"'_{mark}'" for mark in row.marks), *words])


def _query(question: Question) -> str:
    words = [" <-> ".join(f"'{token}'" for token in phrase) for phrase in question.phrases]
    if question.has_prefix:
        words[-1] += ":*"
    scopes = " | ".join(f"({_scope(scope)})" for scope in question.scopes)
    return " & ".join([f"({scopes})", *(f"({phrase})" for phrase in words)])


def _scope(scope: Scope) -> str:
    places = _any_of(scope.places)
    return f"{places} & {_any_of(scope.kinds)}" if scope.kinds else places


def _any_of(marks: Iterable[str]) -> str:
    return "(" + " | ".join(f"'_{mark}'" for mark in sorted(marks)) + ")"
