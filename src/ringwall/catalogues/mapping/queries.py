"""What is asked of mappings: those an actor may see, their rows, the groups they connect, those of one requirement."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues.mapping.models import MappedPair, Relation
from ringwall.catalogues.mapping.models import Mapping as StoredMapping
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.kit.errors import Denied, NotFound

VIEW = "mapping.view"
IN_FORCE = Q(withdrawn_on=None)


def require_view(actor: Actor) -> None:
    """Mappings concern the whole organisation, as catalogues do: who may view them anywhere sees all. Raises Denied."""
    if not actor.may(VIEW):
        raise Denied(_("Your role does not include the mappings."))


def mappings_of(actor: Actor) -> QuerySet[StoredMapping]:
    """All visible ones with `rows` and `defaulted` counted, those in use first."""
    require_view(actor)
    rows = StoredMapping.open_to(actor).annotate(
        rows=Count("pairs", filter=Q(pairs__withdrawn_on=None)),
        defaulted=Count("pairs", filter=Q(pairs__withdrawn_on=None, pairs__is_defaulted=True)),
    )
    return rows.order_by("withdrawn_on", "title", "code")


def mapping_named(actor: Actor, code: str) -> StoredMapping:
    """By identifier, one's own before a shared one. NotFound for unknown and foreign alike."""
    require_view(actor)
    rows = [] if "\x00" in code else list(StoredMapping.open_to(actor).filter(code=code))
    rows.sort(key=lambda row: row.organisation_id != actor.organisation_id)
    if not rows:
        raise NotFound
    return rows[0]


def pair_named(mapping: StoredMapping, key: UUID) -> MappedPair:
    found = _with_ends(MappedPair.objects.filter(mapping=mapping, pk=key)).first()
    if found is None:
        raise NotFound
    found.mapping = mapping
    return found


def summary(mapping: Any) -> dict[str, Any]:
    """What the command line and the API tell of a mapping as `mappings_of` gives it."""
    return {
        "id": mapping.code,
        "title": mapping.title,
        "version": mapping.edition,
        "publisher": mapping.publisher,
        "source": mapping.source.code,
        "target": mapping.target.code,
        "rows": mapping.rows,
        "defaulted": mapping.defaulted,
        "withdrawn": mapping.is_withdrawn,
    }


_ENDS = ("source", "source_statement", "target", "target_statement")
_HEAVY = ("text", "guidance", "attributes", "links")


def _with_ends(rows: QuerySet[MappedPair]) -> QuerySet[MappedPair]:
    heavy = [f"{side}__{name}" for side in ("source", "target") for name in _HEAVY]
    return rows.select_related(*_ends_and_judge()).defer(*heavy, "source_statement__text", "target_statement__text")


