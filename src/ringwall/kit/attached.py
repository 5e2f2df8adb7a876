"""What hangs on records of any kind, as tasks and evidence do: it goes where its record goes.

Such a row names its record (`subject_id`) and carries its unit, restriction and owner, so that whoever sees the record
sees the row.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.acts import Act, moved
from ringwall.ledger import actions as ledger

BATCH = 500

type Alike = tuple[frozenset[UUID], bool, list[str]]
"""Units in which a right holds, whether it holds for what one owns too, and the kinds of record where both are so."""


def kinds_by_sight(actor: Actor, kinds: Iterable[str]) -> list[Alike]:
    """The kinds of which the actor may view any record, together where the right reaches as far."""
    found: dict[tuple[frozenset[UUID], bool], list[str]] = {}
    for kind in kinds:
        grant = f"{kind}.view"
        if actor.may(grant):
            within = actor.reach.get(grant, frozenset())
            is_own = grant in actor.own and actor.person_id is not None
            if within or is_own:
                found.setdefault((within, is_own), []).append(kind)
    return [(within, is_own, alike) for (within, is_own), alike in found.items()]


def seen(actor: Actor, alike: Iterable[Alike], column: str) -> Q:
    """The condition on rows whose `column` names the kind of their record: records that the actor may view."""
    condition = Q(pk__in=[])
    for _within, _is_own, kinds in alike:
        condition |= Q(**{f"{column}__in": kinds}) & actor.visible(f"{kinds[0]}.view")
    return condition


def follows_its_record(model: type[models.Model], *hanging: tuple[type[models.Model], str]) -> None:
    """Rows of the model get the columns of their record in the act that moves it; `hanging`: models whose rows hang on
    them in turn, each with the name of its key to them. Derived, so without a ledger entry of its own.
    """

    def move_along(act: Act) -> None:
        for (unit, restricted, owner), subjects in moved(act, registry.registers).items():
            columns = {"unit_id": unit, "restricted": restricted, "owner_id": owner}
            for at in range(0, len(subjects), BATCH):
                rows: Any = model._base_manager.filter(
                    organisation_id=act.actor.organisation_id, subject_id__in=subjects[at : at + BATCH]
                )
                keys = list(rows.values_list("pk", flat=True))
                below = list(keys)
                for other, name in hanging if keys else ():
                    rows_below = other._base_manager.filter(**{f"{name}__in": keys})
                    below += rows_below.values_list("pk", flat=True)
                    rows_below.update(**columns)
                if keys:
                    rows.update(**columns)
                    ledger.move_subjects(
                        act.actor.organisation_id, below, unit=unit, restricted=restricted, owner=owner
                    )

    registry.listener(move_along)
