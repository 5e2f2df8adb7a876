"""What is asked of checks: the requirements one asks, its answers in the catalogue's order, how far it is."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, Count, ExpressionWrapper, F, IntegerField, Q, QuerySet, Sum, When

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.catalogues.queries import COUNTED
from ringwall.compliance import rules
from ringwall.compliance.models import Answer, AnswerCount, Check, State
from ringwall.compliance.questions import questions_of
from ringwall.kit.errors import NotFound
from ringwall.kit.records import is_uuid


def find_check(actor: Actor, ref: str) -> Check:
    """By reference or id, with its catalogue; NotFound for unknown and unseen alike."""
    rows = Check.objects.visible_to(actor).select_related("catalogue")
    found: Check | None = None if "\x00" in ref else rows.filter(**{"pk" if is_uuid(ref) else "ref": ref}).first()
    if found is None:
        raise NotFound
    return found


def asked_by(check: Check) -> list[UUID]:
    """The requirements that a check asks, in the catalogue's order."""
    rows = Requirement.objects.filter(catalogue_id=check.catalogue_id).order_by("position")
    lines = [
        rules.Line(pk, depth, category in COUNTED and not is_withdrawn, level)
        for pk, depth, category, is_withdrawn, level in rows.values_list(
            "pk", "depth", "category", "is_withdrawn", "level"
        )
    ]
    parts = {part.pk for part in check.parts.all()}
    return [key for key in rules.chosen(lines, parts, check.level) if isinstance(key, UUID)]


def progress_of(rounds: Iterable[UUID]) -> dict[UUID, rules.Progress]:
    """How far each round is. One statement, read off the counts kept beside them."""
    found: dict[UUID, list[rules.Tally]] = {key: [] for key in rounds}
    rows = AnswerCount.objects.filter(round_id__in=list(found))
    for key, *standing in rows.values_list("round_id", *_TALLY):
        found[key].append(_tally(*standing))
    return {key: rules.progress(tallies) for key, tallies in found.items()}


def progress_of_open(checks: QuerySet[Check]) -> rules.Progress:
    """Those of the checks that are open, taken together. One statement."""
    rows = AnswerCount.objects.filter(round__in=checks.filter(state=State.OPEN).order_by()).order_by()
    alike = rows.values_list(*_TALLY[:4]).annotate(Sum("count"), Sum("maturity"), Sum("rated"))
    return rules.progress(_tally(*row) for row in alike)


_TALLY = ("value", "unmet", "is_carried", "lacks_reason", "count", "maturity", "rated")


def _tally(value: str, unmet: str, *rest: Any) -> rules.Tally:
    return rules.Tally(rules.Value(value), rules.Unmet(unmet), *rest)


class AnswerRow(NamedTuple):
    """An answer as lists need it: what is asked (as `Line` says it), then how it stands. `key` is its id as the
    database keeps it."""

    key: UUID | str
    version: int
    requirement_id: UUID
    position: int
    depth: int
    identifier: str
    label: str
    title: str
    level: str
    roles: Sequence[str]
    value: str
    unmet: str
    is_carried: bool
    lacks_reason: bool
    maturity: int | None

    @property
    def id(self) -> UUID:
        return self.key if isinstance(self.key, UUID) else UUID(self.key)

    @property
    def name(self) -> str:
        return self.label or self.identifier

    @property
    def needs_work(self) -> bool:
        return self.value == rules.Value.OPEN or self.is_carried


_standing = attrgetter("value", "unmet", "is_carried", "lacks_reason", "maturity")
_COLUMNS = (
    # Keys and truth values as the database gives them: to convert those of a thousand rows takes longer than to fetch
    # them.
    ExpressionWrapper(F("pk"), CharField()),
    "version",
    "requirement__identifier",
    "value",
    "unmet",
    ExpressionWrapper(F("is_carried"), IntegerField()),
    ExpressionWrapper(F("lacks_reason"), IntegerField()),
    "maturity",
)


def answer_rows(check: Check) -> list[AnswerRow]:
    """All answers of a check, in the catalogue's order, without texts. One statement where its catalogue is known."""
    return _rows(check, Answer.objects.filter(round=check, withdrawn_on=None).order_by("requirement__position"))


def unmet_rows(check: Check, most: int) -> tuple[list[AnswerRow], int]:
    """(the first that a binding demand is not met by, the gravest before the others; how many there are)."""
    found = Answer.objects.filter(round=check, withdrawn_on=None, unmet__in=rules.BINDING)
    gravest = Case(When(unmet=rules.Unmet.MUST, then=0), default=1)
    rows = _rows(check, found.order_by(gravest, "requirement__position")[:most])
    return rows, len(rows) if len(rows) < most else found.count()


