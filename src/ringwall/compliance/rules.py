"""What an answer to a requirement means: from its statements to the whole, what deviates, how far a check is. Pure.

Answers after BSI 200-2, 8.4 (yes, partially, no, not needed); the deviation of an unmet MUST and the reason for an
unmet SHOULD after 200-2, 8.4 and ISO/IEC 27001, 10.2.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class Value(StrEnum):
    OPEN = "open"
    YES = "yes"
    PARTIALLY = "partially"
    NO = "no"
    NOT_NEEDED = "not_needed"


UNMET = frozenset({Value.PARTIALLY, Value.NO})
MOST_MATURE = 5
"""Maturity runs from 0 (nothing there) to 5 (improving itself), after ISO/IEC 33020."""


class Unmet(StrEnum):
    """How binding the strongest demand is that is not met: NONE where all is met, needless or open."""

    NONE = ""
    MUST = "must"
    SHOULD = "should"
    MAY = "may"


STRENGTH = {
    "MUST": Unmet.MUST,
    "MUST_NOT": Unmet.MUST,
    "": Unmet.MUST,  # publishers who write imperatives demand
    "SHOULD": Unmet.SHOULD,
    "SHOULD_NOT": Unmet.SHOULD,
    "MAY": Unmet.MAY,
}
BINDING = (Unmet.MUST, Unmet.SHOULD)
"""What has to be answered for where it is not met."""
_ORDER = (Unmet.MUST, Unmet.SHOULD, Unmet.MAY)


def whole(values: Sequence[Value]) -> Value:
    """The answer to a requirement that its statements make.

    Open while one is open; of those needed, all yes is yes, all no is no, anything else partially. Needless only where
    every statement is.
    """
    if not values or Value.OPEN in values:
        return Value.OPEN
    needed = {value for value in values if value is not Value.NOT_NEEDED}
    if not needed:
        return Value.NOT_NEEDED
    return needed.pop() if len(needed) == 1 else Value.PARTIALLY


def settle(value: Value, before: Value, statements: Mapping[str, Value]) -> tuple[Value, dict[str, Value]]:
    """(answer, statements) as they are stored after a change from `before`.

    Who answers the requirement as a whole against its statements speaks for all of them: they are let go.
    """
    kept: dict[str, Value] = {number: answer for number, answer in statements.items() if answer is not Value.OPEN}
    is_whole = value is not before and value is not Value.OPEN
    return value, dict[str, Value]() if is_whole else kept


def unmet(value: Value, statements: Mapping[str, Value], verbs: Mapping[str, str]) -> Unmet:
    """The strongest demand that is not met. `verbs` gives the modal verb of each statement, by its number.

    A requirement answered as a whole stands for all its statements; one without statements demands.
    """
    if value not in UNMET:
        return Unmet.NONE
    if not verbs:
        return Unmet.MUST
    failed = [number for number, answer in statements.items() if answer in UNMET and number in verbs]
    told = {STRENGTH[verbs[number]] for number in (failed if statements else verbs)}
    return next((strength for strength in _ORDER if strength in told), Unmet.NONE)


def lacks_reason(value: Value, strength: Unmet, justification: str) -> bool:
    """What is not needed, and what should be and is not, needs its reason; an unmet MUST is a deviation anyway."""
    return not justification.strip() and (value is Value.NOT_NEEDED or strength is Unmet.SHOULD)


@dataclass(frozen=True, slots=True)
class Tally:
    """One kind of answer and how many bear it: a row of a grouped count."""

    value: Value
    unmet: Unmet
    is_carried: bool
    lacks_reason: bool
    count: int
    maturity: int = 0
    """Sum of the maturities told, and `rated` how many were."""
    rated: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check, or a part of it, is. Counts of requirements; `carried` ones are answered but not confirmed."""

    counts: Mapping[Value, int]
    carried: int = 0
    deviations: int = 0
    reasons_missing: int = 0
    maturity: float | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        return self.counts.get(Value.OPEN, 0)

    @property
    def done(self) -> int:
        """Answered and, where carried over, confirmed."""
        return self.total - self.open - self.carried

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0

    @property
    def needed(self) -> int:
        return self.total - self.counts.get(Value.NOT_NEEDED, 0)

    @property
    def met_percent(self) -> int:
        """The share of what is needed that is met in full; partial answers count for nothing."""
        return self.counts.get(Value.YES, 0) * 100 // self.needed if self.needed else 0


def progress(tallies: Iterable[Tally]) -> Progress:
    counts = dict.fromkeys(Value, 0)
    carried = deviations = missing = maturity = rated = 0
    for tally in tallies:
        counts[tally.value] += tally.count
        carried += tally.count if tally.is_carried and tally.value is not Value.OPEN else 0
        deviations += tally.count if tally.unmet is Unmet.MUST else 0
        missing += tally.count if tally.lacks_reason else 0
        maturity, rated = maturity + tally.maturity, rated + tally.rated
    return Progress(counts, carried, deviations, missing, maturity / rated if rated else None)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a catalogue in its order: what the choice of a check's requirements needs of it."""

    key: object
    depth: int
    is_counted: bool
    level: str = ""


LEVELS = {"": (), "basic": ("basic",), "standard": ("basic", "standard")}
"""How far a check goes, by the levels of IT-Grundschutz: everything, basic alone, basic and standard."""


def chosen(lines: Iterable[Line], parts: Collection[object], level: str) -> list[object]:
    """Keys of the requirements that a check asks: those in the chosen groups (all where none is chosen), up to a level.

    What has no level of its own is asked always.
    """
    levels = LEVELS[level]
    found: list[object] = []
    inside: int | None = None
    for line in lines:
        if inside is not None and line.depth <= inside:
            inside = None
        if inside is None and line.key in parts:
            inside = line.depth
        if line.is_counted and (not parts or inside is not None) and (not levels or line.level in ("", *levels)):
            found.append(line.key)
    return found


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it goes from round to round, or out into a spreadsheet and back."""

    value: Value
    statements: Mapping[str, Value]
    maturity: int | None = None
    justification: str = ""
    remark: str = ""
    asked: str = ""


class Clash(StrEnum):
    """What comes of an answer that was worked on in two places."""

    SAME = "same"
    TAKE = "take"
    KEEP = "keep"
    CONFLICT = "conflict"


def clash(stamp: str, theirs: Given, now: Given) -> Clash:
    """`theirs` comes back from a spreadsheet, `now` is stored, `stamp` tells what the spreadsheet set out with (empty
    where it tells nothing, and every difference is meant): only what was changed on both sides, and differently, is a
    conflict.
    """
    if theirs == now:
        return Clash.SAME
    if stamp in ("", stamp_of(now)):
        return Clash.TAKE
    return Clash.KEEP if stamp == stamp_of(theirs) else Clash.CONFLICT


def stamp_of(given: Given) -> str:
    """Twelve hexadecimal digits that differ where the answer does."""
    told = [
        given.value,
        sorted(given.statements.items()),
        given.maturity,
        given.justification,
        given.remark,
        given.asked,
    ]
    return sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:12]
