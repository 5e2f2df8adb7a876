from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone, translation

from ringwall.improvement.actions import exceptions
from ringwall.improvement.debts import RULES, debts
from ringwall.improvement.models import AuthorisedException, CorrectiveAction, ExceptionState, Finding
from ringwall.improvement.tests.flows import acted_on, analyse, correct, days_later, note, plan
from ringwall.kit.acts import acting


def ago(days: int) -> str:
    return (timezone.localdate() - timedelta(days=days)).isoformat()


def granted(world: Any, days: int) -> AuthorisedException:
    """In force until so many days from now; the way there is tested with the decisions."""
    until = (timezone.localdate() + timedelta(days=max(days, 1))).isoformat()
    raw = {"title": "No logs", "deviation": "x", "justification": "y", "until_on": until}
    made: AuthorisedException = exceptions.exception_acts.create.run(world.actor("ana"), raw)
    with acting(world.actor("dora"), "exception.authorise") as act:
        made.state, made.decided_on = ExceptionState.GRANTED, timezone.localdate()
        made.until_on = timezone.localdate() + timedelta(days=days)
        act.save(made)
    return made


@pytest.fixture
def disorder(world: Any, ana: Any) -> dict[str, list[str]]:
    """For every rule one record that breaks it and, by being just in time, one that does not."""
    today = timezone.localdate()
    late = note(ana, title="Late", due_on=ago(1), category="observation")
    note(ana, title="In time", due_on=today.isoformat(), category="observation")
    unknown = note(ana, title="Unknown", found_on=ago(31))
    note(ana, title="Young", found_on=ago(30))
    known = note(ana, title="Known", found_on=ago(90))
    correct(ana, known)
    analyse(ana, known)
    with acting(ana, "corrective_action.update") as act:
        overdue, punctual = plan(ana, known, title="Overdue"), plan(ana, known, title="Punctual")
        overdue.due_on, punctual.due_on = today - timedelta(days=1), today
        act.save_many([overdue, punctual])
    checked = acted_on(world, title="Done", waiting_days=0)
    acted_on(world, title="Waits", waiting_days=1)
    ending, over = granted(world, 30), granted(world, -1)
    granted(world, 31)
    asked = exceptions.ask.run(
        world.actor("emil"),
        {"title": "May I", "deviation": "x", "justification": "y", "until_on": (today + timedelta(9)).isoformat()},
    )
    return {
        "finding.overdue": [late.ref],
        "finding.without_cause": [unknown.ref],
        "corrective_action.overdue": [overdue.ref],
        "finding.check_due": [checked.ref],
        "exception.ending": [ending.ref],
        "exception.over": [over.ref],
        "exception.waiting": [asked.ref],
    }


def test_each_rule_counts_what_breaks_it_and_leads_to_exactly_these(world: Any, disorder: dict[str, list[str]]) -> None:
    found = {link.key: link for link in debts(world.actor("ana"))}
    assert {key: link.count for key, link in found.items()} == {key: 1 for key in disorder}
    assert {rule.key for rule in RULES} == set(disorder)
    client = world.client("ana")
    for key, refs in disorder.items():
        path = urlsplit(found[key].url)
        page = client.get(f"{path.path}?{path.query}").context["page"]
        assert [row.ref for row in page.rows] == refs, key
    for rule in RULES:
        assert rule.severity in {"bad", "warn"}
        words = [(str(rule.label), str(rule.sentence))]
        with translation.override("de"):
            words.append((str(rule.label), str(rule.sentence)))
        assert not set(words[0]) & set(words[1]), rule.key
    assert list(debts(world.actor("emil"))) == [] and list(debts(world.actor("nobody"))) == []


def test_home_shows_ones_findings_actions_and_the_checks_that_wait(world: Any, disorder: Any) -> None:
    def shown(name: str) -> str:
        return str(world.client(name).get(world.url()).content.decode())

    assert "My open findings" in shown("carl")
    assert "Checks of effectiveness that wait for me" in shown("cleo")
    assert "My corrective actions" in shown("olga")
    assert "My open findings" not in shown("emil") and "My corrective actions" not in shown("cleo")
    emil = world.client("emil").get(world.url()).content.decode()
    assert world.url("exceptions/ask/") in emil and world.url("improvements/suggest/") in emil
    assert world.url("findings/") not in emil


def test_counts_are_constant_in_queries(world: Any, ana: Any, django_assert_num_queries: Any) -> None:
    for number in range(3):
        note(ana, title=f"Finding {number}", due_on=ago(1))
    assert Finding.objects.count() == 3 and not CorrectiveAction.objects.exists()
    with django_assert_num_queries(3):
        list(debts(ana))


def test_an_overdue_check_stays_a_debt_until_it_is_done(world: Any, ana: Any) -> None:
    acted_on(world)
    with days_later(29):
        assert "finding.check_due" not in {link.key for link in debts(world.actor("ana"))}
    with days_later(30):
        assert "finding.check_due" in {link.key for link in debts(world.actor("ana"))}
