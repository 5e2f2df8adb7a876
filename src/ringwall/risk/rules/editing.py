"""Changes to the shape of criteria while they are edited: a scale grows or shrinks, and the matrix follows.

All take and give content as `rules.criteria` describes it, which may still be incomplete; the given one stays as it is.
"""

from collections.abc import Callable
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
    """Without level `number` (from 1). Cells of a removed level of risk fall to the level below, or the new lowest."""
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
            if isinstance(line := made["accepted_up_to"], int):
                made["accepted_up_to"] = min(line, len(made[part]) - 1)
    return made


def _without(level: Any, number: int) -> Any:
    return max(1, level - 1) if isinstance(level, int) and level >= number else level


def from_form(value_of: Callable[[str], str]) -> dict[str, Any]:
    """Content from the named values of the editor's form, such as `likelihood-3-name-de`; no number stays as text.

    `likelihood-count`, `consequence-count` and `bands-count` say how many levels the form showed.
    """
    counts = {part: _count(value_of(f"{part}-count")) for part in PARTS}
    content: dict[str, Any] = {
        part: [_step(value_of, part, number) for number in range(1, counts[part] + 1)] for part in PARTS
    }
    for number, band in enumerate(content["bands"], start=1):
        del band["description"]
        band |= {
            "key": value_of(f"bands-{number}-key"),
            "authority": value_of(f"bands-{number}-authority"),
            "review_months": _whole(value_of(f"bands-{number}-review_months")),
        }
    content["matrix"] = [
        [_whole(value_of(f"matrix-{row}-{column}")) for column in range(1, counts["consequence"] + 1)]
        for row in range(1, counts["likelihood"] + 1)
    ]
    content["accepted_up_to"] = _whole(value_of("accepted_up_to"))
    content["longest_acceptance"] = _whole(value_of("longest_acceptance"))
    return content


def _step(value_of: Callable[[str], str], part: str, number: int) -> dict[str, dict[str, str]]:
    return {
        kind: {language: value_of(f"{part}-{number}-{kind}-{language}") for language in LANGUAGES}
        for kind in ("name", "description")
    }


def _whole(text: str) -> int | str:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


def _count(text: str) -> int:
    number = _whole(text)
    return min(max(number, STEPS.start), STEPS.stop - 1) if isinstance(number, int) else STEPS.start
