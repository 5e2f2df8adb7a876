"""The six doors by which knowledge of the upper floors reaches the kit, and the lists of what there is.

tab, panel, provider, freezer, carrier, listener: each a typed function registered at start-up by the feature that
knows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class Attached:
    """What hangs on a requirement of a catalogue, as a carrier finds it: a control's link, a decision, an answer.

    `key` is the id of the record; `place` the id of what it is said of: all answers of one place are considered
    together (the scope of a statement, the target object of a check; a control stands for itself). `answer` is yes,
    partially, no or not_needed, "" where nothing has been said yet; left_out (with a reason) and not_taken (without)
    are carried to another edition and say nothing of another catalogue. `words` tells it to the reader.
    """

    key: UUID
    requirement: UUID
    place: UUID
    ref: str
    title: str
    url: str
    answer: str = "yes"
    words: Any = ""


@dataclass(frozen=True, slots=True)
class Carriage:
    """What is to be carried: to `target` (a requirement) in `place`, because of `sources`, with the answer that follows
    from them: never more than the relation between the requirements says (`ringwall.oscal.mappings.propose`). It
    `replaces` the sources where it is the same requirement in another edition."""

    place: UUID
    target: Any
    answer: str
    sources: Sequence[Attached]
    replaces: bool = False


class Carrier(Protocol):
    """What moves along to another catalogue or a new edition, for one kind of record. An upper floor registers an
    instance: `carriers["check"] = CheckCarrier()`.

    Only the way from requirement to requirement is known below; a carrier knows what hangs on them and how to write it.
    One for checks gives each check as `Attached`, with its target object as place and its answer; its `carry` makes or
    fills in the check of the target requirement at that target object, with the answer of the carriage. Where something
    is answered there already (`attached` of the target tells) nothing is proposed.
    """

    label: Any
    """What is carried, in the plural, for people."""

    is_decision: bool
    """Proposed to a person even where the requirement is the same in both catalogues; else that is carried by rule."""

    def told(self, answer: str) -> Any:
        """What carrying this answer would say of the new requirement, in the reader's words."""

    def attached(self, actor: "Actor", requirements: Iterable[UUID]) -> Sequence[Attached]:
        """All that hangs on these requirements and the actor may see, in a constant number of queries."""

    def carry(self, carriages: Sequence[Carriage], *, actor: "Actor") -> list[dict[str, Any]]:
        """Write them, inside the act under way. One answer for each: what `undo` will need ({} where nothing had to be
        written), plain JSON. Raises ActError where the actor may not; nothing is written then."""

    def undo(self, carriages: Sequence[tuple[Carriage, dict[str, Any]]], *, actor: "Actor") -> list[bool]:
        """Take back what `carry` wrote, inside the act under way. False where somebody changed it since: it stays."""


carriers: dict[str, Carrier] = {}
"""Record kind → what moves along when a catalogue has a successor (`ringwall.catalogues.carryover`)."""

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
