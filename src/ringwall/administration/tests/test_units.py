"""The organisation chart stays a tree, and nothing is lost in it."""

import pytest

from ringwall.access.models import Unit
from ringwall.administration.actions import units
from ringwall.assets.actions import acts
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused

pytestmark = pytest.mark.django_db


def enter(actor, name, parent):
    return units.create.run(actor, {"name": name, "parent": str(parent.pk)})


def test_a_unit_is_entered_renamed_and_moved(adam, world):
    line = enter(adam, "Line 1", world.production)
    units.update.run(world.actor("adam"), {"name": "Line One", "parent": str(world.sales.pk)}, subject=line)
    line = Unit.objects.get(pk=line.pk)
    assert (line.name, line.parent, line.version) == ("Line One", world.sales, 2)


def test_the_top_can_be_renamed_but_not_moved_or_withdrawn(adam, world, unchanged):
    units.update.run(adam, {"name": "New name", "parent": ""}, subject=world.root)
    assert Unit.objects.get(pk=world.root.pk).name == "New name"
    top = Unit.objects.get(pk=world.root.pk)
    with unchanged(Invalid):
        units.update.run(adam, {"parent": str(world.sales.pk)}, subject=top)
    with unchanged(Refused):
        units.withdraw.run(adam, {}, subject=top, reason="because")


def test_a_unit_never_stands_below_itself(adam, world, unchanged):
    line = enter(adam, "Line 1", world.production)
    adam = world.actor("adam")
    for parent in (world.production, line):
        with unchanged(Invalid, match="below itself"):
            units.update.run(adam, {"parent": str(parent.pk)}, subject=world.production)


def test_a_unit_has_one_parent_and_a_name_of_its_own_there(adam, world, unchanged):
    with unchanged(Invalid):
        units.create.run(adam, {"name": "Second top", "parent": ""})
    with unchanged(Invalid):
        units.update.run(adam, {"parent": ""}, subject=world.sales)
    with unchanged(Invalid, match="name already"):
        enter(adam, "Sales", world.root)


@pytest.mark.parametrize("name", ["ana", "ben", "cleo", "dora", "emil", "nobody"])
def test_only_administrators_change_the_chart(world, name, unchanged):
    actor = world.actor(name)
    with unchanged(Denied):
        enter(actor, "Own realm", world.root)
    for act, raw in ((units.update, {"name": "X"}), (units.withdraw, {})):
        with unchanged(Denied, NotFound):
            act.run(actor, raw, subject=world.sales, reason="because")


def test_units_of_another_organisation_are_not_there(adam, elsewhere, unchanged):
    with unchanged(NotFound):
        units.update.run(adam, {"name": "X"}, subject=elsewhere.sales)
    with unchanged(Invalid):
        enter(adam, "Bridgehead", elsewhere.root)


def test_a_unit_is_withdrawn_only_when_empty_and_says_what_is_in_it(adam, ana, world, unchanged):
    with unchanged(Refused, match="role assignments: 1"):
        units.withdraw.run(adam, {}, subject=world.sales, reason="merged")
    lab = enter(adam, "Lab", world.root)
    acts.create.run(world.actor("ana"), {"title": "Microscope", "category": "system", "unit": str(lab.pk)})
    with unchanged(Refused, match="Assets: 1"):
        units.withdraw.run(world.actor("adam"), {}, subject=lab, reason="closed")
    empty = enter(world.actor("adam"), "Attic", world.root)
    adam = world.actor("adam")
    units.withdraw.run(adam, {}, subject=empty, reason="never used")
    assert Unit.objects.get(pk=empty.pk).withdrawn_on
    with unchanged(Invalid, match="withdrawn"):
        enter(world.actor("adam"), "Trunk", empty)
    units.restore.run(world.actor("adam"), {}, subject=Unit.objects.get(pk=empty.pk))
    assert Unit.objects.get(pk=empty.pk).withdrawn_on is None
