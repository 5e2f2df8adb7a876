from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.controls import actions
from ringwall.controls.models import Control
from ringwall.controls.queries import cost_of, progress_of, standing
from ringwall.kit import registry


def plan(actor: Any, **other: Any) -> Control:
    made: Control = actions.acts.create.run(actor, {"title": "Patch servers", "owner": "carl@demo.example"} | other)
    return made


def requirements(world: Any, *identifiers: str) -> list[Requirement]:
    catalogue = Catalogue(organisation=world.organisation, code="own", title="Own rules")
    catalogue.save()
    rows = [
        Requirement(organisation=world.organisation, catalogue=catalogue, identifier=name, title=f"Rule {name}")
        for name in identifiers
    ]
    return Requirement.objects.bulk_create(rows)


def test_progress_is_derived_from_the_controls_in_use(world: Any, ana: Any) -> None:
    first, second, third = requirements(world, "X.1", "X.2", "X.3")
    done = plan(ana, requirements=["X.1", "X.2"], state="implemented", unit=str(world.production.pk))
    open_ = plan(ana, requirements=["X.2"], unit=str(world.sales.pk))
    gone = plan(ana, requirements=["X.1"])
    actions.acts.withdraw.run(ana, {}, subject=gone, reason="double")
    with CaptureQueriesContext(connection) as captured:
        found = progress_of(world.organisation.pk, [first.pk, second.pk, third.pk])
    assert len(captured) == 2
    assert found[first.pk].controls == [done]
    assert (found[first.pk].progress.extent, found[first.pk].progress.percent) == ("implemented", 100)
    assert found[second.pk].controls == [done, open_]
    assert (found[second.pk].progress.extent, found[second.pk].progress.percent) == ("partly", 50)
    assert third.pk not in found
    in_production = progress_of(world.organisation.pk, unit_ids=[world.production.pk])
    assert in_production[second.pk].controls == [done]


def test_the_controls_of_another_organisation_do_not_count(world: Any, elsewhere: Any, ana: Any) -> None:
    (rule,) = requirements(world, "X.1")
    plan(ana, requirements=["X.1"])
    assert progress_of(elsewhere.organisation.pk, [rule.pk]) == {}


def test_the_record_page_names_what_the_control_implements(world: Any, ana: Any) -> None:
    requirements(world, "X.1")
    control = plan(ana, requirements=["X.1"])
    page = world.client("ana").get(world.url(f"controls/{control.ref}/")).content.decode()
    assert "Rule X.1" in page and "Own rules" in page


def test_cost_counts_each_control_once(world: Any, ana: Any) -> None:
    requirements(world, "X.1", "X.2")
    plan(ana, cost_once="100.50", cost_yearly="10", effort_once="1.5", requirements=["X.1", "X.2"])
    plan(ana, cost_once="0.50")
    plan(ana)
    found = cost_of(Control.objects.filter(requirements__identifier__startswith="X.") | Control.objects.all())
    assert (found.cost_once, found.cost_yearly, found.effort_once) == (Decimal(101), Decimal(10), Decimal("1.5"))
    assert (found.controls, found.unpriced) == (3, 1)
    assert cost_of(Control.objects.none()).cost_once == 0


def test_debts_lead_to_exactly_the_controls_they_count(world: Any, ana: Any) -> None:
    today = timezone.localdate()
    yesterday = (today - timedelta(days=1)).isoformat()
    late = plan(ana, due_on=yesterday)
    plan(ana, due_on=today.isoformat())
    stuck = plan(ana, state="blocked", blocked_reason="No budget")
    unverified = plan(ana, state="implemented", verify_next_on=yesterday, due_on=yesterday)
    orphan = plan(ana, owner="")
    debts = {link.key: link for link in registry.answers("debts", ana) if link.key.startswith("control.")}
    expected = {
        "control.overdue": late,
        "control.blocked": stuck,
        "control.verification_overdue": unverified,
        "control.without_owner": orphan,
    }
    assert set(debts) == set(expected)
    client = world.client("ana")
    for key, control in expected.items():
        assert debts[key].count == 1
        assert [row.ref for row in client.get(debts[key].url).context["page"].rows] == [control.ref]


def test_debts_and_home_count_only_what_one_sees(world: Any, ana: Any, carl: Any, ben: Any) -> None:
    plan(ana, owner="", unit=str(world.production.pk), state="blocked", blocked_reason="No budget")
    mine = plan(ana, unit=str(world.production.pk))
    today = timezone.localdate()
    assert standing(ana, today).total == 2
    assert standing(carl, today).total == 1
    assert standing(ben, today).total == 0
    home = {panel.key: panel for panel in registry.answers("home", carl)}
    assert [row.ref for row in home["my-controls"].rows] == [mine.ref]
    assert "my-controls" not in {panel.key for panel in registry.answers("home", ana)}
    assert registry.answers("debts", ben) == []


def test_the_list_says_in_words_what_is_overdue(world: Any, ana: Any) -> None:
    plan(ana, due_on=(timezone.localdate() - timedelta(days=3)).isoformat())
    page = world.client("ana").get(world.url("controls/")).content.decode()
    assert "overdue since" in page
