"""A new installation gets its tables from the models, an old one by migrations: both have the same."""

import re
import sqlite3
from pathlib import Path
from typing import Any

from ringwall.site.tests.shell import Shell

MIGRATED = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringwall.site.settings")
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
MADE = MIGRATED.replace('call_command("migrate", verbosity=0)', "from ringwall.site import tables; tables.prepare()")


def told(data: Path) -> tuple[dict[str, Any], set[Any], set[Any]]:
    """Table → columns and names of checks; indexes and triggers; migrations done."""
    base = sqlite3.connect(data / "ringwall.sqlite3")
    tables = {}
    for name, sql in base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = {(*row[1:4], row[5]) for row in base.execute(f'PRAGMA table_info("{name}")')}
        tables[name] = columns, set(re.findall(r'CONSTRAINT "(\w+)"', sql or ""))
    others = "SELECT type, name, tbl_name FROM sqlite_master WHERE type <> 'table' AND name NOT LIKE 'sqlite_%'"
    done = set(base.execute("SELECT app, name FROM django_migrations").fetchall())
    return tables, set(base.execute(others).fetchall()), done


def test_a_new_database_is_the_same_as_a_migrated_one(tmp_path: Path) -> None:
    found = []
    for name, code in (("migrated", MIGRATED), ("made", MADE)):
        shell = Shell(tmp_path / name)
        shell.data.mkdir()
        done = shell.python("-c", code)
        assert done.returncode == 0, done.stderr
        found.append(told(shell.data))
    migrated, made = found
    assert made[0].keys() == migrated[0].keys()
    assert {name: told for name, told in made[0].items() if told != migrated[0][name]} == {}
    assert made[1] == migrated[1] and made[2] == migrated[2]
    again = Shell(tmp_path / "made").python("-c", MIGRATED)
    assert again.returncode == 0, "what was made is migrated on as usual"
