from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from ringwall.kit.testing import RegisterContract
from ringwall.risk.criteria_actions import ensure_default_criteria
from ringwall.risk.tests.conftest import put_in_force


class TestRiskRegister(RegisterContract):
    kind = "risk"
    row: ClassVar[Mapping[str, Any]] = {
        "title": "Ransomware stops production",
        "threat": "Ransomware",
        "likelihood": 4,
        "consequence": "Major",
        "target_likelihood": 2,
        "target_consequence": 3,
        "treatment": "modify",
    }
    change: ClassVar[Mapping[str, Any]] = {"likelihood": 5, "vulnerability": "No offline copy"}

    @pytest.fixture(autouse=True)
    def _criteria(self, world: Any) -> None:
        put_in_force(world)


class TestRiskCriteriaRegister(RegisterContract):
    kind = "criteria"
    row: ClassVar[Mapping[str, Any]] = {"title": "Criteria of the group"}
    change: ClassVar[Mapping[str, Any]] = {"title": "Criteria of the whole group"}


def test_an_organisation_gets_default_criteria_once(world: Any, ana: Any) -> None:
    first = ensure_default_criteria(ana)
    assert ensure_default_criteria(ana).pk == first.pk
    assert first.has_draft and first.in_force is None
