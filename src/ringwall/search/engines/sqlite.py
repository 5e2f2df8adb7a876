"""Full text in SQLite: an FTS5 table whose rowid is the id of the row."""

from collections.abc import Iterable, Sequence

from django.db import connection

from ringwall.search.engines.interface import Words
from ringwall.search.rules import Phrase, Question, Scope

# Words come folded and parted by spaces, so the plainest tokeniser does: it takes every letter beyond ASCII as it is.
create = (
    "CREATE VIRTUAL TABLE search_text USING fts5(marks, words, tokenize = 'ascii', prefix = '2 3')",
    "INSERT INTO search_text(search_text, rank) VALUES ('automerge', 8)",
)
drop = ("DROP TABLE IF EXISTS search_text",)


def write(rows: Sequence[Words]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT OR REPLACE INTO search_text(rowid, marks, words) VALUES (%s, %s, %s)",
            [(row.row, " ".join(row.marks), " ".join(row.tokens)) for row in rows],
        )


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_text")


def hits(question: Question, limit: int) -> tuple[str, list[str | int]]:
    # FTS5 reads its lists by rowid from either end and stops at the limit; any other order would gather every hit.
    sql = "SELECT rowid FROM search_text WHERE search_text MATCH %s ORDER BY rowid DESC LIMIT %s"
    return sql, [_expression(question), limit]


def _expression(question: Question) -> str:
    """In FTS5's language, every word in quotes (words hold letters and digits only)."""
    words = [_phrase(phrase) for phrase in question.phrases]
    if question.has_prefix:
        words[-1] += "*"
    scopes = " OR ".join(f"({_scope(scope)})" for scope in question.scopes)
    return f"marks : ({scopes}) AND words : ({' AND '.join(words)})"


def _scope(scope: Scope) -> str:
    places = _any_of(scope.places)
    return f"{places} AND {_any_of(scope.kinds)}" if scope.kinds else places


def _any_of(marks: Iterable[str]) -> str:
    return "(" + " OR ".join(f'"{mark}"' for mark in sorted(marks)) + ")"


def _phrase(phrase: Phrase) -> str:
    return '"' + " ".join(phrase) + '"'
