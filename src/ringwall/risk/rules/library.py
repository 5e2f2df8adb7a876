"""Scales and matrix out of a library that others wrote, as a draft of criteria.

A library knows nothing of authority, review or acceptance: these stay as they were, level by level, from the lowest to
the highest.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ringwall.oscal.ciso_assistant import MatrixLevel, RiskMatrix
from ringwall.risk.rules.criteria import DESCRIPTION_LENGTH, LANGUAGES, NAME_LENGTH, Finding, findings_of


def content_of(matrix: RiskMatrix, before: Mapping[str, Any]) -> dict[str, Any]:
    """Content in the shape of `criteria`; `before` is valid content, from which comes what the library does not say."""
    bands, count = before["bands"], len(matrix.levels)
    places = [_place(number, count, len(bands)) for number in range(count)]
    accepted = sum(place < before["accepted_up_to"] for place in places)
    return {
        "likelihood": [_step(level) for level in matrix.likelihoods],
        "consequence": [_step(level) for level in matrix.consequences],
        "bands": [
            {
                "key": f"level_{number}",
                "name": _step(level)["name"],
                "authority": bands[place]["authority"],
                "review_months": bands[place]["review_months"],
            }
            for number, (level, place) in enumerate(zip(matrix.levels, places, strict=True), start=1)
        ],
        "matrix": [[cell + 1 for cell in row] for row in matrix.grid],
        "accepted_up_to": min(accepted, count - 1),
        "longest_acceptance": before["longest_acceptance"],
    }


def unfit(content: Mapping[str, Any]) -> Sequence[Finding]:
    """The scales that are shorter or longer than criteria may have: such content cannot even be edited."""
    return [finding for finding in findings_of(content) if finding.code == "steps"]


def _place(number: int, count: int, known: int) -> int:
    """Which of the known levels stands where this one stands: both numbered from 0, the ends together."""
    return round(number * (known - 1) / (count - 1)) if count > 1 else 0


def _step(level: MatrixLevel) -> dict[str, dict[str, str]]:
    names, descriptions = {}, {}
    for language in LANGUAGES:
        told = level.translations.get(language)
        names[language] = ((told.title if told else "") or level.name)[:NAME_LENGTH]
        descriptions[language] = ((told.text if told else "") or level.description)[:DESCRIPTION_LENGTH]
    return {"name": names, "description": descriptions}
