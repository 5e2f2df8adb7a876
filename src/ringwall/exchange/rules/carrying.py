"""What would come back from a document differently than it was: white space that Markdown does not keep, an empty text
where OSCAL wants one. It is carried as JSON in one property of our own beside what everybody reads.

With each text goes a check of what is read in its place. Where somebody changed that since, the change counts and not
what is carried.
"""

import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any

from ringwall.exchange.rules.pieces import CARRIED, Tree, line
from ringwall.oscal import own
from ringwall.oscal.catalogue import Document, Property
from ringwall.oscal.decoding import without_unfit
from ringwall.oscal.findings import FindingLog
from ringwall.oscal.reader import read

Lost = Mapping[str, tuple[str, str]]
"""Field → (its text, what is read instead)."""

CHECKS = "~"
"""Member of the carried object that holds the checks; no field bears that name."""


def _check(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


def carried(lost: Lost) -> list[Tree]:
    """The property that carries the fields, if there are any."""
    if not lost:
        return []
    content: dict[str, Any] = {name: text for name, (text, _seen) in lost.items()}
    content[CHECKS] = {name: _check(seen) for name, (_text, seen) in lost.items()}
    # A property is one line without double blanks.
    value = re.sub(r" (?= )", r"\\u0020", json.dumps(content, separators=(",", ":")))
    return [{"name": CARRIED, "ns": own.NAMESPACE, "value": value}]


def add_carried(lost: Mapping[str, Lost], parts: Mapping[str, Tree]) -> None:
    """Let each part of a document carry what would come back differently; both by the ids of the parts."""
    for key, fields in lost.items():
        parts[key]["props"] = [*parts[key].get("props", ()), *carried(fields)]


def restore(fields: MutableMapping[str, str], props: Iterable[Property], known: Iterable[str]) -> None:
    """Put the carried texts of the known fields in the place of what was read. A stranger's property of that name does
    no harm."""
    value = own.value_of(props, CARRIED)
    try:
        found = without_unfit(json.loads(value), FindingLog()) if value else {}
    except (ValueError, RecursionError):
        return
    if not isinstance(found, dict):
        return
    checks = found.get(CHECKS)
    for name in {*known} & found.keys():
        text, seen = found[name], fields.get(name, "")
        check = checks.get(name) if isinstance(checks, dict) else None
        if isinstance(text, str) and (check in (None, _check(seen)) or line(text) == line(seen)):
            fields[name] = text


def bytes_that_return(
    build: Callable[[Mapping[str, Lost]], Tree],
    write: Callable[[Tree], bytes],
    fields_in: Callable[[Document], Mapping[str, Mapping[str, str]]],
    wanted: Mapping[str, Mapping[str, str]],
) -> bytes:
    """The document as `write` makes bytes of it: written once and read back to see what would come back differently,
    and again with that carried along.

    `build` makes the tree with what is to be carried; `fields_in` reads the fields of a document; `wanted` are those
    that shall come back. All three by the same keys. Raises TypeError where it cannot be read back at all.
    """
    data = write(build({}))
    document = read(data).document
    if document is None:
        raise TypeError("what was written cannot be read back")
    found = fields_in(document)
    lost: dict[str, dict[str, tuple[str, str]]] = {}
    for key, fields in wanted.items():
        for name, text in fields.items():
            if (seen := found[key].get(name, "")) != text:
                lost.setdefault(key, {})[name] = (text, seen)
    return write(build(lost)) if lost else data
