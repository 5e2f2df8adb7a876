from typing import Any

import pytest

from ringwall.access.policy import system_actor
from ringwall.administration.setup import ensure_installation
from ringwall.catalogues.builtin import load_builtin
from ringwall.kit import registry


@pytest.fixture
def scope(world: Any) -> Any:
    """A scope of the whole organisation with Annex A as reference, its rows taken in."""
    load_builtin(system_actor(ensure_installation(), "test", ["catalogue.import"]))
    return registry.actions["scope.create"].run(world.actor("ana"), {"title": "Whole firm", "covers": "All sites"})
