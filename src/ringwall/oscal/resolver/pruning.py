"""Last phase of profile resolution: what nothing refers to any more is left out.

Parameters that lost their place come back at the top of the catalogue if the text still inserts them; resources of the
back matter stay if something refers to them. (A property keep=always, of which the specification speaks, does not help
them: NIST's own result of req-structure-asis1 leaves such a resource out.)
"""

from __future__ import annotations

import re
from typing import Any

from pydantic_core import to_json

from ringwall.oscal.findings import FindingLog
from ringwall.oscal.resolver.modification import controls_in
from ringwall.oscal.resolver.selection import PLACE, members

Tree = dict[str, Any]

_INSERTED = re.compile(r"insert\s*:\s*param\s*,\s*([^\s{}]+)\s*\}")
_REFERRED = re.compile(r"#([0-9A-Fa-f-]{36})")


def used_parameters(catalogue: Tree, text: str, loose: list[Tree]) -> list[Tree]:
    """The loose parameters that the `text` of the catalogue, or a parameter used in turn, inserts; in their order."""
    defined = {str(p.get("id")) for control in controls_in(catalogue) for p in members(control, "params")}
    available = {str(p.get("id")): p for p in reversed(loose) if str(p.get("id")) not in defined}
    if not available:
        return []
    used: set[str] = set()
    waiting = _INSERTED.findall(text)
    while waiting:
        identifier = waiting.pop()
        if identifier in available and identifier not in used:
            used.add(identifier)
            waiting.extend(_INSERTED.findall(text_of(available[identifier])))
    return [available[i] for i in dict.fromkeys(str(p.get("id")) for p in loose) if i in used]


def drop_group_parameters(catalogue: Tree, log: FindingLog) -> None:
    """NIST's own results leave the parameters of groups out; so do we, and say so."""
    for group in members(catalogue, "groups"):
        if "params" in group:
            names = ", ".join(str(p.get("id")) for p in members(group, "params"))
            log.add(
                "info", f"catalog/{group.get('id', group.get('title', ''))}", f"parameters of a group left out: {names}"
            )
            del group["params"]
        drop_group_parameters(group, log)


def forget_places(node: Tree) -> None:
    """Take out what the copies remember of where they came from."""
    node.pop(PLACE, None)
    for key in ("groups", "controls"):
        for member in members(node, key):
            forget_places(member)


def used_resources(text: str, resources: list[Tree]) -> list[Tree]:
    """The resources that `text` refers to, directly or by one that stays, in their order, each once."""
    by_uuid = {str(r.get("uuid")).casefold(): r for r in reversed(resources)}
    waiting = [uuid.casefold() for uuid in _REFERRED.findall(text)]
    used: set[str] = set()
    while waiting:
        uuid = waiting.pop()
        if uuid in by_uuid and uuid not in used:
            used.add(uuid)
            waiting.extend(found.casefold() for found in _REFERRED.findall(text_of(by_uuid[uuid])))
    return [by_uuid[u] for u in dict.fromkeys(str(r.get("uuid")).casefold() for r in resources) if u in used]


def text_of(tree: Tree) -> str:
    """All text of a tree in one, to search for references."""
    return to_json(tree).decode()
