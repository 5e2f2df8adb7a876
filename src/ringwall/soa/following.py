"""A row of the statement stands where its scope stands: it moves along when that gets another unit, owner or seal."""

from ringwall.context.models import IsmsScope
from ringwall.kit import registry
from ringwall.kit.acts import Act
from ringwall.soa.models import SoaRow


@registry.follower
def move_rows(act: Act) -> None:
    moved = {
        change.subject
        for change in act.changes
        if change.kind == IsmsScope.kind and change.before is not None and {"unit", "restricted"} & change.after.keys()
    }
    if not moved:
        return
    rows = list(SoaRow._base_manager.filter(scope_id__in=moved).select_related("scope"))
    for row in rows:
        row.unit_id, row.restricted = row.scope.unit_id, row.scope.restricted
    act.save_many(rows)
