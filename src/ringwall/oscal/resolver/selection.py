"""First phase of profile resolution: which controls of a catalogue an import takes.

Source: OSCAL profile resolution specification, "Selection". Patterns are globs: * any run of characters, ? one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Tree = dict[str, Any]

# Under this key, which no file can have, a copy remembers its catalogue and its place in it until all is resolved.
PLACE = "\x00place"


@dataclass(slots=True)
class Selection:
    """The controls an import takes, in the order and structure of their catalogue.

    `controls` and `groups` are what stands at the top of the catalogue after selection; `loose` are parameters that
    lost their place (of the catalogue itself, and of controls not taken), for content that still inserts them.
    """

    groups: list[Tree]
    controls: list[Tree]
    loose: list[Tree]
    resources: list[Tree]
    taken: list[str]


def members(node: Tree, key: str) -> list[Tree]:
    """The objects of a list, whatever else a file has there."""
    found = node.get(key)
    if isinstance(found, dict):
        return [found]
    return [member for member in found if isinstance(member, dict)] if isinstance(found, list) else []


def identifier_of(node: Tree) -> str:
    """The id of a control or group, "" if it has none that is text."""
    identifier = node.get("id")
    return identifier if isinstance(identifier, str) else ""


def select(
    catalogue: Tree, clause: Tree, source: str = "", *, with_parents: bool = False, frees_groups: bool = False
) -> Selection:
    """Apply an import clause to the catalogue that stands at the address `source`.

    `with_parents`: controls bring their parents unless the clause says no. `frees_groups`: groups will not survive, so
    that their parameters are loose too.
    """
    chosen = choose(catalogue, clause, with_parents=with_parents)
    selection = Selection([], [], [dict(parameter) for parameter in members(catalogue, "params")], [], [])
    taking = _Taking(chosen, source, frees_groups, selection)
    selection.groups = taking.groups(members(catalogue, "groups"))
    selection.controls = taking.controls(members(catalogue, "controls"))
    back_matter = catalogue.get("back-matter")
    selection.resources = members(back_matter, "resources") if isinstance(back_matter, dict) else []
    return selection


@dataclass(slots=True)
class _Taking:
    """One walk over a catalogue, taking what is chosen."""

    chosen: set[str]
    source: str
    frees_groups: bool
    selection: Selection
    count: int = 0

    def placed(self, node: Tree, *without: str) -> Tree:
        """A copy that remembers where it stood; one that does already keeps its memory."""
        copy = {key: value for key, value in node.items() if key not in without}
        copy.setdefault(PLACE, (self.source, self.count))
        return copy

    def controls(self, controls: list[Tree]) -> list[Tree]:
        kept: list[Tree] = []
        for control in controls:
            self.count += 1
            if identifier_of(control) not in self.chosen:
                self.selection.loose.extend(members(control, "params"))
                # A chosen control whose parent is not takes the parent's place.
                kept.extend(self.controls(members(control, "controls")))
                continue
            copy = self.placed(control, "controls")
            self.selection.taken.append(identifier_of(control))
            below = self.controls(members(control, "controls"))
            if below:
                copy["controls"] = below
            kept.append(copy)
        return kept

    def groups(self, groups: list[Tree]) -> list[Tree]:
        kept = []
        for group in groups:
            self.count += 1
            copy = self.placed(group, "groups", "controls")
            if self.frees_groups:
                self.selection.loose.extend(dict(parameter) for parameter in members(group, "params"))
            inner, controls = self.groups(members(group, "groups")), self.controls(members(group, "controls"))
            if inner:
                copy["groups"] = inner
            if controls:
                copy["controls"] = controls
            if inner or controls:
                kept.append(copy)
        return kept


def choose(catalogue: Tree, clause: Tree, *, with_parents: bool = False) -> set[str]:
    """The identifiers a clause includes and does not exclude. A clause that includes nothing by name includes all."""
    family = _Family(catalogue)
    includes = members(clause, "include-controls")
    if "include-all" in clause or not includes:
        included = set(family.order)
    else:
        included = {identifier for call in includes for identifier in family.called(call, with_parents=with_parents)}
    for call in members(clause, "exclude-controls"):
        included -= family.called(call)
    return included


class _Family:
    """Controls of a catalogue with their parents and children."""

    def __init__(self, catalogue: Tree) -> None:
        self.order: list[str] = []
        self.parent: dict[str, str] = {}
        self.children: dict[str, list[str]] = {}
        for identifier, parent in walk(catalogue):
            self.order.append(identifier)
            if parent is not None:
                self.parent[identifier] = parent
                self.children.setdefault(parent, []).append(identifier)
        self.known = set(self.order)

    def called(self, call: Tree, *, with_parents: bool = False) -> set[str]:
        """Identifiers an include or exclude names, with children or parents if it says so (parents: or is silent, and
        `with_parents`)."""
        found = {identifier for identifier in _texts(call.get("with-ids")) if identifier in self.known}
        for matching in members(call, "matching"):
            matches = glob(str(matching.get("pattern", "")))
            found.update(identifier for identifier in self.order if matches(identifier))
        if call.get("with-child-controls") == "yes":
            waiting = list(found)
            while waiting:
                below = [child for child in self.children.get(waiting.pop(), []) if child not in found]
                found.update(below)
                waiting.extend(below)
        if call.get("with-parent-controls", "yes" if with_parents else "no") == "yes":
            for identifier in list(found):
                while (parent := self.parent.get(identifier)) is not None and parent not in found:
                    found.add(parent)
                    identifier = parent
        return found


def walk(holder: Tree, parent: str | None = None) -> Iterator[tuple[str, str | None]]:
    """Identifier and parent of every control, in document order."""
    for group in members(holder, "groups"):
        yield from walk(group, parent)
    for control in members(holder, "controls"):
        identifier = identifier_of(control)
        yield identifier, parent
        yield from walk(control, identifier)


def named_but_unknown(catalogue: Tree, clause: Tree) -> list[str]:
    """Identifiers a clause names that the catalogue does not have."""
    known = {identifier for identifier, _ in walk(catalogue)}
    calls = members(clause, "include-controls") + members(clause, "exclude-controls")
    return [identifier for call in calls for identifier in _texts(call.get("with-ids")) if identifier not in known]


def glob(pattern: str) -> Callable[[str], Any]:
    """A test for identifiers that match a pattern."""
    expression = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.compile(expression, re.DOTALL).fullmatch


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
