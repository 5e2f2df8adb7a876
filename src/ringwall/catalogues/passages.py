"""What a chapter of the knowledge is made of, in the reader's language. No HTML: the templates set it."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from ringwall.catalogues.builtin import ANNEX_A, CLAUSES
from ringwall.catalogues.knowledge import spoken
from ringwall.catalogues.queries import quoted


@dataclass(frozen=True, slots=True)
class Ref:
    """A link: `path` relative to the organisation. One into a catalogue is shown without link to who may not see it."""

    label: str
    path: str
    title: str = ""
    note: str = ""
    is_requirement: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an entry under its own heading. `style` says how `lines` are set; `pairs` are (label, text), for
    statements (modal verb, its word, text).
    """

    heading: str
    lines: Sequence[str] = ()
    style: Literal["text", "points", "numbers", "refs", "chips", "pairs", "statements"] = "text"
    refs: Sequence[Ref] = ()
    pairs: Sequence[tuple[str, ...]] = ()

    @property
    def unheaded(self) -> "Part":
        """For a page that sets the heading itself."""
        return replace(self, heading="")


@dataclass(frozen=True, slots=True)
class Entry:
    """One step, role, threat, term and so on. `key` is its anchor, `path` its own page where it has one, `other` its
    title in the other language where it is told, `values` what the chapter can be filtered by.
    """

    key: str
    title: str
    ref: str = ""
    text: str = ""
    other: str = ""
    marks: Sequence[str] = ()
    parts: Sequence[Part] = ()
    path: str = ""
    values: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    text: str = ""
    entries: Sequence[Entry] = ()
    parts: Sequence[Part] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """`count` in words (28 steps), `line` what it is good for, `source` after what it was written; `is_linked` False
    where linking terms would only lead round in a circle.
    """

    key: str
    count: str
    sections: Sequence[Section]
    title: str = ""
    line: str = ""
    intro: str = ""
    source: str = ""
    filter_label: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    is_linked: bool = True

    @property
    def entries(self) -> list[Entry]:
        return [entry for section in self.sections for entry in section.entries]

    def narrowed(self, value: str) -> "Chapter":
        """Only the entries that bear the value of the filter."""
        sections = [
            replace(section, entries=[entry for entry in section.entries if value in entry.values])
            for section in self.sections
        ]
        return replace(self, sections=[section for section in sections if section.entries])


def told(node: Mapping[str, Any] | None) -> Any:
    """The text or list of texts in the reader's language; where it lacks, in the other one."""
    if not node:
        return ""
    value = node.get(spoken()) or node.get("en") or node.get("de") or ""
    return [str(line) for line in value] if isinstance(value, list) else str(value).strip()


@cache
def _titles(language: str) -> dict[str, str]:
    """Identifier → title of the clauses and reference controls of ISO/IEC 27001:2022."""
    column = "title_de" if language == "de" else "title"
    folder = files("ringwall.catalogues") / "knowledge"
    tables = [(folder / name).read_text(encoding="utf-8") for name in ("iso27001_clauses.csv", "iso27001_annex_a.csv")]
    return {row["id"]: row[column] for table in tables for row in csv.DictReader(io.StringIO(table))}


def requirement_refs(names: Iterable[str]) -> list[Ref]:
    """“6.1.3 a” leads to 6.1.3 of the built-in clauses, “A.5.9” to the built-in Annex A."""
    refs = []
    for name in map(str, names):
        identifier = name.partition(" ")[0]
        catalogue = ANNEX_A if identifier.startswith("A.") else CLAUSES
        title = _titles(spoken()).get(identifier, "")
        refs.append(Ref(name, f"catalogues/{catalogue}/{quoted(identifier)}/", title, is_requirement=True))
    return refs
