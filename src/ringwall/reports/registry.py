"""Which reports there are. Features register theirs from their ``reports.py``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ringwall.reports.document import Report, ReportError
from ringwall.reports.render import FORMATS

Options = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ReportType:
    """A kind of report.

    ``find(actor, ref)`` returns what it is about; it refuses an actor who may not see that, a scope not covered whole
    included. ``build(subject, actor, options)`` returns the report. The types of subject and actor belong to floors
    that this one does not know; ``of`` is the kind of subject. ``size(subject)``: about how many rows it will have,
    where that is known more cheaply than by building it.
    """

    name: str
    label: Any
    find: Callable[[Any, str], Any]
    build: Callable[[Any, Any, Options], Report]
    formats: tuple[str, ...] = ("pdf", "docx", "xlsx", "json")
    of: str = "scope"
    size: Callable[[Any], int] | None = None


_types: dict[str, ReportType] = {}


def register(report_type: ReportType) -> ReportType:
    """Adds a kind of report; the same one twice is fine. Raises ReportError for a taken name or an unknown format."""
    unknown = set(report_type.formats) - set(FORMATS)
    if unknown:
        raise ReportError(f"Report “{report_type.name}” names unknown formats: {', '.join(sorted(unknown))}.")
    known = _types.setdefault(report_type.name, report_type)
    if known != report_type:
        raise ReportError(f"There is already a report named “{report_type.name}”.")
    return report_type


def get(name: str) -> ReportType:
    """The kind of report of that name. Raises ReportError naming the ones there are."""
    try:
        return _types[name]
    except KeyError:
        message = _("There is no report “{name}”. Reports: {names}.")
        raise ReportError(message.format(name=name, names=", ".join(sorted(_types)) or "–")) from None


def all(of: str = "") -> list[ReportType]:
    """Every kind of report, or every one of that kind of subject, by name."""
    return [_types[name] for name in sorted(_types) if of in {"", _types[name].of}]
