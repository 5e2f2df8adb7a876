"""System check: the triggers that protect the ledger stand. Runs with `check --database` and before `migrate`."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags
from django.core.checks import register as register_check
from django.db import connections

from ringwall.ledger import triggers


def check_triggers(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """One error for each missing protection. A database without the ledger's tables is not migrated yet and passes."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if set(triggers.UNIQUE) <= set(connection.introspection.table_names()):
            found += [Error(fault, id="ledger.E001") for fault in triggers.faults(connection)]
    return found


def register() -> None:
    register_check(check_triggers, Tags.database)
