import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from ringwall.ledger import actions, triggers
from ringwall.ledger.checks import check_triggers
from ringwall.ledger.models import Checkpoint, Entry, Head, Payload, SigningKey
from ringwall.ledger.tests.conftest import ORGANISATION, Append
from ringwall.ledger.verify import verify_database

TABLES = sorted(triggers.UNIQUE)
only_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a way round that only SQLite has")


@pytest.fixture
def filled(append: Append) -> None:
    append()
    actions.checkpoint(ORGANISATION)


def content(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]


def refuse(table: str, statement: str) -> None:
    before = content(table)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert content(table) == before


@pytest.mark.parametrize("table", TABLES)
def test_a_row_cannot_be_deleted(filled: None, table: str) -> None:
    refuse(table, f"DELETE FROM {table}")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("ledger_entry", "verb = 'x'"),
        ("ledger_entry", "header = header"),
        ("ledger_checkpoint", "note = 'x'"),
        ("ledger_signingkey", "key = 'x'"),
        ("ledger_payload", "body = '{}'"),
        ("ledger_payload", "body = '', salt = ''"),
        ("ledger_payload", "erased_in = 1"),
        ("ledger_payload", "body = '', salt = '', erased_in = 1, part = part + 7"),
        ("ledger_head", "size = 0"),
    ],
)
def test_a_row_cannot_be_updated(filled: None, table: str, column: str) -> None:
    refuse(table, f"UPDATE {table} SET {column}")


def test_a_part_can_be_erased_once_and_not_filled_again(filled: None) -> None:
    assert Payload.objects.filter(part=1).update(salt="", body="", erased_in=1) == 1
    refuse("ledger_payload", "UPDATE ledger_payload SET body = '', salt = '', erased_in = 2 WHERE part = 1")
    refuse("ledger_payload", "UPDATE ledger_payload SET body = '{}', salt = 'x', erased_in = NULL WHERE part = 1")


@only_sqlite
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_insert_or_replace_does_not_go_round_the_triggers(filled: None, table: str, recursive: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers={recursive}")
    try:
        refuse(table, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers=ON")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", TABLES)
def test_a_table_cannot_be_truncated(filled: None, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    refuse(table, f"TRUNCATE {table} CASCADE")


def test_saving_a_read_entry_again_is_refused(filled: None) -> None:
    entry = Entry.objects.get()
    entry.verb = "asset.forge"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.save()
    assert Entry.objects.get().verb == "asset.update"


def test_the_triggers_stand_after_migrate(db: None) -> None:
    assert triggers.faults(connection) == []
    assert check_triggers(databases=["default"]) == []


def drop(name: str, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("event", ["update", "delete"])
def test_a_missing_trigger_is_found_by_check_and_verification(filled: None, table: str, event: str) -> None:
    name = f"{table}_refuse_{event}"
    drop(name, table)
    assert [message.id for message in check_triggers(databases=["default"])] == ["ledger.E001"]
    report = verify_database(ORGANISATION)
    assert not report.ok
    assert [finding.path for finding in report.findings if name in finding.message] == ["database"]


def test_a_trigger_without_its_teeth_is_found(filled: None) -> None:
    drop("ledger_payload_refuse_update", "ledger_payload")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE TRIGGER ledger_payload_refuse_update BEFORE UPDATE ON ledger_payload FOR EACH ROW "
                "EXECUTE FUNCTION ledger_refuse()"
            )
        else:
            cursor.execute(
                "CREATE TRIGGER ledger_payload_refuse_update BEFORE UPDATE ON ledger_payload BEGIN SELECT 1; END"
            )
    assert len(triggers.faults(connection)) == 1


def test_migrate_brings_missing_triggers_back(db: None) -> None:
    drop("ledger_entry_refuse_update", "ledger_entry")
    call_command("migrate", verbosity=0)
    assert triggers.faults(connection) == []


@only_sqlite
def test_a_connection_without_recursive_triggers_is_found(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")
        try:
            assert "recursive_triggers" in triggers.faults(connection)[0]
        finally:
            cursor.execute("PRAGMA recursive_triggers=ON")


def test_a_new_row_is_still_welcome_beside_the_old_ones(filled: None, append: Append) -> None:
    append()
    key = SigningKey.objects.get()
    Checkpoint.objects.create(organisation_id=ORGANISATION, size=9, root=b"", note="n", key=key, at=timezone.now())
    assert (Entry.objects.count(), Checkpoint.objects.count()) == (2, 2)
    assert Head.objects.get().size == 2
