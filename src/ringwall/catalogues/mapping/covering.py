"""How the requirements of one catalogue are covered by those of another, as the mappings between them say.

Never more than the relations say: rows that nobody judged count for nothing and are told apart; what several sources
cover together stays partial (see `ringwall.oscal.mappings.coverage`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ringwall.access.memory import remembered
from ringwall.access.policy import Actor
from ringwall.catalogues.mapping.models import MappedPair
from ringwall.catalogues.mapping.queries import Group, between, groups_of
from ringwall.catalogues.models import Catalogue, Requirement, Statement
from ringwall.oscal.mappings import Coverage, Covered, MappingRow, Relation, coverage

COUNTED = (Requirement.Kind.REQUIREMENT, Requirement.Kind.REFERENCE_CONTROL)


@dataclass(frozen=True, slots=True)
class CoveredRequirement:
    """One requirement of the target: `because` and `unjudged` name sources by identifier, relation read from them."""

    identifier: str
    ref: str
    title: str
    level: str
    group: Group
    covered: Covered

    @property
    def coverage(self) -> Coverage:
        return self.covered.coverage


@dataclass(frozen=True)
class CoverageOf:
    """`by` covers `target`; `sources` gives (printed identifier, title, identifier of the requirement) by the name of
    an end. `mappings` are the titles and short names of the mappings that were asked."""

    target: Catalogue
    by: Catalogue
    rows: Sequence[CoveredRequirement]
    sources: Mapping[str, tuple[str, str, str]]
    mappings: Sequence[tuple[str, str]]

    @property
    def counts(self) -> dict[Coverage, int]:
        counts = Counter(row.coverage for row in self.rows)
        return {kind: counts[kind] for kind in Coverage}

    @property
    def unjudged(self) -> int:
        """Requirements that are not covered, for which some row exists that nobody judged."""
        return sum(row.coverage is not Coverage.COVERED and bool(row.covered.unjudged) for row in self.rows)

    def by_group(self) -> dict[Group, dict[Coverage, int]]:
        found: dict[Group, Counter[Coverage]] = {}
        for row in self.rows:
            found.setdefault(row.group, Counter())[row.coverage] += 1
        return {group: {kind: counts[kind] for kind in Coverage} for group, counts in found.items()}


def coverage_of(actor: Actor, target: Catalogue, by: Catalogue) -> CoverageOf:
    """Put together again after the next act. Nobody changes it."""
    mappings = between(actor, target, by)
    key = ("coverage", target.pk, by.pk, tuple(one.pk for one in mappings), get_language())
    titles = [(one.title, one.code) for one in mappings]
    return remembered(actor.organisation_id, key, lambda: _coverage_of(target, by, [m.pk for m in mappings], titles))


def _coverage_of(
    target: Catalogue, by: Catalogue, mappings: Sequence[UUID], titles: Sequence[tuple[str, str]]
) -> CoverageOf:
    """A constant number of queries. Withdrawn requirements and statements neither cover nor need to be covered."""
    rows, sources = rows_to(target, mappings)
    groups = groups_of(target)
    statements: dict[str, list[str]] = {}
    found = Statement.objects.filter(requirement__catalogue=target, is_withdrawn=False).order_by("position")
    for identifier, number in found.values_list("requirement__identifier", "number"):
        statements.setdefault(identifier, []).append(number)
    wanted = Requirement.objects.filter(catalogue=target, is_withdrawn=False, category__in=COUNTED)
    lean = ("id", "identifier", "label", "title", "translations", "level", "catalogue_id")
    requirements = list(wanted.order_by("position").only(*lean))
    covered = coverage([row.identifier for row in requirements], rows, statements)
    return CoverageOf(
        target,
        by,
        [
            CoveredRequirement(
                row.identifier, row.ref, row.title_text, row.level, groups.of[row.pk], covered[row.identifier]
            )
            for row in requirements
        ],
        sources,
        titles,
    )


def rows_to(target: Catalogue, mappings: Sequence[UUID]) -> tuple[list[MappingRow], dict[str, tuple[str, str, str]]]:
    """All rows in force, read towards the target, and what their sources are called."""
    gone = Q(source__is_withdrawn=True) | Q(target__is_withdrawn=True)
    gone |= Q(source_statement__is_withdrawn=True) | Q(target_statement__is_withdrawn=True)
    pairs = MappedPair.objects.filter(mapping__in=mappings, withdrawn_on=None).exclude(gone)
    pairs = pairs.select_related("source", "target", "source_statement", "target_statement").only(
        "relation",
        "is_defaulted",
        "rationale",
        "version",
        *(
            f"{side}__{name}"
            for side in ("source", "target")
            for name in ("identifier", "label", "title", "translations", "catalogue_id")
        ),
        "source_statement__number",
        "target_statement__number",
    )
    rows: list[MappingRow] = []
    names: dict[str, tuple[str, str, str]] = {}
    for pair in pairs.order_by("mapping", "position"):
        row = MappingRow(pair.source_name, pair.target_name, Relation(pair.relation), pair.is_defaulted, pair.rationale)
        source, statement = pair.source, pair.source_statement
        if pair.source.catalogue_id == target.pk:
            row, source, statement = row.reversed, pair.target, pair.target_statement
        rows.append(row)
        names.setdefault(
            row.source, (statement.number if statement else source.ref, source.title_text, source.identifier)
        )
    return rows, names


def meaning(by: Catalogue) -> list[str]:
    """What the words on coverage claim, and what they do not: for the page and the document."""
    return [
        _(
            "Covered: one requirement of %(by)s, in a relation that people judged, demands all that the requirement "
            "demands, or does so for each of its statements."
        )
        % {"by": by.title_text},
        _(
            "Partly covered: something of it is demanded there. Several requirements together count as partly too, "
            "since nobody has judged whether nothing is missing."
        ),
        _(
            "Relations that a tool set and nobody judged count for nothing and are told apart. Coverage speaks of what "
            "the catalogues demand, not of what your organisation has implemented."
        ),
    ]


def told(found: CoverageOf) -> dict[str, Any]:
    """As command line and API give it."""
    return {
        "target": found.target.code,
        "by": found.by.code,
        "mappings": [code for _title, code in found.mappings],
        "requirements": len(found.rows),
        **{str(kind): count for kind, count in found.counts.items()},
        "unjudged": found.unjudged,
        "groups": [
            {"id": group.key, "title": group.title, **{str(kind): count for kind, count in counts.items()}}
            for group, counts in found.by_group().items()
        ],
        "rows": [
            {
                "identifier": row.identifier,
                "title": row.title,
                "coverage": str(row.coverage),
                "because": [_because(one) for one in row.covered.because],
                "unjudged": [_because(one) for one in row.covered.unjudged],
            }
            for row in found.rows
        ],
    }


def _because(row: MappingRow) -> dict[str, str]:
    return {"source": row.source, "relation": str(row.relation), "target": row.target, "rationale": row.rationale}
