"""What may be done with a statement: take in its rows, decide them, confirm what calls for them."""

from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.context.models import IsmsScope
from ringwall.kit.actions import action, record_actions
from ringwall.kit.acts import acting, current_act
from ringwall.kit.errors import Denied, Refused
from ringwall.kit.records import ref_key
from ringwall.soa.models import SoaRow
from ringwall.soa.queries import StatementRow, statement

acts = record_actions(SoaRow, ("ref", "scope", "requirement", "control", "applicability", "justification"))
LONGEST = 40
"""Characters of a reference."""


def row_ref(scope: IsmsScope, key: str) -> str:
    """The reference of a row: its scope and what it is about. What is too long ends with a digest of all of it, so that
    no two that begin alike come to the same."""
    ref = f"{scope.ref}:{key}"
    return ref if len(ref) <= LONGEST else f"{ref[: LONGEST - 9]}~{sha256(ref.encode()).hexdigest()[:8]}"


def prepare(scope: IsmsScope, *, actor: Actor) -> int:
    """Take in every row that the statement needs and does not have yet; all undecided. Returns how many."""
    if not scope.is_covered_by(actor, acts.create.name):
        raise Denied(_("You hold no right to decide the whole statement of %(scope)s.") % {"scope": scope})
    with acting(actor, "soa.prepare") as act:
        rows = [_new_row(scope, row, number) for number, row in enumerate(statement(scope).rows) if row.stored is None]
        act.save_many(rows)
    return len(rows)


def _new_row(scope: IsmsScope, row: StatementRow, position: int) -> SoaRow:
    ref = row_ref(scope, row.key)
    return SoaRow(
        organisation_id=scope.organisation_id,
        unit_id=scope.unit_id,
        restricted=scope.restricted,
        scope=scope,
        requirement=row.requirement,
        control=row.control,
        ref=ref,
        ref_key=ref_key(ref),
        position=position,
    )


@action("soa_row.confirm", label=_("Confirm drivers"), icon="check", is_bulk=True)
def confirm(row: SoaRow, *, actor: Actor) -> SoaRow:
    """A person confirms that what the records propose does call for this row; it then counts as justification."""
    proposed = _proposed_drivers(row)
    if not proposed:
        raise Refused(_("No risk, obligation or contract calls for this row; write a justification instead."))
    row.drivers = proposed
    row.save()
    return row


def _proposed_drivers(row: SoaRow) -> list[str]:
    """What the records propose for a row; worked out once for all rows of a scope that one act confirms."""
    memory, key = current_act().memory, ("soa.drivers", row.scope_id)
    if key not in memory:
        rows = statement(row.scope).rows
        memory[key] = {r.stored.pk: [driver.ref for driver in r.drivers] for r in rows if r.stored is not None}
    found: list[str] = memory[key].get(row.pk, [])
    return found


def decide(scope: IsmsScope, decisions: dict[str, tuple[str, str]], *, actor: Actor) -> list[Any]:
    """Decide rows by key: (applicability, justification); rows that are missing are taken in first. One act."""
    with acting(actor, "soa_row.update"):
        prepare(scope, actor=actor)
        done = []
        for row in statement(scope).rows:
            if row.key in decisions and row.stored is not None:
                applicability, justification = decisions[row.key]
                values = {"applicability": applicability, "justification": justification}
                done.append(acts.update.run(actor, values, subject=row.stored))
    return done
