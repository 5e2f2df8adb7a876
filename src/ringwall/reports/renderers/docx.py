"""DOCX by docxtpl and python-docx: the frame from a template that users may replace, the content built here."""

import zipfile
from collections.abc import Mapping
from copy import deepcopy
from io import BytesIO
from xml.sax.saxutils import quoteattr

import typst
from django.utils.translation import gettext as _
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.section import CT_SectPr
from docx.oxml.text.paragraph import CT_P
from docx.oxml.xmlchemy import serialize_for_reading
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ringwall.reports import wording
from ringwall.reports.document import Figure, Heading, Report, ReportError
from ringwall.reports.layout import Section, sections
from ringwall.reports.renderers.docx_body import Body
from ringwall.reports.renderers.docx_template import default_template
from ringwall.reports.renderers.glyphs import drawable, families, fonts
from ringwall.reports.text import printable

#: What a template may use; ``facts`` have name and value, ``words`` are the frame's words, ``body`` is the content.
TEMPLATE_NAMES = (
    "title",
    "subtitle",
    "organisation",
    "scope",
    "version",
    "classification",
    "recipient",
    "running_title",
    "footer",
    "facts",
    "status",
    "words",
    "body",
)

_MARKER = "\ue000ringwall body\ue000"
_LANGUAGES = {"en": "en-GB", "de": "de-DE"}
_LARGEST_TEMPLATE = 50_000_000
_EMU_PER_MM = 36_000
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_BAD_RELATIONS = (b"attachedTemplate", b"oleObject", b"vbaProject", b"/frame")


def render(report: Report, *, template: bytes | None = None) -> bytes:
    """The report as DOCX. ``template`` replaces the built-in one.

    Raises ReportError when the template is no Word file, is too large, carries macros or outside parts, uses a name
    that reports do not have, or lacks the paragraph ``{{ body }}``.
    """
    if template is not None:
        check_template(template)
    opened = DocxTemplate(BytesIO(template if template is not None else default_template()))
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        opened.render(_context(report), jinja_env=environment, autoescape=True)
    except TemplateError as error:
        names = ", ".join(TEMPLATE_NAMES)
        message = _("The Word template cannot be filled: {reason}. Names it may use: {names}.")
        raise ReportError(message.format(reason=error.message, names=names)) from error
    document = opened.docx
    _fill(document, report)
    _describe(document, report)
    stream = BytesIO()
    document.save(stream)
    return _with_fixed_dates(stream.getvalue())


def check_template(template: bytes) -> None:
    """Refuses a file that is no plain Word template; raises ReportError saying why and what to do."""
    try:
        with zipfile.ZipFile(BytesIO(template)) as archive:
            names = archive.namelist()
            size = sum(part.file_size for part in archive.infolist())
            if "word/document.xml" not in names or "[Content_Types].xml" not in names:
                raise ReportError(_("The template is no Word file (.docx). Save it from Word or LibreOffice as .docx."))
            if size > _LARGEST_TEMPLATE:
                raise ReportError(_("The template is larger than 50 MB when unpacked. Use smaller pictures."))
            relations = b"".join(archive.read(name) for name in names if name.endswith(".rels"))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ReportError(_("The template is no readable Word file (.docx). Save it again as .docx.")) from error
    if any(word in relations for word in _BAD_RELATIONS) or any("vbaProject" in name for name in names):
        raise ReportError(_("The template carries macros or parts from elsewhere. Remove them and save it as .docx."))


def _context(report: Report) -> Mapping[str, object]:
    version = f" · {report.version}" if report.version else ""
    recipient = f"{wording.recipient_word()}: {report.recipient}" if report.recipient else ""
    as_of = wording.shown_date(report.as_of) if report.as_of else ""
    sign = wording.SIGNS["good" if report.is_authorised else "neutral"]
    status = [f"{sign} {line}" if number == 0 else line for number, line in enumerate(report.status)]
    return {
        "title": printable(report.title),
        "subtitle": printable(report.subtitle),
        "organisation": printable(report.organisation),
        "scope": printable(report.scope),
        "version": printable(report.version),
        "classification": printable(report.classification),
        "recipient": printable(report.recipient or ""),
        "running_title": printable(report.title + version),
        "footer": printable(" · ".join(filter(None, (report.classification, recipient, as_of)))),
        "facts": [{"name": name, "value": printable(value)} for name, value in wording.title_facts(report)],
        "status": [printable(line) for line in status],
        "words": wording.frame_words(),
        "body": _MARKER,
    }


