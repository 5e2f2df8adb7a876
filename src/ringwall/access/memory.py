"""What was read once and holds until the next act.

Everything an organisation keeps changes by acts alone, and every act lengthens its ledger, so that the size of the
ledger tells whether what was read still holds; the ledger of the installation counts along, for the catalogues that all
share. Each process has a memory of its own.
"""

from collections.abc import Callable, Hashable
from typing import Any
from uuid import UUID

from django.db import connection

from ringwall.access.models import Organisation
from ringwall.ledger.queries import size_of

MOST = 5000

_known: dict[tuple[Any, ...], tuple[int, Any]] = {}


_shared: list[UUID] = []


def _installation() -> list[UUID]:
    """The organisation that stands for the installation; none before it is made."""
    if not _shared:
        _shared.extend(Organisation.objects.filter(is_installation=True).values_list("pk", flat=True)[:1])
    return _shared


def is_undoable() -> bool:
    return connection.in_atomic_block


def remembered[T](organisation: UUID, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
    """What `make` returned under this key, made again after the next act in the organisation.

    The size is read before `make` is called, so that what an act changes meanwhile is at worst made once too often.
    Inside a transaction, which may be undone, nothing is remembered. Nobody may change what is given out.
    """
    if is_undoable():
        return make()
    size, whole = size_of(organisation, *_installation()), (organisation, *key)
    if (known := _known.get(whole)) is not None and known[0] == size:
        found: T = known[1]
        return found
    made = make()
    if len(_known) >= MOST:
        _known.clear()
    _known[whole] = (size, made)
    return made
