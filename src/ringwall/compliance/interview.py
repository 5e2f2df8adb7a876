"""One question of a check with what surrounds it: what the interview page shows. No writing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues.knowledge import SIZES, guidance_on
from ringwall.catalogues.models import Requirement, Statement
from ringwall.catalogues.prose import as_html
from ringwall.compliance import queries, rules
from ringwall.compliance.models import Answer, Check
from ringwall.compliance.queries import AnswerRow, Group, OutlineRow
from ringwall.compliance.wording import TONES, VALUES
from ringwall.controls.models import Control
from ringwall.improvement.queries import exceptions_in_force
from ringwall.kit import registry
from ringwall.kit.cells import record_url
from ringwall.kit.errors import NotFound
from ringwall.kit.pages import Panel
from ringwall.kit.records import is_uuid

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

    def takes(self, row: AnswerRow, roles: Mapping[Any, Sequence[str]]) -> bool:
        if self.role and self.role not in roles.get(row.id, ()):
            return False
        return {
            "open": row.needs_work,
            "unmet": row.unmet in {rules.Unmet.MUST, rules.Unmet.SHOULD},
            "reasons": row.lacks_reason,
        }.get(self.state, True)

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
    """A question with its place. `before` and `after` are its neighbours in the walk, None at the ends."""

    check: Check
    walk: Walk
    answer: Answer
    rows: Sequence[AnswerRow]
    outline: Sequence[OutlineRow]
    branch: Sequence[OutlineRow]
    before: AnswerRow | None
    after: AnswerRow | None
    left: int
    progress: rules.Progress
    roles: Sequence[str]
    own_roles: Sequence[str]
    path: Sequence[OutlineRow] = field(default_factory=tuple)


def rows_of(check: Check) -> tuple[list[Group], list[AnswerRow]]:
    rows = queries.answer_rows(check) if queries.names_roles(check) else queries.bare_rows(check)
    return queries.groups_of(check), rows


def question(check: Check, walk: Walk, at: str) -> Question | None:
    """The question named by `at` (an answer's id, or what the publisher prints), else the first of the walk, else the
    first of all. None for a check without questions; NotFound for a name that is none of its questions."""
    groups, rows = rows_of(check)
    if not rows:
        return None
    roles = queries.roles_of(groups, rows)
    walked = [row for row in rows if walk.takes(row, roles)]
    current = _named(groups, rows, at) if at else (walked[0] if walked else rows[0])
    outline = queries.outline(groups, rows)
    branch, path = _branch(outline, current)
    titles = queries.titles_of(row.answer for row in branch if row.answer is not None)
    branch = [row if row.answer is None else row._replace(title=titles[row.answer.id]) for row in branch]
    answer = Answer.objects.select_related("requirement", "answered_by").get(pk=current.id)
    answer.round, answer.requirement.catalogue = check, check.catalogue
    return Question(
        check,
        walk,
        answer,
        rows,
        [row for row in outline if row.progress is not None and row.depth <= 1],
        branch,
        next((row for row in reversed(walked) if row.position < current.position), None),
        next((row for row in walked if row.position > current.position), None),
        len(walked),
        rules.progress(map(queries.tally_of, rows)),
        sorted({role for told in roles.values() for role in told}, key=str.casefold),
        roles[current.id],
        path,
    )


def answer_at(check: Check, walk: Walk, at: str) -> Answer | None:
    """The answer that `question` would show, without what surrounds it where its id is given."""
    if is_uuid(at):
        found: Answer | None = Answer.objects.filter(pk=at, round=check, withdrawn_on=None).first()
        if found is not None:
            return found
    shown = question(check, walk, at)
    return shown.answer if shown is not None else None


def following(check: Check, walk: Walk, after: Answer) -> AnswerRow | None:
    """The next question of the walk behind an answer, from the start again where there is none."""
    groups, rows = rows_of(check)
    roles = queries.roles_of(groups, rows)
    walked = [row for row in rows if walk.takes(row, roles) and row.id != after.pk]
    at = next((row.position for row in rows if row.id == after.pk), -1)
    return next((row for row in walked if row.position > at), walked[0] if walked else None)


def _named(groups: Sequence[Group], rows: Sequence[AnswerRow], at: str) -> AnswerRow:
    """A question by its answer's id or by identifier; the first one below a group."""
    places = [group.position for group in groups if at in (group.identifier, group.label)]
    for row in rows:
        if at in (str(row.id), row.identifier, row.label) or (places and row.position > places[0]):
            return row
    raise NotFound


def _branch(outline: Sequence[OutlineRow], current: AnswerRow) -> tuple[list[OutlineRow], list[OutlineRow]]:
    """(the innermost group around a question with all that stands in it, the groups above it)."""
    place = next(at for at, row in enumerate(outline) if row.answer is not None and row.answer.id == current.id)
    path: list[OutlineRow] = []
    start, depth = 0, -1
    for at in range(place - 1, -1, -1):
        row = outline[at]
        limit = path[0].depth if path else current.depth
        if row.progress is not None and row.depth < limit:
            if not path:
                start, depth = at, row.depth
            path.insert(0, row)
    end = next((at for at in range(place + 1, len(outline)) if outline[at].depth <= depth), len(outline))
    return list(outline[start:end]), path


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
