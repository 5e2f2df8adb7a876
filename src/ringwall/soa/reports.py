"""The statement of applicability as a document."""

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
from ringwall.reports.document import (
    Column,
    ColumnKind,
    Finding,
    Findings,
    Heading,
    KeyValues,
    Note,
    Paragraph,
    Report,
    State,
    Table,
    Tone,
)
from ringwall.reports.registry import ReportType, register
from ringwall.soa.queries import Statement, StatementRow, as_shown
from ringwall.soa.rules import APPLICABLE, NOT_APPLICABLE, UNDECIDED
from ringwall.soa.rules import Finding as Code
from ringwall.soa.wording import FINDINGS, PROGRESS, PROGRESS_TONES

TONES: Mapping[str, Tone] = {"good": "good", "warn": "attention", "bad": "bad", "info": "neutral", "quiet": "neutral"}
APPLICABILITY_TONES: Mapping[str, Tone] = {UNDECIDED: "attention", APPLICABLE: "good", NOT_APPLICABLE: "neutral"}
KINDS: Mapping[str, ColumnKind] = {"applicability": "state", "implementation": "state", "evidence": "number"}
COLUMNS = ("entry", "title", "applicability", "justification", "drivers", "controls", "implementation", "evidence")


def build(scope: Any, actor: Any, options: Mapping[str, object]) -> Report:
    """Options: language, columns (keys of COLUMNS), recipient (a version for outsiders). NotFound where the scope is
    not covered whole.
    """
    assert isinstance(scope, IsmsScope) and isinstance(actor, Actor)
    if not scope.is_covered_by(actor, "soa.view"):
        raise NotFound
    language = "de" if options.get("language") == "de" else "en"
    with translation.override(language):
        found = as_shown(scope)
        wanted = [key for key in COLUMNS if key in (options.get("columns") or COLUMNS)]  # type: ignore[operator]
        recipient = str(options.get("recipient") or "") or None
        return _report(found, actor, language, wanted, recipient)


def _report(found: Statement, actor: Actor, language: Any, wanted: list[str], recipient: str | None) -> Report:
    scope = found.scope
    status = status_of("soa", scope)
    return Report(
        title=_("Statement of applicability"),
        subtitle=str(found.catalogue or ""),
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
        facts=[
            (_("Entries"), str(len(found.rows))),
            (_("Applicable"), str(found.count(APPLICABLE))),
            (_("Not applicable"), str(found.count(NOT_APPLICABLE))),
            (_("Undecided"), str(found.count(UNDECIDED))),
        ],
        blocks=_blocks(found, wanted, is_for_outsiders=recipient is not None),
    )


def _blocks(found: Statement, wanted: list[str], *, is_for_outsiders: bool) -> list[Any]:
    scope = found.scope
    blocks: list[Any] = [Heading(1, _("Scope"))]
    facts = [
        (_("What is in"), scope.covers),
        (_("Boundaries and interfaces"), scope.boundaries),
        (_("Exclusions"), scope.exclusions),
    ]
    blocks.append(KeyValues([(label, text) for label, text in facts if text]))
    blocks.append(Heading(1, _("Entries")))
    themes = list(dict.fromkeys(row.theme for row in found.rows))
    for theme in themes:
        rows = [row for row in found.rows if row.theme == theme]
        if theme:
            blocks.append(Heading(2, theme))
        blocks.append(
            Table(
                [_column(key) for key in wanted], [_cells(row, wanted) for row in rows], name=theme[:31], landscape=True
            )
        )
    if not found.rows:
        blocks.append(Paragraph(_("No entries: the scope has no reference catalogue.")))
    if not is_for_outsiders:
        blocks += [Heading(1, _("Findings")), Findings(_findings(found), _("Nothing is missing."))]
    else:
        blocks.append(
            Note(_("This version leaves out columns that are for the organisation alone."), _("Version for outsiders"))
        )
    return blocks


def column_titles() -> dict[str, str]:
    return {
        "entry": _("Entry"),
        "title": _("Title"),
        "applicability": _("Applicability"),
        "justification": _("Justification"),
        "drivers": _("Because of"),
        "controls": _("Controls"),
        "implementation": _("Implementation"),
        "evidence": _("Evidence"),
    }


WEIGHTS = {
    "entry": 0.7,
    "title": 2.0,
    "justification": 2.4,
    "drivers": 1.2,
    "controls": 1.6,
    "implementation": 1.1,
    "evidence": 0.7,
}


def _column(key: str) -> Column:
    return Column(key, column_titles()[key], WEIGHTS.get(key, 1.0), KINDS.get(key, "text"))


def _cells(row: StatementRow, wanted: list[str]) -> list[Any]:
    tone = APPLICABILITY_TONES[row.applicability]
    applicable = row.applicability == APPLICABLE
    values: dict[str, Any] = {
        "entry": row.key,
        "title": row.title,
        "applicability": State(row.applicability_label, tone),
        "justification": row.justification,
        "drivers": ", ".join(row.confirmed or [driver.ref for driver in row.drivers]),
        "controls": ", ".join(control.ref for control in row.controls),
        "implementation": State(str(PROGRESS[row.progress]), TONES[PROGRESS_TONES[row.progress]])
        if applicable
        else None,
        "evidence": row.evidence,
    }
    return [values[key] for key in wanted]


def _findings(found: Statement) -> list[Finding]:
    told = [Finding(str(FINDINGS[finding]), row.key, "warning") for row in found.rows for finding in row.findings]
    return told + [Finding(str(FINDINGS[Code.UNTREATED_RISK]), str(risk), "warning") for risk in found.untreated]


register(
    ReportType(
        "soa",
        gettext_lazy("Statement of applicability"),
        lambda actor, ref: covered_scope(actor, ref, "soa.view"),
        build,
    )
)
