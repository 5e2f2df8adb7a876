"""Rows of a model by one statement made once: Django's `bulk_create` takes four times as long for an import."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from ringwall.ledger.insert import insert, uuid_writer

Convert = Callable[[Any], Any]

AS_THEY_ARE: dict[type[Any], Convert] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.IntegerField: int,
}
"""Kinds of field whose values go to every database as plain ones; choices and lazy texts become plain here."""


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Insert new instances of one model; their keys are set already, or they are not needed again (AutoField)."""
    if not rows:
        return
    columns, parts = _plan(type(rows[0]), connection.vendor)
    values = []
    for row in rows:
        held = row.__dict__
        values.append(
            [
                None if (value := before(row) if before else held[name]) is None else convert(value)
                for name, before, convert in parts
            ]
        )
    insert(type(rows[0]), columns, values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def insert_links(
    model: type[models.Model], organisation: Any, first: str, second: str, pairs: Iterable[tuple[Any, Any]], **rest: Any
) -> None:
    """Insert rows of a link model from the ids of both ends (names of its foreign keys); `rest` is the same in all."""
    write = uuid_writer()
    key = write(organisation)
    names = ("organisation_id", f"{first}_id", f"{second}_id", *rest)
    insert(model, names, [(key, write(one), write(other), *rest.values()) for one, other in pairs])


@cache
def _plan(
    model: type[models.Model], vendor: str
) -> tuple[tuple[str, ...], list[tuple[str, Callable[[Any], Any] | None, Convert]]]:
    """(columns, of each: attribute, what sets it at the last moment, value of the instance → value of the database)."""
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    return tuple(str(f.column) for f in fields), [(f.attname, _before(f), _converter(f)) for f in fields]


def _before(field: Any) -> Callable[[Any], Any] | None:
    """For fields that choose their value while they are saved (`auto_now`, files)."""
    if type(field).pre_save is models.Field.pre_save:
        return None
    if isinstance(field, models.DateField) and not (field.auto_now or field.auto_now_add):
        return None
    return lambda row: field.pre_save(row, True)


def _converter(field: Any) -> Convert:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, models.UUIDField):
        return uuid_writer()
    if isinstance(target, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(target, models.DateField):
        return connection.ops.adapt_datefield_value
    for kind, convert in AS_THEY_ARE.items():
        if isinstance(target, kind):
            return convert
    return lambda value: target.get_db_prep_save(value, connection)
