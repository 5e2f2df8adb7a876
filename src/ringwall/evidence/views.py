"""Pages of evidence: that of one record with the form to add some, all of it, the file itself."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ringwall.access.policy import Actor
from ringwall.evidence import actions, queries, rules, storing
from ringwall.evidence.models import Evidence
from ringwall.evidence.register import line_of, page_url, validity_words
from ringwall.kit import pages, registry
from ringwall.kit.cells import record_url
from ringwall.kit.errors import Denied, Invalid, NotFound, Refused
from ringwall.kit.requests import ActorRequest

LISTED = 200


def file_response(evidence: Evidence) -> FileResponse:
    """The file as a download that no browser shows or runs in our name, whatever is in it."""
    file = storing.open_checked(evidence.file)
    response = FileResponse(file, as_attachment=True, filename=evidence.name, content_type=evidence.media_type)
    response["Content-Length"] = str(evidence.file.size)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    response["ETag"] = f'"{evidence.file.sha256}"'
    return response


@require_GET
def download(request: ActorRequest, key: UUID) -> FileResponse:
    actor: Actor = request.actor
    return file_response(queries.get_evidence(actor, key))


@require_http_methods(["GET", "POST"])
def record_evidence(request: ActorRequest, kind: str, ref: str) -> HttpResponse:
    actor: Actor = request.actor
    record = queries.subject(actor, kind, ref)
    may_add = actions.add.is_offered(actor, record) and not record.is_withdrawn
    form, status = _upload_form(actor, request), 200
    if request.method == "POST":
        try:
            added = actions.add.run(actor, form.raw(), subject=record)
        except Invalid as error:
            form.take_errors(error)
            status = error.status
        except Denied:
            raise
        except Refused as error:
            form.take_errors(Invalid({"file": [str(error)]}))
            status = error.status
        else:
            messages.success(request, _("Evidence added: %(name)s") % {"name": added.name})
            return redirect(page_url(actor, record))
    may_withdraw = actor.may(actions.withdraw.name, record)
    lines = [line_of(actor, row, may_withdraw=may_withdraw) for row in queries.evidence_of(record)]
    context = {
        "title": _("Evidence for %(record)s") % {"record": record},
        "page": {"breadcrumb": _breadcrumb(actor, record)},
        "lines": lines,
        "form": form if may_add else None,
        "submit": actions.add.label,
        "limit": rules.MAX_SIZE,
    }
    return render(request, "evidence/record.html", context, status=status)


def _upload_form(actor: Actor, request: HttpRequest) -> Any:
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = actions.add.inputs.form(actor, actions.add.name, data=data, files=files)
    endings = ",".join(f".{ending}" for ending in rules.MEDIA_TYPES)
    form.fields["file"].widget.attrs["accept"] = endings
    return form


def _breadcrumb(actor: Actor, record: Any) -> list[pages.Link]:
    register = registry.registers[record.kind]
    base = f"/{actor.organisation.code}/{register.slug}/"
    return [pages.Link(register.title, base), pages.Link(str(record), record_url(actor.organisation.code, record))]


@require_http_methods(["GET", "POST"])
def withdraw(request: ActorRequest, key: UUID) -> HttpResponse:
    actor: Actor = request.actor
    evidence = queries.get_evidence(actor, key)
    record = queries.subject(actor, evidence.subject_kind, evidence.subject_id)
    act, url, status = actions.withdraw, page_url(actor, record), 200
    act.require(actor, record)
    form: Any = act.inputs.form(actor, act.name, data=request.POST or None, hide=("evidence",))
    if request.method == "POST":
        try:
            act.run(actor, {"evidence": str(key)}, subject=record, reason=request.POST.get("reason", ""))
        except (Invalid, Refused) as error:
            form.take_errors(error)
            status = error.status
        else:
            messages.success(request, _("Withdrawn: %(name)s") % {"name": evidence.name})
            return redirect(url)
    title = f"{act.label}: {evidence.name}"
    breadcrumb = [*_breadcrumb(actor, record), pages.Link(_("Evidence"), url)]
    page = pages.FormPage(title, form, request.path, act.label, url, breadcrumb, is_danger=True, needs_reason=True)
    return render(request, "kit/form.html", {"page": page, "title": title}, status=status)


@require_GET
def all_evidence(request: ActorRequest) -> HttpResponse:
    """`?show=expired` or `expiring` (within 30 days); without it the newest of all."""
    actor: Actor = request.actor
    if not actor.may("evidence.view"):
        raise Denied(_("Your role does not include evidence."))
    show, today = request.GET.get("show", ""), timezone.localdate()
    rows = queries.visible_evidence(actor)
    chosen = {
        "": rows.order_by("-added_at"),
        "expired": rows.filter(valid_until__lt=today).order_by("valid_until"),
        "expiring": rows.filter(valid_until__gte=today, valid_until__lte=today + timedelta(days=30)).order_by(
            "valid_until"
        ),
    }
    if show not in chosen:
        raise NotFound
    found = list(chosen[show].select_related("file", "added_by")[:LISTED])
    records = queries.subjects_of(actor, found)
    labels = {"": _("Newest"), "expired": _("Expired"), "expiring": _("Expiring soon")}
    context = {
        "title": _("Evidence"),
        "tabs": [
            pages.Link(label, f"?show={key}" if key else "?", is_current=key == show) for key, label in labels.items()
        ],
        "columns": [
            pages.Column("name", _("File"), "title"),
            pages.Column("record", _("Record"), "link"),
            pages.Column("note", _("What it shows")),
            pages.Column("added", _("Added"), "date"),
            pages.Column("by", _("By")),
            pages.Column("validity", _("Validity"), "state"),
        ],
        "rows": [_row(actor, row, records.get(row.subject_id)) for row in found],
        "empty": pages.Empty(
            _("No evidence here"),
            _("Files that prove something are added at the record they belong to, such as a control."),
        ),
    }
    return render(request, "evidence/all.html", context)


def _row(actor: Actor, evidence: Evidence, record: Any) -> pages.Row:
    line = line_of(actor, evidence)
    words, tone = validity_words(evidence)
    cells = [
        pages.Cell("name", line.name, "title", line.url),
        pages.Cell("record", str(record or ""), "link", page_url(actor, record) if record else ""),
        pages.Cell("note", line.note),
        pages.Cell("added", line.added, "date"),
        pages.Cell("by", line.by),
        pages.Cell("validity", words, "state" if tone else "text", state=tone),
    ]
    return pages.Row(str(evidence.pk), evidence.name, line.url, evidence.version, cells)
