"""Third phase of profile resolution: parameters set, controls altered.

Source: OSCAL profile resolution specification, "Modify". Removals come before additions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ringwall.oscal.findings import FindingLog
from ringwall.oscal.resolver.selection import members

Tree = dict[str, Any]

OSCAL_NAMESPACE = "http://csrc.nist.gov/ns/oscal"

_REPLACED = ("class", "depends-on", "label", "usage", "values", "select")
_ADDED = ("props", "links", "constraints", "guidelines")
_LISTS = {"param": "params", "prop": "props", "link": "links", "part": "parts"}


def modify(catalogue: Tree, loose: list[Tree], directive: Tree, log: FindingLog) -> None:
    """Change the controls of `catalogue` (copies of the resolution's own) and the `loose` parameters in place."""
    _set_parameters(catalogue, loose, members(directive, "set-parameters"), log)
    alters = members(directive, "alters")
    if not alters:
        return
    controls: dict[str, list[Tree]] = {}
    for control in controls_in(catalogue):
        controls.setdefault(str(control.get("id")), []).append(control)
    for alter in alters:
        identifier = str(alter.get("control-id", ""))
        if identifier not in controls:
            path = f"profile/modify/alters/{identifier}"
            log.add("warning", path, f"{identifier!r} is to be altered, but is not in the resolved catalogue")
        for control in controls.get(identifier, []):
            for removal in members(alter, "removes"):
                _remove(control, removal)
            for addition in members(alter, "adds"):
                _add(control, addition, identifier, log)


def controls_in(holder: Tree) -> Iterator[Tree]:
    for group in members(holder, "groups"):
        yield from controls_in(group)
    for control in members(holder, "controls"):
        yield control
        yield from controls_in(control)


def _set_parameters(catalogue: Tree, loose: list[Tree], settings: list[Tree], log: FindingLog) -> None:
    if not settings:
        return
    places: dict[str, list[tuple[list[Tree], int]]] = {}
    lists = [loose]
    for control in controls_in(catalogue):
        if control.get("params"):
            control["params"] = members(control, "params")
            lists.append(control["params"])
    for parameters in lists:
        for index, parameter in enumerate(parameters):
            places.setdefault(str(parameter.get("id")), []).append((parameters, index))
    for setting in settings:
        identifier = str(setting.get("param-id", ""))
        if identifier not in places:
            path = f"profile/modify/set-parameters/{identifier}"
            log.add("warning", path, f"parameter {identifier!r} is to be set, but is not in the resolved catalogue")
        for parameters, index in places.get(identifier, []):
            changed = dict(parameters[index])
            changed.update({key: setting[key] for key in _REPLACED if key in setting})
            for key in _ADDED:
                if key in setting:
                    changed[key] = [*members(changed, key), *members(setting, key)]
            parameters[index] = changed


def _remove(control: Tree, removal: Tree) -> None:
    """Take away the parameters, properties, links and parts that meet every criterion, at any depth of the control."""
    criteria = {
        name: removal[key]
        for key, name in (("by-name", "name"), ("by-class", "class"), ("by-id", "id"), ("by-ns", "ns"))
        if key in removal
    }
    only = removal.get("by-item-name")
    if not criteria and only is None:
        return

    def prune(node: Tree) -> None:
        for kind, key in _LISTS.items():
            found = members(node, key)
            if not found:
                continue
            kept = []
            for member in found:
                if only in (None, kind) and _meets(member, kind, criteria):
                    continue
                member = dict(member)
                prune(member)
                kept.append(member)
            node[key] = kept
            if not kept:
                del node[key]

    prune(control)


def _meets(member: Tree, kind: str, criteria: Tree) -> bool:
    """Whether a part of a control meets all criteria. Properties and parts without namespace are in OSCAL's own."""
    for name, value in criteria.items():
        found = member.get(name)
        if name == "ns" and kind in ("prop", "part"):
            found = found or OSCAL_NAMESPACE
        if found != value:
            return False
    return True


def _add(control: Tree, addition: Tree, identifier: str, log: FindingLog) -> None:
    position = addition.get("position", "ending")
    target = addition.get("by-id")
    if target is None or target == identifier:
        _add_inside(control, addition, at_start=position in ("starting", "before"))
        return
    if not _add_by_id(control, str(target), position, addition):
        path = f"profile/modify/alters/{identifier}"
        log.add("warning", path, f"{identifier!r} has nothing with the id {str(target)!r} to add to")


def _add_inside(node: Tree, addition: Tree, *, at_start: bool) -> None:
    if "title" in addition:
        node["title"] = addition["title"]
    for key in _LISTS.values():
        added = members(addition, key)
        if added:
            node[key] = [*added, *members(node, key)] if at_start else [*members(node, key), *added]


def _add_by_id(node: Tree, target: str, position: str, addition: Tree) -> bool:
    """Add within, before or after the parameter or part with the id `target`, wherever it is."""
    for key in ("params", "parts"):
        found = members(node, key)
        for index, member in enumerate(found):
            if member.get("id") == target:
                if position in ("before", "after"):
                    at = index if position == "before" else index + 1
                    node[key] = [*found[:at], *members(addition, key), *found[at:]]
                else:
                    copy = dict(member)
                    _add_inside(copy, addition, at_start=position == "starting")
                    node[key] = [*found[:index], copy, *found[index + 1 :]]
                return True
            copy = dict(member)
            if _add_by_id(copy, target, position, addition):
                node[key] = [*found[:index], copy, *found[index + 1 :]]
                return True
    return False
