"""Submitting a whole, answering for it, recalling it. Who may: `PRODUCT`'s rules, enforced here for every door."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.models import Person
from ringwall.access.policy import SEE_RESTRICTED, Actor
from ringwall.approvals.freezers import Freezer, freezer_of
from ringwall.approvals.models import Approval, Signature
from ringwall.approvals.queries import in_force, last_number, open_approval, waiver_of
from ringwall.approvals.rules import Bar, bars
from ringwall.kit.acts import acting
from ringwall.kit.errors import Conflict, Denied, NotFound, Refused
from ringwall.kit.texts import require_plain
from ringwall.notices.actions.telling import tell
from ringwall.notices.rules import kinds

BAR_WORDS = {
    Bar.CLOSED: gettext_lazy("This version is no longer open for answers."),
    Bar.NOT_ASKED: gettext_lazy("You were not asked to answer for this version."),
    Bar.ANSWERED: gettext_lazy("You have answered already."),
    Bar.AUTHOR: gettext_lazy(
        "You changed or submitted it since the last approved version. Somebody else has to approve it."
    ),
}


def require_whole(freezer: Freezer, whole: Any, actor: Actor, verb: str) -> None:
    """The grant must hold over the whole. Seen in part or not at all answers alike: as if it did not exist."""
    units = list(freezer.units(whole))
    is_hidden = getattr(whole, "restricted", False) and not actor.may_in(SEE_RESTRICTED, whole.unit_id)
    if is_hidden or not actor.covers(f"{freezer.kind}.view", units):
        raise NotFound
    if verb != "view" and not actor.covers(f"{freezer.kind}.{verb}", units):
        raise Denied(_("You hold no right to do this for the whole: %(whole)s.") % {"whole": whole})


def find(actor: Actor, key: UUID) -> tuple[Approval, Freezer, Any]:
    """The version, how its kind is approved, and the whole; NotFound for whoever may not see the whole and was not
    asked.
    """
    approval = (
        Approval.objects.select_related("submitted_by").filter(pk=key, organisation_id=actor.organisation_id).first()
    )
    if approval is None:
        raise NotFound
    return approval, *require_seen(actor, approval)


def require_seen(actor: Actor, approval: Approval) -> tuple[Freezer, Any]:
    """How the version's kind is approved, and the whole; NotFound as in `find`."""
    freezer = freezer_of(approval.subject_kind)
    whole = freezer.find(actor, approval.subject_id)
    if actor.person_id is None or not approval.signatures.filter(person_id=actor.person_id).exists():
        require_whole(freezer, whole, actor, "view")
    return freezer, whole


def submit(
    kind: str, whole: Any, *, actor: Actor, deciders: Sequence[Person], consulted: Sequence[Person] = (), note: str = ""
) -> Approval:
    """Freeze the whole and ask for its approval. One version is open at a time."""
    freezer = freezer_of(kind)
    require_whole(freezer, whole, actor, "submit")
    if not deciders:
        raise Refused(_("Name who shall decide."))
    with acting(actor, f"{kind}.submit", note) as act:
        if obstacles := list(freezer.obstacles(whole)):
            raise Refused(_("It is not ready: %(obstacles)s") % {"obstacles": " ".join(obstacles[:10])})
        if open_approval(kind, whole.pk):
            raise Refused(_("A version is open already. Decide or recall it first."))
        frozen = freezer.freeze(whole)
        last = in_force(kind, whole.pk)
        if last is not None and last.sha256 == frozen.sha256:
            raise Refused(
                _("Nothing has changed since version %(number)d, which is in force.") % {"number": last.number}
            )
        authors = freezer.authors(whole, last.submitted_at if last else None) | (
            {actor.person_id} if actor.person_id else set()
        )
        approval = Approval(
            organisation_id=actor.organisation_id,
            subject_kind=kind,
            subject_id=whole.pk,
            unit_id=whole.unit_id,
            restricted=whole.restricted,
            owner_id=whole.owner_id,
            number=last_number(kind, whole.pk) + 1,
            title=str(whole),
            frozen=frozen.text,
            sha256=frozen.sha256,
            authors=sorted(str(pk) for pk in authors if pk),
            submitted_by_id=actor.person_id,
            submitted_at=timezone.now(),
            note=note,
        )
        asked = [(person, Signature.Part.DECIDES) for person in dict.fromkeys(deciders)]
        asked += [(person, Signature.Part.SIGNS) for person in dict.fromkeys(freezer.signers(whole))]
        asked += [(person, Signature.Part.CONSULTED) for person in dict.fromkeys(consulted)]
        rows = [
            Signature(organisation_id=actor.organisation_id, approval=approval, person=person, part=part)
            for person, part in asked
        ]
        act.save_many([approval])
        act.save_many(rows)
        tell(
            [
                row.person_id
                for row in rows
                if row.part != Signature.Part.CONSULTED and row.person_id != actor.person_id
            ],
            kinds.DECISION,
            about=approval,
            ref="",
            title=f"{freezer.label}: {approval.title}",
            path=f"versions/{approval.pk}/",
            by=actor.label,
        )
    return approval