def _ends_and_judge() -> tuple[str, ...]:
    return (*_ENDS, "judged_by")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a catalogue, or "" for what stands in none."""

    key: str
    ref: str
    title: str


@dataclass(frozen=True)
class Groups:
    """To which group each requirement of a catalogue belongs. `of` goes by the id of the requirement."""

    of: Mapping[UUID, Group]
    order: Sequence[Group] = field(default_factory=list)

    def named(self, key: str) -> Group | None:
        return next((group for group in self.order if group.key == key), None)


def groups_of(catalogue: Catalogue, within: str = "") -> Groups:
    """The groups at the top, or those right below the group `within`. Two queries: only groups need their titles."""
    rows = Requirement.objects.filter(catalogue=catalogue)
    short = ("id", "identifier", "label", "title", "translations", "catalogue_id")
    groups = {row.pk: row for row in rows.filter(category=Requirement.Kind.GROUP).only(*short)}
    nothing = Group("", "–", _("without a group"))
    of: dict[UUID, Group] = {}
    order: dict[str, Group] = {}
    inside: set[UUID] = set()
    for pk, above in rows.order_by("position").values_list("pk", "parent_id"):
        group = groups.get(pk)
        is_inside = not within or above in inside
        if is_inside or (group is not None and group.identifier == within):
            inside.add(pk)
        if not is_inside:
            continue
        if above in of and of[above].key:
            of[pk] = of[above]
        elif group is not None:
            title = group.title_text if group.title_text != group.ref else ""
            of[pk] = order[group.identifier] = Group(group.identifier, group.ref, f"{group.ref} {title}".strip())
        else:
            of[pk] = order[""] = nothing
    return Groups(of, list(order.values()))


@dataclass(frozen=True)
class PairQuery:
    """What the reader narrows the rows of a mapping by; unknown values count as none."""

    text: str = ""
    relation: str = ""
    judged: str = ""
    source_group: str = ""
    target_group: str = ""

    @classmethod
    def read(cls, given: Any) -> "PairQuery":
        relation, judged = given.get("relation", ""), given.get("judged", "")
        return cls(
            given.get("q", "").replace("\x00", "").strip()[:200],
            relation if relation in Relation else "",
            judged if judged in ("yes", "no", "withdrawn") else "",
            given.get("from", "").replace("\x00", "")[:120],
            given.get("to", "").replace("\x00", "")[:120],
        )

    @property
    def is_empty(self) -> bool:
        return self == PairQuery()


def pairs_of(mapping: StoredMapping, query: PairQuery) -> QuerySet[MappedPair]:
    """The rows that answer, in the order of the mapping."""
    rows = MappedPair.objects.filter(mapping=mapping)
    rows = rows.exclude(IN_FORCE) if query.judged == "withdrawn" else rows.filter(IN_FORCE)
    if query.judged in ("yes", "no"):
        rows = rows.filter(is_defaulted=query.judged == "no")
    if query.relation:
        rows = rows.filter(relation=query.relation)
    for word in query.text.split()[:8]:
        rows = rows.filter(_holds(word))
    for side, key in (("source", query.source_group), ("target", query.target_group)):
        if key:
            catalogue = mapping.source if side == "source" else mapping.target
            rows = rows.filter(**{f"{side}__in": below(catalogue, key)})
    return _with_ends(rows).order_by("position", "id")


def _holds(word: str) -> Q:
    condition = Q(rationale__icontains=word)
    for side in ("source", "target"):
        for name in (f"{side}__identifier", f"{side}__label", f"{side}__title", f"{side}_statement__number"):
            condition |= Q(**{f"{name}__icontains": word})
    return condition


def below(catalogue: Catalogue, identifier: str) -> list[UUID]:
    """Ids of a group and of all that stands in it: in an order of parents before children that is one run of rows."""
    rows = Requirement.objects.filter(catalogue=catalogue).order_by("position")
    found: list[UUID] = []
    depth: int | None = None
    for pk, name, level in rows.values_list("pk", "identifier", "depth"):
        if depth is not None and level <= depth:
            break
        if depth is None and name == identifier:
            depth = level
        if depth is not None:
            found.append(pk)
    return found


@dataclass(frozen=True)
class Matrix:
    """How many rows lead from a group to a group. `counts`: (source key, target key) → (rows, of these defaulted)."""

    sources: Sequence[Group]
    targets: Sequence[Group]
    counts: Mapping[tuple[str, str], tuple[int, int]]


def matrix_of(mapping: StoredMapping, query: PairQuery) -> Matrix:
    """The rows that answer, by group: at the top, or within the groups that are chosen. Three queries."""
    sources = groups_of(mapping.source, query.source_group)
    targets = groups_of(mapping.target, query.target_group)
    rows: Counter[tuple[str, str]] = Counter()
    defaulted: Counter[tuple[str, str]] = Counter()
    found = pairs_of(mapping, query).order_by().values_list("source_id", "target_id", "is_defaulted")
    nothing = Group("", "–", _("without a group"))
    for source, target, is_defaulted in found:
        key = sources.of.get(source, nothing).key, targets.of.get(target, nothing).key
        rows[key] += 1
        defaulted[key] += is_defaulted
    used_sources, used_targets = {key[0] for key in rows}, {key[1] for key in rows}
    return Matrix(
        [group for group in _with(sources.order, nothing) if group.key in used_sources],
        [group for group in _with(targets.order, nothing) if group.key in used_targets],
        {key: (count, defaulted[key]) for key, count in rows.items()},
    )


def _with(groups: Sequence[Group], nothing: Group) -> Iterable[Group]:
    return groups if any(not group.key for group in groups) else [*groups, nothing]


def pairs_about(actor: Actor, requirement: Requirement) -> list[MappedPair]:
    """The rows in force, of all visible mappings in use, that lead from a requirement or to it. One query."""
    if not actor.may(VIEW):
        return []
    visible = StoredMapping.open_to(actor).filter(withdrawn_on=None)
    rows = MappedPair.objects.filter(IN_FORCE, Q(source=requirement) | Q(target=requirement), mapping__in=visible)
    rows = _with_ends(rows).select_related(*_ends_and_judge(), "mapping__source", "mapping__target")
    return list(rows.order_by("mapping__title", "position"))


def between(actor: Actor, first: Catalogue, second: Catalogue) -> list[StoredMapping]:
    """The visible mappings in use between two catalogues, in either direction."""
    require_view(actor)
    either = Q(source=first, target=second) | Q(source=second, target=first)
    return list(StoredMapping.open_to(actor).filter(either, withdrawn_on=None).order_by("code"))


def connected(actor: Actor, catalogue: Catalogue) -> list[Catalogue]:
    """The catalogues with which some visible mapping in use connects one."""
    rows = StoredMapping.open_to(actor).filter(Q(source=catalogue) | Q(target=catalogue), withdrawn_on=None)
    found = {one.pk: one for row in rows for one in (row.source, row.target) if one.pk != catalogue.pk}
    return sorted(found.values(), key=lambda one: (one.title_text, one.code))
