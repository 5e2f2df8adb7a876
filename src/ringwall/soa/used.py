"""Where a reference control is used, for its page in the catalogue; and what stands against withdrawing a scope."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.context.models import IsmsScope, Obligation
from ringwall.controls.models import Control
from ringwall.kit import registry
from ringwall.kit.pages import Cell, Column, Panel, Row
from ringwall.risk.models import Risk
from ringwall.soa.models import SoaRow

SHOWN = 50


@registry.provider("requirement_used")
def used_by(requirement: Requirement, actor: Actor) -> Iterable[Panel]:
    """Statements, controls, risks and obligations that name it, of those the actor may see."""
    base = f"/{actor.organisation.code}/"
    decided = SoaRow.objects.visible_to(actor).present().filter(requirement=requirement).select_related("scope")
    rows = [
        (
            f"{base}soa/{row.scope.ref}/?q={requirement.identifier}",
            row.scope.ref,
            row.scope.title,
            row.get_applicability_display(),
        )
        for row in decided[:SHOWN]
    ]
    if rows:
        yield _panel("used-soa", _("Statements of applicability"), rows)
    kinds: tuple[tuple[Any, str, Any], ...] = (
        (Control, "controls", _("Controls that implement it")),
        (Risk, "risks", _("Risks whose treatment needs it")),
        (Obligation, "obligations", _("Obligations that call for it")),
    )
    for model, slug, title in kinds:
        found = model.objects.visible_to(actor).present().filter(requirements=requirement).order_by("ref_key")[:SHOWN]
        rows = [(f"{base}{slug}/{row.ref}/", row.ref, row.title, _state(row)) for row in found]
        if rows:
            yield _panel(f"used-{slug}", title, rows)


def _state(row: Any) -> str:
    if isinstance(row, Control):
        return str(row.get_state_display())
    return str(row.get_treatment_display()) if isinstance(row, Risk) else ""


def _panel(key: str, title: Any, rows: list[tuple[str, str, str, str]]) -> Panel:
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("state", _("State"), "text"),
    ]
    made = [
        Row(
            ref,
            ref,
            url,
            0,
            [Cell("ref", ref, "ref", url), Cell("title", text, "title", url), Cell("state", state, "text")],
        )
        for url, ref, text, state in rows
    ]
    return Panel(key, title, columns=columns, rows=made)


@registry.provider("where_used")
def uses_of_scope(record: Any) -> Iterable[str]:
    """What would hang in the air if a scope were withdrawn."""
    if not isinstance(record, IsmsScope):
        return
    if risks := Risk.objects.filter(scope=record, withdrawn_on=None).count():
        yield ngettext("%(count)d risk", "%(count)d risks", risks) % {"count": risks}
    if rows := SoaRow.objects.filter(scope=record, withdrawn_on=None).exclude(applicability="undecided").count():
        yield ngettext("%(count)d decided entry", "%(count)d decided entries", rows) % {"count": rows}
