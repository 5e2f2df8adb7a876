"""Bring a parsed document into the shape its model asks for, saying what had to be done.

Real files break the schema in small ways: a single object where a list belongs, numbers as text, extra keys,
identifiers with blanks. All that can be understood is taken, and each breach becomes a finding. What leaves this
module can be relied on: every known key holds text, a list of text, a mapping or a list of mappings, as the shape says.
Unknown keys are left where they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ringwall.oscal.findings import FindingLog, Trail
from ringwall.oscal.shapes import Field, Shape

Tree = dict[str, Any]

MAX_DEPTH = 60

_TOKEN = re.compile(r"[^\W\d][\w.\-]*")
_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

_PATTERNS: dict[str, tuple[Callable[[str], Any], str]] = {
    "t": (_TOKEN.fullmatch, "is no OSCAL token (a letter or _, then letters, digits, . - _)"),
    "u": (_UUID.fullmatch, "is no UUID of version 4 or 5"),
    "d": (_INSTANT.fullmatch, "is no date and time with time zone (2026-01-31T12:00:00Z)"),
}

_NUMBERS: dict[str, type[int] | type[float]] = {"n": int, "x": float}


def conform(node: Tree, shape: Shape, log: FindingLog, trail: Trail | None = None, depth: int = 0) -> None:
    """Change `node` in place until it fits `shape`, adding a finding to `log` for each change and each breach."""
    fields, free_text = shape.fields, shape.free_text
    repairs: list[tuple[str, Any]] = []
    for key, value in node.items():
        if key in free_text and type(value) is str:
            continue
        field = fields.get(key)
        if field is None:
            if key != "$schema":
                message = f"'{key}' is not known in {shape.name}; it is kept but not used"
                log.add("warning", (trail, key), message)
        elif field.many:
            fitted = _fit_list(value, field, log, (trail, key), depth)
            if fitted is None or fitted is not value:
                repairs.append((key, fitted))
        elif field.shape is not None:
            if type(value) is dict and depth < MAX_DEPTH:
                conform(value, field.shape, log, (trail, key), depth + 1)
            else:
                repairs.append((key, _refuse(value, field, log, (trail, key), depth)))
        else:
            text = _fit_text(value, field, log, (trail, key))
            if text is None or text is not value:
                repairs.append((key, text))
    for key, fitted in repairs:
        if fitted is None:
            del node[key]
        else:
            node[key] = fitted
    for key in shape.required:
        if key not in node:
            log.add("warning", trail, f"'{key}' is missing in {shape.name}")


def _fit_list(value: Any, field: Field, log: FindingLog, trail: Trail, depth: int) -> list[Any] | None:
    if type(value) is not list:
        if value is None:
            log.add("warning", trail, f"'{field.key}' is empty; leave it out")
            return None
        if field.key != "mappings":  # the mapping schema allows a single one there
            log.add("warning", trail, f"'{field.key}' should be a list; the single value was taken as its only member")
        value = [value]
    elif not value:
        log.add("warning", trail, f"'{field.key}' is an empty list; leave it out")
    changed = False
    fitted: list[Any] = []
    for index, member in enumerate(value):
        if field.shape is None:
            kept: Any = _fit_text(member, field, log, (trail, index))
        elif type(member) is dict and depth < MAX_DEPTH:
            conform(member, field.shape, log, (trail, index), depth + 1)
            kept = member
        else:
            kept = _refuse(member, field, log, (trail, index), depth)
        changed = changed or kept is None or kept is not member
        if kept is not None:
            fitted.append(kept)
    return fitted if changed else value


def _fit_text(value: Any, field: Field, log: FindingLog, trail: Trail) -> Any:
    if type(value) is str:
        if field.type in _NUMBERS:
            return _number(value, field, log, trail)
        if field.type == "t" and value in log.seen_tokens:
            return value
        check = _PATTERNS.get(field.type)
        if check is not None and check[0](value):
            if field.type == "t":
                log.seen_tokens.add(value)
        elif check is not None:
            log.add("warning", trail, f"{value[:80]!r} {check[1]}; it is kept as it stands", f"{field.key} {check[1]}")
        return value
    if field.type == "b" and type(value) is bool:
        return value
    if field.type in "nx" and type(value) in (int, float):
        return value
    if value is None:
        log.add("warning", trail, f"'{field.key}' is null; leave it out")
        return None
    if type(value) in (int, float, bool):
        log.add("warning", trail, f"'{field.key}' should be text; {value!r} was taken as text")
        return str(value).lower() if type(value) is bool else str(value)
    log.add("error", trail, f"'{field.key}' should be text, but is a {_kind(value)}; it was left out")
    return None


def _number(text: str, field: Field, log: FindingLog, trail: Trail) -> Any:
    """A number that came as text, as from YAML and XML it always does."""
    try:
        return _NUMBERS[field.type](text)
    except ValueError:
        log.add("warning", trail, f"{text[:40]!r} is no number; it is kept as it stands")
        return text


def _refuse(value: Any, field: Field, log: FindingLog, trail: Trail, depth: int) -> Any:
    if value is None:
        log.add("warning", trail, f"'{field.key}' is null; leave it out")
    elif depth >= MAX_DEPTH and isinstance(value, dict):
        log.add("error", trail, f"nested more than {MAX_DEPTH} levels deep; what lies deeper was left out")
    else:
        name = field.shape.name if field.shape else field.key
        log.add("error", trail, f"'{name}' should be an object, but is a {_kind(value)}; it was left out")
    return None


def _kind(value: Any) -> str:
    names = {dict: "object", list: "list", str: "text", bool: "yes/no value", int: "number", float: "number"}
    return names.get(type(value), "null")
