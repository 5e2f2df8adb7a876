"""The built-in Word template, made here so that nothing in the package is a binary nobody can read.

Users download it, change fonts, logo and wording in Word, and give it back. What it may use between double braces is in
:data:`ringwall.reports.renderers.docx.TEMPLATE_NAMES`; the report's content goes where ``{{ body }}`` stands alone in a
paragraph.
"""

from functools import cache
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import _Footer, _Header
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import BaseStyle
from docx.text.paragraph import Paragraph

INK = RGBColor(0x1C, 0x1F, 0x23)
MUTED = RGBColor(0x5B, 0x62, 0x6B)
FONT = "Calibri"
TABLE_STYLE = "Ringwall Table"
STATUS_STYLE = "Ringwall Status"
NOTE_STYLE = "Ringwall Note"
CELL_STYLE = "Ringwall Cell"
FACT_STYLE = "Ringwall Fact"
MARGIN = Mm(22)
TEXT_WIDTH = Mm(166)

_TABLE_STYLE_XML = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="RingwallTable">
  <w:name w:val="{TABLE_STYLE}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:qFormat/>
  <w:tblPr><w:tblStyleRowBandSize w:val="1"/>
    <w:tblBorders>
      <w:top w:val="single" w:sz="8" w:space="0" w:color="1C1F23"/>
      <w:bottom w:val="single" w:sz="4" w:space="0" w:color="CFD4DA"/>
      <w:insideH w:val="single" w:sz="4" w:space="0" w:color="CFD4DA"/>
    </w:tblBorders>
    <w:tblCellMar>
      <w:top w:w="50" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>
      <w:bottom w:w="50" w:type="dxa"/><w:right w:w="70" w:type="dxa"/>
    </w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstRow">
    <w:rPr><w:b/></w:rPr>
    <w:tcPr>
      <w:tcBorders><w:bottom w:val="single" w:sz="6" w:space="0" w:color="1C1F23"/></w:tcBorders>
      <w:vAlign w:val="bottom"/>
    </w:tcPr>
  </w:tblStylePr>
