import zipfile
from io import BytesIO

import pytest
from docx import Document

from ringwall.reports.document import Figure, Heading, Paragraph, ReportError, Table
from ringwall.reports.render import render
from ringwall.reports.renderers.docx_template import default_template
from ringwall.reports.tests.samples import COLUMNS, docx_parts, report, row


def template(*paragraphs: str) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_part(file: bytes, name: str, content: bytes) -> bytes:
    stream = BytesIO(file)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def turns(docx: bytes) -> list[bool]:
    """Whether each section lies on landscape pages."""
    sections = Document(BytesIO(docx)).sections
    return [int(section.page_width or 0) > int(section.page_height or 0) for section in sections]


def test_equal_reports_give_equal_bytes() -> None:
    assert render(report(), "docx") == render(report(), "docx")


def test_headings_have_word_s_styles_so_that_its_navigation_shows_them() -> None:
    document = Document(BytesIO(render(report(), "docx")))
    named = [(str(getattr(each.style, "name", "")), each.text) for each in document.paragraphs]
    headings = [each for each in named if each[0].startswith("Heading")]
    assert headings == [("Heading 1", "Summary"), ("Heading 1", "Statement"), ("Heading 2", "Terms")]


def test_a_table_repeats_its_header_row_and_keeps_rows_whole() -> None:
    body = docx_parts(render(report(Table(COLUMNS, [row(n) for n in range(30)])), "docx"))["word/document.xml"]
    assert body.count("<w:tblHeader/>") == 1
    assert body.count("<w:cantSplit/>") == 31


def test_wide_tables_stand_on_landscape_pages_between_portrait_ones() -> None:
    assert turns(render(report(), "docx")) == [False, True, False]


@pytest.mark.parametrize(
    "blocks", [(Table(COLUMNS, [row()], landscape=True),), (Paragraph("x"), Table(COLUMNS, [row()], landscape=True))]
)
def test_a_landscape_table_at_the_ends_leaves_title_and_template_page_portrait(blocks) -> None:
    assert turns(render(report(*blocks), "docx")) == [False, True, False]


def test_a_figure_carries_its_description() -> None:
    body = docx_parts(render(report(), "docx"))["word/document.xml"]
    assert 'descr="Matrix of risks"' in body


def test_header_and_footer_carry_title_classification_and_page_fields() -> None:
    parts = docx_parts(render(report(), "docx"))
    footers = [text for name, text in parts.items() if name.startswith("word/footer")]
    assert len(footers) == 2
    assert all("Confidential · Recipient: Lead auditor" in text for text in footers)
    assert all('w:instr="PAGE"' in text and 'w:instr="NUMPAGES"' in text for text in footers)
    assert "Statement of applicability · 3" in parts["word/header1.xml"]


def test_the_document_is_in_the_language_of_the_report() -> None:
    parts = docx_parts(render(report(language="de"), "docx"))
    assert 'w:lang w:val="de-DE"' in parts["word/styles.xml"]
    assert "Empfänger" in parts["word/document.xml"]
    assert "Seite" in parts["word/footer1.xml"]


def test_a_template_of_the_user_s_own_replaces_the_built_in_one() -> None:
    own = template("Ours: {{ title }}", "{% for line in status %}[{{ line }}]{% endfor %}", "{{ body }}", "The end")
    document = Document(BytesIO(render(report(Heading(1, "Part"), Table(COLUMNS, [row()])), "docx", template=own)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "Ours: Statement of applicability"
    assert texts[1] == "[✓ Authorised by Dora][Conditions]"
    assert "Part" in texts
    assert texts[-1] == "The end"
    assert document.tables[0].cell(1, 0).text == "A.5.1"


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"PK\x03\x04 broken", "no readable Word file"),
        (b"", "no readable Word file"),
        (template("{{ body }}")[:2000], "no readable Word file"),
        (template("Hello"), "body"),
        (template("x {{ body }} y"), "alone"),
        (template("{{ salary }}", "{{ body }}"), "'salary' is undefined.*Names it may use: title"),
        (template("{{ title", "{{ body }}"), "cannot be filled"),
        (template("{{ title.__class__.__mro__ }}", "{{ body }}"), "unsafe|undefined"),
        (with_part(template("{{ body }}"), "word/vbaProject.bin", b"x"), "macros"),
        (
            with_part(template("{{ body }}"), "word/_rels/settings.xml.rels", b'<x Type="attachedTemplate"/>'),
            "elsewhere",
        ),
        (with_part(template("{{ body }}"), "word/media/big.bin", b"\0" * 51_000_000), "50 MB"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused_with_the_reason(file: bytes, reason: str) -> None:
    with pytest.raises(ReportError, match=reason):
        render(report(), "docx", template=file)


def test_a_file_that_is_an_archive_but_no_word_file_is_refused() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(ReportError, match="no Word file"):
        render(report(), "docx", template=stream.getvalue())


def test_the_built_in_template_can_be_downloaded_and_given_back() -> None:
    assert render(report(), "docx", template=default_template()) == render(report(), "docx")


def test_a_figure_that_is_not_svg_is_refused_naming_the_report() -> None:
    with pytest.raises(ReportError, match="figure"):
        render(report(Figure("<svg", "c", "a")), "docx")
