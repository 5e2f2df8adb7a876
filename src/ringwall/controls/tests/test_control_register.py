from typing import Any

from ringwall.kit.testing import RegisterContract


class TestControlRegister(RegisterContract):
    kind = "control"
    change = {"title": "Patch all servers within 14 days"}

    def values(self, world: Any) -> dict[str, Any]:
        return {
            "title": "Patch servers",
            "objective": "No known hole is open for more than 14 days",
            "state": "implemented",
            "priority": 2,
            "owner": "carl@demo.example",
            "implementer": "olga@demo.example",
            "reports_to": "ana@demo.example",
            "due_on": "2026-03-31",
            "implemented_on": "2026-02-27",
            "effort_once": "2.5",
            "cost_once": "12000.50",
            "cost_yearly": "0",
            "verify_every": 12,
            "verifier": "cleo@demo.example",
            "expectation": "Nothing older than 14 days",
            "sample": "20 of all servers, drawn by lot",
        }

    def make(self, world: Any, **other: Any) -> Any:
        if "blocked_reason" in other:
            other |= {"state": "blocked", "implemented_on": ""}
        return super().make(world, **other)
