"""Changes to the shape of criteria while they are edited: a scale grows or shrinks, and the matrix follows.

All take and give content as `rules.criteria` describes it, which may still be incomplete; the given one stays as it is.
"""

from copy import deepcopy
from typing import Any

from ringwall.risk.rules.criteria import AUTHORITIES, LANGUAGES, STEPS

PARTS = ("likelihood", "consequence", "bands")


def can_grow(content: dict[str, Any], part: str) -> bool:
    return len(content[part]) + 1 in STEPS


def can_shrink(content: dict[str, Any], part: str) -> bool:
    return len(content[part]) - 1 in STEPS


def grown(content: dict[str, Any], part: str) -> dict[str, Any]:
    """With one more level on top. New cells of the matrix take the level of the neighbour below."""
    made = deepcopy(content)
    if not can_grow(content, part):
        return made
    empty = dict.fromkeys(LANGUAGES, "")
    match part:
        case "likelihood":
            made[part].append({"name": empty, "description": dict(empty)})
            made["matrix"].append(list(made["matrix"][-1]))
        case "consequence":
            made[part].append({"name": empty, "description": dict(empty)})
            for row in made["matrix"]:
                row.append(row[-1])
        case "bands":
            last = made[part][-1]
            taken = {band["key"] for band in made[part]}
            key = next(name for number in range(1, 99) if (name := f"level_{number}") not in taken)
            authority = last["authority"] if last["authority"] in AUTHORITIES else AUTHORITIES[-1]
            made[part].append(
                {"key": key, "name": empty, "authority": authority, "review_months": last["review_months"]}
            )
    return made


def shrunk(content: dict[str, Any], part: str, number: int) -> dict[str, Any]:
    """Without level `number` (from 1). Cells of a removed level of risk fall to the level below it, or the new lowest."""
    made = deepcopy(content)
    if not can_shrink(content, part) or not 1 <= number <= len(content[part]):
        return made
    del made[part][number - 1]
    match part:
        case "likelihood":
            del made["matrix"][number - 1]
        case "consequence":
            for row in made["matrix"]:
                del row[number - 1]
        case "bands":
            made["matrix"] = [[_without(level, number) for level in row] for row in made["matrix"]]
            made["accepted_up_to"] = min(made["accepted_up_to"], len(made[part]) - 1)
    return made


def _without(level: int, number: int) -> int:
    return max(1, level - 1) if level >= number else level
