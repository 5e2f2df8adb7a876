"""Second phase of profile resolution: one catalogue of what several imports took.

Source: OSCAL profile resolution specification, "Merging". Structure: flat (default), as-is, custom. Combination of
controls that come twice: keep (default), use-first, merge.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ringwall.oscal.findings import FindingLog
from ringwall.oscal.resolver.selection import PLACE, Selection, choose, identifier_of, members

Tree = dict[str, Any]

Place = tuple[str, int]


def merge(selections: list[Selection], directive: Tree, log: FindingLog) -> Tree:
    """Groups and controls of the resolved catalogue."""
    method = _method(directive, log)
    structures = _structures(directive)
    if len(structures) > 1:
        log.add("error", "profile/merge", f"a profile gives one structure, not {' and '.join(structures)}")
    groups = [group for selection in selections for group in selection.groups]
    controls = [control for selection in selections for control in selection.controls]
    if method == "keep":
        _tell_clashes(groups, controls, log)
    else:
        groups, controls = _combined(groups, controls, method)
    structure = structures[0]
    if structure == "as-is":
        return _holder(_reunited(groups), controls)
    if structure == "custom" and isinstance(directive["custom"], dict):
        return _custom(directive["custom"], _holder(groups, controls))
    return _holder([], [*_controls_of(groups), *controls])


def keeps_groups(directive: Tree) -> bool:
    """Whether the groups of the catalogues stay (as-is)."""
    return _structures(directive)[0] == "as-is"


def _structures(directive: Tree) -> list[str]:
    return [name for name in ("flat", "as-is", "custom") if directive.get(name) not in (None, False)] or ["flat"]


def _reunited(groups: list[Tree]) -> list[Tree]:
    """Groups of one catalogue that came through several imports as one again, with what is in them in the order of the
    catalogue. Where nothing was apart, nothing is moved."""
    by_place: dict[Place | None, Tree] = {}
    united: list[Tree] = []
    for group in groups:
        place = group.get(PLACE)
        same = by_place.get(place) if place else None
        if same is None:
            by_place[place] = group
            united.append(group)
            continue
        for key, join in (("groups", _reunited), ("controls", list)):
            if key in group:
                same[key] = _in_order(join([*same.get(key, []), *group[key]]))
    return _in_order(united) if len(united) < len(groups) else groups


def _in_order(nodes: list[Tree]) -> list[Tree]:
    """Nodes by the place in their catalogue, catalogues as they first come."""
    sources: dict[str, int] = {}
    keys = []
    for node in nodes:
        source, number = node.get(PLACE, ("", 0))
        keys.append((sources.setdefault(source, len(sources)), number))
    return [node for _, node in sorted(zip(keys, nodes, strict=True), key=lambda pair: pair[0])]


def _method(directive: Tree, log: FindingLog) -> str:
    combine = directive.get("combine")
    method = combine.get("method", "keep") if isinstance(combine, dict) else "keep"
    if method not in ("keep", "use-first", "merge"):
        log.add("warning", "profile/merge/combine", f"the method {str(method)[:40]!r} is not known; controls were kept")
        return "keep"
    return str(method)


def _holder(groups: list[Tree], controls: list[Tree]) -> Tree:
    return {key: value for key, value in (("controls", controls), ("groups", groups)) if value}


def _controls_of(groups: list[Tree]) -> Iterator[Tree]:
    """The controls of groups without the groups, in document order; controls within controls stay there."""
    for group in groups:
        yield from _controls_of(members(group, "groups"))
        yield from members(group, "controls")


def _tell_clashes(groups: list[Tree], controls: list[Tree], log: FindingLog) -> None:
    seen: set[str] = set()
    for control in [*_controls_of(groups), *controls]:
        identifier = identifier_of(control)
        if identifier in seen:
            log.add("warning", f"catalog/{identifier}", f"{identifier!r} comes from two imports; both were kept")
        seen.add(identifier)


def _combined(groups: list[Tree], controls: list[Tree], method: str) -> tuple[list[Tree], list[Tree]]:
    """One control of each identifier, at the place of the first; groups of one identifier become one."""
    first: dict[str, Tree] = {}

    def keep(found: list[Tree]) -> list[Tree]:
        kept = []
        for control in found:
            identifier = identifier_of(control)
            if identifier in first:
                if method == "merge":
                    _join(first[identifier], control)
                continue
            if identifier:
                first[identifier] = control
            below = keep(members(control, "controls"))
            if "controls" in control:
                control["controls"] = below
            kept.append(control)
        return kept

    def keep_groups(found: list[Tree]) -> list[Tree]:
        by_id: dict[str, Tree] = {}
        kept = []
        for group in found:
            same = by_id.get(identifier_of(group))
            inner, own = keep_groups(members(group, "groups")), keep(members(group, "controls"))
            if same is None:
                same = {key: value for key, value in group.items() if key not in ("groups", "controls")}
                kept.append(same)
                if identifier_of(group):
                    by_id[identifier_of(group)] = same
            if inner:
                same["groups"] = [*same.get("groups", []), *inner]
            if own:
                same["controls"] = [*same.get("controls", []), *own]
        return [group for group in kept if group.get("groups") or group.get("controls")]

    return keep_groups(groups), keep(controls)


def _join(first: Tree, second: Tree) -> None:
    """Add to a control what the second of the same identifier has beyond it."""
    for key in ("params", "props", "links", "parts"):
        own = members(first, key)
        identifiers = {identifier_of(member) for member in own} - {""}
        more = [
            member for member in members(second, key) if member not in own and identifier_of(member) not in identifiers
        ]
        if more:
            first[key] = [*own, *more]


def _custom(custom: Tree, pool: Tree) -> Tree:
    """Groups as the profile draws them, filled with the controls it names."""

    def fill(drawn: Tree) -> Tree:
        made = {key: value for key, value in drawn.items() if key not in ("groups", "insert-controls")}
        controls = [control for insert in members(drawn, "insert-controls") for control in _inserted(insert, pool)]
        inner = [fill(group) for group in members(drawn, "groups")]
        return made | _holder(inner, controls)

    return fill({key: custom[key] for key in ("groups", "insert-controls") if key in custom})


def _inserted(insert: Tree, pool: Tree) -> list[Tree]:
    chosen = choose(pool, insert)

    def found(controls: list[Tree]) -> Iterator[Tree]:
        for control in controls:
            below = list(found(members(control, "controls")))
            if identifier_of(control) in chosen:
                copy = {key: value for key, value in control.items() if key != "controls"}
                yield copy | ({"controls": below} if below else {})
            else:
                yield from below

    controls = list(found([*_controls_of(members(pool, "groups")), *members(pool, "controls")]))
    order = insert.get("order", "keep")
    if order in ("ascending", "descending"):
        controls.sort(key=identifier_of, reverse=order == "descending")
    return controls
