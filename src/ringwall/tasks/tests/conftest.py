"""The grants of this feature, given to the roles that are meant to hold them."""

from dataclasses import replace
from typing import Any

import pytest

from ringwall.access import policy

CLOSE = {"task.done", "task.cancel"}


@pytest.fixture(autouse=True)
def granted(monkeypatch: pytest.MonkeyPatch) -> Any:
    for key, role in list(policy.roles.items()):
        grants = role.grants | ({"task.create"} if key == "isms_manager" else set())
        own = role.own | CLOSE | ({"task.create"} if key.endswith("_owner") else set())
        monkeypatch.setitem(policy.roles, key, replace(role, grants=grants, own=own))
