"""The knowledge that ships with the product as chapters to read. Each is made when it is first asked for in a language.

Titles, identifiers, levels and modal verbs are facts of the sources that a chapter names; the texts are our own.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ringwall.catalogues import chapters_of_bsi, chapters_of_iso, glossary
from ringwall.catalogues.knowledge import spoken
from ringwall.catalogues.passages import Chapter, Entry, Part, Ref, Section


def _glossary() -> Chapter:
    words = glossary.words(spoken())
    terms = {word.key: word.term for word in words}
    entries = [
        (
            word.sort_key[:1].upper(),
            Entry(
                key=word.key,
                title=word.term,
                text=word.explanation,
                other=word.other,
                marks=[_("%(word)s in IT-Grundschutz") % {"word": word.of_bsi}] if word.of_bsi else [],
                parts=[
                    Part(
                        _("See also"),
                        style="chips",
                        refs=[Ref(terms[key], f"{glossary.PATH}#{key}") for key in word.see if key in terms],
                    )
                ],
            ),
        )
        for word in words
    ]
    sections = [
        Section(f"letter-{letter.lower()}", letter, entries=[entry for _letter, entry in found])
        for letter, found in groupby(entries, key=lambda pair: pair[0])
    ]
    count = ngettext("%(count)d term", "%(count)d terms", len(words)) % {"count": len(words)}
    return Chapter("glossary", count, sections, is_linked=False)


Maker = Callable[[], Chapter]
CHAPTERS: Mapping[str, tuple[Any, Any, Maker]] = {
    "cycle": (
        gettext_lazy("PDCA and OPDCA"),
        gettext_lazy("The cycle of an ISMS: what to do in which part."),
        chapters_of_iso.cycle,
    ),
    "steps": (
        gettext_lazy("Steps to an ISMS"),
        gettext_lazy("From the first talk with management to the plan that can be carried out."),
        chapters_of_iso.steps,
    ),
    "roles": (
        gettext_lazy("Roles"),
        gettext_lazy("Who does what, what they must know and may decide, and what one person should not do together."),
        chapters_of_iso.roles,
    ),
    "threats": (
        gettext_lazy("Elementary threats"),
        gettext_lazy("What can happen to information at all, from fire to sabotage."),
        chapters_of_bsi.threats,
    ),
    "damage-scenarios": (
        gettext_lazy("Damage scenarios"),
        gettext_lazy("Questions by which you find out how much protection something needs."),
        chapters_of_bsi.damage,
    ),
    "isms1": (
        gettext_lazy("Security management (ISMS.1)"),
        gettext_lazy("What IT-Grundschutz asks of those who steer security."),
        chapters_of_bsi.isms1,
    ),
    "standards": (
        gettext_lazy("The family of standards"),
        gettext_lazy("Which part of ISO/IEC 27000 answers which question, and which to read first."),
        chapters_of_iso.standards,
    ),
    "glossary": (
        gettext_lazy("Glossary"),
        gettext_lazy("Each word of the product in a sentence or two, in English and German."),
        _glossary,
    ),
}
"""Key in the address → title, what it is good for, maker; in the order in which they are listed."""


def chapter(key: str) -> Chapter | None:
    """In the reader's language; None where there is no such chapter."""
    return _chapter(key, spoken()) if key in CHAPTERS else None


@cache
def _chapter(key: str, _language: str) -> Chapter:
    title, line, make = CHAPTERS[key]
    return replace(make(), title=str(title), line=str(line))


def titled(text: str, limit: int) -> list[Ref]:
    """Chapters and entries in whose title or identifier every word stands, those that begin like the text first."""
    words = text.casefold().split()[:6]
    if not words:
        return []
    whole = " ".join(words)
    hits = [(not name.startswith(whole), ref) for name, ref in _index(spoken()) if all(word in name for word in words)]
    return [ref for _later, ref in sorted(hits, key=lambda hit: hit[0])[:limit]]


@cache
def _index(_language: str) -> list[tuple[str, Ref]]:
    """(What to look in, the page with its anchor), in the order of the chapters."""
    found = []
    for key in CHAPTERS:
        if (one := chapter(key)) is None:
            continue
        found.append((one.title.casefold(), Ref("", f"knowledge/{key}/", one.title, one.line)))
        for entry in one.entries:
            path = entry.path or f"knowledge/{key}/#{entry.key}"
            found.append((f"{entry.title} {entry.ref}".casefold(), Ref(entry.ref, path, entry.title, one.title)))
    return found
