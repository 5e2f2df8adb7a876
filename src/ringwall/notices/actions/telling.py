"""Telling people, and what people may do with what they were told."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.notices.models import Notice
from ringwall.notices.posting import post_urgent


def tell(
    people: Iterable[UUID | None],
    kind: str,
    *,
    about: Any,
    ref: str,
    title: str,
    path: str,
    by: str = "",
) -> list[Notice]:
    """Tell these people, each once; inside the act that is told of. Who has left is not told. What cannot wait is
    written to them at once.

    `about` is the row it concerns: organisation and, where it has one, `restricted` are read from it; `path` is
    relative to the organisation.
    """
    keys = {key for key in people if key}
    present = Person.objects.filter(pk__in=keys, organisation_id=about.organisation_id, withdrawn_on=None)
    notices = [
        Notice(
            organisation_id=about.organisation_id,
            person_id=key,
            kind=kind,
            by=by[:200],
            ref=ref[:40],
            title=title[:300],
            path=path,
            at=timezone.now(),
            restricted=getattr(about, "restricted", False),
        )
        for key in present.order_by("name").values_list("pk", flat=True)
    ]
    made = Notice.objects.bulk_create(notices)
    post_urgent(made)
    return made


def mark_read(actor: Actor) -> int:
    """All notices of the person; written without a ledger entry."""
    return Notice.objects.filter(person_id=actor.person_key, read_at=None).update(read_at=timezone.now())
