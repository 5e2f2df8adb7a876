from collections.abc import Callable
from typing import Any

import pytest

from ringwall.access.policy import Actor, system_actor
from ringwall.administration.setup import ensure_installation
from ringwall.catalogues.builtin import load_builtin
from ringwall.conftest import World


@pytest.fixture
def builtin(db: Any) -> Actor:
    """The built-in catalogues are there; gives the actor of the installation."""
    actor = system_actor(ensure_installation(), "cli:setup", ["catalogue.import", "catalogue.view"])
    load_builtin(actor)
    return actor


@pytest.fixture
def everything_stored() -> Callable[[], tuple[int, ...]]:
    """How many rows of every kind there are: what must not change when something is refused."""
    return counted


def counted() -> tuple[int, ...]:
    from ringwall.catalogues.models import Catalogue, Requirement, SourceFile, Statement
    from ringwall.ledger.models import Entry

    return tuple(model._base_manager.count() for model in (Catalogue, SourceFile, Requirement, Statement, Entry))


__all__ = ["World"]
