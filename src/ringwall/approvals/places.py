"""Decisions that wait for a person, on their first page."""

from collections.abc import Iterable

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.approvals.queries import waiting_for
from ringwall.kit import registry
from ringwall.kit.pages import Cell, Column, Panel, Row


@registry.provider("home")
def waiting_decisions(actor: Actor) -> Iterable[Panel]:
    """One line for each open version that waits for this person's answer."""
    if not (found := waiting_for(actor)):
        return
    rows = []
    for signature in found:
        approval = signature.approval
        freezer = registry.freezers[approval.subject_kind]
        url = f"/{actor.organisation.code}/versions/{approval.pk}/"
        day = formats.date_format(timezone.localtime(approval.submitted_at), "SHORT_DATE_FORMAT")
        cells = [
            Cell("what", f"{freezer.label}, {_('version')} {approval.number}", "title", url),
            Cell("of", approval.title, "text"),
            Cell("part", signature.get_part_display(), "text"),
            Cell("since", day, "date"),
        ]
        rows.append(Row(str(approval.pk), str(approval.number), url, approval.version, cells))
    columns = [
        Column("what", _("What"), "title"),
        Column("of", _("Scope"), "text"),
        Column("part", _("Your part"), "text"),
        Column("since", _("Submitted"), "date"),
    ]
    yield Panel("waiting-decisions", _("Waiting for your decision"), columns=columns, rows=rows, is_first=True)
