"""What the columns of a spreadsheet have no place for, or would give back otherwise: hidden names, links, statements.

It stands as JSON in columns behind the others, one object a row, and the facts of the catalogue itself on a sheet of
their own, so that a catalogue goes out as a template and comes back with zero changes. Whoever edits a row goes before
it: a carried fact counts only while what the row itself says of it is what it said when the file was written.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from ringwall.catalogues.carrying import Carried, facts_of, with_facts
from ringwall.catalogues.rules import CatalogueRow

CARRIED = re.compile(r"carried(?: \d+)?: leave as it is")
LONGEST_CELL = 32_000
ABOUT = "Catalogue"
"""Name of the sheet with the facts of the catalogue, a name and a value in each row."""

FACTS = ("title", "version", "language", "publisher", "document", "reference controls")

Facts = Mapping[str, Any]


def column(number: int) -> str:
    """Heading of one of the columns into which the JSON of a row is cut; from 0 on."""
    return f"carried{f' {number + 1}' if number else ''}: leave as it is"


def packed(one: CatalogueRow, returned: CatalogueRow | None) -> str:
    """What a row needs carried, `returned` being the row as its cells alone give it back; "" where that is nothing."""
    wanted, plain = facts_of(one), facts_of(returned) if returned else {}
    facts = {name: fact for name, fact in wanted.items() if plain.get(name) != fact}
    if not facts or returned is None:
        return ""
    seen = {name: _digest(plain[name]) for name in facts}
    return json.dumps({"of": one.row.identifier, "facts": facts, "seen": seen}, separators=(",", ":"))


def cut(text: str) -> list[str]:
    return [text[at : at + LONGEST_CELL] for at in range(0, len(text), LONGEST_CELL)]


def restored(one: CatalogueRow, text: str) -> CatalogueRow:
    """The row with the facts carried beside it, as far as nobody edited what they belong to. Whatever is no such JSON
    is passed over."""
    if not text:
        return one
    try:
        told = json.loads(text)
        if not isinstance(told, dict) or told.get("of") != one.row.identifier:
            return one
        plain, seen = facts_of(one), told.get("seen")
        kept = {
            name: fact
            for name, fact in told["facts"].items()
            if name in plain and isinstance(seen, dict) and seen.get(name) == _digest(plain[name])
        }
        facts = Carried.model_validate(kept).model_dump(exclude_none=True)
        return with_facts(one, facts)
    except (ValueError, ValidationError, RecursionError, TypeError, KeyError, AttributeError):
        return one


def _digest(fact: Any) -> str:
    data = json.dumps(fact, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(data).hexdigest()[:12]


def about(rows: Sequence[Sequence[Any]]) -> dict[str, str]:
    """Name → value of the sheet about the catalogue."""
    pairs = [[("" if cell is None else str(cell)).strip() for cell in row[:2]] for row in rows if len(row) > 1]
    return {name.casefold(): value for name, value in pairs if name and value}
