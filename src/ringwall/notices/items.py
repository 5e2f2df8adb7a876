"""What concerns a person and is told them: the answers of the providers "notices" and "calendar"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ringwall.access.policy import Actor
from ringwall.kit import registry


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a digest. `what` is the kind in a word ("Task"), `ref` the reference of its record.

    Words are lazy: a digest is written in the language of its reader. `title` is shown only to those who chose to read
    titles in mails, and never of what is `restricted`. `letter` makes the address of a page on which it can be done
    without signing in; it is called when the mail is written.
    """

    what: Any
    ref: str = ""
    title: str = ""
    path: str = ""
    due_on: date | None = None
    restricted: bool = False
    letter: Callable[[], str] | None = None
    words: Any = ""
    """What is asked, where that is not told by the kind: "mentions you", "waits for your decision"."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date in somebody's calendar; `key` stays the same when the date moves."""

    key: str
    on: date
    what: Any
    ref: str = ""
    title: str = ""
    path: str = ""
    restricted: bool = False


def items_for(actors: Sequence[Actor]) -> dict[UUID, list[Item]]:
    """Person → all that waits for them, the most pressing first.

    Providers of "notices" are asked for many people at once, since digests are written for thousands: they answer pairs
    of a person's id and an Item, with few queries for all.
    """
    found: dict[UUID, list[Item]] = {}
    for person_id, item in registry.answers("notices", actors):
        found.setdefault(person_id, []).append(item)
    return {key: sorted(items, key=lambda item: item.due_on or date.max) for key, items in found.items()}


def days_for(actor: Actor) -> list[Day]:
    found: list[Day] = registry.answers("calendar", actor)
    return sorted(found, key=lambda day: (day.on, day.key))
