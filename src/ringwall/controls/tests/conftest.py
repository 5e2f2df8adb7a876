"""The grants of this feature, given to the roles that are meant to hold them."""

from dataclasses import replace
from typing import Any

import pytest

from ringwall.access import policy

WORK = {"control.start", "control.block", "control.unblock", "control.complete", "control.reopen"}
GRANTS = {
    "isms_manager": {*WORK, "control.verify"},
    "internal_auditor": {"control.verify"},
    "top_management": {"control.verify", "waiver.grant"},
}


@pytest.fixture(autouse=True)
def granted(monkeypatch: pytest.MonkeyPatch) -> Any:
    for key, grants in GRANTS.items():
        role = policy.roles[key]
        monkeypatch.setitem(policy.roles, key, replace(role, grants=role.grants | grants))
    owner = policy.roles["control_owner"]
    monkeypatch.setitem(policy.roles, "control_owner", replace(owner, own=owner.own | WORK))
