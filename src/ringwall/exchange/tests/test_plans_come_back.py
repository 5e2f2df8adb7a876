"""Security plans and plans of action come back: ours with zero changes, a change as that one change, those of others
with what they tell."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from ringwall.context.models import IsmsScope
from ringwall.controls.models import Control
from ringwall.exchange.exporting import document_of
from ringwall.exchange.importing import plan_document, store_document
from ringwall.kit.testing import acts_in_ledger

pytestmark = pytest.mark.once


def test_what_was_exported_comes_back_with_zero_changes(world: Any, scope: IsmsScope) -> None:
    ana = world.actor("ana")
    before = acts_in_ledger(world)
    for document, sizes in (
        ("ssp", {"scopes": 1, "assets": 2, "controls": 2, "soa-rows": 95}),
        ("poam", {"controls": 2, "risks": 2}),
    ):
        for form in ("json", "xml"):
            plan = plan_document(ana, scope, document_of(ana, scope, document, form), f"x.{form}")
            report = plan.report()
            changes = [(row.ref, row.changes) for one in plan.plans for row in one.rows if row.changes]
            assert (changes, report["findings"]) == ([], [])
            assert {slug: counts["unchanged"] for slug, counts in report["registers"].items()} == sizes
            assert (report["added"], report["changed"], report["refused"]) == (0, 0, 0)
    assert acts_in_ledger(world) == before
