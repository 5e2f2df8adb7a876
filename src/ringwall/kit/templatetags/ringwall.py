"""Template tags for what would be slow or clumsy in template language: table rows, query strings, icons."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import lucide
from django import template
from django.http import QueryDict
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ringwall.kit.pages import Cell, Column, Filter, Panel, Row

register = template.Library()

TONES = frozenset({"good", "warn", "bad", "info", "quiet"})
NUMERIC = frozenset({"number", "money"})
TITLE_FROM = 36
"""Characters from which a cell carries its whole text as a tooltip, since the column may cut it off."""


@functools.cache
def _icon(name: str, size: int, css: str) -> SafeString:
    # Lucide copies an XML tree at every call; a page with thirty icons would spend 2 ms on them.
    svg = lucide._render_icon(name, size, **{"class": css, "aria-hidden": "true", "focusable": "false"})
    return mark_safe(svg)  # noqa: S308 - from the package's own files


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


@register.simple_tag
def state(text: Any, tone: str = "") -> SafeString:
    """A word with its tone. The sign before it differs in shape, so that colour never stands alone."""
    return format_html('<span class="state state-{}">{}</span>', tone if tone in TONES else "quiet", text)


def _cell_content(cell: Cell) -> SafeString:
    text = conditional_escape(cell.text)
    if cell.state:
        text = state(text, cell.state)
    return format_html('<a href="{}">{}</a>', cell.url, text) if cell.url else mark_safe(text)  # noqa: S308 - escaped above


@register.simple_tag
def cell_html(cell: Cell, is_first: bool = False) -> SafeString:
    """One `<td>`, or the row's `<th>`; `data-edit` marks the ones that open an editor."""
    text = str(cell.text)
    hint = str(cell.hint) or (text if len(text) >= TITLE_FROM else "")
    attributes = format_html(' class="cell-{}"', cell.kind)
    if hint:
        attributes += format_html(' title="{}"', hint)
    if cell.is_editable:
        attributes += format_html(' data-key="{}" data-edit', cell.key)
    name = mark_safe("th") if is_first else mark_safe("td")
    scope = mark_safe(' scope="row"') if is_first else ""
    return format_html("<{}{}{}>{}</{}>", name, scope, attributes, _cell_content(cell), name)


def _row_html(row: Row, is_selectable: bool, select: str, withdrawn: SafeString) -> SafeString:
    cells = [cell_html(cell, number == 0) for number, cell in enumerate(row.cells)]
    if row.is_withdrawn and cells:
        cells[0] = mark_safe(cells[0].replace("</th>", f" {withdrawn}</th>"))  # noqa: S308 - both are escaped already
    tick: SafeString | str = ""
    if is_selectable:
        label = select.replace("%s", row.ref)
        tick = format_html(
            '<td class="cell-tick"><label class="tick"><input type="checkbox" form="bulk" name="ids" value="{}"'
            ' aria-label="{}"></label></td>',
            row.id,
            label,
        )
    return format_html(
        '<tr data-id="{}" data-url="{}" data-version="{}"{}>{}{}</tr>\n',
        row.id,
        row.url,
        row.version,
        mark_safe(' class="is-withdrawn"') if row.is_withdrawn else "",
        tick,
        mark_safe("".join(cells)),  # noqa: S308 - joined from escaped cells
    )


@register.simple_tag
def table_rows(rows: Sequence[Row], is_selectable: bool = False) -> SafeString:
    """The body of a register. In Python, because 400 cells in template language take 15 ms and here 2."""
    select = _("Select %s")
    withdrawn = state(_("withdrawn"), "quiet")
    return mark_safe("".join(_row_html(row, is_selectable, select, withdrawn) for row in rows))  # noqa: S308 - escaped rows


@register.filter
def is_numeric(column: Column) -> bool:
    return column.kind in NUMERIC


@register.simple_tag(takes_context=True)
def panel_template(context: template.Context, panel: Panel) -> SafeString:
    """A panel that brings its own template, drawn with the page's context and the panel's own values over it."""
    assert context.template is not None
    drawn = context.template.engine.get_template(panel.template)
    with context.push(**panel.context, panel=panel):
        return drawn.render(context)


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
