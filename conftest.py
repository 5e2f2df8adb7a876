"""Settings of the whole test suite."""

import atexit
import os
import shutil
import tempfile

import pytest
from hypothesis import HealthCheck, settings

# Keys and files that tests make belong to no data directory of anybody.
if "RINGWALL_DATA" not in os.environ:
    os.environ["RINGWALL_DATA"] = tempfile.mkdtemp(prefix="ringwall-tests-")
    atexit.register(shutil.rmtree, os.environ["RINGWALL_DATA"], ignore_errors=True)

# A busy machine must not fail a test: no property is timed.
settings.register_profile("ringwall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ringwall")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, only what reaches the tests' own database and may be told apart by it: all else was checked on
    SQLite and is the same.
    """
    if not os.environ.get("DATABASE_URL"):
        return
    kept = [item for item in items if _reaches_database(item)]
    if len(kept) < len(items):
        chosen = set(map(id, kept))
        config.hook.pytest_deselected(items=[item for item in items if id(item) not in chosen])
        items[:] = kept


def _reaches_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("once"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    marks = ("django_db", "postgres", "browser")
    return bool(fixtures & {"db", "transactional_db"}) or any(item.get_closest_marker(name) for name in marks)
