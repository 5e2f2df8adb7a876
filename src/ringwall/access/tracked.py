"""What the ledger can see change: rows that remember the state in which they were read."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState

from ringwall.lib.ids import uuid7


class Tracked(models.Model):
    """A row with an id, a version and a memory of what stood in the database when it was read.

    The version counts the writes; an update names the version it read (see `ringwall.kit.acts`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    _stored: tuple[Sequence[str], Sequence[Any]] | None = None

    class Meta:
        abstract = True

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], *, fetch_mode: Any = None
    ) -> Self:
        """Past the constructor, which sets each field by itself and takes five times as long; fields not read stay
        deferred.
        """
        instance = cls.__new__(cls)
        state = instance._state = ModelState()
        state.adding, state.db = False, db
        if fetch_mode is not None:
            state.fetch_mode = fetch_mode
        names = _names(cls) if len(values) == len(cls._meta.concrete_fields) else tuple(field_names)
        instance.__dict__.update(zip(names, values, strict=True))
        instance._stored = (names, tuple(values))
        return instance

    @property
    def is_new(self) -> bool:
        return self._stored is None

    def stored(self) -> dict[str, Any]:
        """Field attribute → value as last read or written; empty for a new row."""
        return dict(zip(*self._stored, strict=False)) if self._stored else {}

    def remember(self) -> None:
        """Take the present state as the stored one, after a write."""
        names = _names(type(self))
        self._stored = (names, [self.__dict__.get(name) for name in names])


@cache
def _names(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)
