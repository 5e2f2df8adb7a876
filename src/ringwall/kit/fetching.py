"""Reads the rows of a page with what its columns name: few statements, and few instances for what many rows share."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Prefetch

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
    shared, joined = _parted(register, keys)
    rows = register.model._base_manager.filter(pk__in=ids).prefetch_related(*_links(register, keys))
    if joined:
        rows = rows.select_related(*joined)
    by_id = {row.pk: row for row in rows} if ids else {}
    _share(by_id.values(), shared, actor)
    return [by_id[pk] for pk in ids if pk in by_id]


def fetch_one(register: Register, actor: Actor, key: Any, keys: Sequence[str]) -> Any:
    """One visible record by id or reference, like `fetch`; NotFound for unknown and unseen alike."""
    key = str(key)
    rows = register.model.objects.visible_to(actor).filter(**{"pk" if is_uuid(key) else "ref": key})
    if "\x00" in key or not (found := fetch(register, actor, list(rows.values_list("pk", flat=True)[:1]), keys)):
        raise NotFound
    return found[0]


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


def _links(register: Register, keys: Sequence[str]) -> list[Any]:
    """Of records linked in a column only what names them is read; of those a computed column needs, everything."""
    computed = {path for key in keys if (made := register.spec_of(key).computed) for path in made.needs}
    return [
        path if f"*{path}" in computed else _naming(register.model, path) for path in register.prefetch_related(keys)
    ]


def _naming(model: type[Record], path: str) -> Any:
    if "__" in path:  # what the linked records themselves need to be named
        return path
    target = model._meta.get_field(path).related_model
    if not (isinstance(target, type) and issubclass(target, Record) and _is_stored(target, target.title_field)):
        return path
    return Prefetch(path, target.objects.only(*NAMING, target.title_field))


def _is_stored(model: type[models.Model], name: str) -> bool:
    try:
        return bool(model._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False
