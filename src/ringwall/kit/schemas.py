"""The shapes of the API, derived from the input fields: what OpenAPI publishes and what requests are first held
against.
"""

import datetime
import decimal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from django import forms
from django.db import models
from ninja import Schema
from pydantic import ConfigDict, Field, create_model

from ringwall.kit.actions import Action
from ringwall.kit.fields import ReferenceField, choices_of
from ringwall.kit.listing import filter_names
from ringwall.kit.register import Register


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class FieldProblem(Schema):
    field: str
    message: str


class Problem(Schema):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class Reference(Schema):
    id: UUID
    ref: str
    title: str


class HistoryChange(Schema):
    field: str
    before: str
    after: str


class HistoryRow(Schema):
    position: int
    at: datetime.datetime
    actor: str
    act: str
    reason: str
    changes: list[HistoryChange]


class History(Schema):
    rows: list[HistoryRow]


class ImportedFinding(Schema):
    severity: Literal["error", "warning", "info"]
    path: str
    message: str


class Imported(Schema):
    added: int
    changed: int
    unchanged: int
    refused: int
    findings: list[ImportedFinding]


@dataclass(frozen=True)
class Schemas:
    """The shapes of one register's operations."""

    row: Any
    rows: Any
    create: Any
    update: Any
    filters: Any
    action: Callable[[Action], Any]
    history: Any = History
    imported: Any = Imported


def schemas_of(register: Register) -> Schemas:
    name = "".join(part.capitalize() for part in register.kind.split("_"))
    fields = register.inputs.fields
    needed = {key for key, f in fields.items() if f.required and key != "unit"}
    create = {key: (_type(f, key in needed), ... if key in needed else None) for key, f in fields.items()}
    update = {key: (_type(f, False), None) for key, f in fields.items()}
    row: Any = _row(register, name)
    return Schemas(
        row=row,
        rows=create_model(f"{name}Rows", __base__=Schema, rows=(list[row], ...), next=(str | None, ...)),
        create=create_model(f"{name}Create", __base__=Strict, **create),  # type: ignore[call-overload]
        update=create_model(f"{name}Update", __base__=Strict, reason=(str | None, None), **update),  # type: ignore[call-overload]
        filters=_filters(register, name),
        action=lambda act: _action(act, name),
    )


def _action(act: Action, name: str) -> Any:
    verb = "".join(part.capitalize() for part in act.name.partition(".")[2].split("_"))
    fields = {key: (_type(f, f.required), ... if f.required else None) for key, f in act.inputs.fields.items()}
    needed = (Annotated[str, Field(min_length=1, max_length=2000)], ...) if act.needs_reason else (str | None, None)
    return create_model(f"{name}{verb}", __base__=Strict, reason=needed, **fields)  # type: ignore[call-overload]


def _filters(register: Register, name: str) -> Any:
    fields: dict[str, Any] = {
        "q": (Annotated[str | None, Field(max_length=200, description="Full text")], None),
        "sort": (Literal["ref", "-ref", "changed_at", "-changed_at"], "ref"),
        "withdrawn": (Literal["", "all", "only"], ""),
        "cursor": (Annotated[str | None, Field(max_length=400)], None),
        "limit": (Annotated[int, Field(ge=1, le=500)], 50),
    }
    for key in filter_names(register):
        is_date = key not in register.filters and register.condition_of(key) is None
        fields[key] = (datetime.date | None, None) if is_date else (list[str] | None, Field(None))
    return create_model(f"{name}Filters", __base__=Strict, **fields)


def _type(f: forms.Field, required: bool) -> Any:
    hint = _input_type(f)
    return hint if required else hint | None


def _input_type(f: forms.Field) -> Any:
    if hint := getattr(f, "spoken_type", None):
        return hint
    if isinstance(f, ReferenceField):
        return list[str] if f.many else str
    if isinstance(f, forms.BooleanField):
        return bool
    if isinstance(f, forms.ChoiceField):
        values = tuple(value for value, _label in choices_of(f) if value not in ("", None))
        return Literal[values] if values else str
    if isinstance(f, forms.DateField):
        return datetime.date
    if isinstance(f, forms.DecimalField):
        return decimal.Decimal
    if isinstance(f, forms.IntegerField):
        low, high = f.min_value, f.max_value
        return Annotated[
            int,
            Field(
                ge=low if isinstance(low, int) else -(2**31),
                le=high if isinstance(high, int) else 2**31 - 1,
            ),
        ]
    if isinstance(f, forms.UUIDField):
        return UUID
    if isinstance(f, forms.CharField) and f.max_length:
        return Annotated[str, Field(max_length=f.max_length)]
    return str


def _row(register: Register, name: str) -> Any:
    fields: dict[str, Any] = {"id": (UUID, ...), "version": (int, ...), "url": (str, ...)}
    for key in register.told_keys:
        f = register.model._meta.get_field(key)
        if f.many_to_many:
            fields[key] = (list[Reference], ...)
        elif f.is_relation:
            fields[key] = (Reference | None, ...)
        else:
            fields[key] = (_output_type(f), ...)
    for computed in register.computed:
        fields[computed.key] = (str | None, None)
    fields |= {
        "withdrawn_on": (datetime.date | None, ...),
        "withdrawn_reason": (str, ...),
        "created_at": (datetime.datetime, ...),
        "changed_at": (datetime.datetime, ...),
    }
    return create_model(name, __base__=Schema, **fields)


def _output_type(f: Any) -> Any:
    known: tuple[tuple[Any, Any], ...] = (
        (models.BooleanField, bool),
        (models.DateTimeField, datetime.datetime),
        (models.DateField, datetime.date),
        (models.DecimalField, decimal.Decimal),
        (models.IntegerField, int),
    )
    hint = next((made for model_field, made in known if isinstance(f, model_field)), str)
    return hint | None if f.null else hint
