"""Reads the rows of a page with what its columns name: few statements, and few instances for what many rows share."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from ringwall.access.models import Person, Unit
from ringwall.access.policy import Actor
from ringwall.kit.errors import NotFound
from ringwall.kit.records import Record, is_uuid
from ringwall.kit.register import Register

NAMING = ("ref", "organisation", "unit", "owner", "restricted", "withdrawn_on")
"""What is read of a linked record besides its title: its reference, and what decides whether it may be named."""


def fetch(register: Register, actor: Actor, ids: Sequence[Any], keys: Sequence[str]) -> list[Any]:
    """Records in the order of their ids, with what the columns need fetched along.

    Units and people are not joined to every row: the actor brings the units, and the people are read once.
    """
    if not ids:
        return []
    shared, joined = _parted(register, keys)
    named, prefetched = _link_paths(register, keys)
    rows = register.model._base_manager.filter(pk__in=ids).prefetch_related(*prefetched)
    if joined:
        rows = rows.select_related(*joined)
    by_id = {row.pk: row for row in rows}
    _share(by_id.values(), shared, actor)
    for name in named:
        _link(by_id, register.model, name)
    return [by_id[pk] for pk in ids if pk in by_id]


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
    """Read a link field of all rows in two statements; Django's prefetch makes a query set for each row."""
    f: Any = model._meta.get_field(name)
    source, target = f.m2m_field_name() + "_id", f.m2m_reverse_field_name() + "_id"
    links = f.remote_field.through._base_manager.filter(**{f"{source}__in": list(by_id)})
    pairs = list(links.values_list(source, target))
    found: dict[Any, list[Any]] = {pk: [] for pk in by_id}
    if pairs:
        sources: dict[Any, list[Any]] = {}
        for source_id, target_id in pairs:
            sources.setdefault(target_id, []).append(source_id)
        linked_model = f.related_model
        for row in linked_model.objects.only(*NAMING, linked_model.title_field).filter(pk__in=list(sources)):
            for source_id in sources[row.pk]:
                found[source_id].append(row)
    for pk, rows in found.items():
        by_id[pk].__dict__.setdefault("_linked", {})[name] = rows


def _is_stored(model: type[models.Model], name: str) -> bool:
    try:
        return bool(model._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False
