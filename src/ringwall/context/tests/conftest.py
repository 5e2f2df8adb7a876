"""The grants of this feature, given to the roles that are meant to hold them."""

from dataclasses import replace
from typing import Any

import pytest

from ringwall.access import policy

GRANTS = {"top_management": {"waiver.grant", "waiver.refuse", "waiver.end"}}


@pytest.fixture(autouse=True)
def granted(monkeypatch: pytest.MonkeyPatch) -> Any:
    for key, grants in GRANTS.items():
        role = policy.roles[key]
        monkeypatch.setitem(policy.roles, key, replace(role, grants=role.grants | grants))
