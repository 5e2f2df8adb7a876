"""What is asked of checks: the requirements one asks, its answers in the catalogue's order, how far it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils.translation import get_language

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.catalogues.queries import COUNTED
from ringwall.compliance import rules
from ringwall.compliance.models import Answer, Check, State
from ringwall.kit.errors import NotFound
from ringwall.kit.records import is_uuid

SOON = timedelta(days=14)


def find_check(actor: Actor, ref: str) -> Check:
    """By reference or id, with what names it; NotFound for unknown and unseen alike."""
    rows = Check.objects.visible_to(actor).select_related("catalogue", "scope", "asset", "owner", "previous")
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
    """How far each round is. One statement, answered by an index."""
    found: dict[UUID, list[rules.Tally]] = {key: [] for key in rounds}
    rows = (
        Answer.objects.filter(round_id__in=list(found), withdrawn_on=None)
        .order_by()
        .values_list("round_id", "value", "unmet", "is_carried", "lacks_reason")
        .annotate(count=Count("*"), summed=Sum("maturity"), rated=Count("maturity"))
    )
    for key, value, unmet, is_carried, lacks_reason, count, maturity, rated in rows:
        tally = rules.Tally(
            rules.Value(value), rules.Unmet(unmet), is_carried, lacks_reason, count, maturity or 0, rated
        )
        found[key].append(tally)
    return {key: rules.progress(tallies) for key, tallies in found.items()}


def progress_of_scope(actor: Actor, scope_id: UUID) -> rules.Progress:
    """All open checks of a scope that the actor sees, taken together."""
    rounds = Check.objects.visible_to(actor).present().filter(scope_id=scope_id, state=State.OPEN)
    tallies = [found for found in progress_of(rounds.values_list("pk", flat=True)).values()]
    return together(tallies)


def together(parts: Sequence[rules.Progress]) -> rules.Progress:
    counts = dict.fromkeys(rules.Value, 0)
    for part in parts:
        for value, count in part.counts.items():
            counts[value] += count
    return rules.Progress(
        counts,
        sum(part.carried for part in parts),
        sum(part.deviations for part in parts),
        sum(part.reasons_missing for part in parts),
    )


class OutlineRow(NamedTuple):
    """A group or an asked requirement, in the catalogue's order; a group has no `answer`, its `progress` counts what
    stands below it.
    """

    identifier: str
    label: str
    title: str
    depth: int
    answer: "AnswerRow | None"
    progress: rules.Progress | None

    @property
    def name(self) -> str:
        return self.label or self.identifier


class AnswerRow(NamedTuple):
    """An answer as lists need it."""

    id: UUID
    version: int
    requirement_id: UUID
    position: int
    depth: int
    identifier: str
    label: str
    title: str
    translations: Mapping[str, Mapping[str, str]]
    level: str
    roles: Mapping[str, Any]
    value: str
    unmet: str
    lacks_reason: bool
    is_carried: bool
    maturity: int | None

    @property
    def needs_work(self) -> bool:
        return self.value == rules.Value.OPEN or self.is_carried


_COLUMNS = (
    "id",
    "version",
    "requirement_id",
    "requirement__position",
    "requirement__depth",
    "requirement__identifier",
    "requirement__label",
    "requirement__title",
    "requirement__translations",
    "requirement__level",
    "requirement__attributes",
    "value",
    "unmet",
    "lacks_reason",
    "is_carried",
    "maturity",
)


def answer_rows(check: Check) -> list[AnswerRow]:
    """All answers of a check, in the catalogue's order, without texts. One statement."""
    rows = Answer.objects.filter(round=check, withdrawn_on=None).order_by("requirement__position")
    return [AnswerRow(*row) for row in rows.values_list(*_COLUMNS)]


STRUCTURED = ("requirement__translations", "requirement__attributes")


def bare_rows(check: Check) -> list[AnswerRow]:
    """The same without translations and roles, whose decoding takes most of the time."""
    columns = [column for column in _COLUMNS if column not in STRUCTURED]
    rows = Answer.objects.filter(round=check, withdrawn_on=None).order_by("requirement__position")
    return [AnswerRow._make((*row[:8], {}, row[8], {}, *row[9:])) for row in rows.values_list(*columns)]


def names_roles(check: Check) -> bool:
    """Whether the requirements of its catalogue name roles themselves."""
    return Requirement.objects.filter(catalogue_id=check.catalogue_id, attributes__has_key="roles").exists()


def titles_of(answers: Iterable[AnswerRow]) -> dict[UUID, str]:
    """Answer → its title in the language in use."""
    language = get_language() or "en"
    rows = Answer.objects.filter(pk__in=[row.id for row in answers])
    found = rows.values_list("pk", "requirement__title", "requirement__translations")
    return {pk: str((told.get(language) or {}).get("title") or title) for pk, title, told in found}


@dataclass(frozen=True, slots=True)
class Group:
    identifier: str
    label: str
    title: str
    depth: int
    position: int
    roles: Sequence[str]


def groups_of(check: Check) -> list[Group]:
    language = get_language() or "en"
    rows = Requirement.objects.filter(catalogue_id=check.catalogue_id).exclude(category__in=COUNTED)
    rows = rows.exclude(category=Requirement.Kind.THREAT).order_by("position")
    return [
        Group(identifier, label, (translations.get(language) or {}).get("title") or title, depth, position, roles_in(a))
        for identifier, label, title, translations, depth, position, a in rows.values_list(
            "identifier", "label", "title", "translations", "depth", "position", "attributes"
        )
    ]


