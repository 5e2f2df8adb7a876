from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ringwall.access.policy import system_actor
from ringwall.administration.setup import ensure_installation
from ringwall.catalogues.builtin import load_builtin
from ringwall.catalogues.models import Requirement
from ringwall.controls.actions import acts as control_acts
from ringwall.improvement.actions import exceptions as actions
from ringwall.improvement.models import AuthorisedException
from ringwall.improvement.queries import exceptions_in_force
from ringwall.improvement.tests.flows import days_later, with_role
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused
from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.verify import verify_database

LETTER = {"title": "No logs in the test hall", "deviation": "Not logged", "justification": "The switches cannot"}


def later(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


@pytest.fixture
def control(world: Any, ana: Any) -> Any:
    load_builtin(system_actor(ensure_installation(), "set-up", ["catalogue.import"]))
    return control_acts.create.run(ana, {"title": "Logs are kept"})


def asked(world: Any, name: str = "emil", days: int = 100) -> AuthorisedException:
    made: AuthorisedException = actions.ask.run(world.actor(name), LETTER | {"until_on": later(days)})
    return made


def judge(actor: Any, exception: AuthorisedException, control: Any, level: str = "low") -> None:
    raw = {"level": level, "risk": "Little", "compensation": "Cut off", "controls": [control.ref]}
    actions.judge.run(actor, raw | {"requirements": ["A.8.15"]}, subject=exception)
    exception.refresh_from_db()


def decide(act: Any, actor: Any, exception: AuthorisedException, days: int = 100) -> AuthorisedException:
    raw = {"until_on": later(days), "decision": "Until the switches are replaced"}
    done: AuthorisedException = act.run(actor, raw, subject=exception)
    return done


def test_an_employee_asks_by_letter_and_the_isms_manager_grants_what_is_low(world: Any, ana: Any, control: Any) -> None:
    client, url = world.client("emil"), world.url("exceptions/ask/")
    page = client.get(url)
    assert page.status_code == 200 and 'id="navigation"' not in page.content.decode()
    assert client.post(url, {"title": "x", "until_on": later(-1)}).status_code == 422
    posted = LETTER | {"until_on": later(100), "form_key": page.context["key"]}
    assert [client.post(url, posted).status_code for _twice in range(2)] == [302, 302]
    exception = AuthorisedException.objects.get()
    assert (exception.asked_by_id, exception.owner_id, exception.state) == (
        world.people["emil"].pk,
        world.people["emil"].pk,
        "asked",
    )
    assert client.get(world.url(f"exceptions/{exception.ref}/")).status_code in {403, 404}
    with pytest.raises(Refused, match="no longer applies"):
        decide(actions.authorise, world.actor("dora"), exception)
    judge(ana, exception, control)
    decide(actions.grant, ana, exception)
    assert "Until the switches are replaced" in client.get(url).content.decode()
    requirement = Requirement.objects.get(identifier="A.8.15")
    found = exceptions_in_force(ana, [requirement.pk], timezone.localdate())
    assert found == {requirement.pk: [exception]}
    assert exceptions_in_force(ana, [requirement.pk], timezone.localdate() + timedelta(days=101)) == {}
    assert exceptions_in_force(world.actor("emil"), [requirement.pk]) == {}
    ana_reads = world.client("ana")
    for page_url in (world.url(f"controls/{control.ref}/"), requirement.address(world.organisation.code)):
        assert exception.ref in ana_reads.get(page_url).content.decode()
    with pytest.raises(Invalid, match="no longer change"):
        actions.exception_acts.update.run(ana, {"deviation": "Nothing is logged anywhere"}, subject=exception)
    with pytest.raises(Refused, match="but ended"):
        actions.exception_acts.withdraw.run(ana, {}, subject=exception, reason="x")
    assert verify_database(world.organisation.pk).ok


def test_above_a_low_risk_top_management_alone_decides_and_not_who_judged_it(
    world: Any, ana: Any, dora: Any, control: Any
) -> None:
    exception = asked(world)
    judge(ana, exception, control, "raised")
    before = acts_in_ledger(world)
    with pytest.raises(Refused, match="raised: only top management"):
        decide(actions.grant, ana, exception)
    with pytest.raises(Denied):
        decide(actions.authorise, ana, exception)
    with pytest.raises(Refused, match="whoever judged"):
        decide(actions.authorise, with_role(world, "ana", "top_management"), exception)
    with pytest.raises(Refused, match="a year at most"):
        decide(actions.authorise, dora, exception, 400)
    exception.refresh_from_db()
    assert (exception.state, exception.decided_by_id, acts_in_ledger(world)) == ("judged", None, before)
    actions.exception_acts.update.run(ana, {"deviation": "Nor are doors"}, subject=exception)
    with pytest.raises(Refused, match="no longer applies"):  # what was changed is judged anew
        decide(actions.authorise, dora, exception)
    judge(ana, exception, control, "high")
    homes = {name: world.client(name).get(world.url()).content.decode() for name in ("dora", "ana")}
    assert ["wait for your decision" in homes[name] for name in ("dora", "ana")] == [True, False]
    assert decide(actions.authorise, dora, exception, 365).state == "granted"


@pytest.mark.parametrize("name", ["rita", "carl", "cleo", "ben", "adam", "nobody"])
def test_who_lacks_the_right_decides_nothing(world: Any, ana: Any, control: Any, name: str) -> None:
    exception = asked(world)
    judge(ana, exception, control)
    before, actor = acts_in_ledger(world), world.actor(name)
    for act in (actions.grant, actions.authorise):
        with pytest.raises((Denied, NotFound)):
            decide(act, actor, exception)
    with pytest.raises((Denied, NotFound)):
        actions.refuse.run(actor, {"decision": "No"}, subject=exception)
    if name == "nobody":
        with pytest.raises(Denied):
            actions.ask.run(actor, LETTER | {"until_on": later(9)})
        assert world.client(name).get(world.url("exceptions/ask/")).status_code == 403
    exception.refresh_from_db()
    assert (exception.state, acts_in_ledger(world)) == ("judged", before)


@pytest.mark.parametrize("part", ["asked", "recorded", "owned it once"])
def test_nobody_grants_or_refuses_what_they_asked_for_or_answer_for(
    world: Any, ana: Any, control: Any, part: str
) -> None:
    boss = with_role(world, "dora", "isms_manager")
    if part == "asked":
        exception = asked(world, "dora")
        actions.exception_acts.update.run(ana, {"owner": "carl@demo.example"}, subject=exception)
    elif part == "recorded":
        raw = LETTER | {"until_on": later(50), "asked_by": "emil@demo.example"}
        exception = actions.exception_acts.create.run(boss, raw)
    else:
        exception = asked(world)
        for owner in ("dora", "carl"):
            actions.exception_acts.update.run(ana, {"owner": f"{owner}@demo.example"}, subject=exception)
    judge(ana, exception, control)
    before = acts_in_ledger(world)
    for attempt in (
        lambda: decide(actions.grant, boss, exception),
        lambda: decide(actions.authorise, boss, exception),
        lambda: actions.refuse.run(boss, {"decision": "No"}, subject=exception),
    ):
        with pytest.raises(Refused, match="does not decide"):
            attempt()
    exception.refresh_from_db()
    assert (exception.state, acts_in_ledger(world)) == ("judged", before)


def test_a_renewal_is_decided_anew_and_ends_the_one_before(world: Any, ana: Any, dora: Any, control: Any) -> None:
    first = asked(world)
    judge(ana, first, control)
    decide(actions.grant, ana, first)
    with days_later(90):
        raw = {"until_on": later(200), "justification": "New switches are late"}
        with pytest.raises(Refused):
            actions.renew.run(ana, raw, subject=asked(world))
        second = actions.renew.run(with_role(world, "carl", "isms_manager"), raw, subject=first)
        with pytest.raises(Refused, match="already"):
            actions.renew.run(ana, raw, subject=first)
        first.refresh_from_db()
        assert (first.state, second.state, second.renews_id) == ("granted", "asked", first.pk)
        assert list(second.controls.all()) == [control]
        judge(ana, second, control, "high")
        decide(actions.authorise, dora, second, 200)
        first.refresh_from_db()
        assert (first.state, first.ended_reason) == ("ended", f"Renewed by {second.ref}")
        page = world.client("ana").get(world.url(f"exceptions/{first.ref}/")).content.decode()
        assert f"/exceptions/{second.ref}/" in page
        actions.end.run(dora, {}, subject=second, reason="The switches are there")
    second.refresh_from_db()
    assert (second.state, second.ended_reason) == ("ended", "The switches are there")
