"""PDF by typst: PDF/A-2b (ISO 19005-2) and PDF/UA-1 (ISO 14289-1) in one file, same report same bytes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final, Literal

import typst
from django.utils.translation import gettext as _

from ringwall.lib.figures.palette import level_scale
from ringwall.reports import wording
from ringwall.reports.document import (
    Block,
    Cell,
    Column,
    Figure,
    Findings,
    Heading,
    KeyValues,
    Level,
    Note,
    PageBreak,
    Paragraph,
    Report,
    ReportError,
    State,
    Table,
    Tone,
)
from ringwall.reports.layout import LANDSCAPE_WIDTH, PORTRAIT_WIDTH, column_rooms, column_widths, sections
from ringwall.reports.renderers.glyphs import coverage, drawable, families, fonts, replaced
from ringwall.reports.text import breakable, printable, visible

STANDARDS: Final[list[Literal["a-2b", "ua-1"]]] = ["a-2b", "ua-1"]

_TEMPLATE = Path(__file__).with_name("report.typ")
_PROSE_ROOM = 75
_FACT_ROOM = 64
_NAME_ROOM = 20

Json = dict[str, object]


def render(report: Report, *, font_paths: Iterable[str] = ()) -> bytes:
    """The report as PDF. ``font_paths`` are folders of fonts that cover what the bundled ones do not.

    Characters without a glyph are printed as □ and listed at the end. Raises ReportError when typst refuses.
    """
    paths = tuple(map(str, font_paths))
    payload, missing = _payload(report, paths)
    text = json.dumps(payload, ensure_ascii=False)
    missing |= coverage(paths).uncovered(text)
    if missing:
        payload["missing"] = ", ".join(f"U+{ord(character):04X}" for character in sorted(missing))
        text = replaced(json.dumps(payload, ensure_ascii=False), coverage(paths).uncovered(text))
    return _compiled(text, paths, report)


def _compiled(text: str, paths: tuple[str, ...], report: Report) -> bytes:
    compiler = typst.Compiler(_template(), font_paths=fonts(paths), ignore_system_fonts=True, sys_inputs={"data": text})
    try:
        made = compiler.compile(format="pdf", pdf_standards=[*STANDARDS], timestamp=int(report.made_at.timestamp()))
    except typst.TypstError as error:
        message = _("The report “{title}” cannot be printed as PDF: {reason}")
        raise ReportError(message.format(title=report.title, reason=error.message)) from error
    if not isinstance(made, bytes):
        raise ReportError(f"The report “{report.title}” came out without pages.")
    return made


@cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


def _payload(report: Report, paths: tuple[str, ...]) -> tuple[Json, set[str]]:
    """What the template prints, and the characters that its drawings lack."""
    drawings = {block.svg: drawable(block.svg, paths) for block in report.blocks if isinstance(block, Figure)}
    lacking = set[str]().union(*(missing for _svg, missing in drawings.values()))
    shown = {svg: safe for svg, (safe, _missing) in drawings.items()}
    blocks = [replace(block, svg=shown[block.svg]) if isinstance(block, Figure) else block for block in report.blocks]
    return _frame(report, families(paths), blocks), lacking


def _frame(report: Report, font_families: Sequence[str], blocks: Sequence[Block]) -> Json:
    version = f" · {printable(report.version)[:30]}" if report.version else ""
    tone: Tone = "good" if report.is_authorised else "neutral"
    return {
        "language": report.language,
        "fonts": font_families,
        "words": wording.frame_words(),
        "title": visible(report.title),
        "shown_title": breakable(visible(report.title), 24),
        "subtitle": printable(report.subtitle),
        "organisation": _prose(report.organisation, 46),
        "description": printable(" · ".join(filter(None, (report.subtitle, report.scope)))),
        "keywords": [printable(report.classification)] if report.classification else [],
        "running_organisation": _running(report.organisation, "", 75),
        "running_title": _running(report.title, version, 75),
        "footer": _running(_footer(report), "", 110),
        "facts": [[_prose(name, _NAME_ROOM), _prose(value, _FACT_ROOM)] for name, value in wording.title_facts(report)],
        "status": [_prose(line) for line in report.status],
        "status_tone": tone,
        "status_sign": wording.SIGNS[tone],
        "has_contents": report.has_contents,
        "sections": [_section(section.is_landscape, section.blocks) for section in sections(blocks)],
        "missing": "",
    }


def _running(text: str, end: str, limit: int) -> str:
    """A text of header or footer, cut to ``limit`` characters with ``end`` kept."""
    line = " ".join(printable(text).split())
    room = limit - len(end)
    return breakable(line if len(line) <= room else f"{line[: room - 1]}…", 40) + printable(end)


def _footer(report: Report) -> str:
    recipient = f"{wording.recipient_word()}: {report.recipient}" if report.recipient else ""
    parts = (report.classification, recipient, wording.shown_date(report.as_of) if report.as_of else "")
    return " · ".join(filter(None, parts))


def _prose(text: str, room: int = _PROSE_ROOM) -> str:
    return breakable(printable(text), room)


def _section(is_landscape: bool, blocks: Sequence[Block]) -> Json:
    width = LANDSCAPE_WIDTH if is_landscape else PORTRAIT_WIDTH
    return {"landscape": is_landscape, "blocks": [_block(block, width) for block in blocks]}


def _block(block: Block, width: float) -> Json:
    match block:
        case Heading():
            return {"is": "heading", "level": block.level, "text": breakable(visible(block.text), 40)}
        case Paragraph():
            parts = printable(block.text).split("\n\n")
            return {"is": "paragraph", "parts": [breakable(part.strip("\n"), _PROSE_ROOM) for part in parts]}
        case Note():
            return {"is": "note", "title": _prose(block.title), "text": _prose(block.text)}
        case KeyValues():
            return {
                "is": "facts",
                "rows": [
                    [_prose(name, _NAME_ROOM), _shown(value, wording.PLAIN_COLUMN, _FACT_ROOM)]
                    for name, value in block.rows
                ],
            }
        case Table():
            return _table(block, width)
        case Figure():
            return {
                "is": "figure",
                "svg": block.svg,
                "alt": visible(block.alt or block.caption),
                "caption": _prose(block.caption),
                "width": min(1.0, max(0.1, block.width)),
            }
        case Findings():
            return _findings(block)
        case PageBreak():
            return {"is": "break"}


def _shown(cell: Cell, column: Column, room: int) -> object:
    """A cell as the template takes it: a text, or a state or level with its sign and colours."""
    match cell:
        case State():
            return {"state": _prose(cell.label, room), "tone": cell.tone, "sign": wording.SIGNS[cell.tone]}
        case Level():
            paint = level_scale(cell.of)[cell.position - 1]
            return {"level": _prose(cell.label, room), "ground": paint.ground.light, "ink": paint.ink.light}
        case _:
            return _prose(wording.shown_cell(cell, column), room)


def _table(table: Table, width: float) -> Json:
    rooms = column_rooms(table, width)
    return {
        "is": "table",
        "caption": _prose(table.caption),
        "note": _prose(table.empty_text or wording.frame_words()["none"]) if not table.rows else "",
        "heads": [_prose(column.heading, room) for column, room in zip(table.columns, rooms, strict=True)],
        "widths": column_widths(table, width),
        "align": [column.alignment for column in table.columns],
        "rows": [
            [_shown(cell, column, room) for cell, column, room in zip(row, table.columns, rooms, strict=True)]
            for row in table.rows
        ],
    }


def _findings(block: Findings) -> Json:
    if not block.findings:
        return {"is": "paragraph", "parts": [_prose(block.empty_text or wording.frame_words()["none"])]}
    rows = []
    for finding in block.findings:
        tone = wording.SEVERITY_TONES[finding.severity]
        rows.append(
            {
                "tone": tone,
                "sign": wording.SIGNS[tone],
                "severity": wording.severity_word(finding.severity),
                "where": _prose(finding.where),
                "message": _prose(finding.message),
            }
        )
    return {"is": "findings", "findings": rows}
