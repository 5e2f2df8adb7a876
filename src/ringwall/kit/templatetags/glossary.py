"""Terms of the glossary in what a page says: the first time one is met it leads to its explanation.

This module writes HTML itself; texts go through `escape` unless they are HTML already.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import groupby
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.registry import Term

register = template.Library()

TAG = re.compile(r"""(<(?:[^>"']|"[^"]*"|'[^']*')*>)""")
CLOSED_TO_TERMS = re.compile(r"<(/?)(a|h1|button|code|pre|script|style|textarea|title)\b", re.IGNORECASE)
"""Elements in which no link may stand, or whose text is not prose."""


@dataclass(frozen=True, slots=True)
class _Terms:
    """All terms of one language: one expression, the longest spelling first, and what each spelling means."""

    pattern: re.Pattern[str]
    by_spelling: Mapping[str, Term]


@cache
def _terms(language: str) -> _Terms | None:
    by_spelling: dict[str, Term] = {}
    for term in registry.answers("terms", language):
        for spelling in term.spellings:
            by_spelling.setdefault(spelling, term)
    if not by_spelling:
        return None
    # By their first letter, so that most words of a text are passed over after one comparison.
    by_letter = groupby(sorted(by_spelling, key=lambda word: (word[0], -len(word))), key=lambda word: word[0])
    branches = [
        f"{re.escape(letter)}(?:{'|'.join(re.escape(word[1:]) for word in words)})" for letter, words in by_letter
    ]
    return _Terms(re.compile(rf"(?<![\w/-])(?:{'|'.join(branches)})(?![\w/-])"), by_spelling)


@dataclass(frozen=True, slots=True)
class _Page:
    """What is kept with a request, since one request makes one page: the terms already met on it, where links begin."""

    terms: _Terms
    base: str
    met: set[str]


def _page(request: Any) -> _Page | None:
    """None where nobody is signed in to an organisation or nothing explains words."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return None
    page: _Page | None = request.__dict__.get("page_of_terms")
    if page is None and (terms := _terms(get_language() or "")) is not None:
        page = request.page_of_terms = _Page(terms, f"/{actor.organisation.code}/", set())
    return page


@register.simple_tag(takes_context=True)
def explained(context: template.Context, text: Any) -> SafeString:
    """The text, in which a term that this page has not met yet is a link to the glossary, with its explanation beside
    it for the eye and the screen reader. Escaped; HTML that is safe already is kept, its links and headings untouched.
    """
    is_html = hasattr(text, "__html__")
    html = text.__html__() if is_html else escape(str(text))
    page = _page(context.get("request"))
    if page is None:
        return SafeString(html)
    if not is_html or "<" not in html:
        return SafeString(_linked(html, page))
    parts, closed = TAG.split(html), 0
    for index, part in enumerate(parts):
        if index % 2:
            if found := CLOSED_TO_TERMS.match(part):
                closed = max(0, closed + (-1 if found[1] else 1))
        elif part and not closed:
            parts[index] = _linked(part, page)
    return SafeString("".join(parts))


def _linked(html: str, page: _Page) -> str:
    def link(found: re.Match[str]) -> str:
        term = page.terms.by_spelling[found[0]]
        if term.key in page.met:
            return found[0]
        page.met.add(term.key)
        key = escape(term.key)
        return (
            f'<span class="term"><a href="{escape(page.base + term.path)}" aria-describedby="term-{key}">{found[0]}</a>'
            f'<span class="term-text" role="tooltip" id="term-{key}">{escape(term.explanation)}</span></span>'
        )

    return page.terms.pattern.sub(link, html)
