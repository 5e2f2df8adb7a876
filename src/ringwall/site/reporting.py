"""Documents of a whole as files: made at once, or by a job where that takes long."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.context.queries import covered_scope
from ringwall.kit import jobs
from ringwall.kit.acts import acting
from ringwall.kit.errors import Invalid, NotFound
from ringwall.kit.requests import ActorRequest
from ringwall.ledger.rules import Change
from ringwall.reports import registry
from ringwall.reports.document import Report, ReportError
from ringwall.reports.render import FORMATS, render
from ringwall.site.word_template import template_of

LONG = 400
"""Rows from which a document is made by a job."""

jobs.paths["report"] = "ringwall.site.reporting.make"


def report(request: ActorRequest, name: str, ref: str) -> HttpResponse:
    """`format`, `language` and `column` (several). With `recipient`, by POST alone, a version for outsiders, which
    is recorded.
    """
    actor: Actor = request.actor
    given = request.POST if request.method == "POST" else request.GET
    options: dict[str, Any] = {
        "language": given.get("language") or getattr(request.user, "language", "en"),
        "recipient": request.POST.get("recipient", "").strip()[:200],
        "columns": given.getlist("column"),
    }
    form = given.get("format", "pdf")
    if form not in FORMATS or name not in {kind.name for kind in registry.all()}:
        raise NotFound
    found = build(name, ref, actor, options)
    if sum(len(table.rows) for table in found.tables()) > LONG and form in {"pdf", "docx"}:
        job = jobs.start("report", actor, {"name": name, "ref": ref, "format": form, **options})
        return redirect(f"/{actor.organisation.code}/jobs/{job.pk}/")
    return as_file(found, name, ref, form, actor)


def as_file(found: Report, name: str, ref: str, form: str, actor: Actor) -> HttpResponse:
    response = HttpResponse(render(found, form, **_options(form, actor)), content_type=FORMATS[form].media_type)
    response["Content-Disposition"] = f'attachment; filename="{_file_name(name, ref, form)}"'
    return response


def _options(form: str, actor: Actor) -> dict[str, Any]:
    template = template_of(actor) if form == "docx" else None
    return {"template": template} if template else {}


def _file_name(name: str, ref: str, form: str) -> str:
    return f"{name}-{ref}-{timezone.localdate().isoformat()}{FORMATS[form].ending}"


def build(name: str, ref: str, actor: Actor, options: dict[str, Any]) -> Report:
    kind = registry.get(name)
    scope = covered_scope(actor, ref, f"{name}.view")
    try:
        found = kind.build(scope, actor, options)
    except ReportError as error:
        raise Invalid({"": [str(error)]}) from None
    if options["recipient"]:
        _record(name, scope, actor, options)
    return found


def _record(name: str, scope: Any, actor: Actor, options: dict[str, Any]) -> None:
    """Who was given which columns: an act, since something leaves the house."""
    with acting(actor, f"{name}.hand_out") as act:
        act.note(
            Change(
                kind=name,
                subject=scope.pk,
                ref=scope.ref,
                operation="hand_out",
                version=scope.version,
                before=None,
                after={
                    "recipient": options["recipient"],
                    "columns": list(options["columns"]),
                    "language": options["language"],
                },
                unit=scope.unit_id,
                restricted=scope.restricted,
                owner=scope.owner_id,
            )
        )


def make(actor: Actor, arguments: dict[str, Any], progress: jobs.Progress) -> jobs.Result:
    """The job: build and render with the rights of the person who asked."""
    progress.tell(0, 3)
    found = build(
        arguments["name"], arguments["ref"], actor, {**arguments, "recipient": arguments.get("recipient", "")}
    )
    progress.tell(1, 3)
    content = render(found, arguments["format"], **_options(arguments["format"], actor))
    progress.tell(2, 3)
    return jobs.Result(
        content, _file_name(arguments["name"], arguments["ref"], arguments["format"]), _("The document is ready.")
    )
