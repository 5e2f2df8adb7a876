"""What the ledger can see change: rows that remember the state in which they were read."""

from collections.abc import Collection, Sequence
from typing import Any, Self

from django.db import models

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
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        instance = super().from_db(db, field_names, values, **options)
        instance._stored = (tuple(field_names), tuple(values))
        return instance

    @property
    def is_new(self) -> bool:
        return self._stored is None

    def stored(self) -> dict[str, Any]:
        """Field attribute → value as last read or written; empty for a new row."""
        return dict(zip(*self._stored, strict=False)) if self._stored else {}

    def remember(self) -> None:
        """Take the present state as the stored one, after a write."""
        names = [field.attname for field in self._meta.concrete_fields]
        self._stored = (names, [self.__dict__.get(name) for name in names])
