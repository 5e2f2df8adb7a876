"""Documents as files: made at once, or by a job where that takes long.

Each kind is registered with `ringwall.reports.registry`, which says how its subject is found. A document of a whole
stands under reports/; that of a record below the record's page.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ringwall.access.policy import Actor
from ringwall.kit import jobs
from ringwall.kit.acts import acting
from ringwall.kit.errors import Invalid, NotFound
from ringwall.kit.exports import attachment
from ringwall.kit.requests import ActorRequest
from ringwall.ledger.rules import Change
from ringwall.reports import registry
from ringwall.reports.document import Report, ReportError
from ringwall.reports.registry import ReportType
from ringwall.reports.render import FORMATS, render

LONG = 400
"""Rows from which a document is made by a job."""

jobs.paths["report"] = "ringwall.kit.reporting.make"


def _built_in(actor: Actor) -> bytes | None:
    return None


word_template: Callable[[Actor], bytes | None] = _built_in
"""The organisation's own template of Word documents, None for the built-in one; set by `site`."""


def report_of_whole(request: ActorRequest, name: str, ref: str) -> HttpResponse:
    """`format`, `language` and `column` (several). With `recipient`, by POST alone, a version for outsiders, which
    is recorded.
    """
    given = request.POST if request.method == "POST" else request.GET
    options = {"recipient": request.POST.get("recipient", "").strip()[:200], "columns": given.getlist("column")}
    return _answer(request, _whole(name), ref, given, options)


@require_GET
def report_of_record(request: ActorRequest, name: str, ref: str) -> HttpResponse:
    """`format` pdf, docx, xlsx or json; `language` en or de."""
    return _answer(request, registry.get(name), ref, request.GET, {"recipient": "", "columns": []})


def _answer(request: ActorRequest, kind: ReportType, ref: str, given: Any, options: dict[str, Any]) -> HttpResponse:
    actor: Actor = request.actor
    form, language = given.get("format", "pdf"), given.get("language") or getattr(request.user, "language", "en")
    if form not in FORMATS:
        raise NotFound
    options = options | {"language": language if language in {"en", "de"} else "en"}
    subject = kind.find(actor, ref)
    is_paged = form in {"pdf", "docx"}
    if not (is_paged and kind.size is not None and kind.size(subject) > LONG):
        found = _built(kind, subject, actor, options)
        if not (is_paged and kind.size is None and sum(len(table.rows) for table in found.tables()) > LONG):
            return as_file(found, kind.name, ref, form, actor)
    job = jobs.start("report", actor, {"name": kind.name, "ref": ref, "format": form, **options})
    return redirect(f"/{actor.organisation.code}/jobs/{job.pk}/")


def as_file(found: Report, name: str, ref: str, form: str, actor: Actor) -> HttpResponse:
    return attachment(_rendered(found, form, actor), FORMATS[form].media_type, _file_name(name, ref, form))


def _rendered(found: Report, form: str, actor: Actor) -> bytes:
    own = word_template(actor) if form == "docx" else None
    return render(found, form, **({"template": own} if own else {}))


def _file_name(name: str, ref: str, form: str) -> str:
    return f"{name}-{ref}-{timezone.localdate().isoformat()}{FORMATS[form].ending}"


def _whole(name: str) -> ReportType:
    """The kind of document of a scope with that name. NotFound for unknown ones, and for those of records."""
    for kind in registry.all("scope"):
        if kind.name == name:
            return kind
    raise NotFound


def built_of_whole(name: str, ref: str, actor: Actor, options: dict[str, Any]) -> Report:
    kind = _whole(name)
    return _built(kind, kind.find(actor, ref), actor, options)


def _built(kind: ReportType, subject: Any, actor: Actor, options: dict[str, Any]) -> Report:
    try:
        found = kind.build(subject, actor, options)
    except ReportError as error:
        raise Invalid({"": [str(error)]}) from None
    if options["recipient"]:
        _record(kind.name, subject, actor, options)
    return found


def _record(name: str, subject: Any, actor: Actor, options: dict[str, Any]) -> None:
    """Who was given which columns: an act, since something leaves the house."""
    with acting(actor, f"{name}.hand_out") as act:
        act.note(
            Change(
                kind=name,
                subject=subject.pk,
                ref=subject.ref,
                operation="hand_out",
                version=subject.version,
                before=None,
                after={
                    "recipient": options["recipient"],
                    "columns": list(options["columns"]),
                    "language": options["language"],
                },
                unit=subject.unit_id,
                restricted=subject.restricted,
                owner=subject.owner_id,
            )
        )


def make(actor: Actor, arguments: dict[str, Any], progress: jobs.Progress) -> jobs.Result:
    """The job: build and render with the rights of the person who asked."""
    progress.tell(0, 3)
    kind, ref, form = registry.get(arguments["name"]), arguments["ref"], arguments["format"]
    found = _built(kind, kind.find(actor, ref), actor, {"recipient": "", "columns": [], **arguments})
    progress.tell(1, 3)
    content = _rendered(found, form, actor)
    progress.tell(2, 3)
    return jobs.Result(content, _file_name(kind.name, ref, form), _("The document is ready."))
