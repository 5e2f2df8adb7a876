"""What another catalogue covers of one: the page with its filters, and the gaps as a document."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ringwall.access.policy import Actor
from ringwall.catalogues.mapping import panels, queries
from ringwall.catalogues.mapping.words import COVERAGE_TONES, COVERAGES, number, relation_words
from ringwall.catalogues.models import Catalogue
from ringwall.catalogues.queries import catalogue_named, catalogue_url, quoted
from ringwall.catalogues.views import download
from ringwall.catalogues.wording import level_name
from ringwall.kit import pages
from ringwall.kit.errors import Invalid, NotFound
from ringwall.kit.requests import ActorRequest

PAGE = 50
UNJUDGED = "unjudged"
FORMATS = {"pdf": "PDF", "xlsx": "XLSX"}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the reader narrows the requirements by; unknown values count as none."""

    show: str = ""
    group: str = ""
    text: str = ""

    @classmethod
    def read(cls, given: Any) -> "Narrowed":
        show = given.get("show", "")
        text = given.get("q", "").replace("\x00", "").strip()[:200]
        return cls(show if show in (*COVERAGES, UNJUDGED) else "", given.get("group", "")[:120], text)

    def address(self, by: str, **changes: str) -> str:
        query = {"by": by, "show": self.show, "group": self.group, "q": self.text} | changes
        return "?" + urlencode({key: value for key, value in query.items() if value})

    def holds(self, row: Any) -> bool:
        if self.show == UNJUDGED and not (row.covered.unjudged and row.coverage != "covered"):
            return False
        if self.show in COVERAGES and row.coverage != self.show:
            return False
        if self.group and row.group.key != self.group:
            return False
        text = f"{row.ref} {row.identifier} {row.title}".casefold()
        return all(word in text for word in self.text.casefold().split()[:8])


@require_GET
def coverage_page(request: ActorRequest, code: str) -> HttpResponse:
    """Of the catalogue in the address, by the one in `by`; without it by the first that a mapping connects."""
    actor = request.actor
    target, others, by = _sides(request, code)
    url = catalogue_url(actor, target)
    context: dict[str, Any] = {
        "title": _("Coverage of %(catalogue)s") % {"catalogue": target.title_text},
        "target": target,
        "by": by,
        "others": [(one.code, one.title_text, by is not None and one.pk == by.pk) for one in others],
        "breadcrumb": [
            pages.Link(_("Catalogues"), f"/{actor.organisation.code}/catalogues/"),
            pages.Link(target.title_text, url),
        ],
        "empty": pages.Empty(
            _("No mapping leads here"),
            _("What another catalogue covers is told by a mapping between the two. Import one first."),
            [pages.Link(_("Mappings"), panels.base_url(actor), "arrow-left-right", "primary")],
        ),
    }
    if by is not None:
        context |= _covered(request, target, by)
    return render(request, "mapping/coverage.html", context)


def _sides(request: ActorRequest, code: str) -> tuple[Catalogue, Sequence[Catalogue], Catalogue | None]:
    actor = request.actor
    queries.require_view(actor)
    target = catalogue_named(actor, code)
    others = queries.connected(actor, target)
    chosen = request.GET.get("by", "")
    if not chosen:
        return target, others, others[0] if others else None
    by = catalogue_named(actor, chosen)
    if by.pk == target.pk:
        raise Invalid({"by": [_("Name another catalogue than the one that is to be covered.")]})
    return target, others if by in others else [*others, by], by


