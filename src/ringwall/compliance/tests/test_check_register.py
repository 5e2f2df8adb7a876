from typing import Any

import pytest

from ringwall.access.policy import system_actor
from ringwall.administration.setup import ensure_installation
from ringwall.catalogues.builtin import load_builtin
from ringwall.kit import registry
from ringwall.kit.testing import RegisterContract


class TestCheckRegister(RegisterContract):
    kind = "check"
    change = {"title": "Clauses before certification", "due_on": "2026-12-18"}
    record_queries = 32

    @pytest.fixture(autouse=True)
    def prepared(self, world: Any) -> None:
        load_builtin(system_actor(ensure_installation(), "test", ["catalogue.import"]))
        registry.actions["scope.create"].run(world.actor("ana"), {"title": "Whole firm", "covers": "All sites"})

    def values(self, world: Any) -> dict[str, Any]:
        return {
            "title": "Gap check of the clauses",
            "catalogue": "iso27001-2022",
            "scope": "S-0001",
            "parts": ["4.1", "4.2"],
            "on": "2026-11-01",
            "due_on": "2026-12-01",
            "owner": "ana@demo.example",
        }
