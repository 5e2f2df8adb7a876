"""What approvals tell elsewhere: decisions that wait for a person, and those taken under a waiver."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils import formats, timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.approvals.actions import require_seen
from ringwall.approvals.queries import signed_under, waiting_for, waiting_for_people
from ringwall.kit import registry
from ringwall.kit.errors import NotFound
from ringwall.kit.pages import Cell, Column, Panel, Row, use_row
from ringwall.notices.items import Item


@registry.provider("waiver_used")
def decided_under(waiver: Any, actor: Actor) -> Iterable[Row]:
    """Versions that their own author decided, which the waiver allows."""
    for signature in signed_under(actor.organisation_id, waiver.ref):
        approval = signature.approval
        try:
            freezer, _whole = require_seen(actor, approval)
        except NotFound:
            continue
        what = f"{freezer.label}, {_('version')} {approval.number}: {approval.title}"
        url = f"/{actor.organisation.code}/versions/{approval.pk}/"
        yield use_row(what, url, timezone.localdate(signature.at), signature.person.name)


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


@registry.provider("notices")
def decisions_in_digests(actors: Sequence[Actor]) -> Iterable[tuple[UUID, Item]]:
    """The same for digests, of many people at once."""
    people = [actor.person_id for actor in actors if actor.person_id]
    for signature in waiting_for_people(actors[0].organisation_id, people) if people else ():
        approval = signature.approval
        kind = registry.freezers[approval.subject_kind].label
        label = format_lazy("{}, {} {}", kind, gettext_lazy("version"), approval.number)
        item = Item(
            label,
            title=approval.title,
            path=f"versions/{approval.pk}/",
            restricted=approval.restricted,
            words=gettext_lazy("waits for your decision"),
        )
        yield signature.person_id, item
