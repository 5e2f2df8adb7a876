"""Whatever a text field holds comes out as the same text in every format."""

import json
import re
from io import BytesIO

import pytest
from defusedxml.ElementTree import fromstring
from docx import Document

from ringwall.reports.render import render
from ringwall.reports.tests.samples import docx_parts, pdf_text, report, sheets, squeezed

MARKUP = [
    "<script>alert(1)</script>",
    "<b onclick='x'>&amp;&lt;",
    "#set text(red) $x^2$ *bold* _it_ @ref <label> // no /* c */",
    r"\ \u{41} #{1+1} [ ] = ~ -- ... `raw`",
    '"); #panic("x") #("',
    "{{ title }} {% for x in y %} {%p if x %} {{r x }} {# c #}",
    "</w:t></w:r><w:r><w:t>x",
    "=1+1|cmd' /C calc'!A0",
    "<r><t>rich</t></r>",
    "_x0041_ &#65; ]]>",
]


@pytest.mark.parametrize("text", MARKUP)
def test_in_pdf(text: str, tmp_path) -> None:
    found = squeezed(pdf_text(render(report(text=f" {text} end"), "pdf"), tmp_path))
    hyphenless, wanted = found.replace("-", ""), squeezed(f"{text} end").replace("-", "")
    assert hyphenless.count(wanted) >= 15


@pytest.mark.parametrize("text", MARKUP)
def test_in_docx(text: str) -> None:
    docx = render(report(text=f" {text} end"), "docx")
    document = Document(BytesIO(docx))
    texts = [paragraph.text for paragraph in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert sum(text in each for each in texts) >= 25
    header = fromstring(docx_parts(docx)["word/header1.xml"])
    assert text in "".join(header.itertext())


@pytest.mark.parametrize("text", MARKUP)
def test_in_xlsx(text: str) -> None:
    xlsx = render(report(text=f" {text} end"), "xlsx")
    cells = [cell for rows in sheets(xlsx).values() for row in rows for cell in row if isinstance(cell, str)]
    assert sum(f"{text} end" in cell for cell in cells) >= 25
    assert not [name for name, part in docx_parts(xlsx).items() if re.search(r"<f>|<r>|<hyperlink", part)]


@pytest.mark.parametrize("text", MARKUP)
def test_in_json(text: str) -> None:
    made = json.loads(render(report(text=f" {text} end"), "json"))
    assert made["title"] == f"Statement of applicability {text} end"
    table = next(block for block in made["blocks"] if block["block"] == "table")
    assert table["rows"][0]["title"] == f"Policies for information security {text} end"
