"""What may be done with carry-overs: begin, take and refuse lines, work the rest out anew, confirm, take all back."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from ringwall.access.policy import Actor
from ringwall.catalogues.carryover import rules
from ringwall.catalogues.carryover.models import CarriedRow, CarryOver
from ringwall.catalogues.carryover.queries import SeenRow, rows_of, seen_rows
from ringwall.catalogues.models import Catalogue
from ringwall.kit import registry
from ringwall.kit.actions import Action, action, register_action
from ringwall.kit.acts import current_act
from ringwall.kit.bulk import insert_rows
from ringwall.kit.errors import Denied, Invalid, Refused
from ringwall.ledger.rules import Change

PROPOSED, TAKEN, REFUSED, NEEDS_PERSON = CarriedRow.State
CERTAIN = {str(reason) for reason in rules.Reason} - {
    str(reason)
    for reason in (
        rules.Reason.UNCERTAIN,
        rules.Reason.CONTRADICTORY,
        rules.Reason.DEFAULTED,
        rules.Reason.NOT_NEEDED,
        rules.Reason.WITHDRAWN,
        rules.Reason.NO_WAY,
    )
}
"""Reasons from which something follows that can be taken."""

MOST = 1000
"""Lines that a page or a program decides at once at most."""


def _proposing() -> Any:
    return import_module("ringwall.catalogues.carryover.proposing")


@action(
    "carry_over.start",
    label=gettext_lazy("Begin carry-over"),
    model=CarryOver,
    creates=True,
    icon="arrow-right-left",
)
def start(*, actor: Actor, source: Catalogue, target: Catalogue, basis: CarryOver.Basis) -> CarryOver:
    """Makes the worklist and carries, in the same act, what is carried by rule."""
    if not actor.may_everywhere("carry_over.start"):
        raise Denied(_("Your role does not include carrying over between catalogues."))
    if source == target:
        raise Invalid({"target": [_("Choose another catalogue than the old one.")]})
    if basis not in _proposing().bases(actor, source, target):
        words = {
            CarryOver.Basis.MAPPING: _("No mapping in use connects the two catalogues."),
            CarryOver.Basis.COMPARISON: _("The two are no editions of one catalogue: most identifiers differ."),
        }
        raise Invalid({"basis": [words[basis]]})
    same = CarryOver.objects.filter(
        organisation_id=actor.organisation_id, source=source, target=target, state=CarryOver.State.OPEN
    )
    if same.exists():
        raise Refused(
            _("A carry-over between these two catalogues is open already."),
            remedy=_("Go on with that one, or confirm it or take it back first."),
        )
    made = CarryOver(
        organisation_id=actor.organisation_id,
        source=source,
        target=target,
        basis=basis,
        started_by_id=actor.person_id,
        started_at=timezone.now(),
    )
    current_act().save(made)
    _add(_proposing().worklist(made, actor), made, actor)
    return made


def _add(rows: Sequence[CarriedRow], carry_over: CarryOver, actor: Actor) -> None:
    """Store new lines; those by rule are carried at once."""
    for row in rows:
        row.version = 1
    insert_rows(rows)
    by_rule = [row.pk for row in rows if row.is_by_rule]
    if by_rule:
        _carry(seen_rows(actor, rows_of(carry_over).filter(pk__in=by_rule)), actor)


def _carry(seen: Sequence[SeenRow], actor: Actor) -> None:
    for kind in dict.fromkeys(one.row.carrier for one in seen):
        some = [one for one in seen if one.row.carrier == kind]
        done = registry.carriers[kind].carry([one.carriage for one in some], actor=actor)
        for one, token in zip(some, done, strict=True):
            one.row.state, one.row.done = TAKEN, token
    current_act().save_many([one.row for one in seen])


def _take_back(seen: Sequence[SeenRow], actor: Actor) -> int:
    """Undo the lines; how many could not be, because somebody changed since what had been carried."""
    left = 0
    for kind in dict.fromkeys(one.row.carrier for one in seen):
        some = [one for one in seen if one.row.carrier == kind]
        undone = registry.carriers[kind].undo([(one.carriage, one.row.done) for one in some], actor=actor)
        for one, is_undone in zip(some, undone, strict=True):
            one.row.state, one.row.is_left = REFUSED, not is_undone
            left += not is_undone
    return left


def _take(carry_over: CarryOver, *, actor: Actor, rows: Iterable[UUID]) -> list[CarriedRow]:
    """Carry the chosen lines as proposed. One that cannot be refuses all."""
    _require_open(carry_over)
    seen = _chosen(carry_over, rows, actor)
    for one in seen:
        if one.row.state == TAKEN:
            raise Refused(_("%(row)s is taken already.") % {"row": one.row})
        if one.row.target is None or one.row.reason not in CERTAIN or not one.row.answer:
            raise Refused(
                _("From %(row)s nothing follows that could be taken.") % {"row": one.row},
                remedy=_("Decide it at the new requirement itself, then mark the line as settled."),
            )
    for one in seen:
        one.row.decided_by_id, one.row.decided_on, one.row.is_by_rule = actor.person_id, timezone.localdate(), False
    _carry(seen, actor)
    _note(carry_over, "take", len(seen))
    return [one.row for one in seen]


def _refuse(carry_over: CarryOver, *, actor: Actor, rows: Iterable[UUID]) -> list[CarriedRow]:
    """Do not carry the chosen lines; what was taken of them is taken back. Lines that need a person are settled so."""
    seen = _chosen(carry_over, rows, actor)
    if carry_over.state != CarryOver.State.OPEN and any(one.row.state != NEEDS_PERSON for one in seen):
        raise Refused(_("This carry-over is %(state)s.") % {"state": carry_over.get_state_display()})
    for one in seen:
        if one.row.state == REFUSED:
            raise Refused(_("%(row)s is refused already.") % {"row": one.row})
    _take_back([one for one in seen if one.row.state == TAKEN], actor)
    for one in seen:
        one.row.state = REFUSED
        one.row.decided_by_id, one.row.decided_on = actor.person_id, timezone.localdate()
    current_act().save_many([one.row for one in seen])
    _note(carry_over, "refuse", len(seen))
    return [one.row for one in seen]


def _note(carry_over: CarryOver, operation: str, lines: int) -> None:
    """Stands in the carry-over's own history: who sees it sees that lines were decided."""
    change = Change(
        kind=carry_over.kind,
        subject=carry_over.pk,
        ref=carry_over.ref,
        operation=operation,
        version=carry_over.version,
        before={},
        after={"lines": lines},
    )
    current_act().note(change)


