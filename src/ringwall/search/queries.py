"""What is asked of the index: hits in all registers for the search page, ids in one register for its list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left

from ringwall.access.policy import SEE_RESTRICTED, Actor
from ringwall.kit import registry
from ringwall.kit.attached import kinds_by_sight, seen
from ringwall.kit.records import RecordQuerySet
from ringwall.search import rules
from ringwall.search.engines.choice import engine_of
from ringwall.search.models import SearchRow

RANKED = 1000
"""Ranking looks at so many hits, the newest: looking at all hits of a common word would take a third of a second."""

LISTED = 2000
"""A list filtered by full text shows at most so many rows, the newest."""

MOST_MARKS = 200
"""For somebody who sees more units than this, the whole organisation is searched and what they may not see left out."""

READ_FOR_EXCERPT = 4000
"""Characters of a text in which the place of the hit is looked for."""


Row = tuple[int, str, str, str, bool]


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that answers. `excerpt` is the line round the word found, empty where the title says it."""

    kind: str
    ref: str
    title: str
    url: str
    excerpt: str
    is_withdrawn: bool = False


def find(actor: Actor, text: str, limit: int = 20) -> list[Hit]:
    """The best hits in all registers the actor may view, among the rows the actor may see. No text is an error."""
    asked = rules.phrases(text)
    groups = kinds_by_sight(actor, registry.registers)
    if not asked or not groups:
        return []
    scopes = tuple(_scope(actor, within, is_own, kinds) for within, is_own, kinds in groups)
    visible = SearchRow.objects.filter(seen(actor, groups, "kind"))
    rows = _seen(actor, _candidates(visible, rules.Question(asked, scopes), text.strip()))
    rank = rules.ranking(asked)
    best = sorted(rows, key=lambda row: (rank(row[2], row[3], row[4]), -row[0]))[:limit]
    texts = dict(
        SearchRow.objects.filter(pk__in=[row[0] for row in best]).values_list("pk", Left("text", READ_FOR_EXCERPT))
    )
    return [
        Hit(kind, ref, title, _url(actor, kind, ref), rules.excerpt(texts.get(pk, ""), asked), is_withdrawn)
        for pk, kind, ref, title, is_withdrawn in best
    ]


def _seen(actor: Actor, rows: list[Row]) -> list[Row]:
    """Without the hits of kinds whose sight does not hang on their own unit alone (rows of a statement: on every unit
    of its scope). One query for each such kind among the hits.
    """
    hidden: set[tuple[str, str]] = set()
    for kind in {row[1] for row in rows}:
        model = registry.registers[kind].model
        if type(model.objects.none()).visible_to is RecordQuerySet.visible_to:
            continue
        refs = {row[2] for row in rows if row[1] == kind}
        shown = set(model.objects.visible_to(actor).filter(ref__in=refs).values_list("ref", flat=True))
        hidden |= {(kind, ref) for ref in refs - shown}
    return [row for row in rows if (row[1], row[2]) not in hidden]


def ids_of(kind: str, text: str, actor: Actor) -> QuerySet[Any, UUID]:
    """Ids of the records of one kind that answer and may be seen, as a subquery; none where the text holds no word."""
    asked = rules.phrases(text)
    groups = kinds_by_sight(actor, [kind])
    if not asked or not groups:
        return SearchRow.objects.none().values_list("record", flat=True)
    within, is_own, _kinds = groups[0]
    scope = _scope(actor, within, is_own, [kind])
    found = _answering(SearchRow.objects.filter(seen(actor, groups, "kind")), rules.Question(asked, (scope,)), LISTED)
    return found.values_list("record", flat=True)


_COLUMNS = ("pk", "kind", "ref", "title", "is_withdrawn")


def _candidates(visible: QuerySet[SearchRow], question: rules.Question, text: str) -> list[Row]:
    """The rows whose reference was typed, and the newest that answer by their words."""
    ref = text[:40].replace("\x00", "")  # stands in no reference, and PostgreSQL refuses it
    named = visible.filter(ref__in={ref, ref.upper()})
    found = {row[0]: row for row in named.values_list(*_COLUMNS)[:RANKED]}
    # Whole words first: where these give enough, the words that merely begin alike need not be gathered.
    for is_open in (False, True):
        if len(found) < RANKED and (not is_open or question.has_prefix):
            asked = rules.Question(question.phrases, question.scopes, is_open)
            found |= {row[0]: row for row in _answering(visible, asked, RANKED).values_list(*_COLUMNS)}
    return list(found.values())


def _answering(rows: QuerySet[SearchRow], question: rules.Question, limit: int) -> QuerySet[SearchRow]:
    sql, parameters = engine_of(connection.vendor).hits(question, limit)
    # Every value is a parameter; the statement itself is the engine's own.
    return rows.filter(pk__in=RawSQL(sql, parameters))  # noqa: S611


def _scope(actor: Actor, within: frozenset[UUID], is_own: bool, kinds: Sequence[str]) -> rules.Scope:
    open_to = within & actor.reach.get(SEE_RESTRICTED, frozenset())
    places = _places(actor, within, False) | _places(actor, open_to, True)
    if is_own and actor.person_id:
        places |= {rules.owner_mark(actor.person_id)}
    marks = frozenset() if len(kinds) == len(registry.registers) else frozenset(map(rules.kind_mark, kinds))
    return rules.Scope(frozenset(places), marks)


def _places(actor: Actor, within: frozenset[UUID], restricted: bool) -> set[str]:
    if not within:
        return set()
    if len(within) == len(actor.units.units) or len(within) > MOST_MARKS:
        return {rules.organisation_mark(actor.organisation_id, restricted)}
    return {rules.unit_mark(unit, restricted) for unit in within}


def _url(actor: Actor, kind: str, ref: str) -> str:
    return f"/{actor.organisation.code}/{registry.registers[kind].slug}/{ref}/"
