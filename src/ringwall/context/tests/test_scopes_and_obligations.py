from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.context import actions
from ringwall.context.models import IsmsScope
from ringwall.context.queries import obligations_for, units_of_scope
from ringwall.kit import registry
from ringwall.kit.errors import Invalid, Refused
from ringwall.kit.testing import acts_in_ledger


def make_scope(actor: Any, **other: Any) -> IsmsScope:
    made: IsmsScope = actions.scope_acts.create.run(actor, {"title": "Plant", "covers": "The plant"} | other)
    return made


def make_obligation(actor: Any, **other: Any) -> Any:
    values = {"title": "Keep logs", "category": "law", "source": "Act 1", "demands": "Keep logs"}
    return actions.obligation_acts.create.run(actor, values | other)


@pytest.fixture
def in_use() -> Iterator[None]:
    """Another floor says that the scope is in use."""

    def where_used(record: Any) -> list[str]:
        return ["risks"] if record.kind == "scope" else []

    registry.provider("where_used")(where_used)
    yield
    registry.providers["where_used"].remove(where_used)


def test_a_scope_in_use_is_not_withdrawn(world: Any, ana: Any, in_use: None) -> None:
    scope = make_scope(ana)
    before = acts_in_ledger(world)
    with pytest.raises(Refused, match="risks"):
        actions.scope_acts.withdraw.run(ana, {}, subject=scope, reason="no longer")
    answer = world.client("ana").post(world.url(f"scopes/{scope.ref}/act/withdraw/"), {"reason": "no longer"})
    assert answer.status_code == 422
    scope.refresh_from_db()
    assert (scope.withdrawn_on, acts_in_ledger(world)) == (None, before)


def test_a_scope_that_nothing_uses_is_withdrawn(world: Any, ana: Any) -> None:
    scope = actions.scope_acts.withdraw.run(ana, {}, subject=make_scope(ana), reason="merged")
    assert scope.is_withdrawn


def test_the_units_of_a_scope_reach_down_and_up_but_not_sideways(world: Any, ana: Any) -> None:
    scope = make_scope(ana, units=["Production"])
    assert units_of_scope(scope, ana.units) == {world.production.pk, world.root.pk}
    whole = make_scope(ana)
    assert units_of_scope(whole, ana.units) == {world.production.pk, world.root.pk, world.sales.pk}


def test_a_unit_of_another_organisation_is_unknown_in_a_scope(world: Any, elsewhere: Any, ana: Any) -> None:
    before = acts_in_ledger(world)
    with pytest.raises(Invalid) as refused:
        make_scope(ana, units=[str(elsewhere.production.pk)])
    assert "units" in refused.value.errors
    assert acts_in_ledger(world) == before


def test_an_obligation_cannot_end_before_it_starts(world: Any, ana: Any) -> None:
    before = acts_in_ledger(world)
    with pytest.raises(Invalid) as refused:
        make_obligation(ana, from_on="2026-05-02", until_on="2026-05-01")
    assert "until_on" in refused.value.errors
    assert acts_in_ledger(world) == before


def test_only_obligations_that_apply_on_the_day_make_something_necessary(world: Any, ana: Any) -> None:
    organisation = world.organisation
    catalogue = Catalogue(organisation=organisation, code="own", title="Own")
    catalogue.save()
    logging = Requirement(organisation=organisation, catalogue=catalogue, identifier="L.1", title="Logging")
    logging.save()
    now = make_obligation(ana, requirements=["L.1"])
    make_obligation(ana, requirements=["L.1"], from_on="2031-01-01")
    over = make_obligation(ana, requirements=["L.1"], until_on="2020-01-01")
    gone = make_obligation(ana, requirements=["L.1"])
    actions.obligation_acts.withdraw.run(ana, {}, subject=gone, reason="repealed")
    assert obligations_for(organisation.pk, [logging.pk]) == {logging.pk: [now]}
    assert obligations_for(organisation.pk, on=date(2019, 1, 1)) == {logging.pk: [now, over]}


def test_overdue_reviews_are_told_with_the_list_behind_them(world: Any, ana: Any) -> None:
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    late = make_obligation(ana, review_on=yesterday)
    make_obligation(ana, review_on=timezone.localdate().isoformat())
    make_obligation(ana)
    debts = {link.key: link for link in registry.answers("debts", ana)}
    assert debts["obligation.review"].count == 1
    page = world.client("ana").get(debts["obligation.review"].url).context["page"]
    assert [row.ref for row in page.rows] == [late.ref]
    assert "obligation.review" not in {link.key for link in registry.answers("debts", world.actor("nobody"))}
