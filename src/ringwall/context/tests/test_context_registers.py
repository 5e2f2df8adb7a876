from datetime import timedelta
from typing import Any

from django.utils import timezone

from ringwall.kit.testing import RegisterContract


class TestScopeRegister(RegisterContract):
    kind = "scope"
    row = {
        "title": "Head office and plant",
        "covers": "All processes of the plant",
        "exclusions": "Canteen: no data",
        "units": ["Production"],
    }
    change = {"title": "Head office, plant and warehouse"}


class TestObligationRegister(RegisterContract):
    kind = "obligation"
    row = {
        "title": "Report incidents",
        "category": "law",
        "source": "NIS 2 directive, 2022",
        "demands": "Early warning within 24 hours",
        "from_on": "2024-10-18",
    }
    change = {"title": "Report significant incidents"}


class TestWaiverRegister(RegisterContract):
    kind = "waiver"
    change = {"title": "One administrator for all"}

    def values(self, world: Any) -> dict[str, Any]:
        return {
            "title": "One administrator",
            "rule": "owner_verifies",
            "justification": "Four people work here",
            "compensation": "Yearly look from outside",
            "until_on": (timezone.localdate() + timedelta(days=300)).isoformat(),
        }
