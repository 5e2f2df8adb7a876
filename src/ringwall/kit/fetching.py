"""Reads the rows of a page with what its columns name: few statements, and few instances for what many rows share."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from ringwall.access.models import Person, Unit
from ringwall.access.policy import Actor
from ringwall.kit.errors import NotFound
from ringwall.kit.records import Record, is_uuid, ref_key
from ringwall.kit.register import Register

NAMING = ("ref", "unit", "owner", "restricted", "withdrawn_on")
"""What is read of a linked record besides its title: its reference, and what decides whether it may be named. A link
stays inside one organisation.
"""


def fetch(register: Register, actor: Actor, ids: Sequence[Any], keys: Sequence[str]) -> list[Any]:
    """Records in the order of their ids, with what the columns need fetched along.

    Units and people are not joined to every row: the actor brings the units, and the people are read once.
    """
    if not ids:
        return []
    rows = fetch_rows(register, actor, register.model._base_manager.filter(pk__in=ids).order_by(), keys)
    by_id = {row.pk: row for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


def fetch_rows(register: Register, actor: Actor, rows: Any, keys: Sequence[str]) -> list[Any]:
    """The records of a query set, with what the columns need fetched along."""
    shared, joined = _parted(register, keys)
    named, prefetched = _link_paths(register, keys)
    if joined:
        rows = rows.select_related(*joined)
    records = list(rows.prefetch_related(*prefetched))
    by_id = {row.pk: row for row in records}
    if by_id:
        _share(records, shared, actor)
    for name in named if by_id else ():
        _link(by_id, register.model, name)
    return records


def fetch_one(register: Register, actor: Actor, key: Any, keys: Sequence[str]) -> Any:
    """One visible record by id or reference, like `fetch`; NotFound for unknown and unseen alike."""
    key = str(key)
    rows = register.model.objects.visible_to(actor).filter(**{"pk" if is_uuid(key) else "ref": key})
    if "\x00" in key or not (found := fetch(register, actor, list(rows.values_list("pk", flat=True)[:1]), keys)):
        raise NotFound
    return found[0]


def linked(record: Any, name: str) -> list[Any]:
    """The rows of a link field: those read by `fetch` (only what names them), else from the database."""
    read: dict[str, list[Any]] = record.__dict__.get("_linked", {})
    return read[name] if name in read else list(getattr(record, name).all())


def _parted(register: Register, keys: Sequence[str]) -> tuple[list[Any], list[str]]:
    """(foreign keys to units and people, paths to join)."""
    shared: list[Any] = []
    joined: list[str] = []
    for path in register.select_related(keys):
        f = register.model._meta.get_field(path.partition("__")[0])
        if f.related_model in (Unit, Person) and "__" not in path:
            shared.append(f)
        else:
            joined.append(path)
    return shared, joined


def _share(rows: Iterable[Any], fields: Sequence[Any], actor: Actor) -> None:
    people = {key for f in fields if f.related_model is Person for row in rows if (key := getattr(row, f.attname))}
    known: dict[Any, Any] = {**actor.units.units, **(Person._base_manager.in_bulk(people) if people else {})}
    for f in fields:
        for row in rows:
            if target := known.get(getattr(row, f.attname)):
                f.set_cached_value(row, target)


def _link_paths(register: Register, keys: Sequence[str]) -> tuple[list[str], list[str]]:
    """(link fields of which names are wanted, paths to prefetch whole: for computed columns, and what is no record)."""
    paths = register.prefetch_related(keys)
    whole = {path[1:] for key in keys if (made := register.spec_of(key).computed) for path in made.needs}
    whole |= {path.partition("__")[0] for path in paths if "__" in path}
    named = [path for path in paths if path.partition("__")[0] not in whole and _is_named(register.model, path)]
    return named, [path for path in paths if path not in named]


def _is_named(model: type[Record], path: str) -> bool:
    target = model._meta.get_field(path).related_model
    return isinstance(target, type) and issubclass(target, Record) and _is_stored(target, target.title_field)


def _link(by_id: dict[Any, Any], model: type[Record], name: str) -> None:
    """Read a link field of all rows in one statement; Django's prefetch makes a query set for each row."""
    f: Any = model._meta.get_field(name)
    source, target, through = f.m2m_field_name() + "_id", f.m2m_reverse_field_name(), f.remote_field.through
    columns = [f.related_model._meta.get_field(part).attname for part in ("id", *NAMING, f.related_model.title_field)]
    links = through._base_manager.filter(**{f"{source}__in": list(by_id)}).order_by()
    named: dict[Any, Any] = {}
    found: dict[Any, list[Any]] = {pk: [] for pk in by_id}
    for source_id, *values in links.values_list(source, *(f"{target}__{column}" for column in columns)):
        if (row := named.get(values[0])) is None:
            row = named[values[0]] = f.related_model.from_db(through.objects.db, columns, values)
            row.organisation_id = by_id[source_id].organisation_id
        found[source_id].append(row)
    for pk, rows in found.items():
        by_id[pk].__dict__.setdefault("_linked", {})[name] = sorted(rows, key=_by_ref)


def _by_ref(row: Any) -> str:
    return ref_key(row.ref)


def _is_stored(model: type[models.Model], name: str) -> bool:
    try:
        return bool(model._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False