def answer(
    approval: Approval,
    *,
    actor: Actor,
    is_yes: bool,
    conditions: str = "",
    conflict: str = "",
    version: int | None = None,
) -> Approval:
    """Say yes or no to the frozen version. A no of a decider ends it; it is in force when all signed and one
    decided.
    """
    require_plain(conditions=conditions, conflict=conflict)
    freezer = freezer_of(approval.subject_kind)
    whole = freezer.find(actor, approval.subject_id)
    with acting(actor, f"{approval.subject_kind}.answer", conditions) as act:
        approval = Approval.objects.select_for_update().get(pk=approval.pk, organisation_id=actor.organisation_id)
        if version is not None and approval.version != version:
            raise Conflict(approval)
        signatures = list(Signature.objects.filter(approval=approval).select_related("person"))
        mine = [s for s in signatures if s.person_id == actor.person_id]
        is_open = approval.state == Approval.State.SUBMITTED
        undone = [s for s in mine if s.answer == Signature.Answer.OPEN]
        waiver = waiver_of(actor.organisation_id, "author_approves")
        decides = any(s.part == Signature.Part.DECIDES for s in undone)
        stands_against = bars(
            person=str(actor.person_id),
            authors=approval.authors if decides else (),
            is_open=is_open,
            asked=bool(mine),
            answered=bool(mine) and not undone,
            has_waiver=waiver is not None,
        )
        if stands_against:
            raise Refused(" ".join(str(BAR_WORDS[bar]) for bar in stands_against))
        if decides:
            require_whole(freezer, whole, actor, "authorise")
            others = [
                s
                for s in signatures
                if s.part == Signature.Part.SIGNS and s.answer == Signature.Answer.OPEN and s not in mine
            ]
            if is_yes and others:
                names = ", ".join(s.person.name for s in others)
                raise Refused(_("These signatures are still open: %(names)s.") % {"names": names})
        for signature in undone:
            signature.answer = Signature.Answer.YES if is_yes else Signature.Answer.NO
            signature.conditions, signature.conflict, signature.at = conditions, conflict, timezone.now()
            if waiver is not None and str(actor.person_id) in approval.authors and decides:
                signature.waiver_ref = waiver.ref
        act.save_many(undone)
        _settle(approval, signatures, act)
    return approval


def _settle(approval: Approval, signatures: list[Signature], act: Any) -> None:
    binding = [s for s in signatures if s.part != Signature.Part.CONSULTED]
    if any(s.answer == Signature.Answer.NO for s in binding):
        approval.state = Approval.State.DECLINED
    elif any(s.part == Signature.Part.DECIDES and s.answer == Signature.Answer.YES for s in binding):
        approval.state = Approval.State.APPROVED
        if (last := in_force(approval.subject_kind, approval.subject_id)) is not None:
            last.state = Approval.State.REPLACED
            act.save_many([last])
    if approval.state != Approval.State.SUBMITTED:
        approval.decided_at = timezone.now()
        act.save_many([approval])


def recall(approval: Approval, *, actor: Actor, reason: str = "") -> Approval:
    """Take an open version back; by whoever may submit."""
    freezer = freezer_of(approval.subject_kind)
    require_whole(freezer, freezer.find(actor, approval.subject_id), actor, "submit")
    with acting(actor, f"{approval.subject_kind}.recall", reason) as act:
        approval = Approval.objects.select_for_update().get(pk=approval.pk, organisation_id=actor.organisation_id)
        if approval.state != Approval.State.SUBMITTED:
            raise Refused(str(BAR_WORDS[Bar.CLOSED]))
        approval.state, approval.decided_at = Approval.State.RECALLED, timezone.now()
        act.save_many([approval])
    return approval