def _rows(check: Check, answers: QuerySet[Answer]) -> list[AnswerRow]:
    lines = questions_of(check.catalogue).lines
    return [
        AnswerRow(key, version, *lines[identifier], *standing)
        for key, version, identifier, *standing in answers.values_list(*_COLUMNS)
        if identifier in lines
    ]


def progress_in(rows: Iterable[AnswerRow]) -> rules.Progress:
    """How far these are: rows that stand alike are counted together."""
    found = Counter(map(_standing, rows))
    return rules.progress(
        rules.Tally(
            rules.Value(value),
            rules.Unmet(unmet),
            is_carried,
            lacks_reason,
            count,
            (maturity or 0) * count,
            count if maturity is not None else 0,
        )
        for (value, unmet, is_carried, lacks_reason, maturity), count in found.items()
    )


def role_names(rows: Iterable[AnswerRow]) -> list[str]:
    """All who answer any of these."""
    return sorted({role for row in rows for role in row.roles}, key=str.casefold)


class GroupRow(NamedTuple):
    """A group of the catalogue below which something is asked: `rows`, whose progress it is."""

    identifier: str
    label: str
    title: str
    depth: int
    position: int
    rows: Sequence[AnswerRow]
    progress: rules.Progress

    @property
    def name(self) -> str:
        return self.label or self.identifier


def group_rows(check: Check, rows: Sequence[AnswerRow], most: int = sys.maxsize) -> list[GroupRow]:
    """The groups down to a depth in the catalogue's order. `rows` are all answers of the check."""
    positions = [row.position for row in rows]
    found = []
    for group in questions_of(check.catalogue).groups:
        if group.depth <= most and (below := rows[slice(*group.among(positions))]):
            shown = (group.identifier, group.label, group.title, group.depth, group.position)
            found.append(GroupRow(*shown, below, progress_in(below)))
    return found


def outline(groups: Sequence[GroupRow], rows: Sequence[AnswerRow]) -> list[GroupRow | AnswerRow]:
    """Groups and the requirements between them, in the catalogue's order."""
    return sorted([*groups, *rows], key=lambda row: row.position)


def rounds_of(actor: Actor, check: Check, most: int) -> list[Check]:
    """The latest rounds of the same catalogue for the same scope or asset that the actor sees, oldest first."""
    rows = Check.objects.visible_to(actor).present()
    same = rows.filter(catalogue=check.catalogue_id, scope=check.scope_id, asset=check.asset_id)
    return list(same.order_by("-on", "-ref_key")[:most])[::-1]


def last_answer(check: Check, requirement_id: UUID) -> Answer | None:
    """What the round before said."""
    if check.previous_id is None:
        return None
    rows = Answer.objects.filter(round_id=check.previous_id, requirement_id=requirement_id, withdrawn_on=None)
    return rows.select_related("answered_by", "round").first()


def figures(actor: Actor, today: date) -> dict[str, int]:
    """What is not in order among the checks one sees."""

    def count() -> dict[str, int]:
        checks = Check.objects.visible_to(actor).present().filter(state=State.OPEN)
        found = checks.aggregate(
            overdue=Count("pk", filter=Q(due_on__lt=today)), unowned=Count("pk", filter=Q(owner=None))
        )
        return {name: count or 0 for name, count in found.items()}

    return actor.counted("check.view", ("figures",), count)


def unmet_by_round(actor: Actor) -> dict[str, int]:
    """Reference of each latest round → how many MUST it does not meet, for those that miss any."""

    def count() -> dict[str, int]:
        rows = _counts(actor).filter(unmet=rules.Unmet.MUST, round__withdrawn_on=None, round__following=None)
        found = rows.order_by("round__ref_key").values_list("round__ref").annotate(Sum("count"))
        return {ref: count for ref, count in found if count}

    return actor.counted("answer.view", ("unmet",), count)


def unjustified(actor: Actor) -> int:
    def count() -> int:
        return _counts(actor).filter(lacks_reason=True).aggregate(sum=Sum("count"))["sum"] or 0

    return actor.counted("answer.view", ("unjustified",), count)


def _counts(actor: Actor) -> QuerySet[AnswerCount]:
    """Of the answers that the actor sees: they stand where their check stands."""
    seen = Check.objects.filter(actor.visible("answer.view"), organisation_id=actor.organisation_id)
    return AnswerCount.objects.filter(round__in=seen.order_by())


def own_open_checks(actor: Actor, limit: int) -> list[Check]:
    if actor.person_id is None or not actor.may("check.view"):
        return []
    rows = Check.objects.visible_to(actor).present().filter(owner_id=actor.person_id, state=State.OPEN)
    return list(rows.select_related("catalogue").order_by("due_on", "ref_key")[:limit])


def checks_of(actor: Actor, **about: Any) -> list[Check]:
    """Checks of a scope or an asset that the actor sees, newest first."""
    rows = Check.objects.visible_to(actor).present().filter(**about)
    return list(rows.select_related("catalogue").order_by("-on", "-ref_key")[:20])
