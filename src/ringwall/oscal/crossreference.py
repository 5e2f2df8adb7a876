"""Read BSI's cross-reference tables (XLSX): which elementary threats a requirement acts on directly.

One sheet a module: identifier, name, core values (C, I, A; only for requirements at elevated level), then a column for
each elementary threat, with X where the requirement counters it. One sheet of the edition 2023 (SYS.2.1) has the number
of the threat in place of the X.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from python_calamine import CalamineError, CalamineWorkbook

from ringwall.oscal.content import CatalogueContent, RequirementRow
from ringwall.oscal.findings import Finding, FindingLog

MAX_UNPACKED = 200 * 1024 * 1024
MAX_ROWS = 2_000
MAX_COLUMNS = 200

MAX_HEAD = 1024 * 1024
_SHEET = re.compile(rb"""<(?:\w+:)?sheet\b[^>]*?\bname=["']([^"']*)["']""")
_MODULE = re.compile(r"[A-Z]{3,4}(?:\.\d+)+")
_REQUIREMENT = re.compile(r"[A-Z]{3,4}(?:\.\d+)+\.A\d+")
_THREAT = re.compile(r"G\s*0\.(\d+)")
_CORE_VALUES = {"C": "confidentiality", "I": "integrity", "A": "availability"}


@dataclass(frozen=True, slots=True)
class CrossReference:
    """One line of a table. `core_values` are names such as "confidentiality"; `threats` are identifiers "G 0.14"."""

    requirement: str
    module: str
    title: str
    core_values: tuple[str, ...]
    threats: tuple[str, ...]
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class CrossReferenceReading:
    """`references` by identifier of the requirement, None if the file cannot be taken; `threats` by module."""

    references: dict[str, CrossReference] | None
    threats: dict[str, tuple[str, ...]]
    sha256: str
    findings: list[Finding]


def read_cross_references(data: bytes) -> CrossReferenceReading:
    """Read the workbook. Never raises for what stands in the file."""
    log = FindingLog()
    digest = hashlib.sha256(data).hexdigest()
    problem = _unfit(data)
    references: dict[str, CrossReference] = {}
    threats: dict[str, tuple[str, ...]] = {}
    if not problem:
        try:
            for sheet, rows in _sheets(data):
                _read_sheet(sheet, rows, references, threats, log)
        except (CalamineError, ValueError, OSError, zipfile.BadZipFile) as error:
            problem = f"the workbook cannot be read: {str(error)[:200]}"
    if not problem and not references:
        problem = "no cross-reference table was found: a sheet begins with the module, 'Name', 'CIA' and 'G 0.…'"
    if problem:
        log.add("error", "", problem)
        return CrossReferenceReading(None, {}, digest, log.close())
    return CrossReferenceReading(references, threats, digest, log.close())


def looks_like_tables(data: bytes) -> bool:
    """Whether these are cross-reference tables: a workbook most of whose sheets name a module."""
    if _unfit(data):
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        try:
            with archive.open("xl/workbook.xml") as part:
                head = part.read(MAX_HEAD)
        except (KeyError, zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError):
            return False
    names = [name.decode("utf-8", "replace") for name in _SHEET.findall(head)]
    return sum(_MODULE.search(name) is not None for name in names) * 2 > len(names)


def join(content: CatalogueContent, reading: CrossReferenceReading) -> CatalogueContent:
    """The Kompendium with the threats and core values of the tables, and a finding for every identifier that one has
    and the other lacks."""
    threats = [threat.identifier for threat in content.threats]
    rows, findings = join_rows(content.rows, threats, reading)
    return replace(content, rows=rows, findings=[*content.findings, *findings])


def join_rows(
    rows: Iterable[RequirementRow], threats: Iterable[str], reading: CrossReferenceReading
) -> tuple[list[RequirementRow], list[Finding]]:
    """The same for rows in their order; `threats` are the identifiers of those that the catalogue holds."""
    rows, references, log = list(rows), reading.references or {}, FindingLog()
    known = {row.identifier for row in rows if row.kind == "requirement"}
    for identifier in references.keys() - known:
        log.add("warning", identifier, f"{identifier} stands in the cross-reference tables, but not in the catalogue")
    elementary = set(threats)
    named = {threat for reference in references.values() for threat in reference.threats}
    for threat in sorted(named - elementary) if elementary else []:
        log.add("warning", threat, f"{threat} stands in the cross-reference tables, but not in the catalogue")
    return [_joined(row, references, log) for row in rows], log.close()


def _joined(row: RequirementRow, references: dict[str, CrossReference], log: FindingLog) -> RequirementRow:
    if row.kind != "requirement":
        return row
    reference = references.get(row.identifier)
    if reference is None:
        log.add("warning", row.identifier, f"{row.identifier} has no line in the cross-reference tables")
        return row
    if reference.withdrawn != row.withdrawn:
        where = "the cross-reference tables" if reference.withdrawn else "the catalogue"
        log.add("warning", row.identifier, f"{row.identifier} is withdrawn in {where} only")
    attributes = dict(row.attributes)
    if reference.core_values:
        attributes["core_values"] = list(reference.core_values)
    return replace(row, attributes=attributes, threats=reference.threats)


def _unfit(data: bytes) -> str:
    """Why a file is no workbook to be opened: not a ZIP, or one that unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, struct.error):
        return "this is no XLSX workbook"
    limit = MAX_UNPACKED // 1048576
    return f"the workbook unpacks to more than {limit} MB; it is not opened" if unpacked > MAX_UNPACKED else ""


