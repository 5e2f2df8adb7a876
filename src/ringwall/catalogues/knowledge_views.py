"""Pages of the knowledge that ships with the product: the overview, a chapter, a step. Every member may read them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ringwall.access.policy import Actor
from ringwall.catalogues import chapters
from ringwall.catalogues.chapters_of_iso import step_entries
from ringwall.catalogues.passages import Chapter
from ringwall.catalogues.rules import VIEW
from ringwall.kit.errors import NotFound
from ringwall.kit.pages import Link
from ringwall.kit.requests import ActorRequest


def _base(actor: Actor) -> str:
    return f"/{actor.organisation.code}/knowledge/"


@require_GET
def overview_page(request: ActorRequest) -> HttpResponse:
    found = [chapter for key in chapters.CHAPTERS if (chapter := chapters.chapter(key))]
    return render(request, "catalogues/knowledge/overview.html", {"title": _("Knowledge"), "chapters": found})


@require_GET
def chapter_page(request: ActorRequest, chapter: str) -> HttpResponse:
    """`?value=` narrows a chapter that can be filtered; an unknown value counts as none."""
    actor = request.actor
    found = chapters.chapter(chapter)
    if found is None:
        raise NotFound
    value = request.GET.get("value", "")
    shown = found.narrowed(value) if value in found.filters else found
    context = {
        "title": found.title,
        "chapter": shown,
        "tabs": _tabs(found, value, f"{_base(actor)}{chapter}/"),
        "jumps": [section for section in shown.sections if section.title] if len(shown.sections) > 1 else [],
        "breadcrumb": [Link(_("Knowledge"), _base(actor))],
        **_reading(actor, is_linked=found.is_linked),
    }
    return render(request, "catalogues/knowledge/chapter.html", context)


def _tabs(chapter: Chapter, value: str, url: str) -> list[Link]:
    if not chapter.filters:
        return []
    entries = chapter.entries
    return [
        Link(_("All"), url, count=len(entries), is_current=value not in chapter.filters),
        *(
            Link(name, f"{url}?value={key}", count=sum(key in e.values for e in entries), is_current=key == value)
            for key, name in chapter.filters.items()
        ),
    ]


@require_GET
def step_page(request: ActorRequest, number: int) -> HttpResponse:
    actor = request.actor
    entries = step_entries()
    if not 1 <= number <= len(entries):
        raise NotFound
    step = entries[number - 1]
    steps = chapters.chapter("steps")
    assert steps is not None
    phase = next(section for section in steps.sections if section.key == f"phase-{step.values[0]}")
    context = {
        "title": f"{step.ref} {step.title}",
        "step": step,
        "phase": phase,
        "position": _("%(number)d of %(count)d") % {"number": number, "count": len(entries)},
        "source": _("%(label)s, clause %(clause)s") % {"clause": step.values[1], "label": steps.source},
        "parts": [part for part in step.parts if part.style != "refs"],
        "side": [part for part in step.parts if part.style == "refs"],
        "before": entries[number - 2] if number > 1 else None,
        "after": entries[number] if number < len(entries) else None,
        "breadcrumb": [Link(_("Knowledge"), _base(actor)), Link(steps.title, f"{_base(actor)}steps/")],
        **_reading(actor, is_linked=True),
    }
    return render(request, "catalogues/knowledge/step.html", context)


def _reading(actor: Actor, *, is_linked: bool) -> dict[str, object]:
    """What the parts of an entry are drawn with: where paths begin, and which links lead anywhere for this reader."""
    return {
        "base": f"/{actor.organisation.code}/",
        "may_view_catalogues": actor.may(VIEW),
        "is_linked": is_linked,
    }
