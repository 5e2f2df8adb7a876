"""Settings of the whole test suite."""

import atexit
import gc
import logging
import os
import shutil
import tempfile
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Keys and files that tests make belong to no data directory of anybody.
if "RINGWALL_DATA" not in os.environ:
    os.environ["RINGWALL_DATA"] = tempfile.mkdtemp(prefix="ringwall-tests-")
    atexit.register(shutil.rmtree, os.environ["RINGWALL_DATA"], ignore_errors=True)

# A busy machine must not fail a test: no property is timed.
settings.register_profile("ringwall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ringwall")


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """What takes time and is no part of any test: slow hashes of passwords, and warnings written where nobody reads."""
    from django.conf import settings as product

    product.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for name in (None, *logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers = [handler for handler in logger.handlers if type(handler) is not logging.StreamHandler]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The tables come from the models, as in a new installation; the full-text index has no model."""
    from django.db import connection

    from ringwall.search.engines.choice import engine_of

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for statement in engine_of(connection.vendor).create:
            cursor.execute(statement)


def pytest_collection_finish() -> None:
    """What was loaded stays: searching it for garbage again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, only what reaches the tests' own database and may be told apart by it: all else was checked on
    SQLite and is the same.
    """
    if config.getoption("loadgroup", False):
        _name_groups(items)
    if not os.environ.get("DATABASE_URL"):
        return
    kept = [item for item in items if _reaches_database(item)]
    if len(kept) < len(items):
        chosen = set(map(id, kept))
        config.hook.pytest_deselected(items=[item for item in items if id(item) not in chosen])
        items[:] = kept


def _name_groups(items: list[pytest.Item]) -> None:
    """Tests of one `xdist_group` go to one worker, which knows them by the end of their name. xdist (3.8) writes that
    where pytest (from 9.1 on) no longer reads it; without it each worker would make what a group shares anew.
    """
    for item in items:
        groups = sorted({str(mark.args[0]) for mark in item.iter_markers("xdist_group")})
        ending = f"@{'_'.join(groups)}"
        if groups and not item.nodeid.endswith(ending):
            item._id = type(item._id).parse(f"{item.nodeid}{ending}")  # type: ignore[attr-defined]
            assert item.nodeid.endswith(ending), "pytest keeps the name of a test elsewhere now"


def _reaches_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("once"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    marks = ("django_db", "postgres", "browser")
    return bool(fixtures & {"db", "transactional_db"}) or any(item.get_closest_marker(name) for name in marks)
