"""The content of a Word document as WordprocessingML (ISO/IEC 29500-1), built as text because python-docx's tables take
quadratic time. Every text passes through :func:`words_xml`, which escapes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

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
    State,
    Table,
)
from ringwall.reports.layout import LANDSCAPE_WIDTH, PORTRAIT_WIDTH, Section, column_widths
from ringwall.reports.text import printable

TONE_COLOURS = {"neutral": "5B626B", "good": "1D6B3F", "attention": "8A5300", "bad": "9B1C1C"}

_TWIPS = 1440 / 25.4
_ALIGNMENT = {"start": "left", "center": "center", "end": "right"}

#: Adds a drawing and returns the XML of its run; the renderer knows the package's parts, this module does not.
Drawn = Callable[[Figure, float], str]


def words_xml(text: str, properties: str = "") -> str:
    """Runs of plain text: line breaks and tabs become elements, everything else character data."""
    run_properties = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    lines = printable(text).split("\n")
    inner = "<w:br/>".join(
        "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in line.split("\t"))
        for line in lines
    )
    return f"<w:r>{run_properties}{inner}</w:r>"


@dataclass(slots=True)
class Body:
    """Builds the body. ``style_ids`` maps style names to the ids they have in the template in use."""

    style_ids: Mapping[str, str]
    drawn: Drawn
    _bookmarks: int = field(default=0)

    def sections(self, sections: Sequence[Section], page: Callable[[bool], str]) -> str:
        """All sections; ``page`` gives the properties of an orientation (the last section's are the template's)."""
        parts = []
        for number, section in enumerate(sections):
            width = LANDSCAPE_WIDTH if section.is_landscape else PORTRAIT_WIDTH
            parts += [self.block(block, width) for block in section.blocks]
            if number + 1 < len(sections):
                parts.append(f"<w:p><w:pPr>{page(section.is_landscape)}</w:pPr></w:p>")
        return "".join(parts)

    def paragraph(self, runs: str, style: str = "", extra: str = "") -> str:
        style_id = self.style_ids.get(style)
        named = f"<w:pStyle w:val={quoteattr(style_id)}/>" if style_id else ""
        properties = f"<w:pPr>{named}{extra}</w:pPr>" if named or extra else ""
        return f"<w:p>{properties}{runs}</w:p>"

    def contents(self, title: str, headings: Sequence[Heading]) -> str:
        """A table of contents as a field: headings stand there at once, page numbers come when Word updates it."""
        start = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        parts = [self.paragraph(words_xml(title, "<w:b/>"))]
        for number, heading in enumerate(headings):
            link = f'<w:hyperlink w:anchor="part{number + 1}">{words_xml(heading.text)}</w:hyperlink>'
            indent = f'<w:ind w:left="{(heading.level - 1) * 280}"/>'
            parts.append(
                self.paragraph((start if number == 0 else "") + link, extra=f'<w:spacing w:after="40"/>{indent}')
            )
        if headings:
            parts.append(self.paragraph('<w:r><w:fldChar w:fldCharType="end"/></w:r>'))
        return "".join(parts)

    def block(self, block: Block, width: float) -> str:
        match block:
            case Heading():
                return self._heading(block)
            case Paragraph():
                return "".join(self.paragraph(words_xml(part.strip("\n"))) for part in block.text.split("\n\n"))
            case Note():
                title = self.paragraph(words_xml(block.title, "<w:b/>"), "Ringwall Note") if block.title else ""
                return title + self.paragraph(words_xml(block.text), "Ringwall Note") + self.paragraph("")
            case KeyValues():
                return self._facts(block)
            case Table():
                return self._table(block, width)
            case Figure():
                return self._figure(block, width)
            case Findings():
                return self._findings(block)
            case PageBreak():
                return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'

    def _heading(self, heading: Heading) -> str:
        runs = words_xml(heading.text)
        if heading.level <= 2:
            self._bookmarks += 1
            name = f'w:id="{self._bookmarks}" w:name="part{self._bookmarks}"'
            runs = f'<w:bookmarkStart {name}/>{runs}<w:bookmarkEnd w:id="{self._bookmarks}"/>'
        return self.paragraph(runs, f"Heading {min(heading.level, 6)}")

    def _facts(self, facts: KeyValues) -> str:
        rows = []
        for name, value in facts.rows:
            muted = self.paragraph(words_xml(name, '<w:color w:val="5B626B"/>'), "Ringwall Fact")
            shown = self.paragraph(_cell_runs(value, wording.PLAIN_COLUMN), "Ringwall Fact")
            rows.append(f"<w:tr>{_cell_xml(muted, 2600)}{_cell_xml(shown, 6800)}</w:tr>")
        layout = '<w:tblPr><w:tblW w:w="9400" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        grid = '<w:tblGrid><w:gridCol w:w="2600"/><w:gridCol w:w="6800"/></w:tblGrid>'
        return f"<w:tbl>{layout}{grid}{''.join(rows)}</w:tbl>{self.paragraph('')}" if rows else ""

    def _table(self, table: Table, width: float) -> str:
        widths = [round(each * _TWIPS) for each in column_widths(table, width)]
        style_id = self.style_ids.get("Ringwall Table")
        named = f"<w:tblStyle w:val={quoteattr(style_id)}/>" if style_id else ""
        described = f"<w:tblCaption w:val={quoteattr(printable(table.caption))}/>" if table.caption else ""
        properties = (
            f'<w:tblPr>{named}<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            f'<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
            f'w:noHBand="1" w:noVBand="1"/>{described}</w:tblPr>'
        )
        grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
        alignments = [f'<w:jc w:val="{_ALIGNMENT[column.alignment]}"/>' for column in table.columns]
        opened = [f'<w:tc><w:tcPr><w:tcW w:w="{each}" w:type="dxa"/></w:tcPr>' for each in widths]
        heads = "".join(
            f"{start}{self.paragraph(words_xml(column.heading, '<w:b/>'), 'Ringwall Cell', jc)}</w:tc>"
            for start, column, jc in zip(opened, table.columns, alignments, strict=True)
        )
        columns = list(zip(opened, table.columns, alignments, strict=True))
        rows = [
            "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
            + "".join(
                f"{start}{self.paragraph(_cell_runs(cell, column), 'Ringwall Cell', jc)}</w:tc>"
                for cell, (start, column, jc) in zip(row, columns, strict=True)
            )
            + "</w:tr>"
            for row in table.rows
        ]
        caption = self.paragraph(words_xml(table.caption), "Caption") if table.caption else ""
        none = self.paragraph(words_xml(table.empty_text or wording.frame_words()["none"])) if not table.rows else ""
        header = f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{heads}</w:tr>"
        grid_xml = f"<w:tblGrid>{grid}</w:tblGrid>"
        return f"{caption}<w:tbl>{properties}{grid_xml}{header}{''.join(rows)}</w:tbl>{none or self.paragraph('')}"

    def _figure(self, figure: Figure, width: float) -> str:
        drawing = self.paragraph(self.drawn(figure, width), extra="<w:keepNext/>")
        return drawing + (self.paragraph(words_xml(figure.caption), "Caption") if figure.caption else "")

    def _findings(self, block: Findings) -> str:
        if not block.findings:
            return self.paragraph(words_xml(block.empty_text or wording.frame_words()["none"]))
        parts = []
        for finding in block.findings:
            tone = wording.SEVERITY_TONES[finding.severity]
            color = f'<w:b/><w:color w:val="{TONE_COLOURS[tone]}"/>'
            runs = words_xml(f"{wording.SIGNS[tone]} {wording.severity_word(finding.severity)}", color)
            if finding.where:
                runs += words_xml(" · ") + words_xml(finding.where, "<w:b/>")
            parts.append(self.paragraph(f"{runs}<w:r><w:br/></w:r>{words_xml(finding.message)}"))
        return "".join(parts)


def _cell_xml(content: str, width: int) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{content}</w:tc>'


def _cell_runs(cell: Cell, column: Column) -> str:
    match cell:
        case State():
            sign = words_xml(f"{wording.SIGNS[cell.tone]} ", f'<w:color w:val="{TONE_COLOURS[cell.tone]}"/>')
            return sign + words_xml(cell.label)
        case Level():
            paint = level_scale(cell.of)[cell.position - 1]
            color = f'<w:color w:val="{paint.ink.light[1:]}"/>'
            shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{paint.ground.light[1:]}"/>'
            return words_xml(f" {cell.label} ", color + shade)
        case _:
            return words_xml(wording.shown_cell(cell, column))
