"""The words of the product with their explanations, and how they are spelt in a text. Read when first asked for."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from ringwall.catalogues.knowledge import read
from ringwall.kit import registry

PATH = "knowledge/glossary/"


@dataclass(frozen=True, slots=True)
class Word:
    """A term in the reader's language. `other` is the word in the other one, `of_bsi` the word of an IT-Grundschutz
    scope where it differs, `see` the keys of related terms, `spellings` how texts write what may be linked.
    """

    key: str
    term: str
    other: str
    of_bsi: str
    explanation: str
    see: tuple[str, ...]
    spellings: tuple[str, ...]

    @property
    def sort_key(self) -> str:
        """As a dictionary sorts: umlauts like their vowels, capitals like small letters."""
        return unicodedata.normalize("NFKD", self.term).encode("ascii", "ignore").decode().casefold()


@cache
def words(language: str) -> tuple[Word, ...]:
    """All terms, alphabetical by the language asked for (en, de)."""
    return tuple(sorted((_word(entry, language) for entry in _entries()), key=lambda word: word.sort_key))


@cache
def _entries() -> list[dict[str, Any]]:
    # Both languages are made of the same rows; reading them takes longer than all the rest.
    entries: list[dict[str, Any]] = read("glossary.yaml")["terms"]
    return entries


def _word(entry: dict[str, Any], language: str) -> Word:
    other = "en" if language == "de" else "de"
    term, explanation = entry["term"], entry["explanation"]
    return Word(
        entry["key"],
        term.get(language) or term.get(other, ""),
        term.get(other, ""),
        term.get("de_bsi", "") if language == "de" else "",
        explanation.get(language) or explanation.get(other, ""),
        tuple(entry.get("see", ())),
        tuple(dict.fromkeys(_spellings(entry, language))),
    )


def _spellings(entry: dict[str, Any], language: str) -> Iterator[str]:
    """The bare word (“Asset (Wert)” is written Asset) with small initial where it can have one, then its forms."""
    if language in entry.get("linked", ("en", "de")) and (term := entry["term"].get(language)):
        bare = re.sub(r"\s*\([^)]*\)|/\w+", "", term)
        yield from _within_a_sentence(bare, language)
        if language == "en":
            yield from _within_a_sentence(_plural(bare), language)
        elif "de_bsi" in entry["term"]:
            yield from _within_a_sentence(entry["term"]["de_bsi"], language)
    yield from entry.get("forms", ())


def _within_a_sentence(term: str, language: str) -> Iterator[str]:
    """German nouns keep their capital; a German term of several words begins with an adjective."""
    yield term
    if not term[1:2].isupper() and (language == "en" or " " in term):
        yield term[:1].lower() + term[1:]


def _plural(term: str) -> str:
    if re.search(r"[^aeiou]y$", term):
        return f"{term[:-1]}ies"
    return f"{term}es" if term.endswith(("s", "x", "ch", "sh")) else f"{term}s"


@registry.provider("terms")
def terms(language: str) -> Iterator[registry.Term]:
    for word in words("de" if language.startswith("de") else "en"):
        if word.spellings:
            yield registry.Term(word.key, word.spellings, word.explanation, f"{PATH}#{word.key}")
