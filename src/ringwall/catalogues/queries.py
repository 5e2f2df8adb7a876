"""What is asked of catalogues: those an actor may see, one of them as a tree, one requirement with its surroundings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from json import dumps
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import UUID

from django.db.models import Case, IntegerField, Max, Q, QuerySet, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Catalogue, Requirement, SourceFile, Statement, shared_or_own
from ringwall.catalogues.rules import IMPORT, VERBS, VIEW
from ringwall.kit.errors import Denied, NotFound

COUNTED = (Requirement.Kind.REQUIREMENT, Requirement.Kind.REFERENCE_CONTROL)
LARGEST_SEARCH = 50


def require_view(actor: Actor) -> None:
    """Catalogues concern the whole organisation: who may view them anywhere sees all of them. Raises Denied."""
    if not actor.may(VIEW):
        raise Denied(_("Your role does not include the catalogues."))


def may_import(actor: Actor) -> bool:
    return actor.may_everywhere(IMPORT)


def catalogues_of(actor: Actor) -> QuerySet[Catalogue]:
    """Those of the actor's organisation and the shared ones, by title."""
    require_view(actor)
    rows: QuerySet[Catalogue] = Catalogue.open_to(actor).select_related("organisation").order_by("title", "code")
    return rows


def find_catalogue(actor: Actor, code: str) -> Catalogue | None:
    """By identifier or id, one's own before a shared one; None for unknown and foreign alike."""
    require_view(actor)
    return None if "\x00" in code else Catalogue.named(actor, [code]).get(code)


def catalogue_named(actor: Actor, code: str) -> Catalogue:
    """As `find_catalogue`, or NotFound."""
    if (found := find_catalogue(actor, code)) is None:
        raise NotFound
    return found


def summary(catalogue: Catalogue) -> dict[str, Any]:
    """What the command line and the API tell of a catalogue; withdrawn requirements are among `requirements`."""
    counts = catalogue.counts
    return {
        "id": catalogue.code,
        "title": catalogue.title_text,
        "version": catalogue.edition,
        "language": catalogue.language,
        "groups": counts.get("groups", 0),
        "requirements": counts.get("requirements", 0),
        "withdrawn": counts.get("withdrawn", 0),
        "statements": {verb: counts.get("statements", {}).get(verb, 0) for verb in VERBS},
        "levels": dict(counts.get("levels", {})),
        "threats": counts.get("threats", 0),
    }


def summaries(actor: Actor) -> list[dict[str, Any]]:
    return [summary(catalogue) for catalogue in catalogues_of(actor)]


class TreeRow(NamedTuple):
    """A line of the tree as the database gives it, in the catalogue's order."""

    id: UUID
    identifier: str
    label: str
    category: str
    depth: int
    title: str
    translations: dict[str, dict[str, str]]
    level: str
    attributes: dict[str, list[str]]
    is_withdrawn: bool


def tree_rows(catalogue: Catalogue) -> list[TreeRow]:
    """All rows of a catalogue, without their texts."""
    rows = Requirement.objects.filter(catalogue=catalogue).order_by("position")
    return [TreeRow(*row) for row in rows.values_list(*TreeRow._fields)]


def verbs_of(catalogue: Catalogue) -> dict[UUID, list[str]]:
    """Requirement id → the modal verbs of its statements, in the order of `rules.VERBS`."""
    pairs = Statement.objects.filter(requirement__catalogue=catalogue, is_withdrawn=False).exclude(verb="")
    found: dict[UUID, set[str]] = {}
    for requirement, verb in pairs.order_by().values_list("requirement", "verb").distinct():
        found.setdefault(requirement, set()).add(verb)
    return {requirement: [verb for verb in VERBS if verb in verbs] for requirement, verbs in found.items()}


def answering(catalogue: Catalogue, text: str) -> set[UUID]:
    """Ids of the requirements in whose identifier, title, text, guidance or translations every word stands."""
    rows = Requirement.objects.filter(catalogue=catalogue)
    for word in text.split()[:8]:
        rows = rows.filter(_holds(word))
    return set(rows.values_list("pk", flat=True))


