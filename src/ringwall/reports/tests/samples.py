"""Reports for the tests, and readers of what comes out."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from ringwall.lib.figures.tests.samples import matrix
from ringwall.reports.document import (
    Block,
    Cell,
    Column,
    Figure,
    Finding,
    Findings,
    Heading,
    KeyValues,
    Level,
    Note,
    PageBreak,
    Paragraph,
    Report,
    State,
    Table,
)

MADE_AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)

COLUMNS = (
    Column("ref", "Reference", 1),
    Column("title", "Reference control", 2.5),
    Column("state", "State", 1.5, "state"),
    Column("level", "Level", 1.2, "state"),
    Column("effort", "Effort", 1, "number", unit="h"),
    Column("cost", "Cost", 1.2, "money", unit="EUR"),
    Column("due", "Due", 1.2, "date"),
)


def row(number: int = 1, text: str = "") -> tuple[Cell, ...]:
    return (
        f"A.5.{number}{text}",
        f"Policies for information security{text}",
        State(f"applicable{text}", "good"),
        Level(f"high{text}", 4, 5),
        12,
        Decimal("1234.50"),
        date(2026, 12, 24),
    )


def report(*blocks: Block, text: str = "", language: str = "en", **changes: object) -> Report:
    """A report whose every text ends in ``text``; ``blocks`` replace the usual ones."""
    figure = matrix(text)
    usual: tuple[Block, ...] = (
        Heading(1, f"Summary{text}"),
        Paragraph(f"First line{text}\nsecond line\n\nNext paragraph{text}"),
        KeyValues(((f"Controls{text}", 93), ("Done", State(f"71{text}", "attention")))),
        Note(f"Columns are left out{text}", f"For outsiders{text}"),
        Figure(figure.svg("print"), f"Heat map{text}", f"Matrix of risks{text}", figure.table()),
        Findings((Finding(f"Control without owner{text}", f"A.5.7{text}", "error"), Finding(f"Late{text}"))),
        PageBreak(),
        Heading(1, f"Statement{text}"),
        Table(COLUMNS, [row(1, text), row(2, text)], f"Rows{text}", landscape=True, name=f"SoA{text}"),
        Heading(2, f"Terms{text}"),
        Findings((), "Nothing found."),
    )
    values: dict[str, object] = {
        "title": f"Statement of applicability{text}",
        "subtitle": f"ISO/IEC 27001:2022{text}",
        "organisation": f"Example Ltd{text}",
        "scope": f"Energy{text}",
        "version": f"3{text}",
        "language": language,
        "classification": f"Confidential{text}",
        "status": (f"Authorised by Dora{text}", f"Conditions{text}"),
        "is_authorised": True,
        "recipient": f"Lead auditor{text}",
        "as_of": date(2026, 11, 1),
        "facts": ((f"Method{text}", f"Annex A{text}"),),
        "made_at": MADE_AT,
        "has_contents": True,
        "blocks": blocks or usual,
    }
    return Report(**{**values, **changes})  # type: ignore[arg-type]


def pdf_text(pdf: bytes, folder: Path) -> str:
    """What a reader copies out of the PDF, without line breaks and break opportunities."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not installed")
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    text = subprocess.run([tool, path, "-"], check=True, capture_output=True).stdout.decode()
    return re.sub(r"[\u200b\u00ad]", "", text)


def pdf_boxes(pdf: bytes, folder: Path) -> Iterator[tuple[float, float, float, float]]:
    """For every word: left and right edge, and the width of its page, and its number."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not installed")
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    xml = subprocess.run([tool, "-bbox", path, "-"], check=True, capture_output=True).stdout.decode()
    width, number = 0.0, 0.0
    for page, left, right in re.findall(r'<page width="([\d.]+)"|<word xMin="([-\d.]+)"[^>]*xMax="([-\d.]+)"', xml):
        if page:
            width, number = float(page), number + 1
        else:
            yield float(left), float(right), width, number


def squeezed(text: str) -> str:
    """Text without white space: what is compared when a renderer may break lines where it likes."""
    return re.sub(r"\s+", "", text)


def docx_parts(docx: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(docx)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}


def sheets(xlsx: bytes) -> dict[str, list[list[object]]]:
    workbook = CalamineWorkbook.from_filelike(BytesIO(xlsx))
    return {
        name: [list(each) for each in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        for name in workbook.sheet_names
    }
