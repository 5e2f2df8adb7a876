from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ringwall.assets.actions import acts
from ringwall.assets.models import Asset
from ringwall.controls.models import Control, State
from ringwall.kit import registry
from ringwall.kit.bulk import insert_rows
from ringwall.kit.errors import NotFound
from ringwall.kit.fetching import fetch, fetch_one, linked
from ringwall.kit.testing import acts_in_ledger
from ringwall.lib.ids import uuid7
from ringwall.risk.models import RiskCriteria

KEYS = ["ref", "title", "unit", "owner", "depends_on"]


def test_rows_written_in_bulk_read_back_as_they_were(world):
    common = {"organisation": world.organisation, "unit": world.sales, "owner": world.people["carl"], "version": 1}
    control = Control(
        id=uuid7(), ref="C-1", ref_key="C-000000001", title="Backup", state=State.BLOCKED, blocked_reason="Budget",
        effort_once=Decimal("2.5"), cost_yearly=Decimal("1200.00"), due_on=date(2027, 1, 31), **common,
    )  # fmt: skip
    criteria = RiskCriteria(
        id=uuid7(), ref="RC-9", ref_key="RC-000000009", title="Own", authors=["a", {"b": None}], **common
    )
    for row in (control, criteria):
        insert_rows([row])
        stored = type(row)._base_manager.get(pk=row.pk)
        assert not row._state.adding
        for f in row._meta.concrete_fields:
            assert getattr(stored, f.attname) == getattr(row, f.attname), f.name
        assert type(stored)._base_manager.filter(pk=row.pk, ref=row.ref, owner=row.owner).exists()


@pytest.fixture
def chain(world, ana):
    """Five assets, each of which needs all before it."""
    made: list[Any] = []
    for number in range(5):
        needs = ",".join(asset.ref for asset in made)
        made.append(
            acts.create.run(
                ana,
                {"title": f"Asset {number}", "category": "system", "depends_on": needs, "owner": "olga@demo.example"},
            )
        )
    return made


def test_fetched_rows_know_their_links_and_people_without_further_statements(world, ana, chain):
    register = registry.registers["asset"]
    with CaptureQueriesContext(connection) as few:
        fetch(register, ana, [chain[1].pk], KEYS)
    with CaptureQueriesContext(connection) as many:
        rows = fetch(register, ana, [asset.pk for asset in reversed(chain)], KEYS)
    assert len(few) == len(many)
    with CaptureQueriesContext(connection) as none:
        assert [row.title for row in rows] == ["Asset 4", "Asset 3", "Asset 2", "Asset 1", "Asset 0"]
        assert [[target.title for target in linked(row, "depends_on")] for row in rows][:2] == [
            ["Asset 0", "Asset 1", "Asset 2", "Asset 3"],
            ["Asset 0", "Asset 1", "Asset 2"],
        ]
        assert {(row.unit.name, row.owner.name) for row in rows} == {("Demo GmbH", "Olga")}
    assert not none.captured_queries


def test_links_of_rows_that_were_not_fetched_come_from_the_database(world, ana, chain):
    assert linked(Asset._base_manager.get(pk=chain[2].pk), "depends_on") == chain[:2]


def test_a_record_of_another_unit_is_fetched_by_nobody_who_may_not_see_it(world, ana, ben, chain):
    register = registry.registers["asset"]
    assert fetch_one(register, ana, chain[0].ref, KEYS) == chain[0]
    for key in (chain[0].ref, chain[0].pk, "A-9999", "A\x00"):
        with pytest.raises(NotFound):
            fetch_one(register, ben, key, KEYS)


@pytest.mark.parametrize("text", ["no\x00body", "ring\x07", "\x7f"])
def test_a_reason_with_control_characters_is_refused_and_nothing_changes(world: Any, text: str) -> None:
    asset = registry.actions["asset.create"].run(world.actor("ana"), {"title": "Server", "category": "system"})
    before = acts_in_ledger(world)
    answer = world.token("ana").post(
        f"/api/v1/assets/{asset.pk}/withdraw", {"reason": text}, content_type="application/json", HTTP_IF_MATCH='"1"'
    )
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["field"] == "reason"
    asset.refresh_from_db()
    assert (asset.withdrawn_on, acts_in_ledger(world)) == (None, before)
