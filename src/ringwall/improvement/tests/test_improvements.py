from typing import Any

import pytest
from django.utils import timezone

from ringwall.improvement.actions import improvements as actions
from ringwall.improvement.models import Improvement
from ringwall.kit.errors import Denied, NotFound, Refused
from ringwall.kit.testing import acts_in_ledger


def test_an_idea_of_anybody_is_decided_with_a_reason_and_ends_with_an_outcome(world: Any, ana: Any) -> None:
    client, url = world.client("emil"), world.url("improvements/suggest/")
    posted = {"title": "Lock the print room", "idea": "A key at the desk"}
    assert client.post(url, {"title": ""}).status_code == 422
    assert client.post(url, posted).status_code == 302
    idea = Improvement.objects.get()
    assert (idea.state, idea.suggested_by_id, idea.owner_id) == ("suggested", world.people["emil"].pk, None)
    before = acts_in_ledger(world)
    for name in ("emil", "carl", "ben", "cleo", "nobody"):
        with pytest.raises((Denied, NotFound)):
            actions.accept.run(world.actor(name), {"decision": "Yes", "owner": "carl@demo.example"}, subject=idea)
    with pytest.raises(Refused):
        actions.complete.run(ana, {"outcome": "x", "on": timezone.localdate().isoformat()}, subject=idea)
    idea.refresh_from_db()
    assert (idea.state, acts_in_ledger(world)) == ("suggested", before)
    actions.decline.run(ana, {"decision": "Not now"}, subject=idea)
    assert "Not now" in client.get(url).content.decode()
    actions.reconsider.run(ana, {}, subject=idea, reason="There is a budget")
    raw = {"decision": "Cheap and good", "owner": "carl@demo.example", "effort": "1.5"}
    actions.accept.run(ana, raw, subject=idea)
    idea.refresh_from_db()
    done = {"outcome": "It is locked", "on": timezone.localdate().isoformat(), "effort": "2"}
    actions.complete.run(world.actor("carl"), done, subject=idea)
    idea.refresh_from_db()
    assert (idea.state, idea.outcome, str(idea.effort)) == ("done", "It is locked", "2.0")
    assert "It is locked" in client.get(url).content.decode()
