"""What was counted holds until the next act, for those who see the same rows, and never out of a transaction."""

from typing import Any

import pytest

from ringwall.access import memory
from ringwall.access.models import RoleAssignment, Unit
from ringwall.access.policy import Actor
from ringwall.kit.acts import acting


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As outside a transaction, in which every test stands."""
    monkeypatch.setattr(memory, "is_undoable", lambda: False)


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        return self.calls


def counted(actor: Actor, counter: Counter) -> int:
    return actor.counted("asset.view", ("test",), counter)


def give_role(world: Any, by: Actor) -> None:
    with acting(by, "assignment.create") as act:
        row = RoleAssignment(organisation=world.organisation, person=world.people["ben"], unit=world.sales)
        row.role = "isms_manager"
        act.save(row)


@pytest.mark.usefixtures("settled")
def test_it_is_counted_again_after_the_next_act_and_not_before(world: Any, ana: Actor) -> None:
    counter = Counter()
    assert [counted(ana, counter) for _ in range(3)] == [1, 1, 1]
    give_role(world, ana)
    assert [counted(ana, counter) for _ in range(3)] == [2, 2, 2]


@pytest.mark.usefixtures("settled")
def test_people_who_see_other_rows_do_not_share(ana: Actor, ben: Actor) -> None:
    counter = Counter()
    assert (counted(ana, counter), counted(ben, counter), counted(ana, counter)) == (1, 2, 1)


def test_in_a_transaction_which_may_be_undone_nothing_is_kept(ana: Actor) -> None:
    counter = Counter()
    assert [counted(ana, counter) for _ in range(3)] == [1, 2, 3]


@pytest.mark.usefixtures("settled")
def test_a_role_that_is_given_and_a_unit_that_is_made_count_at_once(world: Any, ana: Actor) -> None:
    before = world.actor("ben")
    assert not before.may("asset.create")
    give_role(world, ana)
    assert world.actor("ben").may("asset.create")
    with acting(ana, "unit.create") as act:
        unit = Unit(organisation=world.organisation, name="Spain", parent=world.sales)
        act.save(unit)
    assert world.actor("ben").may_in("asset.create", unit.pk)
    assert not before.may("asset.create")
