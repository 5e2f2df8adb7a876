"""The database itself refuses to change the ledger: triggers for SQLite and PostgreSQL.

SQLite's INSERT OR REPLACE deletes without firing delete triggers unless `recursive_triggers` is on, and remaking a
table drops its triggers. Hence a guard before each insert, and triggers that are made again after every migrate and
checked.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

MESSAGE = "the ledger is append-only"
FUNCTION = "ledger_refuse"

UNCHANGED_PAYLOAD = ("id", "entry_id", "part", "commitment")
UNIQUE = {
    "ledger_entry": (("id",), ("organisation_id", "position")),
    "ledger_payload": (("id",), ("entry_id", "part")),
    "ledger_checkpoint": (("id",), ("organisation_id", "size")),
    "ledger_signingkey": (("id",), ("organisation_id", "key")),
    "ledger_head": (("organisation_id",),),
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers of all tables that stand already, replacing those there are."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        if connection.vendor == "postgresql":
            cursor.execute(_postgresql_function())
        for name, table, create in _statements(connection.vendor):
            if table not in tables:
                continue
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(create)


def install_after_migrate(sender: Any, using: str, **_kwargs: Any) -> None:
    install(connections[using])


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """What is missing of the protection, one sentence each; empty when whole."""
    if connection.vendor == "postgresql":
        return _postgresql_faults(connection)
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        present = dict(cursor.fetchall())
        cursor.execute("PRAGMA recursive_triggers")
        is_recursive = bool(cursor.fetchone()[0])
    for name, table, create in _statements("sqlite"):
        if present.get(name) != create:
            found.append(f"the trigger {name} on {table} is missing or was changed; run migrate")
    if not is_recursive:
        found.append("recursive_triggers is off on this connection; set it in the options of the database")
    return found


def _statements(vendor: str) -> Iterator[tuple[str, str, str]]:
    """(name, table, CREATE TRIGGER) for each trigger."""
    create = _postgresql_trigger if vendor == "postgresql" else _sqlite_trigger
    for table, unique in UNIQUE.items():
        yield create(table, "delete", "")
        yield create(table, "update", _update_condition(table, vendor))
        if vendor == "postgresql":
            yield create(table, "truncate", "")
        else:
            taken = " OR ".join(
                f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(f'{column} = NEW.{column}' for column in columns)})"  # noqa: S608
                for columns in unique
            )
            yield create(table, "insert", taken)


def _update_condition(table: str, vendor: str) -> str:
    """When an update is refused; empty for always."""
    same, differs = ("IS NOT DISTINCT FROM", "IS DISTINCT FROM") if vendor == "postgresql" else ("IS", "IS NOT")
    if table == "ledger_payload":
        unchanged = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in UNCHANGED_PAYLOAD)
        erasing = "OLD.erased_in IS NULL AND NEW.erased_in IS NOT NULL AND NEW.body = '' AND NEW.salt = ''"
        return f"NOT ({unchanged} AND {erasing})"
    if table == "ledger_head":
        shrinks = "NEW.size < OLD.size OR NEW.signed_size < OLD.signed_size OR NEW.last_at < OLD.last_at"
        return f"NEW.organisation_id {differs} OLD.organisation_id OR {shrinks}"
    return ""


def _sqlite_trigger(table: str, event: str, condition: str) -> tuple[str, str, str]:
    name = f"{table}_refuse_{event}"
    when = f" WHEN {condition}" if condition else ""
    body = f"SELECT RAISE(ABORT, '{MESSAGE}: {event} on {table}');"
    return name, table, f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table}{when} BEGIN {body} END"


def _postgresql_trigger(table: str, event: str, condition: str) -> tuple[str, str, str]:
    name = f"{table}_refuse_{event}"
    when = f" WHEN ({condition})" if condition else ""
    level = "STATEMENT" if event == "truncate" else "ROW"
    before = f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} FOR EACH {level}{when}"
    return name, table, f"{before} EXECUTE FUNCTION {FUNCTION}()"


def _postgresql_body() -> str:
    return f"""
BEGIN
    RAISE EXCEPTION '{MESSAGE}: % on %', lower(TG_OP), TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
"""


def _postgresql_function() -> str:
    head = f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql"
    return f"{head} AS $ledger${_postgresql_body()}$ledger$"


def _postgresql_faults(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, c.relname, t.tgenabled IN ('O', 'A'), p.prosrc, "
            "pg_get_triggerdef(t.oid) LIKE '%% WHEN %%' "
            "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE NOT t.tgisinternal AND p.proname = %s AND n.nspname = ANY (current_schemas(false))",
            [FUNCTION],
        )
        present = {(name, table): rest for name, table, *rest in cursor.fetchall()}
    return [
        f"the trigger {name} on {table} is missing, switched off or was changed; run migrate"
        for name, table, create in _statements("postgresql")
        if present.get((name, table)) != [True, _postgresql_body(), " WHEN (" in create]
    ]
