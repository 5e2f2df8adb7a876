from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import connection

from ringwall.ledger import actions, rules, triggers
from ringwall.ledger.keys import private_key_file
from ringwall.ledger.report import Report
from ringwall.ledger.tests.conftest import ORGANISATION, Append, change
from ringwall.ledger.verify import verify_database


@contextmanager
def unprotected() -> Iterator[Callable[[str], None]]:
    """As somebody who owns the database: drop the triggers, write, and make them again to hide it."""
    with connection.cursor() as cursor:
        for name, table, _create in triggers._statements(connection.vendor):
            cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
        yield cursor.execute
    triggers.install(connection)


@pytest.fixture
def filled(append: Append, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CHECKPOINT_EVERY", 4)
    entries = [append(change(1), change(2)) for _ in range(9)]
    actions.erase_payload(entries[2], 1, actor_id=None, actor_label="cli:root", reason="")


def error_paths(report: Report) -> list[str]:
    return [finding.path for finding in report.findings if finding.severity == "error"]


def test_an_untouched_database_is_in_order(filled: None) -> None:
    report = verify_database()
    assert report.ok
    (state,) = report.organisations
    assert (state.organisation, state.entries) == (str(ORGANISATION), 10)
    assert [finding.severity for finding in report.findings] == ["info"]
    actions.checkpoint_all()
    assert verify_database(ORGANISATION).findings == []


def test_every_organisation_is_verified_on_its_own(filled: None, append: Append) -> None:
    other = UUID(int=5)
    append(organisation=other)
    with unprotected() as execute:
        execute("UPDATE ledger_payload SET body = '{}' WHERE part = 0 AND id = (SELECT MIN(id) FROM ledger_payload)")
    report = verify_database()
    assert {state.organisation: state.ok for state in report.organisations} == {
        str(ORGANISATION): False,
        str(other): True,
    }


@pytest.mark.parametrize(
    ("statement", "path"),
    [
        ("UPDATE ledger_entry SET verb = 'asset.forge' WHERE position = 3", "entry/3"),
        ("UPDATE ledger_entry SET actor_id = NULL WHERE position = 3", "entry/3"),
        ("UPDATE ledger_entry SET header = replace(header, 'update', 'create') WHERE position = 3", "entry/3"),
        ("UPDATE ledger_entry SET header = 'x' WHERE position = 3", "entry/3"),
        ("UPDATE ledger_payload SET body = replace(body, 'Mail', 'mail') WHERE part = 1", "entry/0"),
        ("UPDATE ledger_payload SET commitment = (SELECT root FROM ledger_head) WHERE part = 1", "entry/0"),
        ("UPDATE ledger_payload SET body = '', salt = '', erased_in = 1 WHERE part = 2", "entry/0"),
        ("DELETE FROM ledger_payload WHERE part = 2", "entry/0"),
        ("UPDATE ledger_entrysubject SET kind = 'risk'", "entry/0"),
        ("DELETE FROM ledger_entrysubject WHERE position = 5 AND part = 2", "entry/5"),
        ("UPDATE ledger_head SET size = size - 1", "head"),
        ("UPDATE ledger_head SET size = size + 1", "head"),
        ("UPDATE ledger_head SET frontier = root", "head"),
        ("DELETE FROM ledger_head", "head"),
        ("DELETE FROM ledger_checkpoint WHERE size = 8", "head"),
        ("UPDATE ledger_checkpoint SET note = replace(note, '4', '5') WHERE size = 4", "line "),
    ],
)
def test_what_somebody_wrote_past_the_triggers_is_found(filled: None, statement: str, path: str) -> None:
    with unprotected() as execute:
        execute(statement)
    report = verify_database(ORGANISATION)
    assert not report.ok
    assert any(path in found for found in error_paths(report))


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite keeps any value in any column")
@pytest.mark.parametrize("statement", ["ledger_payload SET commitment = 'x'", "ledger_entry SET at = 'yesterday'"])
def test_a_value_that_cannot_be_read_is_an_error_and_no_traceback(filled: None, statement: str) -> None:
    with unprotected() as execute:
        execute(f"UPDATE {statement}")
    report = verify_database(ORGANISATION)
    assert not report.ok
    assert any("cannot be read" in finding.message for finding in report.findings)


@pytest.mark.parametrize("position", [0, 5, 9])
def test_a_removed_entry_is_found(filled: None, position: int) -> None:
    with unprotected() as execute:
        for table in ("payload", "entrysubject"):
            where = f"entry_id IN (SELECT id FROM ledger_entry WHERE position = {position})"
            execute(f"DELETE FROM ledger_{table} WHERE {where}")
        execute(f"DELETE FROM ledger_entry WHERE position = {position}")
    assert f"{ORGANISATION}/head" in error_paths(verify_database(ORGANISATION))


def test_a_missing_private_key_is_told(filled: None, data_directory: object) -> None:
    private_key_file(ORGANISATION).unlink()
    report = verify_database(ORGANISATION)
    assert report.ok
    assert [finding.path for finding in report.findings if finding.severity == "warning"] == [f"{ORGANISATION}/key"]
