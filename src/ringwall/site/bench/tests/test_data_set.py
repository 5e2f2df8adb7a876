from dataclasses import replace
from importlib import import_module

import pytest

from ringwall.access.models import Person
from ringwall.access.policy import actor_for_person
from ringwall.assets.models import Asset, Dependency
from ringwall.compliance.models import Answer, Check
from ringwall.compliance.queries import progress_of_open
from ringwall.context.models import IsmsScope
from ringwall.controls.models import Control
from ringwall.improvement.models import Finding
from ringwall.kit.debts import debts_of, rules
from ringwall.ledger.models import Entry, Head
from ringwall.ledger.verify import verify_database
from ringwall.risk.models import Assessment, Risk
from ringwall.site.bench.__main__ import PARTS as OFFERED
from ringwall.site.bench.dataset import make
from ringwall.site.bench.figures import Figure, not_run, table
from ringwall.site.bench.organisation import ALL
from ringwall.site.bench.run import PARTS
from ringwall.site.bench.sizes import Sizes
from ringwall.tasks.models import Task

SMALL = replace(
    Sizes(),
    assets=400,
    dependencies=1000,
    risks=120,
    controls=100,
    findings=400,
    tasks=40,
    asked=60,
    answers=600,
    entries=2400,
)


@pytest.fixture
def made(db, settings, tmp_path):
    settings.RINGWALL_DATA = tmp_path
    make(SMALL, lambda _line: None)


def test_the_data_set_holds_as_many_rows_as_asked_for(made):
    assert [model._base_manager.count() for model in (Asset, Dependency, Risk, Assessment, Control)] == [
        400,
        1000,
        120,
        118,
        100,
    ]
    assert [model._base_manager.count() for model in (Check, Answer, Finding, Task)] == [10, 600, 400, 40]
    organisation = Asset._base_manager.all()[0].organisation_id
    assert Entry.objects.filter(organisation_id=organisation).count() == Head.objects.get(pk=organisation).size == 2400


def test_every_rule_of_what_is_not_in_order_meets_records_that_break_it(made):
    reader = actor_for_person(Person.objects.get(email=ALL.email))
    assert {debt.rule.key for debt in debts_of(reader)} == set(rules)
    (scope,) = IsmsScope.objects.filter(ref="S-0002")
    checks = Check.objects.visible_to(reader).present().filter(scope=scope)
    answers = Answer.objects.filter(round__in=checks)
    assert progress_of_open(checks).total == answers.count() > 300


def test_its_ledger_verifies(made):
    report = verify_database()
    assert [finding for finding in report.findings if finding.severity == "error"] == []


def test_every_part_that_can_be_asked_for_can_be_measured():
    assert set(OFFERED) == set(PARTS)
    for name in PARTS:
        assert callable(import_module(f"ringwall.site.bench.parts.{name}").measure)


def test_a_figure_tells_whether_it_reaches_its_target_and_what_was_not_run():
    figures = [
        Figure("a", "fast enough", "ms", 25, 24.0),
        Figure("a", "too slow", "ms", 25, 26.0),
        Figure("a", "often enough", "/s", 60, 61.0, is_rate=True),
        Figure("a", "too seldom", "/s", 60, 59.0, is_rate=True),
        not_run("a", "left out", "s", 1, "no file"),
    ]
    assert [figure.verdict for figure in figures] == ["ok", "MISSED", "ok", "MISSED", "NOT RUN"]
    assert "2 missed, 1 not run" in table({"sqlite": figures})
