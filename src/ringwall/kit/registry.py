"""The six doors by which knowledge of the upper floors reaches the kit, and the lists of what there is.

tab, panel, provider, freezer, carrier, listener: each a typed function registered at start-up by the feature that
knows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from ringwall.access.policy import Actor
    from ringwall.kit.actions import Action
    from ringwall.kit.acts import Act
    from ringwall.kit.pages import Panel
    from ringwall.kit.register import Register

registers: dict[str, "Register"] = {}
actions: dict[str, "Action"] = {}

PanelMaker = Callable[[Any, "Actor"], "Panel | None"]
panels: dict[str, list[tuple[str, PanelMaker]]] = {}
"""Record kind → (tab key, maker): a block on the record page of a lower floor. Tab "" is the first page, "side" the
side.
"""

tabs: dict[str, list[tuple[str, Any]]] = {}
"""Record kind → (key, label): a tab on the record page of a lower floor, filled by panels."""

providers: dict[str, list[Callable[..., Iterable[Any]]]] = {}
"""Name of a question ("debts", "counts", "where_used", "home") → those who answer a part of it."""

freezers: dict[str, Any] = {}
"""Kind of a whole → how it is frozen for approval."""

carriers: dict[str, list[Callable[..., Any]]] = {}
"""Record kind → what moves along when a catalogue version changes."""

listeners: list[Callable[["Act"], None]] = []
"""Called inside the transaction of each act, with all its changes, before the ledger entry is written."""

followers: list[Callable[["Act"], None]] = []
"""Called before the listeners: change, in the same act, what must move along with the records it changed."""

_F = TypeVar("_F", bound=Callable[..., Any])


def listener(function: Callable[["Act"], None]) -> Callable[["Act"], None]:
    listeners.append(function)
    return function


def follower(function: Callable[["Act"], None]) -> Callable[["Act"], None]:
    followers.append(function)
    return function


def panel(kind: str, tab: str = "") -> Callable[[PanelMaker], PanelMaker]:
    def register(function: PanelMaker) -> PanelMaker:
        panels.setdefault(kind, []).append((tab, function))
        return function

    return register


def tab(kind: str, key: str, label: Any) -> None:
    tabs.setdefault(kind, []).append((key, label))


def provider(question: str) -> Callable[[_F], _F]:
    def register(function: _F) -> _F:
        providers.setdefault(question, []).append(function)
        return function

    return register


def answers(question: str, *args: Any, **kwargs: Any) -> list[Any]:
    """All answers to one question, in the order in which the providers registered."""
    return [answer for ask in providers.get(question, ()) for answer in ask(*args, **kwargs)]


@dataclass(frozen=True, slots=True)
class Term:
    """A word that the product explains: what providers of "terms" answer when asked with a language.

    `spellings` as they stand in a text, whole words; `path` of the explanation, relative to the organisation.
    """

    key: str
    spellings: Sequence[str]
    explanation: str
    path: str


@dataclass(frozen=True, slots=True)
class Duty:
    """What a person answers for, besides the records they own: what providers of "duties" answer when asked with a
    person. `hand` gives one row to another person; it is saved by who asked.
    """

    label: Any
    rows: Sequence[Any]
    hand: Callable[[Any, Any], None]


def _no_search(kind: str, text: str, actor: "Actor") -> Any:
    raise RuntimeError("no full-text search is registered")


searcher: Callable[[str, str, "Actor"], Any] = _no_search
"""Kind, text, actor → ids (list or subquery) of the records of that kind found by full text; set by `search`."""


places: list[tuple[Any, str, int, str]] = []
"""(link with an address relative to the organisation, navigation group, order, grant or ""): pages that are no
register.
"""

spoken: list[str] = []
"""Paths of functions that add a feature's own operations (a whole, such as a statement) to the API.

Named, not imported: the command line and the worker need no API.
"""
