"""DocBook 5 as Markdown: the few elements that the IT-Grundschutz-Kompendium uses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from ringwall.oscal.markup import local_name

_AROUND = {"italics": "*", "strong": "**"}
_SPACE = re.compile(r"\s+")


def title_of(element: Element) -> str:
    """The title of a section on one line, without emphasis."""
    for child in element:
        if local_name(child) == "title":
            return plain(child)
    return ""


def plain(element: Element) -> str:
    """All text of an element on one line."""
    return _SPACE.sub(" ", "".join(element.itertext())).strip()


def sections(element: Element) -> Iterable[Element]:
    """The sections directly within an element."""
    return (child for child in element if local_name(child) in ("section", "chapter"))


def text_of(element: Element) -> str:
    """Paragraphs, lists and tables of a section as Markdown, without its title and sub-sections."""
    blocks = [_block(child, "") for child in element if local_name(child) not in ("title", "section", "info")]
    return "\n\n".join(block for block in blocks if block)


def table_rows(table: Element) -> list[list[str]]:
    """The cells of a table, row by row, as plain text."""
    return [
        [plain(cell) for cell in row if local_name(cell) in ("td", "th")]
        for row in table.iter()
        if local_name(row) == "tr"
    ]


def _block(element: Element, indent: str) -> str:
    name = local_name(element)
    if name == "para":
        text = _line(element)
        return f"{indent}{text}" if text else ""
    if name in ("itemizedlist", "orderedlist"):
        return _list(element, indent, "1." if name == "orderedlist" else "-")
    if name in ("informaltable", "table"):
        rows = table_rows(element)
        lines = [f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |" for cells in rows]
        if lines:
            lines.insert(1, f"|{' --- |' * len(rows[0])}")
        return "\n".join(lines)
    return ""


def _list(element: Element, indent: str, mark: str) -> str:
    lines: list[str] = []
    for member in element:
        if local_name(member) != "listitem":
            continue
        inner = list(member)
        head = _line(inner[0]) if inner and local_name(inner[0]) == "para" else ""
        lines.append(f"{indent}{mark} {head}".rstrip())
        below = [_block(child, indent + " " * (len(mark) + 1)) for child in inner[1 if head else 0 :]]
        lines.extend(block for block in below if block)
    return "\n".join(lines)


def _line(element: Element) -> str:
    return _SPACE.sub(" ", _inline(element)).strip()


def _inline(element: Element) -> str:
    pieces = [element.text or ""]
    for child in element:
        inner = _inline(child)
        around = _AROUND.get(child.get("role", ""), "") if local_name(child) == "emphasis" else ""
        core = inner.strip()
        if around and core and around not in core:
            # Markdown wants the mark next to the word, the source has blanks in between.
            inner = inner.replace(core, f"{around}{core}{around}", 1)
        pieces.append(inner)
        pieces.append(child.tail or "")
    return "".join(pieces)
