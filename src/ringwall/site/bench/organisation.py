"""The organisation of the data set: its chart, its people, and the readers in whose name is measured."""

import random
from dataclasses import dataclass
from typing import Any

from ringwall.access.models import Organisation, Person, RoleAssignment, Unit, User
from ringwall.access.policy import system_actor
from ringwall.catalogues.builtin import load_builtin
from ringwall.site.bench.sizes import Sizes

CODE = "bench"
FIRST = (
    "Ada",
    "Bela",
    "Chris",
    "Dana",
    "Eike",
    "Fenja",
    "Gero",
    "Hanna",
    "Ilse",
    "Jonas",
    "Kaya",
    "Lina",
    "Mats",
    "Nele",
)
LAST = (
    "Albers",
    "Bauer",
    "Conrad",
    "Dietz",
    "Ernst",
    "Fuchs",
    "Graf",
    "Haas",
    "Imhof",
    "Jung",
    "Kern",
    "Lang",
    "Maurer",
    "Noll",
    "Otto",
)


@dataclass
class Ground:
    """What every record of the data set hangs on. `units` has the root first, then divisions each before its
    departments.
    """

    organisation: Organisation
    units: list[Unit]
    people: list[Person]


@dataclass(frozen=True, slots=True)
class Reader:
    """In whose name is measured: `key` as the table shows it."""

    key: str
    email: str


ALL, HALF, ONE = (
    Reader("all units", "ada@bench.example"),
    Reader("half", "bela@bench.example"),
    Reader("one unit", "chris@bench.example"),
)
READERS = (ALL, HALF, ONE)


def make_ground(sizes: Sizes, chance: random.Random) -> Ground:
    """Organisation, chart and people, with the built-in catalogues in the installation."""
    installation = Organisation(name="Installation", code="installation", is_installation=True)
    organisation = Organisation(name="Bench AG", code=CODE)
    _insert([installation, organisation])
    _insert([Unit(organisation=installation, name="Installation")])
    load_builtin(system_actor(installation, "bench", {"catalogue.view", "catalogue.import"}))
    units = _chart(organisation, sizes)
    people = [
        Person(
            organisation=organisation,
            unit=chance.choice(units),
            name=f"{FIRST[n % 14]} {LAST[n % 15]} {n}",
            email=f"p{n}@bench.example",
        )
        for n in range(sizes.people)
    ]
    _insert(people)
    _make_readers(organisation, units)
    return Ground(organisation, units, people)


def _chart(organisation: Organisation, sizes: Sizes) -> list[Unit]:
    root = Unit(organisation=organisation, name=organisation.name)
    units = [root]
    for number in range(1, sizes.divisions + 1):
        division = Unit(organisation=organisation, name=f"Division {number}", parent=root)
        units.append(division)
        units += [
            Unit(organisation=organisation, name=f"Department {number}.{below}", parent=division)
            for below in range(1, sizes.departments + 1)
        ]
    _insert(units)
    return units


def _make_readers(organisation: Organisation, units: list[Unit]) -> None:
    """One who sees, keeps and decides all, one who reads half the units (three divisions and four departments), one who
    reads one.
    """
    divisions = [unit for unit in units if unit.parent_id == units[0].pk]
    departments = [unit for unit in units if unit.parent_id not in (None, units[0].pk)]
    elsewhere = [unit for unit in departments if unit.parent_id not in {division.pk for division in divisions[:3]}]
    assigned = {
        ALL: [("administrator", units[0]), ("isms_manager", units[0]), ("top_management", units[0])],
        HALF: [("reader", unit) for unit in [*divisions[:3], *elsewhere[::6][:4]]],
        ONE: [("reader", elsewhere[-1])],
    }
    for reader, assignments in assigned.items():
        user = User(email=reader.email, name=reader.email.partition("@")[0].capitalize())
        user.set_unusable_password()
        user.save()
        person = Person(organisation=organisation, unit=assignments[0][1], name=user.name, email=user.email, user=user)
        _insert([person])
        _insert(
            [
                RoleAssignment(organisation=organisation, person=person, role=role, unit=unit)
                for role, unit in assignments
            ]
        )


def _insert(rows: list[Any]) -> None:
    for row in rows:
        row.version = 1
    type(rows[0])._base_manager.bulk_create(rows)
