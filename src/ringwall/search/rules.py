"""What full text is made of: words folded so that “Prüfung” is found by “pruf”, hits in order, and where a hit stands.

Folding is done here and not by the database, so that SQLite and PostgreSQL find the same.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

Phrase = tuple[str, ...]

# A run of letters and digits; each ideograph and kana alone, since these scripts write no spaces between words.
_TOKEN = re.compile(r"(?!\W)[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_WRITTEN = re.compile(r"[^\W_]+")
MAX_TEXT = 100_000
MAX_WORD = 60
MAX_PHRASES = 12


def fold(text: str) -> str:
    """Without case, accents and compatibility forms (Unicode NFKD, case folding): ü → u, ß → ss, ﬁ → fi."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in folded if not unicodedata.combining(character))


def tokens(text: str) -> list[str]:
    """The folded words of a text in their order; what lies beyond 100,000 characters is not searched."""
    return [token[:MAX_WORD] for token in _TOKEN.findall(fold(text[:MAX_TEXT]))]


def phrases(asked: str) -> tuple[Phrase, ...]:
    """What was typed, as phrases that must all occur: R-0042 is one of two words. Nothing in it is an operator."""
    found = (tuple(tokens(part)[:MAX_PHRASES]) for part in asked[:400].split())
    return tuple(dict.fromkeys(phrase for phrase in found if phrase))[:MAX_PHRASES]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where hits may lie: rows with one of the place marks and, unless all kinds are meant, one of the kind marks."""

    places: frozenset[str]
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """Phrases that must all occur, in rows of one of the scopes. `is_open`: the last word may go on."""

    phrases: tuple[Phrase, ...]
    scopes: tuple[Scope, ...]
    is_open: bool = True

    @property
    def has_prefix(self) -> bool:
        """One letter alone would go on to half the words there are, so it stands for itself."""
        return self.is_open and len(self.phrases[-1][-1]) > 1


def place_marks(organisation: UUID, unit: UUID, restricted: bool, owner: UUID | None) -> list[str]:
    """The marks by which a row is found within what an actor sees: its organisation, its unit, its owner.

    They narrow the search before it is cut off at so many hits; what may be seen is decided by the row's columns.
    """
    marks = [organisation_mark(organisation, restricted), unit_mark(unit, restricted)]
    return [*marks, owner_mark(owner)] if owner else marks


def organisation_mark(organisation: UUID, restricted: bool) -> str:
    return ("x" if restricted else "o") + _short(organisation)


def unit_mark(unit: UUID, restricted: bool) -> str:
    return ("y" if restricted else "u") + _short(unit)


def owner_mark(owner: UUID) -> str:
    return "p" + _short(owner)


def kind_mark(kind: str) -> str:
    return "k" + "".join(tokens(kind))


def _short(key: UUID) -> str:
    """The last 48 bits of a UUIDv7 are random: enough to tell rows apart where the columns have the last word."""
    return key.hex[-12:]


def ranking(asked: Sequence[Phrase]) -> Callable[[str, str, bool], int]:
    """How good a hit is by its reference, title and being withdrawn; the smaller the better.

    0 the reference itself, 1 the very title, 2 it begins so, 3 it holds all words, 4 the words stand elsewhere; what is
    withdrawn comes after all others. A function made once a question, since it looks at a thousand hits.
    """
    words = [word for phrase in asked for word in phrase]
    whole = " " + " ".join(words)
    marked = [" " + word for word in words]

    def rank(ref: str, title: str, is_withdrawn: bool) -> int:
        if words[-1] in ref.lower() and tokens(ref) == words:
            return 0
        heading = " " + " ".join(tokens(title))
        if heading.startswith(whole):
            place = 1 if heading == whole else 2
        else:
            place = 3 if all(word in heading for word in marked) else 4
        return place + 10 * is_withdrawn

    return rank


def excerpt(text: str, asked: Iterable[Phrase], width: int = 140) -> str:
    """One line round the first word of the text that answers; empty where the text itself holds none."""
    words = tuple(word for phrase in asked for word in phrase)
    line = " ".join(text.split())
    for match in _WRITTEN.finditer(line):
        if fold(match.group()).startswith(words):
            start = max(0, match.start() - width // 3)
            if start:
                start = line.find(" ", start, match.start() + 1) + 1 or match.start()
            end = start + width
            cut = line[start:end]
            if end < len(line):
                cut = cut.rpartition(" ")[0] or cut
            return ("…" if start else "") + cut + ("…" if start + len(cut) < len(line) else "")
    return ""
