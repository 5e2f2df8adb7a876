"""Which reports there are. Features register theirs from their ``reports.py``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ringwall.reports.document import Report, ReportError
from ringwall.reports.render import FORMATS

Options = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ReportType:
    """A kind of report.

    ``build(scope, actor, options)`` returns the report; it refuses an actor whose grant does not cover the whole scope.
    The types of scope and actor belong to floors that this one does not know.
    """

    name: str
    label: str | Promise
    build: Callable[[object, object, Options], Report]
    formats: tuple[str, ...] = ("pdf", "docx", "xlsx", "json")


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


def all() -> list[ReportType]:
    """Every kind of report, by name."""
    return [_types[name] for name in sorted(_types)]
