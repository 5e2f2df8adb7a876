"""Text that every file format can hold."""

import unicodedata
from functools import lru_cache

REPLACEMENT = "□"

#: Format characters that reorder what is read (Unicode TR 36, 2.10.1): shown, because a hidden one can turn a sentence.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_LONGEST_NATURAL_WORD = 40
_CAPITAL_WIDTH = 1.6

_KEPT = frozenset("\n\t")


@lru_cache(maxsize=8192)
def is_printable(character: str) -> bool:
    """Whether a character may stand in a document: no control character, surrogate, noncharacter or reordering mark."""
    if character in _KEPT:
        return True
    if character in _REORDERING or unicodedata.category(character) in ("Cc", "Cs"):
        return False
    return not (0xFDD0 <= ord(character) <= 0xFDEF or ord(character) & 0xFFFE == 0xFFFE)


def printable(text: str) -> str:
    """Text with line ends made one (``\\n``) and every character that may not stand in a document replaced by □."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(character if is_printable(character) else REPLACEMENT for character in text)


def visible(text: str) -> str:
    """Printable text that shows something: a dash where there is nothing but spaces and invisible characters.

    PDF/UA refuses an empty heading, title or alternative text.
    """
    text = printable(text)
    return text if any(unicodedata.category(each)[0] not in "ZC" for each in text) else "–"


def breakable(text: str, longest: int) -> str:
    """Text with zero-width spaces in words longer than ``longest`` characters, so that no word leaves its column.

    A break is offered after ``/ . - _ : ; , @ & = ? #`` and, in a run without any, every ``longest`` characters
    (capitals count more). Words of letters of a length that occurs in languages are left to hyphenation, which knows
    better places.
    """
    if len(text) <= longest:
        return text
    return "".join(
        _broken(word, longest) if len(word) > longest and not _is_hyphenated(word) else word for word in _words(text)
    )


def _is_hyphenated(word: str) -> bool:
    letters = word.strip(".,;:!?()[]„“”\"'")
    return len(letters) <= _LONGEST_NATURAL_WORD and letters.isalpha() and not letters.isupper()


def _words(text: str) -> list[str]:
    words: list[str] = []
    start = 0
    for position, character in enumerate(text):
        if character.isspace():
            words += [text[start:position], character]
            start = position + 1
    words.append(text[start:])
    return words


def _broken(word: str, longest: int) -> str:
    parts: list[str] = []
    run = ""
    width = 0.0
    for character in word:
        run += character
        width += _CAPITAL_WIDTH if character.isupper() or character in "mw@%" else 1
        if width > longest - 1 or (character in "/.-_:;,@&=?#" and len(run) > 2):
            parts.append(run)
            run, width = "", 0.0
    return "\u200b".join([*parts, run] if run else parts)
