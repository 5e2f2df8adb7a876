"""From undecided rows to an authorised, then stale statement through the API alone, each with their own token."""

from typing import Any

import pytest

from ringwall.approvals.models import Approval
from ringwall.kit import registry
from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.verify import verify_database

JSON = "application/json"


@pytest.fixture
def keeper(world: Any) -> Any:
    return world.token("ana")


def decide_everything(keeper: Any, scope: Any) -> None:
    for row in keeper.get("/api/v1/soa-rows?limit=200").json()["rows"]:
        answer = keeper.patch(
            f"/api/v1/soa-rows/{row['id']}",
            {"applicability": "applicable", "justification": "needed"},
            content_type=JSON,
            headers={"If-Match": f'"{row["version"]}"'},
        )
        assert answer.status_code == 200, answer.content


def test_the_whole_way_by_api(world: Any, scope: Any, keeper: Any) -> None:
    prepared = keeper.post(f"/api/v1/soa/{scope.ref}/prepare", {}, content_type=JSON)
    assert prepared.status_code == 200
    assert len(prepared.json()["rows"]) == 93
    control = registry.actions["control.create"].run(
        world.actor("ana"), {"title": "Backups", "requirements": "A.8.13", "owner": "carl@demo.example"}
    )
    decide_everything(keeper, scope)
    path = f"/api/v1/soa/{scope.ref}/versions"
    made = keeper.post(path, {"deciders": ["dora@demo.example"], "note": "First"}, content_type=JSON)
    assert made.status_code == 201, made.content
    version = made.json()
    assert (version["number"], version["state"], version["signatures"][0]["answer"]) == (1, "submitted", "open")

    boss = world.token("dora")
    read = boss.get(f"/api/v1/versions/{version['id']}").json()
    assert len(read["frozen"]["rows"]) == 93
    said = {"answer": "yes", "conditions": "Review in spring", "version": version["version"]}
    answered = boss.post(f"/api/v1/versions/{version['id']}/answer", said, content_type=JSON)
    assert (answered.status_code, answered.json()["state"]) == (200, "approved")
    assert not keeper.get(f"/api/v1/soa/{scope.ref}").json()["is_stale"]
    pdf = keeper.get(f"/api/v1/reports/soa/{scope.ref}?format=pdf")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")

    changed = keeper.patch(
        f"/api/v1/controls/{control.ref}",
        {"requirements": []},
        content_type=JSON,
        headers={"If-Match": f'"{control.version}"'},
    )
    assert changed.status_code == 200, changed.content
    assert keeper.get(f"/api/v1/soa/{scope.ref}").json()["is_stale"]
    assert [row["state"] for row in keeper.get(path).json()["rows"]] == ["approved"]
    assert verify_database(world.organisation.pk).ok


def test_the_author_cannot_decide_and_nothing_changes(world: Any, scope: Any, keeper: Any) -> None:
    keeper.post(f"/api/v1/soa/{scope.ref}/prepare", {}, content_type=JSON)
    decide_everything(keeper, scope)
    made = keeper.post(f"/api/v1/soa/{scope.ref}/versions", {"deciders": ["ana@demo.example"]}, content_type=JSON)
    before = acts_in_ledger(world)
    answer = keeper.post(f"/api/v1/versions/{made.json()['id']}/answer", {"answer": "yes"}, content_type=JSON)
    assert answer.status_code in {403, 422}
    assert (Approval.objects.get().state, acts_in_ledger(world)) == ("submitted", before)
    recalled = keeper.post(f"/api/v1/versions/{made.json()['id']}/recall", {"reason": "Wrong"}, content_type=JSON)
    assert recalled.json()["state"] == "recalled"


def test_unknown_people_and_reading_tokens_are_refused(world: Any, scope: Any, keeper: Any) -> None:
    keeper.post(f"/api/v1/soa/{scope.ref}/prepare", {}, content_type=JSON)
    path, before = f"/api/v1/soa/{scope.ref}/versions", acts_in_ledger(world)
    unknown = keeper.post(path, {"deciders": ["nobody@elsewhere.example"]}, content_type=JSON)
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "deciders")
    reading = world.token("ana", "read").post(path, {"deciders": ["dora@demo.example"]}, content_type=JSON)
    assert reading.status_code == 403
    outsider = world.token("ben").get(path)
    assert outsider.status_code == 404
    assert (Approval.objects.count(), acts_in_ledger(world)) == (0, before)
