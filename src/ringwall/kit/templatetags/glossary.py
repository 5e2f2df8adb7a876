"""Terms of the glossary in what a page says: the first time one is met it leads to its explanation.

This module writes HTML itself; texts go through `escape` unless they are HTML already.
"""
# ruff: noqa: S308

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import groupby
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
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


@register.simple_tag(takes_context=True)
def explained(context: template.Context, text: Any) -> SafeString:
    """The text, in which a term that this page has not met yet is a link to the glossary, with its explanation beside
    it for the eye and the screen reader. Escaped; HTML that is safe already is kept, its links and headings untouched.
    """
    is_html = hasattr(text, "__html__")
    html = text.__html__() if is_html else escape(str(text))
    request = context.get("request")
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or (terms := _terms(get_language() or "")) is None:
        return mark_safe(html)
    # One request makes one page; the terms already met on it are kept with the request.
    met: set[str] = request.__dict__.setdefault("terms_met", set())
    base = f"/{actor.organisation.code}/"
    if not is_html or "<" not in html:
        return mark_safe(_linked(html, terms, base, met))
    parts, closed = TAG.split(html), 0
    for index, part in enumerate(parts):
        if index % 2:
            if found := CLOSED_TO_TERMS.match(part):
                closed = max(0, closed + (-1 if found[1] else 1))
        elif part and not closed:
            parts[index] = _linked(part, terms, base, met)
    return mark_safe("".join(parts))


def _linked(html: str, terms: _Terms, base: str, met: set[str]) -> str:
    def link(found: re.Match[str]) -> str:
        term = terms.by_spelling[found[0]]
        if term.key in met:
            return found[0]
        met.add(term.key)
        key = escape(term.key)
        return (
            f'<span class="term"><a href="{escape(base + term.path)}" aria-describedby="term-{key}">{found[0]}</a>'
            f'<span class="term-text" role="tooltip" id="term-{key}">{escape(term.explanation)}</span></span>'
        )

    return terms.pattern.sub(link, html)
