"""What a catalogue asks, apart from what is answered: its groups and requirements in their order.

Imports alone write it, and every import makes a new version of the catalogue: until then it is remembered.
"""

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import get_language

from ringwall.access.memory import remembered_of_row
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.catalogues.queries import COUNTED


class Line(NamedTuple):
    """What can be asked. `roles` answer it: its own, and those of the groups it stands in."""

    requirement_id: UUID
    position: int
    depth: int
    identifier: str
    label: str
    title: str
    level: str
    roles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Group:
    """A heading; what stands between `position` and `until` (positions, both left out) stands below it."""

    identifier: str
    label: str
    title: str
    depth: int
    position: int
    until: int

    def among(self, positions: Sequence[int]) -> tuple[int, int]:
        """(first, behind the last) of the sorted positions that stand below it."""
        return bisect_right(positions, self.position), bisect_left(positions, self.until)


@dataclass(frozen=True, slots=True)
class Questions:
    """Groups in the catalogue's order; lines by identifier, groups among them, as a later edition may turn into a
    group what is answered already. Titles in one language."""

    groups: Sequence[Group]
    lines: Mapping[str, Line]


def questions_of(catalogue: Catalogue) -> Questions:
    """In the language in use where the catalogue knows it."""
    language = get_language() or "en"
    key = (catalogue.organisation_id, "questions", catalogue.pk, language)
    return remembered_of_row(key, catalogue.version, lambda: _read(catalogue, language))


_COLUMNS = (
    "pk",
    "position",
    "depth",
    "identifier",
    "label",
    "title",
    "level",
    "translations",
    "attributes",
    "category",
)
_NO_GROUPS = {*COUNTED, Requirement.Kind.THREAT}
_END = sys.maxsize


class _Open(NamedTuple):
    """A row inside which the reading stands; `at` is its place among the groups, None where it is none."""

    depth: int
    at: int | None
    roles: Sequence[str]


def _read(catalogue: Catalogue, language: str) -> Questions:
    groups: list[Group] = []
    lines: dict[str, Line] = {}
    above: list[_Open] = []
    rows = Requirement.objects.filter(catalogue=catalogue).order_by("position").values_list(*_COLUMNS)
    for pk, position, depth, identifier, label, title, level, translations, attributes, category in rows:
        while above and above[-1].depth >= depth:
            if (at := above.pop().at) is not None:
                groups[at] = replace(groups[at], until=position)
        title = (translations.get(language) or {}).get("title") or title
        own = _roles_in(attributes)
        roles = tuple(dict.fromkeys([*own, *(role for outer in above for role in outer.roles)]))
        lines[identifier] = Line(pk, position, depth, identifier, label, title, level, roles)
        if category in _NO_GROUPS:
            above.append(_Open(depth, None, ()))
        else:
            above.append(_Open(depth, len(groups), own))
            groups.append(Group(identifier, label, title, depth, position, _END))
    return Questions(groups, lines)


def _roles_in(attributes: Mapping[str, Sequence[str]]) -> list[str]:
    """The roles that a publisher names as responsible: at the requirement, or at the module it stands in."""
    return [role for name in ("roles", "role") for role in attributes.get(name, ())]
