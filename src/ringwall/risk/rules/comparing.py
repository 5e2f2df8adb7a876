"""Judgements under different editions of the criteria, held against each other."""

from collections.abc import Iterable, Mapping

from ringwall.risk.rules.criteria import Criteria

Pair = tuple[int, int]


def has_same_scales(one: Criteria, other: Criteria) -> bool:
    """True where a pair of likelihood and consequence stands in the same cell of both matrices."""
    return len(one.likelihood) == len(other.likelihood) and len(one.consequence) == len(other.consequence)


def trend(before: Criteria, old: int, after: Criteria, new: int) -> int:
    """1 where the level rose, -1 where it fell, 0 where it stayed.

    Levels of scales of different length are held against each other by their place between lowest and highest.
    """
    left, right = (old - 1) * (len(after.bands) - 1), (new - 1) * (len(before.bands) - 1)
    return (right > left) - (right < left)


def changes_of(before: Criteria, after: Criteria) -> list[str]:
    """The parts in which two editions differ, in the order of the content."""
    old, new = before.content(), after.content()
    return [part for part in new if old[part] != new[part]]


def judged_anew(before: Criteria, after: Criteria) -> list[tuple[Pair, int, int]]:
    """Cells whose level differs between two editions of the same scales: ((likelihood, consequence), old, new)."""
    if not has_same_scales(before, after):
        return []
    return [
        ((row, column), before.level(row, column), after.level(row, column))
        for row in range(1, len(after.likelihood) + 1)
        for column in range(1, len(after.consequence) + 1)
        if before.level(row, column) != after.level(row, column)
    ]


def cells_of(criteria: Criteria, pairs: Iterable[tuple[int, int, int]]) -> Mapping[Pair, int]:
    """(likelihood, consequence) → how many, from counted pairs; pairs outside the scales are left out."""
    found: dict[Pair, int] = {}
    for likelihood, consequence, count in pairs:
        if 1 <= likelihood <= len(criteria.likelihood) and 1 <= consequence <= len(criteria.consequence):
            found[likelihood, consequence] = found.get((likelihood, consequence), 0) + count
    return found
