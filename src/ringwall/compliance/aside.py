"""Where one is in an interview: the groups with their progress, and the questions of one's own group.

In Python, because a hundred lines in template language take longer than all else on the page.
"""

from collections.abc import Iterable
from html import escape
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from ringwall.compliance.interview import Walk
from ringwall.compliance.queries import AnswerRow, GroupRow

CURRENT = ' aria-current="page"'


def group_lines(groups: Iterable[GroupRow], walk: Walk) -> SafeString:
    """Each leads to the first question below it."""
    return _joined(
        f'<li class="depth-{row.depth}"><span class="tree-line"><a href="{escape(walk.query(at=row.identifier))}">'
        f'{escape(row.name)} <span class="muted">{escape(_short(row.title, 40))}</span></a><span class="tree-tail">'
        f'<span class="tree-note">{row.progress.done} / {row.progress.total}</span></span></span></li>'
        for row in groups
    )


def question_lines(rows: Iterable[AnswerRow], walk: Walk, current: UUID) -> SafeString:
    return _joined(
        f'<li><a href="{escape(walk.query(at=str(row.id)))}"{CURRENT if row.id == current else ""}>'
        f'<span class="mark mark-{escape(row.value)}" aria-hidden="true"></span>'
        f'<span class="ref">{escape(row.name)}</span> {escape(_short(row.title, 60))}</a></li>'
        for row in rows
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else Truncator(text).chars(most)


def _joined(lines: Iterable[str]) -> SafeString:
    return mark_safe("".join(lines))  # noqa: S308 - every value in a line is escaped
