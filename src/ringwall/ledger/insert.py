"""Inserts rows by one statement made once: going through model instances would cost an import twice the time."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

MANY = 50
"""From so many rows on PostgreSQL takes them as one stream: several times faster than statement by statement."""


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of plain values (text, bytes, numbers, truth values, UUIDs) for the named columns."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) >= MANY:
            with connection.wrap_database_errors, cursor.copy(_copy(model, tuple(columns))) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(_statement(model, tuple(columns), connection.vendor), rows)


def uuid_writer() -> Callable[[UUID | None], UUID | str | None]:
    """`database_uuid` for many values: which database is in use is asked once."""
    return _as_it_is if connection.features.has_native_uuid_field else _hex


def _as_it_is(value: UUID | None) -> UUID | None:
    return value


def _hex(value: UUID | None) -> str | None:
    return None if value is None else value.hex


def database_uuid(value: UUID | None) -> UUID | str | None:
    """A UUID as the database in use keeps it."""
    return value if value is None or connection.features.has_native_uuid_field else value.hex


@cache
def _copy(model: type[models.Model], columns: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name
    return f"COPY {quote(model._meta.db_table)} ({', '.join(quote(column) for column in columns)}) FROM STDIN"


@cache
def _statement(model: type[models.Model], columns: tuple[str, ...], vendor: str) -> str:
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    values = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({values})"  # noqa: S608 (names of our own tables)
