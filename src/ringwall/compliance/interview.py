"""One question of a check with what surrounds it: what the interview page shows. No writing."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Case, Q, When
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues.knowledge import SIZES, guidance_on
from ringwall.catalogues.models import Requirement, Statement
from ringwall.catalogues.prose import as_html
from ringwall.compliance import queries, rules
from ringwall.compliance.models import Answer, Check
from ringwall.compliance.queries import AnswerRow, GroupRow
from ringwall.compliance.questions import Group, questions_of
from ringwall.compliance.wording import TONES, VALUES
from ringwall.controls.models import Control
from ringwall.improvement.queries import exceptions_in_force
from ringwall.kit import registry
from ringwall.kit.cells import record_url
from ringwall.kit.errors import NotFound
from ringwall.kit.pages import Panel
from ringwall.kit.records import is_uuid
from ringwall.ledger.insert import database_uuid

WALKS = ("open", "unmet", "reasons", "all")
"""What one walks through: what needs an answer, what is not met, what lacks its justification, everything."""


@dataclass(frozen=True)
class Walk:
    """Which questions the next and the previous one are sought among."""

    state: str = "open"
    role: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Walk":
        state = given.get("state", "")
        return cls(state if state in WALKS else "open", given.get("role", "").replace("\x00", "")[:200])

    def takes(self, row: AnswerRow) -> bool:
        if not self.is_asked_of(row.roles):
            return False
        match self.state:
            case "open":
                return row.needs_work
            case "unmet":
                return row.unmet in rules.BINDING
            case "reasons":
                return row.lacks_reason
        return True

    def is_asked_of(self, roles: Sequence[str]) -> bool:
        return not self.role or self.role in roles

    def condition(self) -> Q:
        """The same of rows in the database, but for the role."""
        return {
            "open": Q(value=rules.Value.OPEN) | Q(is_carried=True),
            "unmet": Q(unmet__in=rules.BINDING),
            "reasons": Q(lacks_reason=True),
        }.get(self.state, Q())

    def query(self, **more: str) -> str:
        told = {"state": self.state if self.state != "open" else "", "role": self.role, **more}
        return "?" + urlencode({name: value for name, value in told.items() if value})


@dataclass(frozen=True, slots=True)
class StatementLine:
    number: str
    name: str
    verb: str
    verb_label: str
    text: str
    value: str


@dataclass(frozen=True)
class Question:
    """A question with its place. `before` and `after` are its neighbours in the walk, None at the ends; `branch` is
    what its innermost group asks."""

    check: Check
    walk: Walk
    answer: Answer
    groups: Sequence[GroupRow]
    branch: Sequence[AnswerRow]
    before: AnswerRow | None
    after: AnswerRow | None
    left: int
    progress: rules.Progress
    roles: Sequence[str]
    own_roles: Sequence[str]


OVERVIEW = 1
"""How deep the groups go among which the page shows where one is."""


def question(check: Check, walk: Walk, at: str) -> Question | None:
    """The question named by `at` (an answer's id, or what the publisher prints), else the first of the walk, else the
    first of all. None for a check without questions; NotFound for a name that is none of its questions."""
    rows = queries.answer_rows(check)
    if not rows:
        return None
    walked = [row for row in rows if walk.takes(row)]
    groups = questions_of(check.catalogue).groups
    current = _named(groups, rows, at) if at else (walked[0] if walked else rows[0])
    answer = Answer.objects.select_related("requirement", "answered_by").get(pk=current.id)
    answer.round, answer.requirement.catalogue = check, check.catalogue
    return Question(
        check,
        walk,
        answer,
        queries.group_rows(check, rows, OVERVIEW),
        _branch(groups, rows, current),
        next((row for row in reversed(walked) if row.position < current.position), None),
        next((row for row in walked if row.position > current.position), None),
        len(walked),
        queries.progress_in(rows),
        queries.role_names(rows),
        current.roles,
    )


def answer_at(check: Check, walk: Walk, at: str) -> Answer | None:
    """The answer that `question` would show, without what surrounds it where its id is given."""
    if is_uuid(at):
        found: Answer | None = Answer.objects.filter(pk=at, round=check, withdrawn_on=None).first()
        if found is not None:
            return found
    shown = question(check, walk, at)
    return shown.answer if shown is not None else None


def following(check: Check, walk: Walk, after: Answer) -> UUID | None:
    """The answer to the next question of the walk behind an answer, from the start again where there is none."""
    lines = questions_of(check.catalogue).lines
    here = next((line.position for line in lines.values() if line.requirement_id == after.requirement_id), -1)
    rows = Answer.objects.filter(walk.condition(), round=check, withdrawn_on=None).exclude(pk=after.pk)
    is_before = Case(When(requirement__position__gt=here, then=0), default=1)
    found = rows.order_by(is_before, "requirement__position").values_list("pk", "requirement__identifier")
    if not walk.role:
        return next((pk for pk, _identifier in found[:1]), None)
    return next((pk for pk, name in found if name in lines and walk.is_asked_of(lines[name].roles)), None)


def _named(groups: Sequence[Group], rows: Sequence[AnswerRow], at: str) -> AnswerRow:
    """A question by its answer's id or by identifier; the first one below a group."""
    key = database_uuid(UUID(at)) if is_uuid(at) else None
    place = next((group.position for group in groups if at in (group.identifier, group.label)), sys.maxsize)
    for row in rows:
        if row.key == key or at in (row.identifier, row.label) or row.position > place:
            return row
    raise NotFound


def _branch(groups: Sequence[Group], rows: Sequence[AnswerRow], current: AnswerRow) -> Sequence[AnswerRow]:
    """All that stands in the innermost group around a question; everything where it stands in none."""
    around = [group for group in groups if group.position < current.position < group.until]
    return rows[slice(*around[-1].among([row.position for row in rows]))] if around else rows


def statement_lines(answer: Answer) -> list[StatementLine]:
    """The statements of a requirement with the answers given. Empty for one whose text says it all in one sentence."""
    found = list(answer.requirement.statements.filter(is_withdrawn=False))
    if len(found) < 2 and not answer.statements:
        return []
    labels = dict(Statement.Verb.choices)
    return [
        StatementLine(
            row.number,
            row.number.removeprefix(answer.requirement.identifier).lstrip("-_.").removeprefix("smt.") or row.number,
            row.verb,
            str(labels.get(row.verb, "")),
            as_html(row.text),
            answer.statements.get(row.number, ""),
        )
        for row in found
    ]


def helping(answer: Answer, actor: Actor) -> list[Panel]:
    """What helps to answer: evidence and tasks of the answer, and what the house does about the requirement."""
    makers = [make for tab, make in registry.panels.get("*", ()) if tab == "side"]
    found = [panel for make in makers if (panel := make(answer, actor)) is not None]
    return found


def knowledge(check: Check, requirement: Requirement) -> dict[str, Any]:
    """Our own guidance on what is built in, as the requirement's page shows it."""
    told = guidance_on(check.catalogue.code, requirement.identifier) if check.catalogue.is_builtin else None
    return {"knowledge": told, "sizes": [(size, told.actions.get(size)) for size in SIZES] if told else []}


def controls_for(requirement: Requirement, actor: Actor) -> list[Control]:
    rows = Control.objects.visible_to(actor).present().filter(requirements=requirement)
    return list(rows.order_by("ref_key")[:20])


def exceptions_from(requirement: Requirement, actor: Actor) -> list[tuple[Any, str]]:
    """Exceptions from it that are in force, each with its address."""
    found = exceptions_in_force(actor, [requirement.pk]).get(requirement.pk, []) if actor.may("exception.view") else []
    return [(row, record_url(actor.organisation.code, row)) for row in found]


def choices(chosen: str) -> list[tuple[str, str, str, bool]]:
    """(value, word, key, chosen) of the answers that can be given."""
    order = ("yes", "partially", "no", "not_needed")
    return [(value, str(VALUES[value]), str(number), value == chosen) for number, value in enumerate(order, 1)]


def word_of(value: str) -> tuple[str, str]:
    return str(VALUES[value]), TONES[value]


def walk_words() -> dict[str, str]:
    return {
        "open": _("open or to be confirmed"),
        "unmet": _("not met"),
        "reasons": _("justification missing"),
        "all": _("all"),
    }
