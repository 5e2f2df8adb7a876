"""How a kind of whole is approved: registered by the feature that knows it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.approvals.rules import Frozen
from ringwall.kit import registry


@dataclass(frozen=True)
class Freezer:
    """`kind` names the whole and its grants: `<kind>.view`, `<kind>.submit`, `<kind>.authorise` and `<kind>.sign`;
    `slug` stands in the addresses of its page and of the API.

    `find` gives the whole by id, `named` by the reference of its scope to who may see it whole (NotFound for others).
    `freeze` gives the present state; `authors` the people who changed it since an instant (None: ever); `signers` those
    whose signature the whole needs before it is decided; `obstacles` what must be mended before it may be submitted.
    """

    kind: str
    slug: str
    label: str | Promise
    find: Callable[[Actor, UUID], Any]
    named: Callable[[Actor, str], Any]
    freeze: Callable[[Any], Frozen]
    authors: Callable[[Any, datetime | None], set[UUID]]
    units: Callable[[Any], Iterable[UUID]]
    signers: Callable[[Any], Sequence[Person]] = lambda whole: ()
    obstacles: Callable[[Any], Sequence[str]] = lambda whole: ()

    def url(self, whole: Any, actor: Actor) -> str:
        return f"/{actor.organisation.code}/{self.slug}/{whole.ref}/"


def register_freezer(freezer: Freezer) -> None:
    registry.freezers[freezer.kind] = freezer


def freezer_of(kind: str) -> Freezer:
    found: Freezer = registry.freezers[kind]
    return found