def _fill(document: WordDocument, report: Report) -> None:
    """Puts the content in the place of the marker and turns the pages of landscape sections."""
    marker = _marker(document)
    last = document.element.body.find(qn("w:sectPr"))
    if not isinstance(last, CT_SectPr):
        raise ReportError(_("The Word template has no page set-up at its end. Save it again as .docx."))
    runs = sections(report.blocks)
    if runs and runs[0].is_landscape:
        runs.insert(0, Section(False, ()))
    if runs and runs[-1].is_landscape:
        runs.append(Section(False, ()))
    styles = {style.name: style.style_id for style in document.styles if style.name}
    body = Body(styles, lambda figure, width: _drawing(document, figure, width))
    xml = ""
    if report.has_contents:
        headings = [block for block in report.blocks if isinstance(block, Heading) and block.level <= 2]
        xml += (
            body.contents(wording.frame_words()["contents"], headings) + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
        )
    xml += body.sections(runs, lambda is_landscape: _page_xml(last, is_landscape))
    namespaces = nsdecls("w", "wp", "a", "pic", "r")
    for element in list(parse_xml(f"<w:body {namespaces}>{xml}</w:body>")):
        marker.addprevious(element)
    marker.getparent().remove(marker)


def _marker(document: WordDocument) -> CT_P:
    for paragraph in document.paragraphs:
        if paragraph.text.strip() == _MARKER:
            return paragraph._p
    message = _("The Word template has no paragraph that holds {{ body }} alone. Add one where the content goes.")
    raise ReportError(message)


def _page_xml(last: CT_SectPr, is_landscape: bool) -> str:
    properties = deepcopy(last)
    size = properties.find(qn("w:pgSz"))
    if is_landscape and size is not None:
        width, height = size.get(qn("w:w")), size.get(qn("w:h"))
        size.set(qn("w:w"), height)
        size.set(qn("w:h"), width)
        size.set(qn("w:orient"), "landscape")
    for first_page in properties.findall(qn("w:titlePg")):
        if is_landscape:
            properties.remove(first_page)
    return str(serialize_for_reading(properties))


def _drawing(document: WordDocument, figure: Figure, width: float) -> str:
    """A run with the figure as a picture of 220 dots per inch and its description."""
    picture, shape = document.part.get_or_add_image(BytesIO(_png(figure.svg)))
    across = round(width * min(1.0, max(0.1, figure.width)) * _EMU_PER_MM)
    down = round(across * shape.px_height / shape.px_width)
    number = document.part.next_id
    described = quoteattr(printable(figure.alt).replace("\n", " "))
    extent = f'cx="{across}" cy="{down}"'
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {extent}/>'
        f'<wp:docPr id="{number}" name="Figure {number}" descr={described}/>'
        f'<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Figure {number}" descr={described}/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{picture}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        f"</wp:inline></w:drawing></w:r>"
    )


def _png(svg: str) -> bytes:
    text, _missing = drawable(svg, ())
    source = (
        b"#set page(width: auto, height: auto, margin: 0pt)\n#set text(font: sys.inputs.font)\n"
        b'#image(bytes(sys.inputs.svg), format: "svg")'
    )
    compiler = typst.Compiler(
        source, font_paths=fonts(()), ignore_system_fonts=True, sys_inputs={"svg": text, "font": families(())[0]}
    )
    try:
        made = compiler.compile(format="png", ppi=220)
    except typst.TypstError as error:
        raise ReportError(_("A figure of the report cannot be drawn: {reason}").format(reason=error.message)) from error
    return made if isinstance(made, bytes) else b"".join(made or [])


def _describe(document: WordDocument, report: Report) -> None:
    properties = document.core_properties
    spoken = _LANGUAGES.get(report.language, report.language)
    properties.title, properties.author = printable(report.title)[:255], printable(report.organisation)[:255]
    properties.subject, properties.keywords = printable(report.scope)[:255], printable(report.classification)[:255]
    properties.language = spoken
    properties.created = properties.modified = report.made_at
    properties.last_modified_by, properties.comments, properties.revision = properties.author, "", 1
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), spoken)


def _with_fixed_dates(file: bytes) -> bytes:
    """The same package with one date in all its parts, so that equal reports give equal bytes."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(file)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            fixed = zipfile.ZipInfo(part.filename, _ZIP_DATE)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fixed, old.read(part))
    return stream.getvalue()