def _holds(word: str) -> Q:
    condition = Q()
    for name in ("identifier", "label", "title", "text", "guidance", "translations"):
        condition |= Q(**{f"{name}__icontains": word})
    if not word.isascii():
        # SQLite keeps JSON as text in which other letters are escaped.
        condition |= Q(translations__icontains=dumps(word)[1:-1])
    return condition


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands round one requirement: the way down to it, its neighbours in order, what is below, what it names."""

    above: Sequence[Requirement]
    before: Requirement | None
    after: Requirement | None
    below: Sequence[Requirement]
    named: dict[str, Requirement]
    statements: Sequence[Statement]


_SHORT = (
    "id",
    "identifier",
    "label",
    "title",
    "translations",
    "category",
    "depth",
    "position",
    "is_withdrawn",
    "catalogue_id",
    "parent_id",
)


def requirement_named(catalogue: Catalogue, identifier: str) -> Requirement:
    """By identifier, or as the publisher prints it. NotFound."""
    rows = Requirement.objects.filter(catalogue=catalogue)
    found = None if "\x00" in identifier else rows.filter(identifier=identifier).first()
    found = found or (None if "\x00" in identifier else rows.filter(label=identifier).first())
    if found is None:
        raise NotFound
    found.catalogue = catalogue
    return found


def surroundings(requirement: Requirement) -> Surroundings:
    """In a constant number of queries."""
    rows = Requirement.objects.filter(catalogue_id=requirement.catalogue_id).only(*_SHORT).order_by("position")
    at, targets = requirement.position, [link["target"] for link in requirement.links if link.get("internal")]
    # In an order of parents before children, what stands above is the last row of each smaller depth.
    places = (
        rows.filter(position__lt=at, depth__lt=requirement.depth)
        .order_by()
        .values("depth")
        .annotate(at=Max("position"))
    )
    return Surroundings(
        above=list(rows.filter(position__in=[place["at"] for place in places])),
        before=rows.filter(position__lt=at).last(),
        after=rows.filter(position__gt=at).first(),
        below=list(rows.filter(parent_id=requirement.pk)),
        named={row.identifier: row for row in rows.filter(identifier__in=targets)},
        statements=list(requirement.statements.filter(is_withdrawn=False)),
    )


def imports_of(catalogue: Catalogue) -> list[SourceFile]:
    """The files that came, newest first, without their bytes."""
    return list(catalogue.files.defer("content"))


def original(catalogue: Catalogue, sha256: str) -> SourceFile:
    found = catalogue.files.filter(sha256=sha256).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class FoundRequirement:
    """A requirement that answers a search. `ref` as printed, `url` from the root of the site, `hint` its catalogue."""

    ref: str
    title: str
    url: str
    hint: str
    is_withdrawn: bool


def search_requirements(actor: Actor, text: str, limit: int = 20) -> list[FoundRequirement]:
    """The requirements of all visible catalogues that answer best: by identifier, then title, then text."""
    words = text.replace("\x00", " ").split()[:6]
    if not words or not actor.may(VIEW):
        return []
    language = get_language() or "en"
    rows = Requirement.objects.filter(shared_or_own(actor), catalogue__withdrawn_on=None)
    whole = " ".join(words)
    for word in words:
        rows = rows.filter(_holds(word))
    rank = Case(
        When(Q(identifier__iexact=whole) | Q(label__iexact=whole), then=Value(0)),
        When(Q(identifier__istartswith=whole) | Q(label__istartswith=whole), then=Value(1)),
        When(
            Q(title__istartswith=whole) | Q(**{f"translations__{language}__title__istartswith": whole}), then=Value(2)
        ),
        When(Q(title__icontains=whole) | Q(**{f"translations__{language}__title__icontains": whole}), then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    found = (
        rows.annotate(rank=rank)
        .select_related("catalogue")
        .only(*_SHORT, "catalogue__code", "catalogue__title", "catalogue__titles")
    )
    return [
        FoundRequirement(
            row.ref, row.title_text, requirement_url(actor, row), row.catalogue.title_text, row.is_withdrawn
        )
        for row in found.order_by("rank", "is_withdrawn", "catalogue", "position")[: min(limit, LARGEST_SEARCH)]
    ]


def catalogue_url(actor: Actor, catalogue: Catalogue) -> str:
    return f"/{actor.organisation.code}/catalogues/{catalogue.code}/"


def requirement_url(actor: Actor, requirement: Requirement) -> str:
    return requirement.address(actor.organisation.code)


def quoted(identifier: str) -> str:
    """An identifier as a part of an address."""
    return quote(identifier, safe="/")


def facets(rows: Iterable[TreeRow], most_values: int = 60) -> dict[str, list[str]]:
    """Attribute → its values in use, for those by which one can sensibly filter: more than one value, not too many."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        for name, values in row.attributes.items():
            seen = found.setdefault(name, {})
            if len(seen) <= most_values:
                seen.update(dict.fromkeys(values))
    return {name: sorted(values, key=str.casefold) for name, values in found.items() if 1 < len(values) <= most_values}
