"""Template tags for what would be slow or clumsy in template language: table rows, hidden fields, icons.

This module writes HTML itself; whatever comes from a record goes through `_escaped` or `escape` first.
"""
# ruff: noqa: S308

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

import lucide
from django import template
from django.http import QueryDict
from django.template.loader import get_template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from ringwall.kit.pages import Cell, Filter, Panel, Row

register = template.Library()

TONES = frozenset({"good", "warn", "bad", "info", "quiet"})
TITLE_FROM = 36
"""Characters from which a cell carries its whole text as a tooltip, since the column may cut it off."""


@functools.cache
def _icon(name: str, size: int, css: str) -> SafeString:
    # Lucide copies an XML tree at every call; a page with thirty icons would spend 2 ms on them.
    svg = lucide._render_icon(name, size, **{"class": css, "aria-hidden": "true", "focusable": "false"})
    return mark_safe(svg)


@register.simple_tag
def icon(name: str, size: int = 16, css: str = "icon") -> SafeString:
    """A Lucide icon for the eye only: the name beside it, or an `aria-label`, carries the meaning."""
    return _icon(str(name), size, str(css))


def _pairs(query: Mapping[str, Any], without: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    left_out = set(without)
    values_of = query.lists() if isinstance(query, QueryDict) else query.items()
    for key, value in values_of:
        if key in left_out:
            continue
        values = value if isinstance(value, list | tuple) else [value]
        yield from ((key, str(one)) for one in values if one not in ("", None))


@register.simple_tag
def hidden_fields(query: Mapping[str, Any], *without: str) -> SafeString:
    """Hidden inputs that carry a query through a form, except the keys which the form asks for itself."""
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', _pairs(query, without))


@register.simple_tag
def hidden_but_filters(query: Mapping[str, Any], filters: Iterable[Filter]) -> SafeString:
    """Hidden inputs for the form of search and filters: sort, columns and whatever else makes up the present view."""
    return hidden_fields(query, "q", "page", *(one.key for one in filters))


@register.filter
def total(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


@register.filter
def unlocalise(number: int) -> str:
    """A number as HTML attributes want it, whatever the reader's language."""
    return str(number)


def _escaped(text: Any) -> str:
    # Django's own escape is made lazy for every call; a page of 500 cells would spend 10 ms on that alone.
    return text.__html__() if hasattr(text, "__html__") else escape(str(text))


@register.simple_tag
def state(text: Any, tone: str = "") -> SafeString:
    """A word with its tone. The sign before it differs in shape, so that colour never stands alone."""
    return mark_safe(f'<span class="state state-{tone if tone in TONES else "quiet"}">{_escaped(text)}</span>')


def _cell(cell: Cell, name: str, after: str = "") -> str:
    text = _escaped(cell.text)
    hint = _escaped(cell.hint) if cell.hint else text if len(text) >= TITLE_FROM and text.isprintable() else ""
    attributes = f' class="cell-{escape(cell.kind)}"'
    if hint:
        attributes += f' title="{hint}"'
    if cell.is_editable:
        attributes += f' data-key="{escape(cell.key)}" data-edit'
    if name == "th":
        attributes += ' scope="row"'
    if cell.state:
        text = state(cell.text, cell.state)
    if cell.url:
        text = f'<a href="{escape(cell.url)}">{text}</a>'
    return f"<{name}{attributes}>{text}{after}</{name}>"


@register.simple_tag
def cell_html(cell: Cell) -> SafeString:
    """One `<td>` of a register; `data-edit` marks the ones that open an editor."""
    return mark_safe(_cell(cell, "td"))


def _row(row: Row, tick: str, withdrawn: str) -> str:
    ref = escape(row.ref)
    head = ""
    if tick:
        head = (
            '<td class="cell-tick"><label class="tick"><input type="checkbox" form="bulk" name="ids"'
            f' value="{escape(row.id)}" aria-label="{tick.replace("%s", ref)}"></label></td>'
        )
    cells = [
        _cell(cell, "td" if number else "th", f" {withdrawn}" if row.is_withdrawn and not number else "")
        for number, cell in enumerate(row.cells)
    ]
    look = ' class="is-withdrawn"' if row.is_withdrawn else ""
    place = f'data-id="{escape(row.id)}" data-url="{escape(row.url)}" data-version="{row.version}"'
    return f"<tr {place}{look}>{head}{''.join(cells)}</tr>\n"


@register.simple_tag
def table_rows(rows: Sequence[Row], is_selectable: bool = False) -> SafeString:
    """The body of a register. In Python, because 500 cells in template language take ten times as long."""
    tick = escape(_("Select %s")) if is_selectable else ""
    withdrawn = state(_("withdrawn"), "quiet")
    return mark_safe("".join(_row(row, tick, withdrawn) for row in rows))


@register.simple_tag
def filter_choices(one: Filter) -> SafeString:
    """The ticks of one filter. In Python for the same reason: there may be 50 units to choose from."""
    name = escape(one.key)
    start = f'<label class="choice"><input type="{"radio" if one.kind == "single" else "checkbox"}" name="{name}"'
    return mark_safe(
        "".join(
            f'{start} value="{escape(choice.value)}" id="f-{name}-{number}"'
            f"{' checked' if choice.is_selected else ''}>{_escaped(choice.label)}</label>"
            for number, choice in enumerate(one.choices, start=1)
        )
    )


@register.simple_tag(takes_context=True)
def panel_template(context: template.Context, panel: Panel) -> SafeString:
    """A panel that brings its own template, drawn with the page's context and the panel's own values over it."""
    assert context.template is not None
    drawn = context.template.engine.get_template(panel.template)
    with context.push(**panel.context, panel=panel):
        return drawn.render(context)


@functools.cache
def _fixed(name: str, language: str) -> SafeString:
    return mark_safe(get_template(name).render())


@register.simple_tag
def fixed(name: str) -> SafeString:
    """A template that depends on nothing but the language, drawn once for each."""
    return _fixed(name, get_language() or "")


@register.filter
def widget_kind(field: Any) -> str:
    """How a form row is laid out: `check` (box before its label), `group` (fieldset), `file` or `line`."""
    if field.widget_type == "checkbox":
        return "check"
    if field.use_fieldset:
        return "group"
    return "file" if "file" in field.widget_type else "line"


OUTCOME_TONES = {"added": "good", "changed": "info", "unchanged": "quiet", "refused": "bad"}


@register.filter
def outcome_state(outcome: str) -> SafeString:
    """The word for what an import will do with a row, with its tone."""
    words = {
        "added": pgettext("import", "New"),
        "changed": pgettext("import", "Changed"),
        "unchanged": pgettext("import", "Unchanged"),
        "refused": pgettext("import", "Refused"),
    }
    return state(words.get(outcome, outcome), OUTCOME_TONES.get(outcome, "quiet"))