def roles_in(attributes: Mapping[str, Sequence[str]]) -> list[str]:
    """The roles that a publisher names as responsible: at the requirement, or at the module it stands in."""
    return [role for name in ("roles", "role") for role in attributes.get(name, ())]


def outline(groups: Sequence[Group], answers: Sequence[AnswerRow]) -> list[OutlineRow]:
    """Groups that hold asked requirements, each with its progress, and the requirements between them."""
    language = get_language() or "en"
    merged: list[tuple[int, Group | AnswerRow]] = [(group.position, group) for group in groups]
    merged += [(answer.position, answer) for answer in answers]
    merged.sort(key=lambda pair: pair[0])
    open_groups: list[tuple[int, list[rules.Tally]]] = []
    rows: list[Any] = []
    tallies_at: dict[int, list[rules.Tally]] = {}
    for _position, one in merged:
        while open_groups and open_groups[-1][0] >= one.depth:
            open_groups.pop()
        if isinstance(one, Group):
            tallies_at[len(rows)] = list[rules.Tally]()
            open_groups.append((one.depth, tallies_at[len(rows)]))
            rows.append(one)
            continue
        tally = tally_of(one)
        for _depth, tallies in open_groups:
            tallies.append(tally)
        title = (one.translations.get(language) or {}).get("title") or one.title
        rows.append(OutlineRow(one.identifier, one.label, title, one.depth, one, None))
    found = []
    for at, row in enumerate(rows):
        if not isinstance(row, Group):
            found.append(row)
        elif tallies_at[at]:
            progress = rules.progress(tallies_at[at])
            found.append(OutlineRow(row.identifier, row.label, row.title, row.depth, None, progress))
    return found


def tally_of(row: AnswerRow) -> rules.Tally:
    return rules.Tally(
        rules.Value(row.value),
        rules.Unmet(row.unmet),
        row.is_carried,
        row.lacks_reason,
        1,
        row.maturity or 0,
        int(row.maturity is not None),
    )


def roles_of(groups: Sequence[Group], answers: Sequence[AnswerRow]) -> dict[UUID, list[str]]:
    """Answer → the roles that answer it: the requirement's own, and those of the groups it stands in."""
    found: dict[UUID, list[str]] = {}
    at, above = 0, list[Group]()
    for answer in answers:
        while at < len(groups) and groups[at].position < answer.position:
            above = [group for group in above if group.depth < groups[at].depth] + [groups[at]]
            at += 1
        own = roles_in(answer.roles)
        inherited = [role for group in above if group.depth < answer.depth for role in group.roles]
        found[answer.id] = list(dict.fromkeys([*own, *inherited]))
    return found


def rounds_of(actor: Actor, check: Check) -> list[Check]:
    """The rounds of the same catalogue for the same scope or asset that the actor sees, oldest first."""
    rows = Check.objects.visible_to(actor).present()
    same = rows.filter(catalogue=check.catalogue_id, scope=check.scope, asset=check.asset)
    return list(same.order_by("on", "ref_key"))


def last_answer(check: Check, requirement_id: UUID) -> Answer | None:
    """What the round before said."""
    if check.previous_id is None:
        return None
    rows = Answer.objects.filter(round_id=check.previous_id, requirement_id=requirement_id, withdrawn_on=None)
    return rows.select_related("answered_by", "round").first()


def figures(actor: Actor, today: date) -> dict[str, int]:
    """What is not in order among the checks one sees."""
    checks = Check.objects.visible_to(actor).present()
    found = checks.filter(state=State.OPEN).aggregate(
        overdue=Count("pk", filter=Q(due_on__lt=today)), unowned=Count("pk", filter=Q(owner=None))
    )
    return {name: count or 0 for name, count in found.items()}


def unmet_by_round(actor: Actor) -> dict[str, int]:
    """Reference of each latest round → how many MUST it does not meet, for those that miss any."""
    answers = Answer.objects.visible_to(actor).present().filter(unmet=rules.Unmet.MUST, round__withdrawn_on=None)
    rows = answers.filter(round__following=None).order_by("round__ref_key").values_list("round__ref")
    return dict(rows.annotate(count=Count("*")))


def unjustified(actor: Actor) -> int:
    answers = Answer.objects.visible_to(actor).present()
    return int(answers.filter(lacks_reason=True).count())


def own_open_checks(actor: Actor, limit: int) -> list[Check]:
    if actor.person_id is None or not actor.may("check.view"):
        return []
    rows = Check.objects.visible_to(actor).present().filter(owner_id=actor.person_id, state=State.OPEN)
    return list(rows.select_related("catalogue").order_by("due_on", "ref_key")[:limit])


def checks_of(actor: Actor, **about: Any) -> list[Check]:
    """Checks of a scope or an asset that the actor sees, newest first."""
    rows = Check.objects.visible_to(actor).present().filter(**about)
    return list(rows.select_related("catalogue").order_by("-on", "-ref_key")[:20])


def title_of(row: AnswerRow) -> str:
    """The title of what is asked, in the language in use where there is one."""
    return str((row.translations.get(get_language() or "en") or {}).get("title") or row.title)
