"""What the tests of findings do again and again."""

from datetime import timedelta
from typing import Any
from unittest import mock

from django.utils import timezone

from ringwall.access.models import RoleAssignment
from ringwall.context import actions as context
from ringwall.improvement.actions import checks, corrective, findings
from ringwall.improvement.models import CorrectiveAction, Finding

NOTED = {
    "title": "Restores are not tested",
    "category": "minor",
    "source": "audit",
    "description": "No restore was tried.",
    "evidence": "Protocol of April.",
    "owner": "carl@demo.example",
    "checker": "cleo@demo.example",
}


def note(actor: Any, **other: Any) -> Finding:
    made: Finding = findings.finding_acts.create.run(actor, NOTED | other)
    return made


def today() -> str:
    return timezone.localdate().isoformat()


def correct(actor: Any, finding: Finding) -> None:
    findings.correct.run(actor, {"correction": "Restored one server", "on": today()}, subject=finding)


def analyse(actor: Any, finding: Finding) -> None:
    raw = {"why_1": "Nobody planned it", "why_2": "It has no owner", "cause": "Backups have no owner"}
    findings.five_whys.run(actor, raw, subject=finding)


def plan(actor: Any, finding: Finding, who: str = "olga", title: str = "Name an owner") -> CorrectiveAction:
    raw = {"title": title, "responsible": f"{who}@demo.example", "due_on": today()}
    planned: CorrectiveAction = corrective.plan.run(actor, raw, subject=finding)
    return planned


def complete(actor: Any, planned: CorrectiveAction) -> None:
    corrective.complete.run(actor, {"on": today(), "outcome": "Named, see the plan"}, subject=planned)


def check(actor: Any, finding: Finding, result: str = "effective") -> Finding:
    raw = {"result": result, "looked_at": "The tests of two months"}
    done: Finding = checks.check_effect.run(actor, raw, subject=finding)
    return done


def acted_on(world: Any, by: str = "carl", **other: Any) -> Finding:
    """A nonconformity corrected by one person, its cause known, its action carried out by olga."""
    finding = note(world.actor("ana"), **other)
    correct(world.actor(by), finding)
    analyse(world.actor(by), finding)
    complete(world.actor("olga"), plan(world.actor(by), finding))
    finding.refresh_from_db()
    return finding


def days_later(days: int) -> Any:
    """Within, it is so many days later."""
    moment = timezone.now() + timedelta(days=days)
    return mock.patch.object(timezone, "now", lambda: moment)


def with_role(world: Any, name: str, role: str = "internal_auditor") -> Any:
    """A person who holds the right besides, so that only the rule of separation stands in the way."""
    RoleAssignment(organisation=world.organisation, person=world.people[name], role=role, unit=world.root).save()
    return world.actor(name)


def waive(world: Any, rule: str) -> Any:
    values = {
        "title": "Few people",
        "rule": rule,
        "justification": "We are few",
        "compensation": "A look from outside",
        "until_on": (timezone.localdate() + timedelta(days=90)).isoformat(),
    }
    proposed = context.waiver_acts.create.run(world.actor("ana"), values)
    return context.grant.run(world.actor("dora"), {}, subject=proposed)
