"""What is asked of findings and their actions: the facts of a round, who had a part, what is alike, what is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.context.models import Waiver
from ringwall.context.queries import units_above, waiver_in_force
from ringwall.evidence.queries import evidence_for
from ringwall.improvement.models import (
    ActionState,
    AuthorisedException,
    CorrectiveAction,
    EffectivenessCheck,
    ExceptionRequirement,
    ExceptionState,
    Finding,
    FindingRequirement,
    Improvement,
    State,
)
from ringwall.improvement.rules import findings as rules
from ringwall.improvement.rules.exceptions import ENDING_DAYS, LOW
from ringwall.kit import registry
from ringwall.ledger.queries import history

SIMILAR = 5
WORDS_ASKED = 3
CANDIDATES = 40


def facts_of(findings: Sequence[Finding]) -> dict[UUID, rules.Facts]:
    """Finding → what is recorded of its present round. One query for any number, none for new findings."""
    known = {finding.pk: finding for finding in findings if not finding.is_new}
    counted: dict[UUID, tuple[int, int, date | None]] = {}
    for finding_id, round_, opened, finished, last in _counted_actions(list(known)) if known else ():
        if round_ == known[finding_id].round:
            counted[finding_id] = opened, finished, last
    return {finding.pk: _facts(finding, *counted.get(finding.pk, (0, 0, None))) for finding in findings}


def _counted_actions(finding_ids: list[UUID]) -> Any:
    """(finding, round, open, done, last done on) for those with actions."""
    is_open, is_done = Q(state=ActionState.OPEN), Q(state=ActionState.DONE)
    rows: Any = CorrectiveAction.objects.filter(finding_id__in=finding_ids, withdrawn_on=None).order_by()
    return rows.values_list("finding_id", "round").annotate(
        opened=Count("pk", filter=is_open), finished=Count("pk", filter=is_done), last=Max("done_on", filter=is_done)
    )


def _facts(finding: Finding, opened: int, finished: int, last: date | None) -> rules.Facts:
    return rules.Facts(
        category=finding.category,
        is_closed=finding.state == State.CLOSED,
        has_correction=bool(finding.correction),
        has_cause=bool(finding.cause),
        open_actions=opened,
        done_actions=finished,
        last_done_on=last,
        waiting_days=finding.waiting_days,
    )


def has_evidence(finding: Finding) -> bool:
    """Something shows the finding: in words, or a file in use."""
    return bool(finding.evidence.strip()) or bool(evidence_for(finding.organisation_id, [finding.pk]))


def owners_ever(record: Any) -> set[UUID]:
    """Everybody who owns the record or did, by the ledger: a part is not shed by handing it over."""
    found: set[UUID] = {record.owner_id} if record.owner_id else set()
    for told in history(record.organisation_id, record.pk, limit=1000):
        if told.change is not None:
            for side in (told.change.before or {}, told.change.after):
                if owner := side.get("owner"):
                    found.add(UUID(owner))
    return found


def acted_in(finding: Finding) -> set[UUID]:
    """Who answers for a finished action of the present round or reported it done, also where it was withdrawn later."""
    rows = CorrectiveAction.objects.filter(finding=finding, round=finding.round, state=ActionState.DONE)
    pairs = rows.values_list("owner_id", "done_by_id")
    return {key for pair in pairs for key in pair if key is not None}


def askers_of(exception: AuthorisedException) -> set[UUID]:
    """Whoever asked for an exception, and whoever recorded or imported the request, by the ledger."""
    told = history(exception.organisation_id, exception.pk, limit=1000)
    recorded = {t.act.actor_id for t in told if t.act.actor_id and t.change and t.change.operation == "create"}
    return recorded | ({exception.asked_by_id} if exception.asked_by_id else set())


def waiver_of_owner_checking(actor: Actor, unit_id: UUID) -> Waiver | None:
    """The waiver under which one may check what one owns, corrected or carried out, in this unit."""
    above = units_above(actor.units, unit_id)
    return waiver_in_force(actor.organisation_id, Waiver.Rule.OWNER_CHECKS, unit_ids=above)


def actions_of(finding: Finding, actor: Actor) -> list[CorrectiveAction]:
    """The actions of all rounds that the person may see, the newest round first."""
    rows = CorrectiveAction.objects.visible_to(actor).filter(finding=finding)
    return list(rows.select_related("owner", "done_by").order_by("-round", "ref_key")[:100])


def checks_of(finding: Finding) -> list[EffectivenessCheck]:
    return list(finding.checks.select_related("by", "waiver")[:50])


def checks_under(waiver: Waiver, actor: Actor) -> list[EffectivenessCheck]:
    """The visible checks for which a waiver was used, the newest first."""
    seen = Finding.objects.visible_to(actor).values("pk")
    rows = EffectivenessCheck.objects.filter(waiver_id=waiver.pk, finding_id__in=seen)
    return list(rows.select_related("by", "finding").order_by("-on")[:50])


def subject_of(finding: Finding, actor: Actor) -> Any:
    """The record that the finding is about; None where there is none, or not for this person."""
    register = registry.registers.get(finding.subject_kind)
    if register is None or finding.subject_id is None:
        return None
    return register.model.objects.visible_to(actor).filter(pk=finding.subject_id).first()


def earlier_of(record: Any, source: str) -> Finding | None:
    """The latest finding of one source about a record, closed or not; no rights checked, for what an act raises."""
    rows = Finding.objects.filter(organisation_id=record.organisation_id, subject_id=record.pk, source=source)
    return rows.filter(withdrawn_on=None).order_by("-found_on", "-ref_key").first()


def findings_about(record: Any, actor: Actor) -> list[Finding]:
    """The visible findings about a record, those still open first. One index."""
    rows = Finding.objects.visible_to(actor).present().filter(subject_id=record.pk).select_related("owner")
    return sorted(rows.order_by("-found_on", "-ref_key")[:50], key=lambda finding: finding.state == State.CLOSED)


def findings_against(requirement_id: UUID, actor: Actor) -> list[Finding]:
    rows = Finding.objects.visible_to(actor).present().filter(requirements=requirement_id).select_related("owner")
    return sorted(rows.order_by("-found_on", "-ref_key")[:50], key=lambda finding: finding.state == State.CLOSED)


def similar_to(
    actor: Actor,
    *,
    title: str,
    requirement_ids: Iterable[UUID] = (),
    subject_id: UUID | None = None,
    leave_out: UUID | None = None,
) -> list[Finding]:
    """Visible findings with the same requirement or record, or alike in words; the most alike first.

    Candidates come from indexes alone: those with a requirement or the record in common, and for the longest words
    of the title those that full text finds.
    """
    if not actor.may("finding.view"):
        return []
    wanted, words = set(requirement_ids), rules.words_of(title)
    asked = sorted(words, key=lambda word: (-len(word), word))[:WORDS_ASKED]
    seen = Finding.objects.visible_to(actor).present().exclude(pk__in=[leave_out] if leave_out else [])
    found: dict[UUID, Finding] = {}
    for condition in (
        Q(pk__in=FindingRequirement.objects.filter(requirement_id__in=wanted).values("finding_id")) if wanted else None,
        Q(subject_id=subject_id) if subject_id else None,
        *(Q(pk__in=registry.searcher(Finding.kind, word, actor)) for word in asked),
    ):
        if condition is not None:
            found |= {row.pk: row for row in seen.filter(condition).order_by("-found_on", "-ref_key")[:CANDIDATES]}
    shared = _sharing(list(found), wanted)
    scored = [
        (
            rules.likeness(
                words,
                rules.words_of(row.title),
                same_requirement=row.pk in shared,
                same_subject=subject_id is not None and row.subject_id == subject_id,
            ),
            row,
        )
        for row in found.values()
    ]
    ranked = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].ref_key))
    return [row for _score, row in ranked[:SIMILAR]]


def _sharing(finding_ids: list[UUID], requirement_ids: set[UUID]) -> set[UUID]:
    if not finding_ids or not requirement_ids:
        return set()
    links = FindingRequirement.objects.filter(finding_id__in=finding_ids, requirement_id__in=requirement_ids)
    return set(links.values_list("finding_id", flat=True))


def requirement_ids_of(finding: Finding) -> list[UUID]:
    return list(FindingRequirement.objects.filter(finding=finding).values_list("requirement_id", flat=True))


PRESSING = (F("due_on").asc(nulls_last=True), "ref_key")
NOT_CLOSED = [state for state in State if state != State.CLOSED]


@dataclass(frozen=True, slots=True)
class Standing:
    """How many visible findings stand how; each is a list that the register can show."""

    overdue: int
    without_cause: int
    check_due: int


def standing(actor: Actor, today: date) -> Standing:
    """One query over the visible findings in use, by one index."""
    conditions = {
        "overdue": Q(state__in=NOT_CLOSED, due_on__lt=today),
        "without_cause": Q(
            state__in=[State.OPEN, State.CORRECTED],
            category__in=sorted(rules.NONCONFORMITIES),
            found_on__lt=today - timedelta(days=rules.CAUSE_DAYS),
        ),
        "check_due": Q(state=State.CHECKING, check_on__lte=today),
    }
    counts = {name: Count("organisation", filter=condition) for name, condition in conditions.items()}
    rows: Any = Finding.objects.visible_to(actor).present().order_by()
    return actor.counted("finding.view", ("standing", today), lambda: Standing(**rows.aggregate(**counts)))


def overdue_actions(actor: Actor, today: date) -> int:
    rows: QuerySet[CorrectiveAction] = CorrectiveAction.objects.visible_to(actor).present()
    found = rows.filter(state=ActionState.OPEN, due_on__lt=today)
    return actor.counted("corrective_action.view", ("overdue", today), found.count)


def exceptions_in_force(
    actor: Actor, requirement_ids: Iterable[UUID], on: date | None = None
) -> dict[UUID, list[AuthorisedException]]:
    """Requirement → the visible exceptions from it that are in force on a day (default today), by reference.

    Requirements without any are left out. Two queries for any number of requirements.
    """
    day = on or timezone.localdate()
    links = ExceptionRequirement.objects.filter(
        organisation_id=actor.organisation_id,
        requirement_id__in=list(requirement_ids),
        exception__state=ExceptionState.GRANTED,
        exception__until_on__gte=day,
        exception__decided_on__lte=day,
    )
    pairs = list(links.values_list("requirement_id", "exception_id"))
    rows = AuthorisedException.objects.visible_to(actor).present().filter(pk__in={pk for _id, pk in pairs})
    by_id = {row.pk: row for row in rows.select_related("owner", "unit")} if pairs else {}
    found: dict[UUID, list[AuthorisedException]] = {}
    for requirement_id, pk in pairs:
        if (row := by_id.get(pk)) is not None:
            found.setdefault(requirement_id, []).append(row)
    return {key: sorted(held, key=lambda row: row.ref_key) for key, held in found.items()}


def exceptions_from(actor: Actor, **named: Any) -> list[AuthorisedException]:
    """The visible exceptions that were granted from one requirement (requirements=) or control (controls=), those in
    force first."""
    rows = AuthorisedException.objects.visible_to(actor).present().filter(**named)
    decided = [ExceptionState.GRANTED, ExceptionState.ENDED]
    found = rows.filter(state__in=decided).select_related("owner").order_by("-until_on", "ref_key")[:50]
    return sorted(found, key=lambda row: row.state != ExceptionState.GRANTED)


def awaiting_authority(actor: Actor, limit: int) -> list[AuthorisedException]:
    """Judged exceptions above a low risk on which the person may decide: top management, but for its own."""
    if actor.person_id is None:
        return []
    rows = AuthorisedException.objects.filter(actor.visible("exception.authorise")).present()
    waiting = rows.filter(state=ExceptionState.JUDGED).exclude(level=LOW).select_related("owner")
    mine = Q(asked_by_id=actor.person_id) | Q(owner_id=actor.person_id) | Q(judged_by_id=actor.person_id)
    barred = waiting.filter(mine).values("pk")
    return list(waiting.exclude(pk__in=barred).order_by("judged_on", "ref_key")[:limit])


def asked_by(actor: Actor) -> list[AuthorisedException]:
    """What the person asked for, the newest first: shown to them whatever else they may see."""
    if actor.person_id is None:
        return []
    rows = AuthorisedException.objects.filter(organisation_id=actor.organisation_id, asked_by_id=actor.person_id)
    return list(rows.order_by("-created_at")[:20])


def suggested_by(actor: Actor) -> list[Improvement]:
    if actor.person_id is None:
        return []
    rows = Improvement.objects.filter(organisation_id=actor.organisation_id, suggested_by_id=actor.person_id)
    return list(rows.order_by("-created_at")[:20])


@dataclass(frozen=True, slots=True)
class ExceptionStanding:
    ending: int
    over: int
    waiting: int


def exception_standing(actor: Actor, today: date) -> ExceptionStanding:
    """One query over the visible exceptions in use, by one index."""
    granted = Q(state=ExceptionState.GRANTED)
    conditions = {
        "ending": granted & Q(until_on__gte=today, until_on__lte=today + timedelta(days=ENDING_DAYS)),
        "over": granted & Q(until_on__lt=today),
        "waiting": Q(state__in=[ExceptionState.ASKED, ExceptionState.JUDGED]),
    }
    counts = {name: Count("organisation", filter=condition) for name, condition in conditions.items()}
    rows: Any = AuthorisedException.objects.visible_to(actor).present().order_by()
    return actor.counted("exception.view", ("standing", today), lambda: ExceptionStanding(**rows.aggregate(**counts)))


def own_findings(actor: Actor, limit: int) -> list[Finding]:
    """What the person answers for and is not closed, the most pressing first."""
    rows = Finding.objects.visible_to(actor).present().filter(owner_id=actor.person_id, state__in=NOT_CLOSED)
    return _pressing(rows, actor, limit)


def own_actions(actor: Actor, limit: int) -> list[CorrectiveAction]:
    rows = CorrectiveAction.objects.visible_to(actor).present().filter(owner_id=actor.person_id, state=ActionState.OPEN)
    return _pressing(rows, actor, limit)


def own_checks(actor: Actor, today: date, limit: int) -> list[Finding]:
    """Findings whose check waits for the person and can be done by now."""
    rows = Finding.objects.visible_to(actor).present().filter(checker_id=actor.person_id, state=State.CHECKING)
    return _pressing(rows.filter(check_on__lte=today), actor, limit)


def _pressing(rows: Any, actor: Actor, limit: int) -> list[Any]:
    if actor.person_id is None:
        return []
    return list(rows.order_by(*PRESSING)[:limit])


def open_checks_of(person: Person) -> list[Finding]:
    """The open findings whose effectiveness this person is to check, whoever asks."""
    rows = Finding._base_manager.filter(organisation_id=person.organisation_id, checker=person, withdrawn_on=None)
    return list(rows.exclude(state=State.CLOSED).order_by("ref_key"))
