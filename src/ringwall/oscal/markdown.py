"""OSCAL's marked-up text, the other half: XML elements of Markdown.

Source: metaschema data types markup-line and markup-multiline. HTML within Markdown is text, not elements.
"""

from __future__ import annotations

import re
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ringwall.oscal.prose import INSERTION

# Nothing in such a text means anything to Markdown, and most texts are such: no parser is needed.
_PLAIN = re.compile(r"[^\\`*_\[\]<>#~^|!&{}\n+\-\d=][^\\`*_\[\]<>#~^|!&{}\n]*")
_MARK = re.compile("\ue000(\\d+)\ue001")

_ELEMENTS = {
    "em": "em",
    "strong": "strong",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "table": "table",
    "tr": "tr",
    "th": "th",
    "td": "td",
}


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def inline_xml(text: str) -> str:
    """One line of Markdown as XML content."""
    if _PLAIN.fullmatch(text):
        return escape(text)
    hidden, inserts = _hide(text)
    tokens = _parser().parseInline(hidden)
    return _show("".join(_inline(token.children or []) for token in tokens), inserts)


def block_xml(text: str) -> str:
    """Markdown as XML blocks: paragraphs, lists, tables."""
    if _PLAIN.fullmatch(text):
        return f"<p>{escape(text)}</p>"
    hidden, inserts = _hide(text)
    return _show("".join(_block(token) for token in _parser().parse(hidden)), inserts) or "<p/>"


def _hide(text: str) -> tuple[str, list[str]]:
    """Insertions as marks that Markdown leaves alone."""
    inserts: list[str] = []

    def mark(found: re.Match[str]) -> str:
        if not found[1]:
            return found[0]
        inserts.append(f'<insert type="param" id-ref={quoteattr(found[2])}/>')
        return f"\ue000{len(inserts) - 1}\ue001"

    return INSERTION.sub(mark, text), inserts


def _show(xml: str, inserts: list[str]) -> str:
    return _MARK.sub(lambda found: inserts[int(found[1])] if int(found[1]) < len(inserts) else "", xml)


def _block(token: Token) -> str:
    kind = token.type.removesuffix("_open").removesuffix("_close")
    if token.type == "inline":
        return _inline(token.children or [])
    if token.type in ("fence", "code_block"):
        return f"<pre>{escape(token.content.rstrip())}</pre>"
    if token.type == "html_block":
        return f"<p>{escape(' '.join(token.content.split()))}</p>"
    if token.type == "hr":
        return "<hr/>"
    if kind == "paragraph":
        return "" if token.hidden else _tag("p", token)
    if kind == "heading":
        return _tag(token.tag, token)
    return _tag(_ELEMENTS[kind], token) if kind in _ELEMENTS else ""


def _tag(name: str, token: Token) -> str:
    return f"<{name}>" if token.nesting == 1 else f"</{name}>"


def _inline(tokens: list[Token]) -> str:
    pieces: list[str] = []
    for token in tokens:
        if token.type == "code_inline":
            pieces.append(f"<code>{escape(token.content)}</code>")
        elif token.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif token.type == "link_open":
            pieces.append(f"<a href={quoteattr(str(token.attrGet('href') or ''))}>")
        elif token.type == "link_close":
            pieces.append("</a>")
        elif token.type == "image":
            pieces.append(f"<img alt={quoteattr(token.content)} src={quoteattr(str(token.attrGet('src') or ''))}/>")
        elif token.nesting:
            pieces.append(_tag(_ELEMENTS[token.type.rpartition("_")[0]], token))
        else:
            pieces.append(escape(token.content))
    return "".join(pieces)
