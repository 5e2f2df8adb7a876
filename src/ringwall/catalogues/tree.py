"""The tree of a catalogue as a page: filters, and one line a row.

In Python, because a thousand lines in template language take longer than the whole page may."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from ringwall.catalogues import wording
from ringwall.catalogues.models import Catalogue, Statement
from ringwall.catalogues.queries import TreeRow, answering, facets, quoted, tree_rows, verbs_of
from ringwall.catalogues.rules import VERBS
from ringwall.kit.pages import Choice

WITHDRAWN = ("", "no", "only")
UNCOUNTED = {"group": " data-group", "threat": " data-threat"}
"""What is no requirement, and how its line says so to the script."""


@dataclass(frozen=True)
class Query:
    """What the reader narrows by; unknown values count as none."""

    text: str = ""
    level: str = ""
    verb: str = ""
    attribute: str = ""
    withdrawn: str = ""

    @classmethod
    def read(cls, given: QueryDict) -> "Query":
        withdrawn = given.get("withdrawn", "")
        return cls(
            given.get("q", "").replace("\x00", "").strip()[:200],
            given.get("level", ""),
            given.get("verb", ""),
            given.get("attribute", ""),
            withdrawn if withdrawn in WITHDRAWN else "",
        )

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.level or self.verb or self.attribute or self.withdrawn)


@dataclass(frozen=True)
class Select:
    """A filter of the tree. `groups`: (heading or "", choices); a choice's `url` holds the mark that its lines bear."""

    key: str
    label: str
    groups: Sequence[tuple[str, Sequence[Choice]]]


@dataclass(frozen=True)
class TreePage:
    lines: SafeString
    selects: Sequence[Select]
    shown: int
    count: int
    query: Query = field(default_factory=Query)


def tree_page(catalogue: Catalogue, query: Query) -> TreePage:
    found = answering(catalogue, query.text) if query.text else None
    return drawn_tree(tree_rows(catalogue), verbs_of(catalogue), catalogue.counts, query, found)


def drawn_tree(
    rows: Sequence[TreeRow],
    verbs: Mapping[UUID, Sequence[str]],
    counts: Mapping[str, Any],
    query: Query,
    found: set[UUID] | None,
) -> TreePage:
    """All lines, those that do not answer hidden: with a script the reader narrows on from there without a request.

    `found` are the rows that hold the text of the query, None where it has none; `counts` as `Catalogue.counts`.
    """
    offered = facets(rows)
    pairs = [(name, value) for name, values in offered.items() for value in values]
    marks = {pair: f"a{number}" for number, pair in enumerate(pairs)}
    marked = [_marks(row, verbs.get(row.id, ()), marks) for row in rows]
    wanted = _wanted(query, marks)
    hits = [wanted <= own and (found is None or row.id in found) for row, own in zip(rows, marked, strict=True)]
    shown = hits if query.is_empty else _with_above(rows, hits)
    draw = _Lines({row.level for row in rows if row.level}).draw
    lines = [
        draw(row, verbs.get(row.id, ()), own, is_shown, found is not None and row.id in found)
        for row, own, is_shown in zip(rows, marked, shown, strict=True)
    ]
    counted = [row.category not in UNCOUNTED for row in rows]
    return TreePage(
        mark_safe("\n".join(lines)),  # noqa: S308 - every value in a line is escaped
        _selects(counts, query, offered, marks, any(verbs.values())),
        sum(1 for hit, counts in zip(hits, counted, strict=True) if hit and counts),
        sum(counted),
        query,
    )


def _marks(row: TreeRow, verbs: Sequence[str], marks: Mapping[tuple[str, str], str]) -> frozenset[str]:
    """What a line can be found by: level, verbs, attributes, and whether it is withdrawn."""
    own = {f"v{verb}" for verb in verbs}
    if row.is_withdrawn or row.category != "group":
        own.add("w" if row.is_withdrawn else "f")
    if row.level:
        own.add(f"l{row.level}")
    for name, values in row.attributes.items():
        own.update(mark for value in values if (mark := marks.get((name, value))))
    return frozenset(own)


