"""What one can go to or do by name: registers, places, and making a new record."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.pages import Link
from ringwall.search import rules

SHOWN = 8


def commands(actor: Actor, text: str, *, with_places: bool = True) -> list[Link]:
    """Links whose words begin like those typed; `with_places` False for the palette, which has the navigation."""
    words = [word for phrase in rules.phrases(text) for word in phrase]
    if not words:
        return []
    offered = [*(_places(actor) if with_places else ()), *_new_records(actor)]
    return [link for link in offered if _answers(str(link.label), words)][:SHOWN]


def _answers(label: str, words: Iterable[str]) -> bool:
    heading = rules.tokens(label)
    return all(any(part.startswith(word) for part in heading) for word in words)


def _places(actor: Actor) -> Iterable[Link]:
    base = f"/{actor.organisation.code}/"
    for register in registry.registers.values():
        if actor.may(register.view_grant):
            yield Link(register.title, f"{base}{register.slug}/", register.icon)
    for link, _group, _order, grant in registry.places:
        if not grant or actor.may(grant):
            yield Link(link.label, f"{base}{link.url}", link.icon)


def _new_records(actor: Actor) -> Iterable[Link]:
    for register in registry.registers.values():
        if actor.may(register.acts.create.name):
            label = _("New %(one)s") % {"one": register.title_one}
            yield Link(label, f"/{actor.organisation.code}/{register.slug}/new/", "plus")
