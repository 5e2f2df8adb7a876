"""Texts of catalogues as HTML. They come from files of strangers: Markdown without HTML, then cleaned all the same."""

from functools import cache
from importlib import import_module
from typing import Any

from django.utils.safestring import SafeString, mark_safe

TAGS = {
    "p",
    "br",
    "hr",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "code",
    "pre",
    "blockquote",
    "a",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}


@cache
def _tools() -> tuple[Any, Any]:
    # Loaded at the first text that needs them, not at the start of every process.
    markdown_it, cleaner = import_module("markdown_it"), import_module("nh3")
    return markdown_it.MarkdownIt("commonmark", {"html": False}).enable("table"), cleaner


def as_html(text: str) -> SafeString:
    """Markdown as clean HTML: no scripts, no styles, no pictures, links only to the web and to mail."""
    if not text:
        return mark_safe("")
    parser, cleaner = _tools()
    cleaned: str = cleaner.clean(
        parser.render(text), tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    )
    return mark_safe(cleaned)  # noqa: S308 - cleaned to the tags above


def web_address(address: str) -> str:
    """The address where it leads to the web, else nothing: other schemes are not linked."""
    return address if address.startswith(("https://", "http://")) else ""