def _wanted(query: Query, marks: Mapping[tuple[str, str], str]) -> frozenset[str]:
    wanted = set()
    if query.level:
        wanted.add(f"l{query.level}")
    if query.verb:
        wanted.add(f"v{query.verb}")
    if query.attribute:
        name, _colon, value = query.attribute.partition(":")
        wanted.add(marks.get((name, value), "?"))
    if query.withdrawn:
        wanted.add("w" if query.withdrawn == "only" else "f")
    return frozenset(wanted)


def _with_above(rows: Sequence[TreeRow], hits: Sequence[bool]) -> list[bool]:
    """A line is shown when it answers or anything below it does."""
    shown = list(hits)
    needed = -1
    for index in range(len(rows) - 1, -1, -1):
        depth = rows[index].depth
        if shown[index]:
            needed = depth
        elif needed > depth:
            shown[index] = True
            needed = depth
        if depth == 0:
            needed = -1
    return shown


class _Lines:
    """Draws the lines of one page; what does not depend on the row, words above all, is worked out once."""

    def __init__(self, levels: Iterable[str]) -> None:
        self.language = get_language() or "en"
        self.withdrawn = f'<span class="state state-quiet">{escape(pgettext("requirement", "withdrawn"))}</span>'
        self.verbs = {
            verb: f'<span class="verb verb-{verb}">{escape(str(name))}</span>' for verb, name in Statement.Verb.choices
        }
        self.levels = {level: f'<span class="tree-note">{escape(wording.level_name(level))}</span>' for level in levels}

    def draw(self, row: TreeRow, verbs: Sequence[str], marks: frozenset[str], is_shown: bool, is_found: bool) -> str:
        told = row.translations.get(self.language)
        title = (told and told.get("title")) or row.title
        ref = row.label or row.identifier
        tail = "".join([self.verbs[verb] for verb in verbs])
        if row.level:
            tail += self.levels[row.level]
        if row.is_withdrawn:
            tail += self.withdrawn
        name = f'<span class="ref">{escape(ref)}</span> {escape(title)}' if ref != title else escape(title)
        return (
            f'<li class="depth-{min(row.depth, 6)}{" is-withdrawn" if row.is_withdrawn else ""}"'
            f' data-depth="{row.depth}"'
            f' data-marks="{escape(" ".join(sorted(marks)))}"{UNCOUNTED.get(row.category, "")}'
            f"{' data-found' if is_found else ''}{'' if is_shown else ' hidden'}>"
            f'<span class="tree-line"><a href="./{escape(quoted(row.identifier))}/">{name}</a>'
            f"{f'<span class=tree-tail>{tail}</span>' if tail else ''}</span></li>"
        )


_VERB_NAMES = {verb: label for verb, label in Statement.Verb.choices}


def _selects(
    counts: Mapping[str, Any],
    query: Query,
    offered: Mapping[str, Sequence[str]],
    marks: Mapping[tuple[str, str], str],
    has_verbs: bool,
) -> list[Select]:
    """Only filters that can narrow: without levels none is offered."""

    def choice(value: str, label: Any, chosen: str, mark: str) -> Choice:
        return Choice(value, str(label), value == chosen, mark)

    selects = []
    if levels := counts.get("levels"):
        order = wording.levels_in_order(levels)
        choices = [choice(level, wording.level_name(level), query.level, f"l{level}") for level in order]
        selects.append(Select("level", _("Level"), [("", choices)]))
    if has_verbs:
        used = [verb for verb in VERBS if counts.get("statements", {}).get(verb)]
        choices = [choice(verb, _VERB_NAMES[verb], query.verb, f"v{verb}") for verb in used]
        selects.append(Select("verb", _("Modal verb"), [("", choices)]))
    if offered:
        groups = [
            (
                wording.attribute_name(name),
                [
                    choice(f"{name}:{value}", wording.value_name(value), query.attribute, marks[(name, value)])
                    for value in values
                ],
            )
            for name, values in offered.items()
        ]
        selects.append(Select("attribute", _("Attribute"), groups))
    if counts.get("withdrawn"):
        choices = [
            choice("no", _("in force only"), query.withdrawn, "f"),
            choice("only", _("withdrawn only"), query.withdrawn, "w"),
        ]
        selects.append(Select("withdrawn", _("Withdrawn ones"), [("", choices)]))
    return selects
