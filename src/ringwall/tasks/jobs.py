"""What tasks listen to: a record that moves takes its tasks along."""

from uuid import UUID

from ringwall.kit import registry
from ringwall.kit.acts import Act
from ringwall.ledger import actions as ledger
from ringwall.tasks.models import Task

CARRIED = {"unit", "restricted", "owner"}
BATCH = 500


@registry.listener
def move_along(act: Act) -> None:
    """Give the tasks of moved records the records' columns. Derived, so without a ledger entry of its own."""
    moved = {
        c.subject: c for c in act.changes if c.before and c.kind in registry.registers and CARRIED & c.before.keys()
    }
    subjects = list(moved)
    for at in range(0, len(subjects), BATCH):
        rows = Task.objects.filter(
            organisation_id=act.actor.organisation_id, subject_id__in=subjects[at : at + BATCH]
        ).values_list("subject_id", "pk")
        attached: dict[UUID, list[UUID]] = {}
        for subject, key in rows:
            attached.setdefault(subject, []).append(key)
        for subject, keys in attached.items():
            now = moved[subject]
            Task.objects.filter(pk__in=keys).update(unit_id=now.unit, restricted=now.restricted, owner_id=now.owner)
            ledger.move_subjects(
                act.actor.organisation_id, keys, unit=now.unit, restricted=now.restricted, owner=now.owner
            )
