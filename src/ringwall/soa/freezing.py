"""How a statement of applicability is approved: what of it is substance, who its authors are."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.approvals.freezers import Freezer, register_freezer
from ringwall.approvals.queries import changed_by
from ringwall.approvals.rules import Frozen, Row, freeze
from ringwall.context.models import IsmsScope
from ringwall.context.queries import scope_by_id
from ringwall.soa.models import SoaRow
from ringwall.soa.queries import Statement, scope_of, statement
from ringwall.soa.rules import OBSTACLES
from ringwall.soa.wording import FINDINGS


def frozen_rows(found: Statement) -> list[Row]:
    """Substance: applicability, justification, drivers confirmed, the set of controls. Progress: how far, evidence,
    dates.
    """
    return [
        Row(
            row.key,
            f"{row.key} {row.title}",
            {
                "applicability": row.applicability,
                "controls": sorted(control.ref for control in row.controls),
                "drivers": sorted(row.confirmed),
                "justification": row.justification,
            },
            {
                "due": [control.due_on.isoformat() for control in row.controls if control.due_on],
                "evidence": row.evidence,
                "implementation": str(row.progress),
            },
        )
        for row in found.rows
    ]


def _freeze(scope: IsmsScope) -> Frozen:
    found = statement(scope)
    about = {"catalogue": found.catalogue.code if found.catalogue else "", "scope": scope.ref}
    return freeze("soa", str(scope.pk), str(scope), frozen_rows(found), about)


def _authors(scope: IsmsScope, since: datetime | None) -> set[UUID]:
    return changed_by(SoaRow.objects.filter(scope=scope).values("pk"), scope.organisation_id, since)


def _obstacles(scope: IsmsScope) -> list[str]:
    found = statement(scope)
    if not found.rows:
        return [_("The statement has no rows; choose a reference catalogue.")]
    told = []
    for finding in sorted(OBSTACLES):
        keys = [row.key for row in found.rows if finding in row.findings]
        if keys:
            told.append(f"{FINDINGS[finding]} ({len(keys)}: {', '.join(keys[:5])}{'…' if len(keys) > 5 else ''})")
    return told


register_freezer(
    Freezer(
        kind="soa",
        slug="soa",
        label=gettext_lazy("Statement of applicability"),
        find=scope_by_id,
        named=scope_of,
        freeze=_freeze,
        authors=_authors,
        units=lambda scope: scope.unit_ids,
        obstacles=_obstacles,
    )
)
