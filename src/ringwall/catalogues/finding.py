"""Requirements and what the knowledge tells among the results of the search over everything."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues import chapters
from ringwall.catalogues.queries import search_requirements
from ringwall.kit import registry
from ringwall.kit.pages import Link, NavGroup


@registry.provider("search")
def found_requirements(actor: Actor, text: str, limit: int) -> Iterable[NavGroup]:
    if not text or not actor.may("catalogue.view"):
        return
    if hits := search_requirements(actor, text, limit):
        links = [Link(hit.title, hit.url, "book-marked", hint=hit.hint, key=hit.ref) for hit in hits]
        yield NavGroup("requirement", _("Requirements"), links)


@registry.provider("search")
def found_knowledge(actor: Actor, text: str, limit: int) -> Iterable[NavGroup]:
    """Chapters, steps, roles, threats and terms by their titles; every member may read them."""
    if hits := chapters.titled(text, limit):
        base = f"/{actor.organisation.code}/"
        links = [Link(hit.title, base + hit.path, "graduation-cap", hint=hit.note, key=hit.label) for hit in hits]
        yield NavGroup("knowledge", _("Knowledge"), links)
