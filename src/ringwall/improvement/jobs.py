"""What findings follow and tell: their state follows their actions, a control that does not work becomes a finding,
whoever shall act or check gets a task."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from ringwall.controls.models import Verification
from ringwall.improvement.actions.findings import raise_finding, settle
from ringwall.improvement.models import ActionState, Category, CorrectiveAction, Finding, Source, State
from ringwall.improvement.queries import earlier_of
from ringwall.kit import registry
from ringwall.kit.acts import Act
from ringwall.tasks.actions import give
from ringwall.tasks.models import Task


@registry.follower
def raise_from_verifications(act: Act) -> None:
    """A control that was found not to work, or only partly, becomes a finding in the same act; what should be done at
    once is the correction it proposes. Not the first time: a recurrence of the latest one."""
    failed = [row for row in act.saved if isinstance(row, Verification) and row.result in Verification.FAILED]
    for verification in failed:
        control = verification.control
        is_without_effect = verification.result == Verification.Result.INEFFECTIVE
        with override(act.actor.organisation.language):
            words = _("%(control)s does not work") if is_without_effect else _("%(control)s works only partly")
            title = words % {"control": control}
            expected = verification.expectation or control.objective
            text = _("Expected: %(text)s") % {"text": expected} if expected else title
        raise_finding(
            control,
            source=Source.VERIFICATION,
            kind=Category.MINOR if is_without_effect else Category.OBSERVATION,
            title=title,
            text=text,
            requirements=control.requirements.all(),
            evidence="\n".join(filter(None, [verification.remark, verification.sample])),
            remedy=verification.remedy,
            checker_id=control.verifier_id,
            earlier=earlier_of(control, Source.VERIFICATION),
        )


@registry.follower
def settle_findings(act: Act) -> None:
    """However an action was planned, finished, dropped or withdrawn (act, form, API, sheet), its finding follows."""
    findings = {row.pk: row for row in act.saved if isinstance(row, Finding)}
    actions = [row for row in act.saved if isinstance(row, CorrectiveAction)]
    if not findings and not actions:
        return
    missing = {row.finding_id for row in actions} - findings.keys()
    if missing:
        locked = Finding._base_manager.select_for_update().filter(pk__in=missing)
        findings |= {row.pk: row for row in locked}
    act.save_many(settle(findings.values()))


@registry.listener
def tell_people(act: Act) -> None:
    """A task for whoever an action is given to or a check waits for; it ends with what it asks for. Nobody is told what
    they did themselves."""
    rows = {row.pk: row for row in act.saved if isinstance(row, CorrectiveAction | Finding)}
    if not rows:
        return
    ended: list[tuple[UUID, str]] = []
    with override(act.actor.organisation.language):
        for change in list(act.changes):
            row = rows.get(change.subject)
            if isinstance(row, CorrectiveAction):
                if row.state != ActionState.OPEN or row.is_withdrawn:
                    ended.append((row.pk, row.title))
                elif "owner" in change.after:
                    _give(act, row, row.owner_id, row.title, row.due_on)
            elif isinstance(row, Finding):
                title = _("%(ref)s: check whether the actions worked") % {"ref": row.ref}
                if row.state != State.CHECKING and (change.before or {}).get("state") == State.CHECKING:
                    ended.append((row.pk, title))
                elif row.state == State.CHECKING and {"state", "checker"} & change.after.keys():
                    _give(act, row, row.checker_id, title, row.check_on)
    if ended:
        _end_tasks(act, ended)


def _give(act: Act, row: Any, person_id: UUID | None, title: str, due_on: date | None) -> None:
    if person_id not in {None, act.actor.person_id}:
        assert person_id is not None
        give(row, person_id, title, made_by_id=act.actor.person_id, due_on=due_on)


def _end_tasks(act: Act, asked: Sequence[tuple[UUID, str]]) -> None:
    """What was asked for, by record and title, is done or no longer wanted."""
    rows = Task.objects.select_for_update().filter(
        organisation_id=act.actor.organisation_id, subject_id__in=[pk for pk, _title in asked], state=Task.State.OPEN
    )
    ended = [task for task in rows if (task.subject_id, task.title) in set(asked)]
    for task in ended:
        task.state, task.closed_at = Task.State.DONE, timezone.now()
    act.save_many(ended)
