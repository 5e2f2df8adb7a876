"""How a risk treatment plan is approved: signed by every risk owner in it, then authorised as a whole."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.approvals.freezers import Freezer, register_freezer
from ringwall.approvals.queries import changed_by
from ringwall.approvals.rules import Frozen, Row, freeze
from ringwall.context.models import IsmsScope
from ringwall.context.queries import covered_scope, scope_by_id
from ringwall.risk.models import Risk
from ringwall.risk.plan.queries import Plan, owners_of, plan_of


def frozen_rows(plan: Plan) -> list[Row]:
    """Substance: owner, level, treatment, controls, acceptance, target level. Progress: states of controls and
    dates.
    """
    return [
        Row(
            row.risk.ref,
            str(row.risk),
            {
                "acceptance": _acceptance(row.acceptance),
                "controls": [control.ref for control in row.controls],
                "entries": row.entries,
                "level": row.risk.level,
                "owner": str(row.risk.owner_id or ""),
                "target_level": row.risk.target_level,
                "treatment": str(row.risk.treatment),
            },
            {
                "due": row.risk.due_on.isoformat() if row.risk.due_on else None,
                "states": [f"{control.ref}: {control.state}" for control in row.controls],
            },
        )
        for row in plan.rows
    ]


def _acceptance(acceptance: Any) -> str:
    return f"{acceptance.state} {acceptance.until_on.isoformat()}" if acceptance else ""


def _freeze(scope: IsmsScope) -> Frozen:
    plan = plan_of(scope)
    about = {"edition": str(plan.edition or ""), "scope": scope.ref}
    return freeze("rtp", str(scope.pk), str(scope), frozen_rows(plan), about)


def _authors(scope: IsmsScope, since: datetime | None) -> set[UUID]:
    return changed_by(Risk.objects.filter(scope=scope).values("pk"), scope.organisation_id, since)


def _obstacles(scope: IsmsScope) -> list[str]:
    plan = plan_of(scope)
    told = []
    if not plan.rows:
        told.append(_("The scope has no risks."))
    unowned = [row.risk.ref for row in plan.rows if row.risk.owner_id is None]
    if unowned:
        told.append(_("Risks without owner: %(refs)s.") % {"refs": ", ".join(unowned[:10])})
    undecided = [risk.ref for risk in plan.untreated]
    if undecided:
        told.append(
            _("Risks above acceptance without treatment or acceptance: %(refs)s.") % {"refs": ", ".join(undecided[:10])}
        )
    return told


register_freezer(
    Freezer(
        kind="rtp",
        slug="treatment-plan",
        label=gettext_lazy("Risk treatment plan"),
        find=scope_by_id,
        named=lambda actor, ref: covered_scope(actor, ref, "rtp.view"),
        freeze=_freeze,
        authors=_authors,
        units=lambda scope: scope.unit_ids,
        signers=lambda scope: owners_of(plan_of(scope)),
        obstacles=_obstacles,
    )
)
