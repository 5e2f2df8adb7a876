"""Answers go along to the successor of a catalogue, wait there to be confirmed, and can be taken back."""

from typing import Any

import pytest

from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.models import Requirement
from ringwall.catalogues.tests.files import KEYS, LOCK, oscal
from ringwall.compliance import actions
from ringwall.compliance.models import Answer, Check
from ringwall.compliance.tests.conftest import answer_to, give
from ringwall.kit import registry
from ringwall.kit.acts import acting
from ringwall.kit.errors import Denied, Refused
from ringwall.kit.registry import Carriage
from ringwall.kit.testing import acts_in_ledger


@pytest.fixture
def successor(world: Any, house: Check) -> dict[str, Requirement]:

    data = oscal(LOCK, KEYS, title="House rules II", uuid="aaaaaaaa-2222-4333-8444-555555555555")
    import_catalogue(data, "house2.json", actor=world.actor("ana"), code="house2")
    rows = Requirement.objects.filter(catalogue__code="house2").select_related("catalogue")
    return {row.identifier: row for row in rows}


def test_answers_are_carried_wait_to_be_confirmed_and_are_taken_back(
    world: Any, house: Check, successor: dict[str, Requirement], monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, carrier = world.actor("ana"), registry.carriers["answer"]
    give(world, house, "h-1", value="yes", remark="seen")
    give(world, house, "h-2", value="partially")
    attached = carrier.attached(ana, Requirement.objects.filter(catalogue__code="house").values_list("pk", flat=True))
    told = {row.requirement: row for row in attached}
    assert {row.answer for row in attached} == {"yes", "partially"}, "what is open says nothing"
    sources = {key: told[answer_to(house, key).requirement_id] for key in ("h-1", "h-2")}
    carriages = [Carriage(row.place, successor[key], row.answer, [row]) for key, row in sources.items()]
    with acting(ana, "carry"), monkeypatch.context() as patch:
        done = carrier.carry(carriages, actor=ana)
        patch.delattr(actions, "take_in")  # What follows the act does not take the answers in a second time.
    made = Check.objects.get(catalogue__code="house2")
    assert (made.scope_id, made.owner_id) == (house.scope_id, house.owner_id)
    first = answer_to(made, "h-1")
    assert (first.value, first.remark, first.is_carried, first.provenance) == ("yes", "seen", True, "CH-0001")
    assert not carrier.attached(ana, [row.pk for row in successor.values()]), "not confirmed, so not said yet"
    with pytest.raises(Refused, match="given already"), acting(ana, "carry"):
        carrier.carry(carriages[:1], actor=ana)
    registry.actions["answer.confirm"].run(ana, {}, subject=first)
    with acting(ana, "take_back"):
        undone = carrier.undo(list(zip(carriages, done, strict=True)), actor=ana)
    assert undone == [False, True], "what somebody confirmed stays"
    assert [answer_to(made, key).value for key in ("h-1", "h-2")] == ["yes", "open"]


def test_who_may_not_answer_carries_nothing(world: Any, house: Check, successor: dict[str, Requirement]) -> None:
    give(world, house, "h-1", value="yes")
    cleo, carrier = world.actor("cleo"), registry.carriers["answer"]
    (row,) = carrier.attached(cleo, [answer_to(house, "h-1").requirement_id])
    before = acts_in_ledger(world)
    with pytest.raises(Denied), acting(cleo, "carry"):
        carrier.carry([Carriage(row.place, successor["h-1"], "yes", [row])], actor=cleo)
    assert acts_in_ledger(world) == before
    assert Check.objects.count() == 1 and Answer.objects.filter(round__catalogue__code="house2").count() == 0
