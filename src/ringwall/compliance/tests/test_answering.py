"""Answers are given, carried over, confirmed and closed; who may not changes nothing."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.tests.files import LOCK, oscal
from ringwall.compliance import queries
from ringwall.compliance.models import Answer, Check
from ringwall.compliance.tests.conftest import answer_to, give
from ringwall.kit import registry
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused
from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.verify import verify_database


def numbers(answer: Answer) -> list[str]:
    return [row.number for row in answer.requirement.statements.order_by("position")]


def test_statements_make_the_answer_and_the_strongest_unmet_verb_is_told(world: Any, house: Check) -> None:
    must, should = numbers(answer_to(house, "h-1"))
    answer = give(world, house, "h-1", statements={must: "yes"})
    assert answer.value == "open", "one statement is still open"
    answer = give(world, house, "h-1", statements={must: "yes", should: "no"})
    assert (answer.value, answer.unmet, answer.lacks_reason) == ("partially", "should", True)
    answer = give(world, house, "h-1", statements={must: "no", should: "yes"}, justification="The lock is broken")
    assert (answer.value, answer.unmet, answer.lacks_reason) == ("partially", "must", False)
    assert answer.answered_by_id == world.people["ana"].pk and answer.answered_on is not None
    # In the list one speaks for the whole requirement, and so for its statements.
    answer = registry.actions["answer.update"].run(world.actor("ana"), {"value": "yes"}, subject=answer)
    assert (answer.value, answer.statements, answer.unmet) == ("yes", {}, "")
    found = queries.progress_of([house.pk])[house.pk]
    assert (found.done, found.total, found.deviations) == (1, 3, 0)
    with pytest.raises(Refused, match="no statement"):
        give(world, house, "h-1", statements={"UA.99": "yes"})
    with pytest.raises(Invalid):
        give(world, house, "h-1", value="perhaps")
    with pytest.raises(Invalid, match="no maturity"):
        give(world, house, "h-1", value="yes", maturity=3)


def test_a_round_ends_when_all_is_answered_and_the_next_carries_its_answers(world: Any, house: Check) -> None:
    ana = world.actor("ana")
    give(world, house, "h-1", value="yes", remark="seen")
    give(world, house, "h-2", value="no")
    close = registry.actions["check.close"]
    with pytest.raises(Refused, match="not answered"):
        close.run(ana, {}, subject=house)
    give(world, house, "h-3", value="not_needed")
    with pytest.raises(Refused, match="lacks its justification"):
        close.run(ana, {"conclusion": "done"}, subject=house)
    give(world, house, "h-3", value="not_needed", justification="There are no visitors")
    closed = close.run(ana, {"conclusion": "One deviation"}, subject=house)
    assert closed.state == "closed"
    with pytest.raises(Invalid, match="closed"):
        give(world, house, "h-2", value="yes")
    assert answer_to(house, "h-2").value == "no"

    with pytest.raises(Refused, match="before"):
        registry.actions["check.next"].run(ana, {"title": "x", "on": "2026-02-28"}, subject=closed)
    later = registry.actions["check.next"].run(
        ana, {"title": "House rules 2", "on": "2026-09-01", "carries": True}, subject=closed
    )
    found = queries.progress_of([later.pk])[later.pk]
    assert (found.done, found.carried, found.total) == (0, 3, 3)
    carried = answer_to(later, "h-1")
    assert (carried.value, carried.remark, carried.provenance, carried.answered_on) == ("yes", "seen", "CH-0001", None)
    registry.actions["answer.confirm"].run(ana, {}, subject=carried)
    assert not answer_to(later, "h-1").is_carried
    give(world, later, "h-2", value="yes")
    found = queries.progress_of([later.pk])[later.pk]
    assert (found.done, found.carried, found.deviations) == (2, 1, 0)
    assert [one.ref for one in queries.rounds_of(ana, later, 9)] == ["CH-0001", "CH-0002"]
    assert answer_to(house, "h-2").value == "no", "the round before stands as it was closed"
    reopened = registry.actions["check.reopen"].run(ana, {}, subject=closed, reason="a mistake")
    assert reopened.state == "open"
    assert verify_database(world.organisation.pk).ok


def test_a_check_follows_its_parts_and_its_answers_follow_its_place(world: Any, house: Check) -> None:
    ana = world.actor("ana")
    give(world, house, "h-2", value="yes")
    update = registry.actions["check.update"]
    narrowed = update.run(ana, {"parts": "house:h-1"}, subject=house)
    left = Answer.objects.filter(round=house, withdrawn_on=None)
    assert [row.requirement.identifier for row in left] == ["h-1"]
    whole = update.run(ana, {"parts": ""}, subject=narrowed)
    assert Answer.objects.filter(round=house, withdrawn_on=None).count() == 3
    assert answer_to(house, "h-2").value == "yes", "what comes back has kept its answer"
    moved = update.run(ana, {"unit": str(world.production.pk), "restricted": True}, subject=whole)
    rows = Answer.objects.filter(round=house)
    assert {(row.unit_id, row.restricted) for row in rows} == {(moved.unit_id, True)}
    other = oscal(LOCK, title="Other", uuid="aaaaaaaa-2222-4333-8444-555555555555")
    import_catalogue(other, "other.json", actor=ana, code="other")
    with pytest.raises(Invalid, match="keeps its catalogue"):
        update.run(ana, {"catalogue": "other"}, subject=moved)
    with pytest.raises(Invalid, match="not of the catalogue"):
        update.run(ana, {"parts": "other:h-1"}, subject=moved)


def test_who_may_not_answers_nothing(world: Any, house: Check, elsewhere: Any) -> None:
    answer = answer_to(house, "h-1")
    before = acts_in_ledger(world)
    give_ = registry.actions["answer.give"]
    for name, refusal in (("cleo", Denied), ("emil", NotFound), ("ben", NotFound), ("carl", NotFound)):
        with pytest.raises(refusal):
            give_.run(world.actor(name), {"value": "yes"}, subject=answer)
        with pytest.raises((Denied, NotFound)):
            registry.actions["check.close"].run(world.actor(name), {"conclusion": "x"}, subject=house)
    with pytest.raises(NotFound):
        give_.run(elsewhere.actor("ana"), {"value": "yes"}, subject=answer)
    assert answer_to(house, "h-1").value == "open"
    assert acts_in_ledger(world) == before
    # Who owns the check answers it, in every role that owns things.
    handed = registry.actions["check.update"].run(world.actor("ana"), {"owner": "olga@demo.example"}, subject=house)
    assert give(world, handed, "h-1", who="olga", value="yes").value == "yes"


def test_two_interviewers_do_not_overwrite_one_another(world: Any, house: Check) -> None:
    client, url = world.client("ana"), world.url("checks/CH-0001/interview/")
    answer = answer_to(house, "h-2")
    give(world, house, "h-2", value="no", remark="seen by the other one")
    page = client.post(f"{url}?at={answer.pk}", {"value": "yes", "version": str(answer.version), "go": "next"})
    html = page.content.decode()
    assert page.status_code == 409
    assert "seen by the other one" in html and "Ana answered this meanwhile" in html
    assert answer_to(house, "h-2").value == "no"
    again = client.post(f"{url}?at={answer.pk}", {"value": "yes", "version": str(answer.version + 1), "go": "next"})
    assert again.status_code == 302
    assert answer_to(house, "h-2").value == "yes"


def test_the_interview_goes_from_one_open_question_to_the_next(world: Any, house: Check) -> None:
    client, url = world.client("ana"), world.url("checks/CH-0001/interview/")
    seen = []
    address = url
    for _round in range(3):
        page = client.get(address)
        question = page.context["question"]
        seen.append(question.answer.requirement.identifier)
        posted = {"value": "yes", "version": str(question.answer.version), "asked": "Emil", "go": "next"}
        address = client.post(f"{url}?at={question.answer.pk}", posted)["Location"]
    assert seen == ["h-1", "h-2", "h-3"]
    assert address == world.url("checks/CH-0001/"), "after the last one back to the check"
    assert {row.asked for row in Answer.objects.filter(round=house)} == {"Emil"}
    assert client.get(f"{url}?at=no-such").status_code == 404
    assert client.get(f"{url}?state=unmet").context["question"].left == 0
    bad = client.post(url, {"value": "yes", "maturity": "7", "version": "2"})
    assert bad.status_code == 422 and b"Some answers need another look" in bad.content


def test_checks_show_where_their_requirement_and_scope_are(world: Any, house: Check) -> None:
    give(world, house, "h-2", value="no")
    client = world.client("ana")
    assert "CH-0001" in client.get(world.url("catalogues/house/h-2/")).content.decode()
    assert "House rules" in client.get(world.url("scopes/S-0001/")).content.decode()
    home = client.get(world.url()).content.decode()
    assert "Requirements not met" in home and "0 of 3" not in home
    everything = client.get(world.url("checks/CH-0001/all/?state=unmet"))
    assert everything.context["page"].shown == 1
    assert client.get(world.url("answers/?unmet=must")).context["page"].pager.count == 1
    for form in ("pdf", "docx", "xlsx", "json"):
        assert client.get(world.url(f"checks/CH-0001/report/?format={form}&language=de")).status_code == 200, form
    with pytest.raises(Refused, match="still in use"):
        registry.actions["scope.withdraw"].run(world.actor("ana"), {}, subject=house.scope, reason="gone")


def test_the_list_of_answers_asks_as_much_for_many_as_for_few(world: Any, house: Check) -> None:
    client, url = world.client("ana"), world.url("answers/")

    def queries_of(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = queries_of(url)
    registry.actions["check.next"].run(world.actor("ana"), {"title": "Again", "on": "2026-04-01"}, subject=house)
    assert queries_of(url) == few <= 16
    for path, most in (("interview/", 40), ("all/", 16), ("", 34)):
        assert queries_of(world.url(f"checks/CH-0001/{path}")) <= most, path
