import re
import zlib
from datetime import date

import pytest

from ringwall.reports.document import Column, Figure, Findings, Heading, KeyValues, Paragraph, Table
from ringwall.reports.render import render
from ringwall.reports.renderers.glyphs import coverage
from ringwall.reports.tests.samples import COLUMNS, pdf_boxes, pdf_text, report, row

SCRIPTS = [
    "中文 😀👩‍💻",
    "नमस्ते தமிழ்",
    "שלום مرحبا",
    "e\u0301\u0323 n\u0303 q\u0307\u0300",
    "한국어 \u1112\u1161\u11ab",
    "✕ ⚠️ \U0001f1e9\U0001f1ea",
]


def inflated(pdf: bytes) -> bytes:
    """The file with its compressed streams opened, for looking at its structure."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(parts)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("profile", ["2b", "ua1"])
def test_a_validator_finds_nothing_against_pdf_a_2b_and_pdf_ua_1(language: str, profile: str) -> None:
    page = pytest.importorskip("page", reason="page-validation is not installed")
    checked = page.validate_pdf_bytes(render(report(language=language), "pdf"), profile=profile)
    assert [(failure.rule_id, failure.message) for failure in checked.failures] == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_file_says_what_it_is_and_carries_structure_language_and_bookmarks(language: str) -> None:
    pdf = inflated(render(report(language=language), "pdf"))
    for sign in (b"<pdfaid:part>2<", b"<pdfaid:conformance>B<", b"<pdfuaid:part>1<", b"/StructTreeRoot", b"/MarkInfo"):
        assert sign in pdf
    assert f"/Lang({language})".encode() in pdf
    assert b"/Outlines" in pdf
    assert b"/S/TH" in pdf.replace(b" ", b"")
    assert b"Matrix of risks" in pdf


def test_equal_reports_give_equal_bytes_and_another_instant_does_not() -> None:
    pdf = render(report(), "pdf")
    assert render(report(), "pdf") == pdf
    assert render(report(made_at=report().made_at.replace(hour=10)), "pdf") != pdf


def test_pages_are_numbered_of_all_and_carry_classification_and_recipient(tmp_path) -> None:
    text = pdf_text(render(report(), "pdf"), tmp_path)
    pages = text.count("\f")
    assert pages >= 3
    for number in range(1, pages + 1):
        assert f"Page {number} / {pages}" in text
    assert text.count("Confidential · Recipient: Lead auditor · 1 November 2026") == pages


def test_the_frame_and_the_values_are_in_the_language_of_the_report(tmp_path) -> None:
    text = pdf_text(render(report(language="de"), "pdf"), tmp_path)
    for words in (
        "Seite 1 /",
        "Inhalt",
        "Empfänger",
        "Klassifizierung",
        "3. November 2026, ",
        "1.234,50",
        "24.12.2026",
    ):
        assert words in text


def test_table_headings_are_repeated_on_every_page_of_a_long_table(tmp_path) -> None:
    text = pdf_text(
        render(report(Table(COLUMNS, [row(n) for n in range(120)], "Rows", landscape=True)), "pdf"), tmp_path
    )
    with_rows = [page for page in text.split("\f") if "A.5." in page]
    assert len(with_rows) >= 3
    assert all("Reference control" in page for page in with_rows)


def test_characters_without_a_glyph_are_shown_as_boxes_and_listed(tmp_path) -> None:
    text = pdf_text(render(report(Paragraph("Supplier 中文 Ltd")), "pdf"), tmp_path)
    assert "Supplier □□ Ltd" in text
    assert "U+4E2D, U+6587" in text
    assert "U+" not in pdf_text(render(report(), "pdf"), tmp_path)


@pytest.mark.parametrize("text", SCRIPTS)
def test_any_script_in_any_field_gives_a_file(text: str) -> None:
    assert render(report(text=f" {text}"), "pdf").startswith(b"%PDF-")


def test_what_the_fonts_cover_is_known() -> None:
    found = coverage(()).uncovered("Zß€Ωж→✓☐中😀\x07")
    assert found == set("中😀\x07")


def test_control_characters_do_no_harm(tmp_path) -> None:
    text = pdf_text(render(report(Paragraph("a\x00b\x1b[31mc\u202ed\ud800e")), "pdf"), tmp_path)
    assert "a□b□[31mc□d□e" in text


@pytest.mark.parametrize("is_landscape", [False, True])
@pytest.mark.parametrize(
    "word",
    ["A" * 300, "x" * 300, "https://example.org/" + "a1b2/" * 60, "f" * 64, "Donaudampfschifffahrtsgesellschaft" * 3],
)
def test_long_words_stay_on_the_page_and_in_their_column(word: str, is_landscape: bool, tmp_path) -> None:
    columns = [Column(str(number), f"Column {number}") for number in range(10)]
    table = Table(columns, [[word] * 10], "Rows", landscape=is_landscape)
    blocks = (Heading(1, word), Paragraph(word), KeyValues(((word[:30], word),)), table)
    boxes = list(pdf_boxes(render(report(*blocks, title=word, classification=word), "pdf"), tmp_path))
    assert len(boxes) > 50
    assert all(left >= 60 and right <= width - 60 for left, right, width, _number in boxes)


def test_empty_texts_do_not_break_the_rules_of_the_file_format(tmp_path) -> None:
    figure = Figure(next(block.svg for block in report().blocks if isinstance(block, Figure)), "", "")
    empty = report(Heading(1, ""), Paragraph(""), KeyValues(()), Table(COLUMNS, ()), Findings(()), figure, subtitle="")
    text = pdf_text(render(empty, "pdf"), tmp_path)
    assert text.count("None.") == 2


def test_a_hash_can_be_copied_out_in_one_piece(tmp_path) -> None:
    line = "SHA-256 " + "9f86d081884c7d65" * 4
    pdf = render(report(status=(line,)), "pdf")
    assert line in pdf_text(pdf, tmp_path)
    assert "\u200b".encode("utf-16-be") not in inflated(pdf)


def test_values_of_unusual_kinds_are_written(tmp_path) -> None:
    columns = [Column(str(number), f"C{number}", kind="number") for number in range(5)]
    rows = [[True, None, -5, 1234567.25, date(1, 1, 1)]]
    words = pdf_text(render(report(Table(columns, rows)), "pdf"), tmp_path).split()
    assert {"yes", "-5", "1,234,567.25", "0001-01-01"} <= set(words)