def _chosen(carry_over: CarryOver, rows: Iterable[UUID], actor: Actor) -> list[SeenRow]:
    wanted = set(rows)
    if not wanted:
        raise Invalid({"": [str(_("Choose at least one row."))]})
    found = seen_rows(actor, rows_of(carry_over).filter(pk__in=wanted))
    if len(found) < len(wanted):
        raise Invalid({"": [str(_("Some of these lines are not there any more. Open the list again."))]})
    for one in found:
        one.row.carry_over = carry_over
    return found


def _require_open(carry_over: CarryOver) -> None:
    if not carry_over.is_open:
        raise Refused(_("This carry-over is %(state)s.") % {"state": carry_over.get_state_display()})


take = register_action(
    Action("carry_over.take", pgettext_lazy("carry-over", "Take"), _take, model=CarryOver, icon="check")
)
refuse = register_action(
    Action("carry_over.refuse", pgettext_lazy("carry-over", "Do not carry"), _refuse, model=CarryOver, icon="x")
)


@action(
    "carry_over.renew",
    label=gettext_lazy("Work out anew"),
    icon="refresh-cw",
    applies=lambda carry_over: carry_over.is_open,
    help_text=gettext_lazy(
        "After relations were judged or records added: what is decided stays, all else is worked out again."
    ),
)
def renew(carry_over: CarryOver, *, actor: Actor) -> CarryOver:
    """Lines that are decided stay. Undecided ones take what follows now, or are settled where nothing does."""
    _require_open(carry_over)
    stored = {row.key: row for row in rows_of(carry_over)}
    wanted = {row.key: row for row in _proposing().worklist(carry_over, actor)}
    changed: list[CarriedRow] = []
    seen = {one.row.pk for one in seen_rows(actor, stored.values())}
    for key, row in stored.items():
        if row.state not in (PROPOSED, NEEDS_PERSON) or row.pk not in seen:
            continue
        row.carry_over = carry_over
        if (now := wanted.get(key)) is None:
            row.state = REFUSED
            changed.append(row)
        elif (row.reason, row.answer, row.state) != (now.reason, now.answer, now.state):
            row.reason, row.answer, row.state, row.sources = now.reason, now.answer, now.state, now.sources
            changed.append(row)
    act = current_act()
    act.save_many(changed)
    new = [row for key, row in wanted.items() if key not in stored]
    for number, row in enumerate(new, len(stored)):
        row.position = number
    _add(new, carry_over, actor)
    _note(carry_over, "renew", len(changed) + len(new))
    return carry_over


@action(
    "carry_over.confirm",
    label=gettext_lazy("Confirm carry-over"),
    icon="badge-check",
    applies=lambda carry_over: carry_over.is_open,
    help_text=gettext_lazy("From then on it cannot be taken back as a whole. Nothing of the old catalogue is removed."),
)
def confirm(carry_over: CarryOver, *, actor: Actor) -> CarryOver:
    _require_open(carry_over)
    if waiting := carry_over.rows.filter(state=PROPOSED).count():
        words = ngettext(
            "%(count)d proposal waits for a decision.", "%(count)d proposals wait for a decision.", waiting
        )
        raise Refused(words % {"count": waiting}, remedy=_("Take or refuse it first."))
    carry_over.state, carry_over.ended_on = CarryOver.State.CONFIRMED, timezone.localdate()
    current_act().save(carry_over)
    return carry_over


@action(
    "carry_over.undo",
    label=gettext_lazy("Take all back"),
    icon="undo-2",
    is_danger=True,
    needs_reason=True,
    applies=lambda carry_over: carry_over.is_open,
    help_text=gettext_lazy(
        "Withdraws all that was carried. What somebody changed since stays as it is and is marked in the list."
    ),
)
def undo(carry_over: CarryOver, *, actor: Actor) -> CarryOver:
    _require_open(carry_over)
    taken = list(rows_of(carry_over).filter(state=TAKEN))
    seen = {one.row.pk: one for one in seen_rows(actor, taken)}
    # What hangs on the old requirement no more was carried all the same.
    found = [seen.get(row.pk) or SeenRow(row, ()) for row in taken]
    for row in taken:
        row.carry_over = carry_over
    _take_back(found, actor)
    carry_over.state, carry_over.ended_on = CarryOver.State.UNDONE, timezone.localdate()
    current_act().save_many([carry_over, *(one.row for one in found)])
    return carry_over


ACTS: dict[str, Action] = {"renew": renew, "confirm": confirm, "undo": undo}
DECISIONS: dict[str, Action] = {"take": take, "refuse": refuse}
