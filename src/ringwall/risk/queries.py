"""What is asked of risks: counts for the heat map and the home page, the course of one risk, rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Value
from django.utils import timezone

from ringwall.access.policy import Actor
from ringwall.context.models import IsmsScope
from ringwall.risk.models import (
    JUDGEMENTS,
    Acceptance,
    AcceptanceState,
    Assessment,
    CriteriaEdition,
    Option,
    Risk,
    criteria_of,
)
from ringwall.risk.rules.comparing import cells_of, has_same_scales
from ringwall.risk.rules.criteria import Criteria

OF = {"current": "", "target": "target_", "inherent": "inherent_"}
"""Name of a judgement in addresses → prefix of its fields."""

assert set(OF.values()) == set(JUDGEMENTS)


@dataclass(frozen=True)
class HeatMap:
    """Risks by likelihood and consequence, as one edition sees them.

    `editions` are those counted in, because their scales have the same lengths; `others` counts risks under different
    scales, `unjudged` those without this judgement. `cells`: (likelihood, consequence) → count.
    """

    of: str
    edition: CriteriaEdition
    criteria: Criteria
    cells: dict[tuple[int, int], int]
    editions: tuple[UUID, ...]
    others: int
    unjudged: int
    scope: IsmsScope | None = None

    @property
    def count(self) -> int:
        return sum(self.cells.values())

    @property
    def above(self) -> int:
        """How many lie above the acceptance line of this edition."""
        return sum(n for pair, n in self.cells.items() if self.criteria.is_above_acceptance(self.criteria.level(*pair)))

    @property
    def by_level(self) -> list[int]:
        """Counts by level, the lowest first."""
        counts = [0] * len(self.criteria.bands)
        for pair, count in self.cells.items():
            counts[self.criteria.level(*pair) - 1] += count
        return counts


def heat_map(actor: Actor, of: str = "current", scope: IsmsScope | None = None) -> HeatMap | None:
    """Counts of the present risks that the actor may see; None where no criteria are approved. One index, 2 queries."""
    if (edition := CriteriaEdition.current(actor.organisation_id)) is None:
        return None
    prefix = OF[of]
    rows = Risk.objects.visible_to(actor).present()
    if scope is not None:
        rows = rows.filter(scope=scope)
    likelihood, consequence = f"{prefix}likelihood", f"{prefix}consequence"
    grouped = rows.order_by().values_list(likelihood, consequence, "edition").annotate(count=Count("*"))
    counted = actor.counted("risk.view", ("heat map", of, scope and scope.pk), lambda: list(grouped))
    criteria = edition.read()
    pairs, editions, others, unjudged = [], {edition.pk}, 0, 0
    for row_likelihood, row_consequence, edition_id, count in counted:
        if row_likelihood is None:
            unjudged += count
        elif has_same_scales(criteria, criteria_of(edition_id)):
            editions.add(edition_id)
            pairs.append((row_likelihood, row_consequence, count))
        else:
            others += count
    cells = dict(cells_of(criteria, pairs))
    return HeatMap(of, edition, criteria, cells, tuple(sorted(editions)), others, unjudged, scope)


def scopes_of(actor: Actor) -> list[IsmsScope]:
    return list(IsmsScope.objects.visible_to(actor).present().order_by("ref_key")[:200])


@dataclass(frozen=True)
class Figures:
    """What is not in order, counted over the present risks that the actor may see."""

    count: int
    untreated: int
    expired: int
    overdue: int
    unowned: int
    waiting: int
    late: int
    unassessed: int


UNTREATED = Q(
    is_above_acceptance=True,
    treatment__in=[Option.UNDECIDED, Option.RETAIN],
    acceptance__in=[AcceptanceState.NONE, AcceptanceState.WAITING],
)
"""Above the acceptance line with neither a treatment nor an acceptance in force."""


def figures(actor: Actor) -> Figures:
    """One query over one index."""
    today = timezone.localdate()
    conditions = {
        "untreated": UNTREATED,
        "expired": Q(acceptance=AcceptanceState.IN_FORCE, accepted_until__lt=today),
        "overdue": Q(review_on__lt=today),
        "unowned": Q(owner=None),
        "waiting": Q(acceptance=AcceptanceState.WAITING),
        "late": Q(
            is_above_acceptance=True,
            acceptance=AcceptanceState.NONE,
            due_on__lt=today,
            treatment__in=[Option.MODIFY, Option.AVOID, Option.SHARE],
        ),
        "unassessed": Q(level=None),
    }
    counts = {name: Count(Value(1), filter=condition) for name, condition in conditions.items()}
    rows = Risk.objects.visible_to(actor).present().order_by()
    return actor.counted("risk.view", ("figures",), lambda: Figures(**rows.aggregate(count=Count("*"), **counts)))


def assessments_of(risk: Risk, limit: int = 100) -> list[Assessment]:
    """Newest first, with who made them."""
    return list(risk.assessments.select_related("by")[:limit])


def acceptances_of(risk: Risk, limit: int = 20) -> list[Acceptance]:
    return list(risk.acceptances.select_related("by", "next_by", "waiver", "next_waiver")[:limit])


def acceptances_under(actor: Actor, waiver_id: Any) -> list[Acceptance]:
    """Acceptances of visible risks that needed a waiver for one of their signatures, the newest first."""
    rows = Acceptance.objects.filter(Q(waiver=waiver_id) | Q(next_waiver=waiver_id))
    rows = rows.filter(risk__in=Risk.objects.visible_to(actor).values("pk"))
    return list(rows.select_related("risk", "by", "next_by"))


def editions_of(criteria: Any) -> list[CriteriaEdition]:
    return list(criteria.editions.select_related("approved_by", "waiver"))


def rounds_of(actor: Actor, risk_ids: Sequence[Any] | None = None) -> list[str]:
    """Names of the rounds in which visible risks were assessed, the latest first."""
    rows = Assessment.objects.filter(risk__in=Risk.objects.visible_to(actor).values("pk")).exclude(round="")
    if risk_ids is not None:
        rows = rows.filter(risk__in=risk_ids)
    return list(dict.fromkeys(rows.order_by("-on").values_list("round", flat=True)))


def latest_acceptances(risk_ids: Sequence[Any]) -> dict[Any, Acceptance]:
    """Risk id → its acceptance in force or waiting, for plans of many risks. The rows must be visible already."""
    return {acceptance.risk_id: acceptance for acceptance in Acceptance.open_of(risk_ids)}
