"""What was read once and holds until the next act.

Everything an organisation keeps changes by acts alone, and every act lengthens its ledger, so that the size of the
ledger tells whether what was read still holds; the ledger of the installation counts along, for the catalogues that all
share. What people may do changes far less often and has a count of its own. Each process has a memory of its own.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F

from ringwall.access.models import Organisation
from ringwall.ledger.insert import database_uuid
from ringwall.ledger.queries import size_of

MOST = 5000
RIGHTS = "ringwall.access.models"
"""Where the models stand of which rights are made."""

_known: dict[tuple[Any, ...], tuple[int, Any]] = {}
_shared: list[UUID] = []


def remembered[T](organisation: UUID, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
    """What `make` returned under this key, made again after the next act in the organisation."""
    return _recalled(lambda: size_of(organisation, *_installation()), (organisation, *key), make)


def remembered_of_rights[T](organisation: UUID, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
    """The same, made again after units, people, assignments or tokens of the organisation changed."""
    return _recalled(lambda: _rights_changes(organisation), (organisation, *key), make)


def remembered_of_row[T](key: tuple[Hashable, ...], version: int, make: Callable[[], T]) -> T:
    """The same for what hangs on one row alone: made again once the row, as the asker read it, has another version."""
    return _recalled(lambda: version, key, make)


def note_rights(organisation: UUID, saved: Iterable[Any]) -> None:
    """Called in each act with the rows it saved: counts a change of rights, where there is one."""
    if any(type(row).__module__ == RIGHTS for row in saved):
        Organisation.objects.filter(pk=organisation).update(rights_changes=F("rights_changes") + 1)


def is_undoable() -> bool:
    return connection.in_atomic_block


def _recalled[T](stamp: Callable[[], int], key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
    """The stamp is read before `make` is called, so that what an act changes meanwhile is at worst made once too often.
    Inside a transaction, which may be undone, nothing is remembered. Nobody may change what is given out.
    """
    if is_undoable():
        return make()
    now = stamp()
    if (known := _known.get(key)) is not None and known[0] == now:
        found: T = known[1]
        return found
    made = make()
    if len(_known) >= MOST:
        _known.clear()
    _known[key] = (now, made)
    return made


def _installation() -> list[UUID]:
    """The organisation that stands for the installation; none before it is made."""
    if not _shared:
        _shared.extend(Organisation.objects.filter(is_installation=True).values_list("pk", flat=True)[:1])
    return _shared


def _rights_changes(organisation: UUID) -> int:
    table = connection.ops.quote_name(Organisation._meta.db_table)
    with connection.cursor() as cursor:
        statement = f"SELECT rights_changes FROM {table} WHERE id = %s"  # noqa: S608 (our own table)
        cursor.execute(statement, [database_uuid(organisation)])
        row = cursor.fetchone()
    return int(row[0]) if row else -1
