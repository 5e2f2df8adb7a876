"""The risk treatment plan as a document."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.approvals.reporting import status_of
from ringwall.context.models import IsmsScope
from ringwall.context.queries import covered_scope
from ringwall.kit.errors import NotFound
from ringwall.lib.figures.matrix import Matrix
from ringwall.reports.document import (
    Block,
    Column,
    Figure,
    Finding,
    Findings,
    Heading,
    Level,
    Paragraph,
    Report,
    State,
    Table,
    Tone,
)
from ringwall.reports.registry import ReportType, register
from ringwall.risk.drawing import counted_matrix
from ringwall.risk.plan.queries import Plan, PlannedRisk, plan_of
from ringwall.risk.queries import heat_map

COLUMNS = ("ref", "title", "owner", "level", "treatment", "controls", "due", "target", "acceptance")
CONTROL_TONES: Mapping[str, Tone] = {
    "implemented": "good",
    "in_progress": "neutral",
    "planned": "neutral",
    "blocked": "bad",
}


def build(scope: Any, actor: Any, options: Mapping[str, object]) -> Report:
    """Options: language, columns (keys of COLUMNS), recipient (a version for outsiders). NotFound where the scope is
    not covered whole.
    """
    assert isinstance(scope, IsmsScope) and isinstance(actor, Actor)
    if not scope.is_covered_by(actor, "rtp.view"):
        raise NotFound
    language: Any = "de" if options.get("language") == "de" else "en"
    with translation.override(language):
        plan = plan_of(scope)
        wanted = [key for key in COLUMNS if key in (options.get("columns") or COLUMNS)]  # type: ignore[operator]
        recipient = str(options.get("recipient") or "") or None
        status = status_of("rtp", scope)
        return Report(
            title=_("Risk treatment plan"),
            organisation=actor.organisation.name,
            scope=str(scope),
            version=status.version,
            language=language,
            classification=_("Confidential"),
            status=status.lines,
            is_authorised=status.is_authorised,
            recipient=recipient,
            made_at=timezone.now(),
            as_of=timezone.localdate(),
            facts=_facts(plan),
            blocks=_blocks(plan, actor, wanted, language, is_for_outsiders=recipient is not None),
        )


def _facts(plan: Plan) -> list[tuple[str, str]]:
    facts = [(_("Risks"), str(len(plan.rows))), (_("Controls"), str(len(plan.controls)))]
    if plan.edition:
        facts.append((_("Risk criteria"), str(plan.edition)))
    return facts


def _blocks(plan: Plan, actor: Actor, wanted: list[str], language: str, *, is_for_outsiders: bool) -> list[Block]:
    blocks: list[Block] = []
    if plan.edition and not is_for_outsiders:
        blocks.append(Heading(1, _("Where the risks lie")))
        for of, caption in (("current", _("Today")), ("target", _("After treatment"))):
            found = heat_map(actor, of, plan.scope)
            if found is not None:
                blocks.append(_figure(counted_matrix(found, actor, key=f"matrix-{of}"), caption))
    blocks.append(Heading(1, _("Risks and their treatment")))
    if not plan.rows:
        blocks.append(Paragraph(_("The scope has no risks.")))
    else:
        rows = [[_risk_cell(row, key, language) for key in wanted] for row in plan.rows]
        blocks.append(Table([_risk_column(key) for key in wanted], rows, name=_("Risks"), landscape=True))
    if not is_for_outsiders:
        blocks += _controls(plan)
        told = [Finding(_("Above acceptance without treatment or acceptance."), str(risk)) for risk in plan.untreated]
        blocks += [Heading(1, _("Findings")), Findings(told, _("Nothing is missing."))]
    return blocks


def _figure(matrix: Matrix, caption: str) -> Figure:
    return Figure(matrix.svg("print"), caption, matrix.description, matrix.table(), width=0.7)


def column_titles() -> dict[str, str]:
    return {
        "ref": _("Reference"),
        "title": _("Risk"),
        "owner": _("Owner"),
        "level": _("Level"),
        "treatment": _("Treatment"),
        "controls": _("Controls"),
        "due": _("Due"),
        "target": _("Target level"),
        "acceptance": _("Acceptance"),
    }


WEIGHTS = {
    "ref": 0.7,
    "title": 2.2,
    "owner": 1.1,
    "level": 0.9,
    "controls": 1.3,
    "due": 0.8,
    "target": 0.9,
    "acceptance": 1.3,
}


def _risk_column(key: str) -> Column:
    kind: Any = {"due": "date", "level": "state", "target": "state"}.get(key, "text")
    return Column(key, column_titles()[key], WEIGHTS.get(key, 1.0), kind)


def _risk_cell(row: PlannedRisk, key: str, language: str) -> Any:
    risk = row.risk
    if key in {"level", "target"}:
        level = risk.level if key == "level" else risk.target_level
        return (
            Level(row.level_name(level, language), level, len(row.criteria.bands)) if level and row.criteria else None
        )
    if key == "acceptance":
        if row.acceptance is None:
            return ""
        return _("%(state)s until %(day)s") % {
            "state": row.acceptance.get_state_display(),
            "day": row.acceptance.until_on.isoformat(),
        }
    return {
        "ref": risk.ref,
        "title": risk.title,
        "owner": risk.owner.name if risk.owner else "",
        "treatment": str(risk.get_treatment_display()),
        "controls": ", ".join([control.ref for control in row.controls] + row.entries),
        "due": risk.due_on,
    }[key]


def _controls(plan: Plan) -> list[Block]:
    columns = [
        Column("ref", _("Reference"), 0.7),
        Column("title", _("Control"), 2.2),
        Column("implementer", _("Implemented by"), 1.1),
        Column("state", _("State"), 0.9, "state"),
        Column("due", _("Due"), 0.8, "date"),
        Column("effort_once", _("Effort once"), 0.7, "number", unit=_("days")),
        Column("effort_yearly", _("Effort yearly"), 0.7, "number", unit=_("days")),
        Column("cost_once", _("Cost once"), 0.9, "money", unit="EUR"),
        Column("cost_yearly", _("Cost yearly"), 0.9, "money", unit="EUR"),
    ]
    rows: list[list[Any]] = [
        [
            control.ref,
            control.title,
            control.implementer.name if control.implementer else "",
            State(str(control.get_state_display()), CONTROL_TONES[control.state]),
            control.due_on,
            control.effort_once,
            control.effort_yearly,
            control.cost_once,
            control.cost_yearly,
        ]
        for control in plan.controls
    ]
    if not rows:
        return []
    sums = [plan.total(name) for name in ("effort_once", "effort_yearly", "cost_once", "cost_yearly")]
    rows.append(["", _("Sum"), "", None, None, *sums])
    return [Heading(1, _("Controls of the plan")), Table(columns, rows, name=_("Controls"), landscape=True)]


register(
    ReportType(
        "rtp", gettext_lazy("Risk treatment plan"), lambda actor, ref: covered_scope(actor, ref, "rtp.view"), build
    )
)
