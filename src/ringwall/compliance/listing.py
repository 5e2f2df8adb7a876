"""All answers of a check on one page: groups with their progress, one line a requirement.

In Python, because a thousand lines in template language take longer than the whole page may.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ringwall.catalogues import wording
from ringwall.catalogues.tree import Select
from ringwall.compliance import queries, rules
from ringwall.compliance.models import Check
from ringwall.compliance.wording import TONES, UNMET, UNMET_TONES, VALUES
from ringwall.kit.pages import Choice

STATES = ("open", "unmet", "carried", "reasons")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the reader narrows by, as the filters of a catalogue draw it."""

    text: str
    is_empty: bool


@dataclass(frozen=True)
class AllAnswers:
    """What the page shows; `query` and `selects` as the filters of a catalogue take them."""

    lines: SafeString
    selects: Sequence[Select]
    shown: int
    count: int
    query: Narrowed
    progress: rules.Progress


def all_answers(check: Check, given: Mapping[str, str]) -> AllAnswers:
    rows = queries.answer_rows(check)
    outline = queries.outline(queries.group_rows(check, rows), rows)
    names = queries.role_names(rows)
    role_marks = {role: f"r{number}" for number, role in enumerate(names)}
    marks = {row.key: _marks(row, [role_marks[role] for role in row.roles]) for row in rows}
    chosen = {name: given.get(name, "") for name in ("value", "state", "level", "role")}
    text = given.get("q", "").replace("\x00", "").strip()[:200]
    wanted = _wanted(chosen, role_marks)
    words = text.casefold().split()
    hits = {row.key for row in rows if wanted <= marks[row.key] and all(word in _words(row) for word in words)}
    draw = _Lines()
    lines = []
    shown_below = _groups_shown(outline, hits)
    for at, row in enumerate(outline):
        if isinstance(row, queries.GroupRow):
            lines.append(draw.group(row, at in shown_below))
        else:
            lines.append(draw.answer(row, marks[row.key], row.key in hits))
    return AllAnswers(
        mark_safe("\n".join(lines)),  # noqa: S308 - every value in a line is escaped
        _selects(rows, names, role_marks, chosen),
        len(hits),
        len(rows),
        Narrowed(text, not (wanted or text)),
        queries.progress_in(rows),
    )


def _words(row: queries.AnswerRow) -> str:
    return f"{row.identifier} {row.label} {row.title}".casefold()


def _marks(row: queries.AnswerRow, roles: Sequence[str]) -> frozenset[str]:
    found = {f"v{row.value}", *roles}
    if row.level:
        found.add(f"l{row.level}")
    if row.needs_work:
        found.add("sopen")
    if row.unmet:
        found |= {"sunmet", f"u{row.unmet}"}
    if row.is_carried:
        found.add("scarried")
    if row.lacks_reason:
        found.add("sreasons")
    return frozenset(found)


def _wanted(chosen: Mapping[str, str], role_marks: Mapping[str, str]) -> frozenset[str]:
    found = {f"{name[0]}{chosen[name]}" for name in ("value", "state", "level") if chosen[name]}
    if chosen["role"]:
        found.add(role_marks.get(chosen["role"], "?"))
    return frozenset(found)


def _groups_shown(outline: Sequence[queries.GroupRow | queries.AnswerRow], hits: set[Any]) -> set[int]:
    """Places of the groups below which something answers."""
    shown: set[int] = set()
    above: list[tuple[int, int]] = []
    for at, row in enumerate(outline):
        while above and above[-1][1] >= row.depth:
            above.pop()
        if isinstance(row, queries.GroupRow):
            above.append((at, row.depth))
        elif row.key in hits:
            shown.update(place for place, _depth in above)
    return shown


class _Lines:
    """Draws the lines of one page; words are looked up once."""

    def __init__(self) -> None:
        self.values = {
            value: f'<span class="state state-{TONES[value]}">{escape(str(word))}</span>'
            for value, word in VALUES.items()
        }
        self.unmet = {
            key: f'<span class="state state-{UNMET_TONES[key]}">{escape(str(word))}</span>'
            for key, word in UNMET.items()
        }
        self.carried = f'<span class="state state-warn">{escape(_("to be confirmed"))}</span>'
        self.reason = f'<span class="state state-warn">{escape(_("justification missing"))}</span>'

    def group(self, row: queries.GroupRow, is_shown: bool) -> str:
        found = row.progress
        told = escape(f"{found.done} / {found.total}")
        return (
            f'<li class="depth-{min(row.depth, 6)}" data-depth="{row.depth}" data-marks="" data-group'
            f'{"" if is_shown else " hidden"}><span class="tree-line"><a href="../interview/?state=all&amp;at='
            f'{escape(row.identifier)}">{self._name(row)}</a>'
            f'<span class="tree-tail"><progress max="{found.total}" value="{found.done}" aria-label="{told}">'
            f"</progress>"
            f'<span class="tree-note">{told}</span></span></span></li>'
        )

    def answer(self, answer: queries.AnswerRow, marks: frozenset[str], is_shown: bool) -> str:
        tail = self.values[answer.value]
        if answer.unmet and answer.unmet != rules.Unmet.MAY:
            tail += self.unmet[answer.unmet]
        if answer.is_carried:
            tail += self.carried
        if answer.lacks_reason:
            tail += self.reason
        if answer.maturity is not None:
            tail = f'<span class="tree-note">{answer.maturity}</span>{tail}'
        told = " ".join(sorted(marks))
        return (
            f'<li class="depth-{min(answer.depth, 6)}" data-depth="{answer.depth}" data-marks="{told}"'
            f'{"" if is_shown else " hidden"}><span class="tree-line"><a href="../interview/?state=all&amp;at='
            f'{answer.id}">{self._name(answer)}</a><span class="tree-tail">{tail}</span></span></li>'
        )

    def _name(self, row: queries.GroupRow | queries.AnswerRow) -> str:
        title = escape(row.title)
        return f'<span class="ref">{escape(row.name)}</span> {title}' if row.name != row.title else title


def _selects(
    rows: Sequence[queries.AnswerRow],
    roles: Sequence[str],
    role_marks: Mapping[str, str],
    chosen: Mapping[str, str],
) -> list[Select]:
    """Only filters that can narrow."""

    def select(key: str, label: Any, pairs: Sequence[tuple[str, Any]], prefix: str) -> Select:
        choices = [Choice(value, str(word), value == chosen[key], f"{prefix}{value}") for value, word in pairs]
        return Select(key, str(label), [("", choices)])

    states = [
        ("open", _("open or to be confirmed")),
        ("unmet", _("not met")),
        ("carried", _("to be confirmed")),
        ("reasons", _("justification missing")),
    ]
    found = [
        select("value", pgettext("answer", "Answer"), list(VALUES.items()), "v"),
        select("state", _("State"), states, "s"),
    ]
    if levels := {row.level for row in rows if row.level}:
        pairs = [(level, wording.level_name(level)) for level in wording.levels_in_order(dict.fromkeys(levels, 0))]
        found.append(select("level", _("Level"), pairs, "l"))
    if roles:
        choices = [Choice(role, role, role == chosen["role"], role_marks[role]) for role in roles]
        found.append(Select("role", _("Role"), [("", choices)]))
    return found
