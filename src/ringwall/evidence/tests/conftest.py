"""The grants of this feature, given to the roles that are meant to hold them; files in a folder of the test's own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ringwall.access import policy

WORK = {"evidence.add", "evidence.withdraw"}


@pytest.fixture(autouse=True)
def granted(monkeypatch: pytest.MonkeyPatch) -> Any:
    for key in ("isms_manager", "internal_auditor", "top_management", "reader"):
        role = policy.roles[key]
        added = {"evidence.view"} | (WORK if key == "isms_manager" else set())
        monkeypatch.setitem(policy.roles, key, replace(role, grants=role.grants | added))
    for key in ("asset_owner", "control_owner", "risk_owner"):
        role = policy.roles[key]
        monkeypatch.setitem(policy.roles, key, replace(role, own=role.own | WORK | {"evidence.view"}))


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"
