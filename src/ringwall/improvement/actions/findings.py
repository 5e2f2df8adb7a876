"""What may be done with findings: recorded, put right, traced to their cause, concluded, joined to earlier ones."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.improvement import queries
from ringwall.improvement.models import Category, Finding, Method, Source, State
from ringwall.improvement.rules import findings as rules
from ringwall.improvement.words import BARS, BRANCHES
from ringwall.kit.actions import action, check, record_actions
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Invalid, Refused
from ringwall.kit.fields import ReferenceField
from ringwall.kit.inputs import text_area
from ringwall.kit.records import Record, assign_refs

finding_acts = record_actions(
    Finding,
    (
        "ref",
        "title",
        "category",
        "source",
        "found_on",
        "description",
        "evidence",
        "requirements",
        "remedy",
        "unit",
        "owner",
        "due_on",
        "checker",
        "waiting_days",
        "recurrence_of",
        "restricted",
    ),
)


def raise_finding(
    subject: Record | Requirement,
    *,
    source: Source | str,
    kind: Category | str,
    title: str,
    text: str,
    requirements: Iterable[Requirement] = (),
    owner_id: UUID | None = None,
    due_on: date | None = None,
    evidence: str = "",
    remedy: str = "",
    checker_id: UUID | None = None,
    earlier: Finding | None = None,
) -> Finding:
    """A finding that comes of an act: saved with the act under way, without a right of its own.

    About a record it carries the record's unit and restriction, and its owner where no other is named; about a
    requirement it concerns the whole organisation. Due by its kind where no day is given. A checker who owns it is not
    taken. `earlier`: the finding of which this is a recurrence.
    """
    act = current_act()
    today = timezone.localdate()
    finding = Finding(
        organisation_id=act.actor.organisation_id,
        title=title[:200],
        category=kind,
        source=source,
        found_on=today,
        description=text[:20_000],
        evidence=evidence[:20_000],
        remedy=remedy[:20_000],
        owner_id=owner_id,
        due_on=due_on or rules.due_by(str(kind), today),
        recurrence_of=earlier,
    )
    named = list(requirements)
    if isinstance(subject, Requirement):
        named.append(subject)
        finding.unit_id = act.actor.units.root.pk
    else:
        finding.subject_kind, finding.subject_id = subject.kind, subject.pk
        finding.unit_id, finding.restricted = subject.unit_id, subject.restricted
        finding.owner_id = owner_id or subject.owner_id
    finding.checker_id = checker_id if checker_id != finding.owner_id else None
    finding.set_links("requirements", named)
    check(finding)
    assign_refs([finding])
    act.save(finding)
    return finding


def settle(findings: Iterable[Finding]) -> list[Finding]:
    """Give findings the state that follows from what is recorded of them; those that changed. Not yet saved."""
    left = [finding for finding in findings if finding.state != State.CLOSED]
    facts = queries.facts_of(left)
    changed = []
    for finding in left:
        state, day = State(rules.state_of(facts[finding.pk])), rules.check_from(facts[finding.pk])
        if (finding.state, finding.check_on) != (state, day):
            finding.state, finding.check_on = state, day
            changed.append(finding)
    return changed


def _in(*states: State) -> Callable[[Finding], bool]:
    return lambda finding: not finding.is_withdrawn and finding.state in states


def require(step: rules.Step, finding: Finding, actor: Actor) -> rules.Facts:
    """The facts of the present round. Raises Refused where something stands against the step."""
    if finding.is_withdrawn:
        raise Refused(_("This finding was withdrawn."), remedy=_("Restore it first."))
    if actor.person_id is None:
        raise Refused(_("Only a person does this, not a program."))
    facts = queries.facts_of([finding])[finding.pk]
    bar = rules.bar(
        step,
        facts,
        today=timezone.localdate(),
        has_evidence=step is not rules.Step.CHECK or queries.has_evidence(finding),
        is_own_correction=finding.corrected_by_id == actor.person_id,
    )
    if bar is not None:
        day = rules.check_from(facts)
        raise Refused(BARS[bar] % {"day": date_format(day, "SHORT_DATE_FORMAT")} if day else BARS[bar])
    return facts


def store(finding: Finding) -> Finding:
    settle([finding])
    finding.save()
    return finding


@action(
    "finding.correct",
    label=_("Record correction"),
    icon="bandage",
    applies=_in(State.OPEN, State.CORRECTED),
    help_text=_("What was done at once to put it right and to limit the consequences; or why nothing could be done."),
    fields={"correction": text_area(_("correction"))},
)
def correct(finding: Finding, *, actor: Actor, correction: str, on: Annotated[date, _("corrected on")]) -> Finding:
    require(rules.Step.CORRECT, finding, actor)
    if on > timezone.localdate():
        raise Invalid({"on": [_("This day is still to come.")]})
    finding.correction, finding.corrected_on, finding.corrected_by_id = correction.strip(), on, actor.person_id
    return store(finding)


ROOT = _("cause")
ROOT_HELP = _("The last answer in one sentence: what must change so that it does not come again.")


@action(
    "finding.five_whys",
    label=_("Find cause: five whys"),
    icon="message-circle-question-mark",
    applies=_in(State.CORRECTED, State.ANALYSED),
    help_text=_("Ask why, and of each answer again, until the answer is something that you can change."),
    fields={
        "why_1": text_area(_("Why did it happen?"), rows=2),
        **{f"why_{n}": text_area(_("And why that?"), required=False, rows=2) for n in range(2, 6)},
        "cause": text_area(ROOT, help_text=ROOT_HELP, rows=2),
    },
)
def five_whys(
    finding: Finding,
    *,
    actor: Actor,
    why_1: str,
    why_2: str = "",
    why_3: str = "",
    why_4: str = "",
    why_5: str = "",
    cause: str,
) -> Finding:
    lines = [["", text.strip()] for text in (why_1, why_2, why_3, why_4, why_5) if text.strip()]
    return _analyse(finding, actor, Method.WHYS, lines, cause)


@action(
    "finding.fishbone",
    label=_("Find cause: fishbone"),
    icon="fish",
    applies=_in(State.CORRECTED, State.ANALYSED),
    help_text=_("Look along each branch for what contributed, then name what matters most."),
    fields={
        **{key: text_area(label, required=False, rows=2) for key, label in BRANCHES.items()},
        "cause": text_area(ROOT, help_text=ROOT_HELP, rows=2),
    },
)
def fishbone(
    finding: Finding,
    *,
    actor: Actor,
    people: str = "",
    procedure: str = "",
    technology: str = "",
    information: str = "",
    surroundings: str = "",
    management: str = "",
    cause: str,
) -> Finding:
    told = (people, procedure, technology, information, surroundings, management)
    lines = [[branch, text.strip()] for branch, text in zip(BRANCHES, told, strict=True) if text.strip()]
    if not lines:
        raise Invalid({next(iter(BRANCHES)): [_("Say along at least one branch what contributed.")]})
    return _analyse(finding, actor, Method.FISHBONE, lines, cause)


def _analyse(finding: Finding, actor: Actor, method: Method, lines: list[list[str]], cause: str) -> Finding:
    require(rules.Step.ANALYSE, finding, actor)
    finding.cause, finding.cause_method, finding.cause_lines = cause.strip(), method, lines
    return store(finding)


@action(
    "finding.conclude",
    label=_("Conclude"),
    icon="check",
    applies=lambda finding: (
        not finding.is_withdrawn and finding.state not in {State.CLOSED, State.ACTING} and not finding.is_nonconformity
    ),
    help_text=_(
        "An observation or an opportunity breaks no requirement. It may be concluded in words: what was done, or why "
        "nothing shall be done."
    ),
    fields={"conclusion": text_area(_("conclusion"))},
)
def conclude(finding: Finding, *, actor: Actor, conclusion: str) -> Finding:
    require(rules.Step.CONCLUDE, finding, actor)
    finding.state, finding.closed_on, finding.conclusion = State.CLOSED, timezone.localdate(), conclusion.strip()
    finding.check_on = None
    finding.save()
    return finding


@action(
    "finding.join",
    label=_("Join to an earlier finding"),
    icon="link",
    applies=lambda finding: (
        not finding.is_withdrawn and finding.recurrence_of_id is None and finding.state != State.CLOSED
    ),
    help_text=_("Says that this is the same fault again; the cause found then was not the whole one."),
    fields={"earlier": ReferenceField(Finding, label=_("recurrence of"))},
)
def join(finding: Finding, *, actor: Actor, earlier: Finding) -> Finding:
    if not finding.is_after(earlier):
        raise Invalid({"earlier": [_("A finding is a recurrence of an earlier one only.")]})
    finding.recurrence_of = earlier
    finding.save()
    return finding
