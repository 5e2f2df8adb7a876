"""Rows of any model by one prepared statement: `bulk_create` would take four times as long for a million rows."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from ringwall.ledger.insert import database_uuid, insert

Convert = Callable[[Any], Any]


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Insert instances of one model whose keys are set, or are given by the database."""
    if not rows:
        return
    model = type(rows[0])
    columns, attributes, converters = _plan(model)
    insert(
        model,
        columns,
        [
            [
                convert(row.__dict__[name]) if convert else row.__dict__[name]
                for name, convert in zip(attributes, converters, strict=True)
            ]
            for row in rows
        ],
    )


def insert_pairs(
    model: type[models.Model], organisation: Any, first: str, second: str, pairs: Iterable[tuple[Any, Any]], **rest: Any
) -> None:
    """Insert rows of a link model from the ids of both ends (names of its foreign keys); `rest` is the same in all."""
    key = database_uuid(organisation)
    names = ("organisation_id", f"{first}_id", f"{second}_id", *rest)
    values = tuple(rest.values())
    insert(model, names, [(key, database_uuid(one), database_uuid(other), *values) for one, other in pairs])


@cache
def _plan(model: type[models.Model]) -> tuple[tuple[str, ...], list[str], list[Convert | None]]:
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    return tuple(str(f.column) for f in fields), [f.attname for f in fields], [_converter(f) for f in fields]


def _converter(field: Any) -> Convert | None:
    """From the value of an instance to that of the database; None where they are the same."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, models.UUIDField):
        return database_uuid
    if isinstance(target, models.JSONField | models.DecimalField):
        return lambda value: target.get_db_prep_save(value, connection)
    if isinstance(target, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(target, models.DateField):
        return connection.ops.adapt_datefield_value
    if isinstance(target, models.CharField | models.TextField):
        return str
    return None
