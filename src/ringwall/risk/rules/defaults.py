"""Criteria to begin with: five steps of likelihood and consequence, five levels of risk, in English and German."""

from typing import Any

from ringwall.risk.rules.criteria import Criteria, read

_LIKELIHOOD = (
    ("Rare", "Sehr selten", "Less often than once in ten years.", "Seltener als einmal in zehn Jahren."),
    ("Unlikely", "Selten", "About once in three to ten years.", "Etwa einmal in drei bis zehn Jahren."),
    ("Possible", "Gelegentlich", "About once in one to three years.", "Etwa einmal in ein bis drei Jahren."),
    ("Likely", "Häufig", "Several times a year.", "Mehrmals im Jahr."),
    ("Frequent", "Sehr häufig", "Several times a month.", "Mehrmals im Monat."),
)

_CONSEQUENCE = (
    (
        "Negligible",
        "Unerheblich",
        "Goes almost unnoticed; made good within the day by those who do the work.",
        "Fällt kaum auf und ist am selben Tag im laufenden Betrieb behoben.",
    ),
    (
        "Minor",
        "Gering",
        "Single tasks are delayed; small cost; no harm to people outside the organisation.",
        "Einzelne Aufgaben verzögern sich; geringe Kosten; Außenstehende kommen nicht zu Schaden.",
    ),
    (
        "Moderate",
        "Spürbar",
        "A business process stands for hours or a day; a duty is missed; complaints from outside.",
        "Ein Geschäftsprozess steht Stunden oder einen Tag; eine Pflicht wird verletzt; Beschwerden von außen.",
    ),
    (
        "Major",
        "Schwerwiegend",
        "Several processes stand for days; many people are affected; authorities must be told.",
        "Mehrere Geschäftsprozesse stehen tagelang; viele Menschen sind betroffen; Behörden sind zu unterrichten.",
    ),
    (
        "Severe",
        "Existenziell",
        "Endangers the existence of the organisation, or life and limb.",
        "Gefährdet den Bestand der Organisation oder Leib und Leben.",
    ),
)

_BANDS = (
    ("very_low", "Very low", "Sehr gering", "owner", 24),
    ("low", "Low", "Gering", "owner", 12),
    ("medium", "Medium", "Mittel", "owner", 12),
    ("high", "High", "Hoch", "top_management", 6),
    ("very_high", "Very high", "Sehr hoch", "top_management", 3),
)

_MATRIX = (
    (1, 1, 2, 2, 3),
    (1, 2, 2, 3, 4),
    (1, 2, 3, 4, 4),
    (2, 3, 3, 4, 5),
    (2, 3, 4, 5, 5),
)


def default_content() -> dict[str, Any]:
    """The stored shape of the default criteria; a new copy at each call."""
    return {
        "likelihood": [_step(*row) for row in _LIKELIHOOD],
        "consequence": [_step(*row) for row in _CONSEQUENCE],
        "bands": [
            {"key": key, "name": {"en": english, "de": german}, "authority": authority, "review_months": months}
            for key, english, german, authority, months in _BANDS
        ],
        "matrix": [list(row) for row in _MATRIX],
        "accepted_up_to": 2,
        "longest_acceptance": 12,
    }


def default_criteria() -> Criteria:
    return read(default_content())


def _step(english: str, german: str, english_text: str, german_text: str) -> dict[str, dict[str, str]]:
    return {"name": {"en": english, "de": german}, "description": {"en": english_text, "de": german_text}}
