from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ringwall.improvement.actions.findings import finding_acts
from ringwall.kit.testing import RegisterContract

pytestmark = pytest.mark.once
"""The kit's lists were checked on both databases with other registers."""


class TestFindingRegister(RegisterContract):
    kind = "finding"
    change = {"title": "Restores are not tested at all"}

    def values(self, world: Any) -> dict[str, Any]:
        return {
            "title": "Restores are not tested",
            "category": "minor",
            "source": "audit",
            "found_on": "2026-03-02",
            "description": "No restore was tried since spring.",
            "evidence": "Protocol of the last test is of April.",
            "remedy": "Try one this week.",
            "owner": "carl@demo.example",
            "checker": "cleo@demo.example",
            "due_on": "2026-06-30",
            "waiting_days": 14,
        }


class TestCorrectiveActionRegister(RegisterContract):
    kind = "corrective_action"
    change = {"title": "Try a restore every quarter"}

    @pytest.fixture(autouse=True)
    def observed(self, world: Any) -> None:
        raw = {"ref": "F-7", "title": "Restores are rare", "category": "observation", "source": "audit"}
        finding_acts.create.run(world.actor("ana"), raw)

    def values(self, world: Any) -> dict[str, Any]:
        return {
            "title": "Try a restore",
            "finding": "F-7",
            "description": "One server, chosen by lot.",
            "owner": "carl@demo.example",
            "due_on": "2026-06-30",
        }


class TestExceptionRegister(RegisterContract):
    kind = "exception"
    change = {"title": "Test network without logs"}

    def values(self, world: Any) -> dict[str, Any]:
        return {
            "title": "Old test network keeps no logs",
            "deviation": "The network of the test hall is not logged.",
            "justification": "The switches cannot.",
            "compensation": "It is cut off from all others.",
            "until_on": (timezone.localdate() + timedelta(days=200)).isoformat(),
            "asked_by": "emil@demo.example",
            "owner": "carl@demo.example",
        }


class TestImprovementRegister(RegisterContract):
    kind = "improvement"
    change = {"title": "One page a month about phishing"}

    def values(self, world: Any) -> dict[str, Any]:
        return {
            "title": "One page about phishing",
            "idea": "Short, with a picture, every month.",
            "benefit": "Fewer clicks.",
            "suggested_by": "emil@demo.example",
            "owner": "ana@demo.example",
            "effort": "2.5",
            "due_on": "2026-06-30",
        }
