"""What hangs on records of any kind, as tasks and evidence do: it goes where its record goes.

Such a row names its record (`subject_id`) and carries its unit, restriction and owner, so that whoever sees the record
sees the row.
"""

from typing import Any

from django.db import models

from ringwall.kit import registry
from ringwall.kit.acts import Act, moved
from ringwall.ledger import actions as ledger

BATCH = 500


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
