"""Risk criteria: scales, matrix, acceptance line and authorities (ISO/IEC 27001 6.1.2 a; 27005, 6.4).

Levels are whole numbers from 1, the lowest. The content of criteria as it is stored, frozen and spoken by the API:

    {"likelihood":  [{"name": {"en": "", "de": ""}, "description": {"en": "", "de": ""}}, …],   3 to 7, lowest first
     "consequence": [… the same …],
     "bands":       [{"key": "low", "name": {…}, "authority": "owner", "review_months": 12}, …],  3 to 7, lowest first
     "matrix":      [[1, 1, 2], …],    band of each likelihood (row) and consequence (column)
     "accepted_up_to": 2,              highest band that needs no further treatment; 0 for none
     "longest_acceptance": 12}         months an acceptance may run
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

LANGUAGES = ("en", "de")
STEPS = range(3, 8)
AUTHORITIES = ("owner", "top_management", "nobody")
"""Who may accept a risk, in rising rank; `nobody`: such a risk must be treated or avoided."""
MONTHS = range(1, 61)
NAME_LENGTH = 60
DESCRIPTION_LENGTH = 500

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """A level of likelihood or consequence. `names` and `descriptions` by language."""

    names: Words
    descriptions: Words

    def name(self, language: str) -> str:
        return word(self.names, language)

    def description(self, language: str) -> str:
        return word(self.descriptions, language)


@dataclass(frozen=True, slots=True)
class Band:
    """A level of risk: who may accept it, and after how many months it is looked at again."""

    key: str
    names: Words
    authority: str
    review_months: int

    def name(self, language: str) -> str:
        return word(self.names, language)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong where. `place` is a path such as `likelihood/3/name/de`; a warning does not forbid approval."""

    code: str
    place: str
    parameters: Mapping[str, str | int]
    is_warning: bool = False


class CriteriaInvalid(ValueError):
    """Content that cannot serve as criteria; `findings` lists every fault, not the first alone."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{finding.place}: {finding.code}" for finding in findings))
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Criteria:
    """Valid risk criteria; made by `read`."""

    likelihood: tuple[Step, ...]
    consequence: tuple[Step, ...]
    bands: tuple[Band, ...]
    matrix: tuple[tuple[int, ...], ...]
    accepted_up_to: int
    longest_acceptance: int

    def steps(self, axis: str) -> tuple[Step, ...]:
        """The scale that a name ends in: `likelihood`, `target_likelihood` and `inherent_likelihood` share one."""
        return self.likelihood if axis.endswith("likelihood") else self.consequence

    def level(self, likelihood: int, consequence: int) -> int:
        """The band (1 the lowest) of a pair. Raises ValueError for a pair outside the scales."""
        if not (1 <= likelihood <= len(self.likelihood) and 1 <= consequence <= len(self.consequence)):
            raise ValueError(f"({likelihood}, {consequence}) lies outside the scales")
        return self.matrix[likelihood - 1][consequence - 1]

    def band(self, level: int) -> Band:
        return self.bands[level - 1]

    def is_above_acceptance(self, level: int) -> bool:
        return level > self.accepted_up_to

    def tone(self, level: int) -> str:
        """good within acceptance; above it warn, and bad where the owner's authority alone does not reach."""
        if not self.is_above_acceptance(level):
            return "good"
        return "warn" if self.band(level).authority == "owner" and level < len(self.bands) else "bad"

    def content(self) -> dict[str, Any]:
        """As it is stored: plain lists, texts and whole numbers. `read` gives the same criteria back."""
        return {
            "likelihood": [_told(step) for step in self.likelihood],
            "consequence": [_told(step) for step in self.consequence],
            "bands": [
                {"key": b.key, "name": dict(b.names), "authority": b.authority, "review_months": b.review_months}
                for b in self.bands
            ],
            "matrix": [list(row) for row in self.matrix],
            "accepted_up_to": self.accepted_up_to,
            "longest_acceptance": self.longest_acceptance,
        }


def word(words: Words, language: str) -> str:
    """The word in a language, else in the first that has one."""
    return words.get(language) or next((text for text in words.values() if text), "")


def _told(step: Step) -> dict[str, dict[str, str]]:
    return {"name": dict(step.names), "description": dict(step.descriptions)}


def read(content: Any) -> Criteria:
    """Criteria from stored or submitted content. Raises CriteriaInvalid with every fault and its place."""
    errors = [finding for finding in findings_of(content) if not finding.is_warning]
    if errors:
        raise CriteriaInvalid(errors)
    return Criteria(
        likelihood=_steps(content["likelihood"]),
        consequence=_steps(content["consequence"]),
        bands=tuple(Band(b["key"], _words(b["name"]), b["authority"], b["review_months"]) for b in content["bands"]),
        matrix=tuple(tuple(row) for row in content["matrix"]),
        accepted_up_to=content["accepted_up_to"],
        longest_acceptance=content["longest_acceptance"],
    )


def _steps(rows: Sequence[Any]) -> tuple[Step, ...]:
    return tuple(Step(_words(row["name"]), _words(row.get("description") or {})) for row in rows)