def _sheets(data: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(name).to_python(nrows=MAX_ROWS)
        yield name, [[str(cell).strip() for cell in row[:MAX_COLUMNS]] for row in rows]


def _read_sheet(
    sheet: str,
    rows: list[list[str]],
    references: dict[str, CrossReference],
    threats: dict[str, tuple[str, ...]],
    log: FindingLog,
) -> None:
    head = rows[0] if rows else []
    if len(head) < 4 or not _MODULE.fullmatch(head[0]):
        log.add("info", sheet, f"sheet {sheet!r} is no cross-reference table; it was not read")
        return
    module = head[0]
    columns = {index: f"G 0.{found[1]}" for index, name in enumerate(head) if (found := _THREAT.fullmatch(name))}
    threats[module] = tuple(columns.values())
    for index, name in enumerate(head[3:], 3):
        if name and index not in columns:
            log.add("warning", f"{sheet}!{index + 1}", f"the column {name[:40]!r} is no elementary threat")
    for number, row in enumerate(rows[1:], 2):
        identifier = row[0]
        if not any(row):
            continue
        place = f"{sheet}!{number}"
        if not _REQUIREMENT.fullmatch(identifier) or not identifier.startswith(f"{module}.A"):
            log.add("warning", place, f"{identifier[:40]!r} is no requirement of {module}; the line was left out")
            continue
        if identifier in references:
            log.add("warning", place, f"{identifier} stands twice; the second line was left out")
            continue
        references[identifier] = _reference(row, module, columns, place, log)


def _reference(row: list[str], module: str, columns: dict[int, str], place: str, log: FindingLog) -> CrossReference:
    letters = [letter for letter in row[2].upper() if letter.isalpha()]
    for letter in letters:
        if letter not in _CORE_VALUES:
            log.add("warning", place, f"{letter!r} is no core value (C, I, A)")
    marked = []
    for index, threat in columns.items():
        mark = row[index] if index < len(row) else ""
        if mark.upper() == "X" or mark.removesuffix(".0") == threat.removeprefix("G 0."):
            marked.append(threat)
            if mark.upper() != "X":
                sheet = place.partition("!")[0]
                log.add_once("info", sheet, f"sheet {sheet!r} marks threats by their number in place of X")
        elif mark:
            log.add("warning", place, f"{mark[:20]!r} under {threat} is no X; it was not counted")
    return CrossReference(
        requirement=row[0],
        module=module,
        title=row[1],
        core_values=tuple(_CORE_VALUES[letter] for letter in "CIA" if letter in letters),
        threats=tuple(marked),
        withdrawn=row[1].upper().startswith("ENTFALLEN"),
    )
