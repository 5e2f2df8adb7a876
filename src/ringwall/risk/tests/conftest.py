"""Risk criteria in force, and risks of Production that rita owns."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import translation

from ringwall.conftest import World
from ringwall.kit.testing import acts_in_ledger
from ringwall.risk.actions import acts
from ringwall.risk.criteria_actions import approve, ensure_default_criteria
from ringwall.risk.models import CriteriaEdition, Risk


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request activates its reader's language for the whole thread; no test shall leave one to the next."""
    with translation.override("en"):
        yield


def put_in_force(world: World) -> CriteriaEdition:
    """The default criteria, drafted by ana and approved by dora."""
    criteria = ensure_default_criteria(world.actor("ana"))
    approve.run(world.actor("dora"), {}, subject=criteria)
    edition = CriteriaEdition.current(world.organisation.pk)
    assert edition is not None
    return edition


@pytest.fixture
def edition(world: World) -> CriteriaEdition:
    return put_in_force(world)


@pytest.fixture
def make_risk(world: World, edition: CriteriaEdition) -> Callable[..., Risk]:
    """A risk of Production owned by rita, kept by ana."""

    def make(**values: Any) -> Risk:
        given = {"title": "Ransomware stops production", "unit": "Production", "owner": "Rita"} | values
        made: Risk = acts.create.run(world.actor("ana"), given)
        return Risk.objects.get(pk=made.pk)

    return make


@pytest.fixture
def state_of(world: World) -> Callable[[Risk], tuple[Any, ...]]:
    """All that a refused act must leave as it was: entries in the ledger, the risk, its assessments and acceptances."""

    def state(risk: Risk) -> tuple[Any, ...]:
        fresh = Risk.objects.get(pk=risk.pk)
        return (
            acts_in_ledger(world),
            {f.attname: getattr(fresh, f.attname) for f in Risk._meta.concrete_fields},
            sorted(fresh.assessments.values_list("pk", "version")),
            sorted(fresh.acceptances.values_list("pk", "version", "state")),
        )

    return state