</w:style>"""


@cache
def default_template() -> bytes:
    """The built-in template as a .docx file."""
    document = Document()
    _page(document)
    _styles(document)
    _frame(document)
    _title_block(document)
    document.add_paragraph("{{ body }}")
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _page(document: WordDocument) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = MARGIN
    section.top_margin, section.bottom_margin = Mm(24), Mm(22)
    section.header_distance, section.footer_distance = Mm(12), Mm(11)
    section.different_first_page_header_footer = True
    document.settings.element.insert(0, OxmlElement("w:autoHyphenation"))


def _styles(document: WordDocument) -> None:
    styles = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = FONT, Pt(10.5), INK
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.12
    for name, size, before, after in (("Title", 26, 4, 2), ("Heading 1", 16, 20, 6), ("Heading 2", 12.5, 14, 4)):
        _heading(document, name, size, before, after)
    for level in range(3, 7):
        _heading(document, f"Heading {level}", 11, 10, 3)
    _heading(document, "Subtitle", 13, 0, 8, color=MUTED, bold=False)
    _heading(document, "Caption", 9.5, 8, 4, color=MUTED)
    for name in ("Header", "Footer"):
        styles[name].font.size, styles[name].font.color.rgb = Pt(8.5), MUTED
    cell = styles.add_style(CELL_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style, cell.font.size = normal, Pt(9)
    cell.paragraph_format.space_after, cell.paragraph_format.line_spacing = Pt(0), 1.0
    fact = styles.add_style(FACT_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    fact.base_style = normal
    fact.paragraph_format.space_after = Pt(2)
    _boxed(document, STATUS_STYLE, "1F4E79")
    _boxed(document, NOTE_STYLE, "CFD4DA")
    styles.element.append(parse_xml(_TABLE_STYLE_XML))


def _heading(
    document: WordDocument,
    name: str,
    size: float,
    before: float,
    after: float,
    *,
    color: RGBColor = INK,
    bold: bool = True,
) -> None:
    style = document.styles[name]
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, False
    style.font.color.rgb = color
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.keep_with_next = name != "Subtitle"
    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def _boxed(document: WordDocument, name: str, color: str) -> None:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.paragraph_format.left_indent = style.paragraph_format.right_indent = Mm(4)
    style.paragraph_format.space_after = Pt(0)
    properties = style.element.get_or_add_pPr()
    border = (
        f'<w:pBdr {nsdecls("w")}><w:top w:val="single" w:sz="4" w:space="3" w:color="F4F6F8"/>'
        f'<w:left w:val="single" w:sz="18" w:space="8" w:color="{color}"/>'
        f'<w:bottom w:val="single" w:sz="4" w:space="3" w:color="F4F6F8"/></w:pBdr>'
    )
    shade = f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="F4F6F8"/>'
    spacing = properties.find(qn("w:spacing"))
    for xml in (border, shade):
        spacing.addprevious(parse_xml(xml))


def _frame(document: WordDocument) -> None:
    section = document.sections[0]
    left, right = _two_sides(section.header, document.styles["Header"], 0.5)
    left.add_run("{{ organisation }}")
    right.add_run("{{ running_title }}")
    for footer in (section.footer, section.first_page_footer):
        left, right = _two_sides(footer, document.styles["Footer"], 0.8)
        left.add_run("{{ footer }}")
        right.add_run("{{ words.page }} ")
        _field(right, "PAGE")
        right.add_run(" / ")
        _field(right, "NUMPAGES")


def _two_sides(part: _Header | _Footer, style: BaseStyle, share: float) -> tuple[Paragraph, Paragraph]:
    """Left and right of a table that follows the turn of the page where a tab stop would not.

    ``share`` of the width goes to the left.
    """
    table = part.add_table(1, 2, TEXT_WIDTH)
    width = table._tbl.tblPr.find(qn("w:tblW"))
    width.set(qn("w:type"), "pct")
    width.set(qn("w:w"), "5000")
    for column, across in zip(table.columns, (166 * share, 166 * (1 - share)), strict=True):
        column.width = column.cells[0].width = Mm(across)
    part._element.remove(part.paragraphs[0]._p)
    part.add_paragraph().paragraph_format.line_spacing = Pt(1)
    left, right = (cell.paragraphs[0] for cell in table.rows[0].cells)
    right.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for paragraph in (left, right):
        paragraph.style = style
    return left, right


def _field(paragraph: Paragraph, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _title_block(document: WordDocument) -> None:
    organisation = document.add_paragraph("{{ organisation }}")
    organisation.runs[0].font.color.rgb = MUTED
    organisation.runs[0].bold = True
    document.add_paragraph("{{ title }}", style="Title")
    document.add_paragraph("{%p if subtitle %}")
    document.add_paragraph("{{ subtitle }}", style="Subtitle")
    document.add_paragraph("{%p endif %}")
    table = document.add_table(rows=3, cols=2)
    table.autofit = False
    table.cell(0, 0).paragraphs[0].add_run("{%tr for fact in facts %}")
    name = table.cell(1, 0).paragraphs[0]
    name.style, table.cell(1, 1).paragraphs[0].style = document.styles[FACT_STYLE], document.styles[FACT_STYLE]
    name.add_run("{{ fact.name }}").font.color.rgb = MUTED
    table.cell(1, 1).paragraphs[0].add_run("{{ fact.value }}")
    table.cell(2, 0).paragraphs[0].add_run("{%tr endfor %}")
    for row in table.rows:
        row.cells[0].width, row.cells[1].width = Mm(38), Mm(128)
    for column, width in zip(table.columns, (Mm(38), Mm(128)), strict=True):
        column.width = width
    document.add_paragraph().paragraph_format.space_after = Pt(0)
    document.add_paragraph("{%p for line in status %}")
    document.add_paragraph("{{ line }}", style=STATUS_STYLE)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph()
