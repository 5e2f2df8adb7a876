"""Guesses which column of a user's sheet is meant by which field."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

CLOSE = 0.85
"""Least likeness (0 to 1, Ratcliff and Obershelp) of two names that differ by a slip of the pen."""

SHORTEST_CLOSE = 5
"""Shorter names must match exactly: "cost" and "host" are no misspellings of each other."""

_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NO_LETTERS = re.compile(r"[\W_]+")


def guess(header: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[int, str | None]:
    """Index of each column → key of the field it most likely holds, or None.

    `known` gives for every key the labels it goes by (the key itself always counts). Exact matches come first, then
    those without what stands in brackets, then close ones; of equals the left column and the earlier key win. No key is
    given twice.
    """
    labels = {key: {normalised(name) for name in (key, *names)} - {""} for key, names in known.items()}
    titles = {index: normalised(title) for index, title in enumerate(header)}
    bare = {index: normalised(_BRACKETS.sub(" ", title)) for index, title in enumerate(header)}
    found: dict[int, str | None] = dict.fromkeys(range(len(header)))
    free = dict.fromkeys(known)
    for written in (titles, bare):
        by_name: dict[str, str] = {}
        for key in free:
            for name in labels[key]:
                by_name.setdefault(name, key)
        for index, title in written.items():
            named = by_name.get(title)
            if found[index] is None and named is not None and named in free:
                found[index] = named
                del free[named]
    for _, index, key in _close_pairs({i: bare[i] for i, key in found.items() if key is None}, free, labels):
        if found[index] is None and key in free:
            found[index] = key
            del free[key]
    return found


def normalised(name: str) -> str:
    """Lower case, umlauts spelled out, accents, spaces and signs dropped: "Verfügbarkeit (A)" → "verfuegbarkeita"."""
    text = unicodedata.normalize("NFC", name).casefold().translate(_SPELLED)
    decomposed = unicodedata.normalize("NFKD", text)
    return _NO_LETTERS.sub("", "".join(sign for sign in decomposed if not unicodedata.combining(sign)))


def _close_pairs(
    titles: Mapping[int, str], keys: Mapping[str, object], labels: Mapping[str, set[str]]
) -> list[tuple[float, int, str]]:
    """Pairs (negative likeness, column, key), the likest first."""
    order = {key: position for position, key in enumerate(keys)}
    pairs = []
    for index, title in titles.items():
        if len(title) < SHORTEST_CLOSE:
            continue
        for key in keys:
            likeness = max((_likeness(title, name) for name in labels[key]), default=0.0)
            if likeness >= CLOSE:
                pairs.append((-likeness, index, key))
    return sorted(pairs, key=lambda pair: (pair[0], pair[1], order[pair[2]]))


def _likeness(title: str, name: str) -> float:
    if len(name) < SHORTEST_CLOSE:
        return 0.0
    matcher = SequenceMatcher(None, title, name, autojunk=False)
    if matcher.real_quick_ratio() < CLOSE or matcher.quick_ratio() < CLOSE:
        return 0.0
    return matcher.ratio()
