"""OSCAL's marked-up text: elements in XML, Markdown in JSON. This half makes Markdown of elements.

Source: metaschema data types markup-line and markup-multiline. White space within a line carries no meaning in XML.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

BLOCKS = frozenset({"p", "ul", "ol", "pre", "table", "blockquote", "hr", "img", *(f"h{n}" for n in range(1, 7))})

_AROUND = {"em": "*", "i": "*", "strong": "**", "b": "**", "q": '"', "sub": "~", "sup": "^"}
_SPECIAL = re.compile(r"[\\`*]")
_LIST_LIKE = re.compile(r"(#{1,6}|[-+>]|\d+[.)])(?=\s)")
_SPACE = re.compile(r"[ \t\r\n]+")


def local_name(element: Element) -> str:
    """The name of an element without its namespace; "" for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def line_of(element: Element) -> str:
    """The content of an element that holds one line of markup."""
    return _SPACE.sub(" ", _inline(element)).strip(" ")


def lines_of(element: Element) -> str:
    """The content of an element that holds several lines of markup: paragraphs, lists, tables."""
    has_blocks = any(local_name(child) in BLOCKS for child in element)
    return blocks_of(list(element)) if has_blocks else line_of(element)


def blocks_of(elements: list[Element], indent: str = "") -> str:
    """Block elements as Markdown, parted by empty lines."""
    blocks = [_block(element, indent) for element in elements]
    return "\n\n".join(block for block in blocks if block)


def _block(element: Element, indent: str) -> str:
    name = local_name(element)
    if name in ("ul", "ol"):
        return _list(element, indent)
    if name == "pre":
        return f"{indent}```\n{''.join(element.itertext())}\n{indent}```"
    if name == "table":
        return _table(element, indent)
    if name == "blockquote":
        inner = lines_of(element)
        return "\n".join(f"{indent}> {line}".rstrip() for line in inner.splitlines())
    if name == "hr":
        return f"{indent}---"
    if name == "img":
        return indent + _image(element)
    text = line_of(element)
    level = f"{'#' * int(name[1])} " if re.fullmatch("h[1-6]", name) else ""
    if name == "p":
        text = _unlisted(text)
    return f"{indent}{level}{text}" if text else ""


def _unlisted(text: str) -> str:
    """A paragraph that begins like a heading or a list stays a paragraph."""
    begins = _LIST_LIKE.match(text)
    return f"{begins[1][:-1]}\\{begins[1][-1]}{text[begins.end() :]}" if begins else text


def _list(element: Element, indent: str) -> str:
    mark = "1." if local_name(element) == "ol" else "-"
    lines: list[str] = []
    for member in element:
        if local_name(member) != "li":
            continue
        nested = [child for child in member if local_name(child) in BLOCKS]
        own = _SPACE.sub(" ", _inline(member, skip=nested)).strip()
        if not own and nested and local_name(nested[0]) == "p":
            own, nested = line_of(nested[0]), nested[1:]
        lines.append(f"{indent}{mark} {own}".rstrip())
        below = blocks_of(nested, indent + " " * (len(mark) + 1))
        if below:
            lines.append(below)
    return "\n".join(lines)


def _table(element: Element, indent: str) -> str:
    rows = [
        [line_of(cell).replace("|", "\\|") for cell in row if local_name(cell) in ("td", "th")]
        for row in element.iter()
        if local_name(row) == "tr"
    ]
    if not rows:
        return ""
    lines = [f"{indent}| {' | '.join(cells)} |" for cells in rows]
    lines.insert(1, f"{indent}|{' --- |' * len(rows[0])}")
    return "\n".join(lines)


def _text(text: str | None) -> str:
    """Text of an element with a backslash before what would mean something in Markdown."""
    return _SPECIAL.sub(r"\\\g<0>", text) if text else ""


def _inline(element: Element, skip: list[Element] | None = None) -> str:
    pieces = [_text(element.text)]
    for child in element:
        if not skip or child not in skip:
            pieces.append(_phrase(child))
        pieces.append(_text(child.tail))
    return "".join(pieces)


def _phrase(element: Element) -> str:
    name = local_name(element)
    if name == "insert":
        return f"{{{{ insert: {element.get('type', 'param')}, {element.get('id-ref', '')} }}}}"
    if name == "a":
        return f"[{_inline(element)}]({element.get('href', '')})"
    if name == "code":
        return f"`{''.join(element.itertext())}`"
    if name == "img":
        return _image(element)
    if name == "br":
        return " "
    around = _AROUND.get(name, "")
    return f"{around}{_inline(element)}{around}" if name else ""


def _image(element: Element) -> str:
    return f"![{element.get('alt', '')}]({element.get('src', '')})"
