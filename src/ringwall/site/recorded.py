"""What the ledger names, in words and links: kinds of records, acts, records."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.utils.translation import gettext_lazy, pgettext_lazy

from ringwall.access.policy import Actor
from ringwall.administration.role_table import SUBJECTS
from ringwall.kit import registry
from ringwall.kit.acts import kind_of
from ringwall.kit.cells import capitalised, record_url

WORDS = {
    "answer": gettext_lazy("Decide"),
    "calendar": gettext_lazy("Change the calendar's address"),
    "create": gettext_lazy("Create"),
    "escalate": gettext_lazy("Escalated by rule"),
    "export": gettext_lazy("Export"),
    "hand_out": gettext_lazy("Hand out a report"),
    "identity_provider.admit": gettext_lazy("says who signed in"),
    "identity_provider.emergency": gettext_lazy("emergency account used"),
    "import": gettext_lazy("Import"),
    "mail": gettext_lazy("Change what is mailed"),
    "prepare": gettext_lazy("Prepare"),
    "recall": gettext_lazy("Recall"),
    "repeat": gettext_lazy("Repeated by rule"),
    "report": pgettext_lazy("act", "Report"),
    "revoke": gettext_lazy("Revoke"),
    "submit": gettext_lazy("Submit for approval"),
    "update": pgettext_lazy("act", "Change"),
}
"""Words of acts that are no button of a record, by their name or by its last part."""


def kinds() -> dict[str, Any]:
    """Kind of row → its model, for all kinds that the ledger may name."""
    return {kind_of(model): model for model in apps.get_models()}


def subject_words(verb: str) -> str:
    """What the act is about, in the reader's language: “Asset” of `asset.create`."""
    kind = verb.partition(".")[0]
    model = kinds().get(kind)
    return capitalised(model._meta.verbose_name) if model is not None else capitalised(SUBJECTS.get(kind, kind))


def act_words(verb: str) -> str:
    """What was done, without what it was done to; empty where the act has no words."""
    act = registry.actions.get(verb)
    return str(act.label if act else WORDS.get(verb, WORDS.get(verb.rpartition(".")[2], "")))


def verb_words(verb: str) -> str:
    words = act_words(verb)
    return f"{subject_words(verb)}: {words}" if words else verb


def links_to(actor: Actor, pairs: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], tuple[str, str]]:
    """(kind, id) → (words, address); of what has no register, or can no longer be seen, only the kind. One query a
    kind.
    """
    asked = list(pairs)
    found = records_seen(actor, asked)
    return {pair: found.get(pair, (subject_words(pair[0]), "")) for pair in asked}


def records_seen(actor: Actor, pairs: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], tuple[str, str]]:
    """The same, but only of records with a register that the actor sees now."""
    wanted: dict[str, list[UUID]] = {}
    for kind, key in pairs:
        wanted.setdefault(kind, []).append(key)
    return {
        (kind, row.pk): (str(row), record_url(actor.organisation.code, row))
        for kind, keys in wanted.items()
        if kind in registry.registers
        for row in registry.registers[kind].model.objects.visible_to(actor).filter(pk__in=keys)
    }
