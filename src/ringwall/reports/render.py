"""From a report to bytes. Renderers bring heavy libraries, so each is loaded only when its format is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Protocol, cast

from django.utils import translation
from django.utils.translation import gettext as _

from ringwall.reports.document import Report, ReportError


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its media type, the ending of its files and the module that writes it."""

    name: str
    media_type: str
    ending: str
    module: str


_OFFICE = "application/vnd.openxmlformats-officedocument"

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "pdf": Format("pdf", "application/pdf", ".pdf", "ringwall.reports.renderers.pdf"),
        "docx": Format("docx", f"{_OFFICE}.wordprocessingml.document", ".docx", "ringwall.reports.renderers.docx"),
        "xlsx": Format("xlsx", f"{_OFFICE}.spreadsheetml.sheet", ".xlsx", "ringwall.reports.renderers.xlsx"),
        "json": Format("json", "application/json", ".json", "ringwall.reports.renderers.json"),
    }
)


class _Renderer(Protocol):
    def render(self, report: Report, **options: object) -> bytes: ...


def render(report: Report, format: str, **options: object) -> bytes:
    """The report as a file in ``format`` (a key of FORMATS), its frame in the report's language.

    Options by format: ``font_paths`` (pdf: folders with further fonts), ``template`` (docx: bytes of a template that
    replaces the built-in one). Equal reports and options give equal bytes. Raises ReportError for an unknown format and
    for what a renderer cannot print.
    """
    try:
        module = FORMATS[format].module
    except KeyError:
        message = _("There is no format “{name}”. Formats: {names}.").format(name=format, names=", ".join(FORMATS))
        raise ReportError(message) from None
    renderer = cast(_Renderer, import_module(module))
    with translation.override(report.language):
        return renderer.render(report, **options)
