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


def test_the_list_is_filtered_in_the_words_of_the_criteria(world: Any, edition: Any) -> None:
    page = world.client("ana").get(world.url("risks/"), {"level": "2"}).content.decode()
    criteria = edition.read()
    assert f"2 {criteria.band(2).name('en')}" in page
    assert f"1 {criteria.steps('likelihood')[0].name('en')}" in page