def _covered(request: ActorRequest, target: Catalogue, by: Catalogue) -> dict[str, Any]:
    # What is concluded from mappings brings the OSCAL floor with it, and is loaded when first asked for.
    covering = import_module("ringwall.catalogues.mapping.covering")
    actor, narrowed = request.actor, Narrowed.read(request.GET)
    found = covering.coverage_of(actor, target, by)
    rows = [row for row in found.rows if narrowed.holds(row)]
    last = max(1, -(-len(rows) // PAGE))
    given = request.GET.get("page", "")
    at = min(max(int(given), 1), last) if given.isascii() and given.isdigit() and len(given) < 7 else 1
    base = panels.base_url(actor)
    return {
        "narrowed": narrowed,
        "meaning": covering.meaning(by),
        "facts": _facts(found, narrowed, by.code),
        "mappings": [pages.Link(title, f"{base}{name}/") for title, name in found.mappings],
        "groups": [_group(group, counts, by.code) for group, counts in found.by_group().items()],
        "group_choices": [(group.key, group.title, group.key == narrowed.group) for group in found.by_group()],
        "show_choices": [(key, words, key == narrowed.show) for key, words in _shows()],
        "rows": [
            _row(row, found, catalogue_url(actor, target), catalogue_url(actor, by))
            for row in rows[(at - 1) * PAGE : at * PAGE]
        ],
        "clear": narrowed.address(by.code, show="", group="", q="") if narrowed != Narrowed() else "",
        "swap": f"{catalogue_url(actor, by)}coverage/?{urlencode({'by': target.code})}",
        "exports": [
            pages.Link(name, f"./gaps.{ending}?{urlencode({'by': by.code})}", "download")
            for ending, name in FORMATS.items()
        ],
        "pager": pages.Pager(
            first=(at - 1) * PAGE + 1,
            last=min(at * PAGE, len(rows)),
            count=len(rows),
            first_url=narrowed.address(by.code) if at > 1 else "",
            previous_url=narrowed.address(by.code, page=str(at - 1)) if at > 1 else "",
            next_url=narrowed.address(by.code, page=str(at + 1)) if at < last else "",
            last_url=narrowed.address(by.code, page=str(last)) if at < last else "",
        ),
    }


def _shows() -> list[tuple[str, Any]]:
    return [*COVERAGES.items(), (UNJUDGED, _("not covered, rows not judged"))]


def _facts(found: Any, narrowed: Narrowed, by: str) -> list[pages.Fact]:
    facts = [pages.Fact(_("Requirements"), number(len(found.rows)))]
    for kind, count in found.counts.items():
        label = str(COVERAGES[kind])
        share = f" ({round(100 * count / len(found.rows))} %)" if found.rows else ""
        url = narrowed.address(by, show=str(kind))
        facts.append(pages.Fact(label[:1].upper() + label[1:], number(count) + share, url, COVERAGE_TONES[kind]))
    if found.unjudged:
        hint = _("Requirements that are not covered, for which rows exist that a tool set and nobody judged.")
        url = narrowed.address(by, show=UNJUDGED)
        facts.append(pages.Fact(_("Waiting for a judgement"), number(found.unjudged), url, "warn", hint))
    return facts


def _group(group: queries.Group, counts: Any, by: str) -> dict[str, Any]:
    """A line of the totals; each number leads to the requirements behind it."""
    total = sum(counts.values())
    return {
        "title": group.title,
        "url": Narrowed(group=group.key).address(by),
        "total": number(total),
        "cells": [
            {
                "count": number(count) if count else "",
                "url": Narrowed(show=str(kind), group=group.key).address(by),
                "kind": str(kind),
            }
            for kind, count in counts.items()
        ],
        "share": round(100 * counts["covered"] / total) if total else 0,
        "partly": round(100 * counts["partly"] / total) if total else 0,
    }


def _row(row: Any, found: Any, target_url: str, by_url: str) -> dict[str, Any]:
    def reason(one: Any) -> dict[str, str]:
        ref, title, identifier = found.sources[one.source]
        return {
            "ref": ref,
            "title": title,
            "url": f"{by_url}{quoted(identifier)}/",
            "relation": relation_words(one.relation),
            "target": row.ref if one.target == row.identifier else one.target,
            "rationale": one.rationale,
        }

    return {
        "ref": row.ref,
        "title": row.title if row.title != row.ref else "",
        "url": f"{target_url}{quoted(row.identifier)}/",
        "level": level_name(row.level),
        "state": COVERAGES[row.coverage],
        "tone": COVERAGE_TONES[row.coverage],
        "because": [reason(one) for one in row.covered.because],
        "unjudged": [reason(one) for one in row.covered.unjudged],
    }


@require_GET
def gaps_file(request: ActorRequest, code: str, ending: str) -> HttpResponse:
    """What is not covered, or only partly, as a document."""
    target, _others, by = _sides(request, code)
    if ending not in FORMATS or by is None:
        raise NotFound
    return download(_document(request.actor, target, by, ending), f"gaps-{target.code}-by-{by.code}.{ending}")


def _document(actor: Actor, target: Catalogue, by: Catalogue, ending: str) -> HttpResponse:
    covering = import_module("ringwall.catalogues.mapping.covering")
    reports = import_module("ringwall.catalogues.mapping.reports")
    rendering = import_module("ringwall.reports.render")
    language = "de" if (get_language() or "").startswith("de") else "en"
    found = reports.gap_report(covering.coverage_of(actor, target, by), actor, language)
    return HttpResponse(rendering.render(found, ending), content_type=rendering.FORMATS[ending].media_type)
