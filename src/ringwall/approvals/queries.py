"""What is asked of approvals: which version is in force, which is open, and how the present state stands to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.approvals.freezers import freezer_of
from ringwall.approvals.models import Approval, Signature
from ringwall.approvals.rules import Comparison, Frozen, compare
from ringwall.kit import registry
from ringwall.kit.fields import ReferencesField
from ringwall.kit.inputs import Inputs
from ringwall.ledger.models import EntrySubject


@dataclass(frozen=True)
class Standing:
    """`comparison` holds the present state against the version in force; None where none is in force."""

    in_force: Approval | None
    open: Approval | None
    comparison: Comparison | None

    @property
    def is_stale(self) -> bool:
        return self.comparison is not None and self.comparison.is_stale


def versions(kind: str, subject_id: UUID) -> list[Approval]:
    """All versions, the newest first, with the people who submitted them."""
    return list(
        Approval.objects.filter(subject_kind=kind, subject_id=subject_id)
        .select_related("submitted_by")
        .order_by("-number")
    )


def in_force(kind: str, subject_id: UUID) -> Approval | None:
    return (
        Approval.objects.filter(subject_kind=kind, subject_id=subject_id, state=Approval.State.APPROVED)
        .order_by("-number")
        .first()
    )


def open_approval(kind: str, subject_id: UUID) -> Approval | None:
    return Approval.objects.filter(subject_kind=kind, subject_id=subject_id, state=Approval.State.SUBMITTED).first()


def last_number(kind: str, subject_id: UUID) -> int:
    rows = Approval.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("-number")
    return rows.values_list("number", flat=True).first() or 0


def frozen_of(approval: Approval) -> Frozen:
    return Frozen(approval.frozen, approval.sha256)


def standing(kind: str, whole: Any, now: Frozen | None = None) -> Standing:
    """How the whole stands now; `now` spares a second freezing where the caller has it already."""
    found = in_force(kind, whole.pk)
    comparison = None
    if found is not None:
        present = now or freezer_of(kind).freeze(whole)
        comparison = compare(frozen_of(found).rows, present.rows)
    return Standing(found, open_approval(kind, whole.pk), comparison)


def signatures_of(approval: Approval) -> list[Signature]:
    return list(approval.signatures.select_related("person").order_by("part", "person__name"))


def changed_by(subjects: Any, organisation_id: UUID, since: datetime | None) -> set[UUID]:
    """The people who changed any of these records since an instant (None: ever), from the ledger: their authors."""
    rows = EntrySubject.objects.filter(organisation_id=organisation_id, subject_id__in=subjects)
    if since is not None:
        rows = rows.filter(entry__at__gt=since)
    return {pk for pk in rows.values_list("entry__actor_id", flat=True).distinct() if pk is not None}


def waiting_for(actor: Actor) -> list[Signature]:
    """Open versions that wait for this person's answer."""
    return waiting_for_people(actor.organisation_id, [actor.person_id]) if actor.person_id else []


def waiting_for_people(organisation_id: UUID, people: Sequence[UUID]) -> list[Signature]:
    """The same for many people, the longest waiting first."""
    rows = Signature.objects.filter(
        organisation_id=organisation_id,
        person_id__in=people,
        answer=Signature.Answer.OPEN,
        approval__state=Approval.State.SUBMITTED,
    )
    return list(rows.select_related("approval").order_by("approval__submitted_at"))


def signed_under(organisation_id: UUID, ref: str) -> list[Signature]:
    """Signatures that needed the waiver of this reference, the newest first."""
    rows = Signature.objects.filter(organisation_id=organisation_id, waiver_ref=ref, at__isnull=False)
    return list(rows.select_related("approval", "person").order_by("-at"))


def waiver_of(organisation_id: UUID, rule: str) -> Any:
    """The waiver of a rule of separation that is in force, from the floor that keeps waivers; None where there is
    none.
    """
    ask: list[Callable[..., Any]] = registry.providers.get("waiver", [])
    return next((found for provide in ask if (found := provide(organisation_id, rule)) is not None), None)


def people_named(actor: Actor, field: str, texts: list[str]) -> list[Person]:
    """People by email, name or id. Raises Invalid for one who is unknown."""
    people: list[Person] = Inputs({field: ReferencesField(Person, required=False)}).clean(actor, {field: texts})[field]
    return people