def _words(given: Mapping[str, str]) -> Words:
    return {language: (given.get(language) or "").strip() for language in LANGUAGES}


def findings_of(content: Any) -> list[Finding]:
    """All faults and warnings of criteria content, in the order of its parts."""
    if not isinstance(content, dict):
        return [Finding("no_criteria", "", {})]
    found: list[Finding] = []
    known = {"likelihood", "consequence", "bands", "matrix", "accepted_up_to", "longest_acceptance"}
    found += [Finding("unknown_part", str(name)[:40], {}) for name in content if name not in known]
    for axis in ("likelihood", "consequence"):
        found += _scale_findings(axis, content.get(axis))
    bands = content.get("bands")
    found += _scale_findings("bands", bands)
    count = len(bands) if isinstance(bands, list) else 0
    found += _band_findings(bands) if isinstance(bands, list) else []
    found += _matrix_findings(content, count)
    line = content.get("accepted_up_to")
    if not _is_whole(line) or not 0 <= line < max(count, 1):
        found.append(Finding("acceptance_line", "accepted_up_to", {"highest": max(count - 1, 0)}))
    if not _is_whole(longest := content.get("longest_acceptance")) or longest not in MONTHS:
        found.append(Finding("months", "longest_acceptance", {"from": MONTHS.start, "to": MONTHS.stop - 1}))
    return found


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _scale_findings(part: str, rows: Any) -> list[Finding]:
    if not isinstance(rows, list) or len(rows) not in STEPS:
        return [Finding("steps", part, {"from": STEPS.start, "to": STEPS.stop - 1})]
    found: list[Finding] = []
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            found.append(Finding("no_step", f"{part}/{number}", {}))
            continue
        names = row.get("name")
        for language in LANGUAGES:
            place = f"{part}/{number}/name/{language}"
            name = names.get(language) if isinstance(names, dict) else None
            found += _text_findings(place, name, NAME_LENGTH, is_needed=True)
            if isinstance(name, str) and name.strip():
                first = seen.setdefault((language, name.strip().casefold()), number)
                if first != number:
                    found.append(Finding("name_twice", place, {"name": name.strip()[:NAME_LENGTH], "first": first}))
            descriptions = row.get("description") or {}
            description = descriptions.get(language) if isinstance(descriptions, dict) else 0
            found += _text_findings(f"{part}/{number}/description/{language}", description, DESCRIPTION_LENGTH)
    return found


def _text_findings(place: str, text: Any, longest: int, *, is_needed: bool = False) -> list[Finding]:
    if text is None or text == "" or (isinstance(text, str) and not text.strip()):
        return [Finding("name_missing", place, {})] if is_needed else []
    if not isinstance(text, str):
        return [Finding("no_text", place, {})]
    if len(text) > longest:
        return [Finding("too_long", place, {"longest": longest})]
    return [Finding("control_character", place, {})] if _CONTROL.search(text) else []


def _band_findings(bands: Sequence[Any]) -> list[Finding]:
    found: list[Finding] = []
    rank, keys = 0, set()
    for number, band in enumerate(bands, start=1):
        if not isinstance(band, dict):
            continue
        key = band.get("key")
        if not isinstance(key, str) or not _KEY.fullmatch(key) or key in keys:
            found.append(Finding("band_key", f"bands/{number}/key", {}))
        keys.add(str(key))
        authority = band.get("authority")
        if authority not in AUTHORITIES:
            found.append(Finding("authority", f"bands/{number}/authority", {}))
        elif AUTHORITIES.index(authority) < rank:
            found.append(Finding("authority_sinks", f"bands/{number}/authority", {}))
        else:
            rank = AUTHORITIES.index(authority)
        months = band.get("review_months")
        if not _is_whole(months) or months not in MONTHS:
            place = f"bands/{number}/review_months"
            found.append(Finding("months", place, {"from": MONTHS.start, "to": MONTHS.stop - 1}))
    return found


def _matrix_findings(content: Mapping[str, Any], bands: int) -> list[Finding]:
    rows, columns = content.get("likelihood"), content.get("consequence")
    matrix = content.get("matrix")
    if not isinstance(rows, list) or not isinstance(columns, list):
        return []
    if (
        not isinstance(matrix, list)
        or len(matrix) != len(rows)
        or any(not isinstance(row, list) or len(row) != len(columns) for row in matrix)
    ):
        return [Finding("matrix_shape", "matrix", {"rows": len(rows), "columns": len(columns)})]
    found = [
        Finding("matrix_band", f"matrix/{r}/{c}", {"bands": bands})
        for r, row in enumerate(matrix, start=1)
        for c, level in enumerate(row, start=1)
        if not _is_whole(level) or not 1 <= level <= bands
    ]
    return found or _falling(matrix)


def _falling(matrix: Sequence[Sequence[int]]) -> list[Finding]:
    """Cells whose level is lower than that of a neighbour with less likelihood or consequence: allowed, but told."""
    found = []
    for r, row in enumerate(matrix):
        for c, level in enumerate(row):
            if (c and level < row[c - 1]) or (r and level < matrix[r - 1][c]):
                found.append(Finding("matrix_falls", f"matrix/{r + 1}/{c + 1}", {}, is_warning=True))
    return found
