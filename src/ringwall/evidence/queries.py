"""What is asked of evidence: that of a record, of many records, and all that one may see."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from ringwall.access.memory import remembered
from ringwall.access.policy import SEE_RESTRICTED, Actor
from ringwall.evidence.models import Evidence, StoredFile
from ringwall.kit import registry
from ringwall.kit.attached import kinds_by_sight, seen
from ringwall.kit.errors import NotFound


def subject(actor: Actor, kind: str, key: Any) -> Any:
    """The record of a kind by reference or id; NotFound for unknown kinds and unseen records alike."""
    register = registry.registers.get(kind)
    if register is None or "\x00" in str(key):
        raise NotFound
    return register.model.objects.get_visible(actor, str(key))


def evidence_of(record: Any) -> list[Evidence]:
    """All evidence of a record that the asker sees already; what is in use first, then what was withdrawn."""
    rows = Evidence.objects.filter(organisation_id=record.organisation_id, subject_id=record.pk)
    return sorted(
        rows.select_related("file", "added_by").order_by("-added_at"), key=lambda row: row.withdrawn_on is not None
    )


def evidence_for(organisation_id: UUID, subject_ids: Iterable[UUID]) -> dict[UUID, list[Evidence]]:
    """Subject → its evidence in use, newest first. One query; no rights checked (for wholes that are shown whole)."""
    found: dict[UUID, list[Evidence]] = {}
    rows = Evidence.objects.filter(organisation_id=organisation_id, subject_id__in=list(subject_ids), withdrawn_on=None)
    for row in rows.select_related("file").order_by("-added_at"):
        found.setdefault(row.subject_id, []).append(row)
    return found


def get_evidence(actor: Actor, key: UUID) -> Evidence:
    """Evidence is seen by whoever sees its record; NotFound for all others."""
    row = (
        Evidence.objects.filter(pk=key, organisation_id=actor.organisation_id)
        .select_related("file", "added_by")
        .first()
    )
    if row is None or not actor.may(f"{row.subject_kind}.view", row):
        raise NotFound
    return row


def visible_evidence(actor: Actor) -> QuerySet[Evidence]:
    """The evidence of all records that the actor sees, in use."""
    condition = seen(actor, kinds_by_sight(actor, registry.registers), "subject_kind")
    return Evidence.objects.filter(condition, organisation_id=actor.organisation_id, withdrawn_on=None)


def expired(actor: Actor, today: date) -> QuerySet[Evidence]:
    return visible_evidence(actor).filter(valid_until__lt=today)


def expired_count(actor: Actor, today: date) -> int:
    """How many, counted again after the next act: the condition is as long as there are kinds of records."""
    sight = tuple(actor.reach.get(f"{kind}.view") for kind in registry.registers)
    key = ("evidence.expired", today, actor.person_id, actor.reach.get(SEE_RESTRICTED), actor.own, sight)
    return remembered(actor.organisation_id, key, lambda: expired(actor, today).count())


def subjects_of(actor: Actor, rows: Iterable[Evidence]) -> dict[UUID, Any]:
    """Subject id → record, for those that the actor sees; one query a kind."""
    by_kind: dict[str, set[UUID]] = {}
    for row in rows:
        by_kind.setdefault(row.subject_kind, set()).add(row.subject_id)
    found: dict[UUID, Any] = {}
    for kind, ids in by_kind.items():
        if register := registry.registers.get(kind):
            found |= {record.pk: record for record in register.model.objects.visible_to(actor).filter(pk__in=ids)}
    return found


def used_bytes(organisation_id: UUID) -> int:
    return StoredFile.objects.filter(organisation_id=organisation_id).aggregate(total=Sum("size"))["total"] or 0
