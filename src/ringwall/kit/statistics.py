"""What a database needs to know and to have for many rows: by what it knows of them it chooses the right index."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

MANY = 1000
"""From so many new rows on the old knowledge may be wrong."""

ROOM = -65536
"""SQLite's way to write 64 MB: the indexes of a register stay in memory while thousands of rows come in."""


def refresh_statistics() -> None:
    """Let SQLite look at tables that grew since it last did (some 20 ms); PostgreSQL does so by itself.

    Without it a list filtered by full text is read through the index of a whole organisation, in 200 ms instead of 10.
    Wanted at start-up, once in a while, and after a large import.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            # 0x10002: analyse what needs it, and look at all tables (sqlite.org/pragma.html#pragma_optimize)
            cursor.execute("PRAGMA optimize = 0x10002")


@contextmanager
def room_for(rows: int) -> Iterator[None]:
    """More memory for SQLite's pages while many rows are written, given back afterwards; without it an import takes
    twice the time.
    """
    if connection.vendor != "sqlite" or rows < MANY:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        usual = int(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA cache_size = {ROOM}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {usual}")
            cursor.execute("PRAGMA shrink_memory")
