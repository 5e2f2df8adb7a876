"""The editor of risk criteria as a page sees it: named boxes with their values and faults."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ringwall.risk.rules.criteria import LANGUAGES, Finding, findings_of
from ringwall.risk.rules.editing import PARTS, can_grow, can_shrink
from ringwall.risk.words import AUTHORITIES, FINDINGS, finding_word, language
from ringwall.risk.words import PARTS as PART_WORDS


@dataclass(frozen=True)
class Box:
    """One input. `choices` makes it a list to choose from; `label` is read out, `error` stands below it."""

    name: str
    label: str
    value: Any
    choices: Sequence[tuple[Any, str]] = ()
    error: str = ""
    kind: str = "text"
    css: str = ""


@dataclass(frozen=True)
class Line:
    """One level of a scale: its number, its boxes, and the name of the button that removes it."""

    number: int
    boxes: Sequence[Box]
    remove: str = ""
    title: str = ""


@dataclass(frozen=True)
class Scale:
    part: str
    title: str
    lines: Sequence[Line]
    grow: str = ""


@dataclass(frozen=True)
class MatrixRow:
    title: str
    boxes: Sequence[Box]


@dataclass(frozen=True)
class Editor:
    """`errors` and `warnings` pair the id of a box with the whole sentence."""

    scales: Sequence[Scale]
    columns: Sequence[str]
    rows: Sequence[MatrixRow]
    line: Box
    longest: Box
    errors: Sequence[tuple[str, str]] = ()
    warnings: Sequence[tuple[str, str]] = ()
    counts: dict[str, int] = field(default_factory=dict)


def editor_of(content: dict[str, Any], *, is_checked: bool) -> Editor:
    """The page's boxes for content that may be half filled. Faults are shown once the reader has tried to store."""
    findings = findings_of(content)
    errors = [finding for finding in findings if not finding.is_warning] if is_checked else []
    warnings = [finding for finding in findings if finding.is_warning]
    told = {_name(finding.place): _message(finding) for finding in errors}
    bands = [
        (number, f"{number} {band['name'].get(language()) or band['name'].get('en') or ''}".strip())
        for number, band in enumerate(content["bands"], start=1)
    ]
    highest = len(bands) - 1
    line_choices = [(0, _("none: every risk needs treatment or acceptance")), *bands[:highest]]
    falling = {_name(finding.place) for finding in warnings}
    return Editor(
        scales=[_scale(content, part, told) for part in PARTS],
        columns=[_title(number, step) for number, step in enumerate(content["consequence"], start=1)],
        rows=[
            MatrixRow(
                _title(r, content["likelihood"][r - 1]),
                [_cell(r, c, level, bands, told, falling) for c, level in enumerate(row, start=1)],
            )
            for r, row in reversed(list(enumerate(content["matrix"], start=1)))
        ],
        line=Box(
            "accepted_up_to",
            _("Highest level that needs no further treatment"),
            content["accepted_up_to"],
            line_choices,
            told.get("accepted_up_to", ""),
        ),
        longest=Box(
            "longest_acceptance",
            _("An acceptance runs at most (months)"),
            content["longest_acceptance"],
            (),
            told.get("longest_acceptance", ""),
            "number",
        ),
        errors=[(_name(finding.place), finding_word(finding)) for finding in errors],
        warnings=[(_name(finding.place), finding_word(finding)) for finding in warnings],
        counts={f"{part}-count": len(content[part]) for part in PARTS},
    )


def _name(place: str) -> str:
    return place.replace("/", "-")


def _message(finding: Finding) -> str:
    return str(FINDINGS[finding.code]).format(**finding.parameters)


def _title(number: int, step: dict[str, Any]) -> str:
    names = step["name"]
    return f"{number} {names.get(language()) or names.get('en') or ''}".strip()


def _scale(content: dict[str, Any], part: str, told: dict[str, str]) -> Scale:
    rows = content[part]
    lines = [
        Line(
            number,
            _boxes(part, number, row, told),
            f"shrink {part} {number}" if can_shrink(content, part) else "",
            _("Level %(number)d") % {"number": number},
        )
        for number, row in enumerate(rows, start=1)
    ]
    return Scale(part, str(PART_WORDS[part]), lines, f"grow {part}" if can_grow(content, part) else "")


def _boxes(part: str, number: int, row: dict[str, Any], told: dict[str, str]) -> list[Box]:
    def text_box(kind: str, code: str) -> Box:
        name = f"{part}-{number}-{kind}-{code}"
        label = _("Name (%(language)s)") if kind == "name" else _("Description (%(language)s)")
        value = (row.get(kind) or {}).get(code) or ""
        shown = "area" if kind == "description" else "text"
        return Box(name, label % {"language": PART_WORDS[code]}, value, (), told.get(name, ""), shown)

    boxes = [text_box("name", code) for code in LANGUAGES]
    if part != "bands":
        return boxes + [text_box("description", code) for code in LANGUAGES]
    authority, months, key = (f"bands-{number}-{name}" for name in ("authority", "review_months", "key"))
    who = [(value, str(text)) for value, text in AUTHORITIES.items()]
    return [
        *boxes,
        Box(authority, _("May be accepted by"), row.get("authority"), who, told.get(authority, "")),
        Box(months, _("Review after (months)"), row.get("review_months"), (), told.get(months, ""), "number"),
        Box(key, _("identifier"), row.get("key") or "", (), told.get(key, ""), "hidden"),
    ]


def _cell(
    row: int, column: int, level: Any, bands: Sequence[tuple[int, str]], told: dict[str, str], falling: set[str]
) -> Box:
    name = f"matrix-{row}-{column}"
    label = _("Level for likelihood %(row)d and consequence %(column)d") % {"row": row, "column": column}
    css = f"band-{level}-of-{len(bands)}" if isinstance(level, int) and 1 <= level <= len(bands) else ""
    return Box(name, label, level, bands, told.get(name, ""), "falling" if name in falling else "text", css)
