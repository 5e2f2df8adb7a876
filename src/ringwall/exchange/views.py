"""The documents of a scope: download, and import with a preview."""

from dataclasses import replace
from importlib import import_module
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ringwall.access.policy import Actor
from ringwall.context.models import IsmsScope
from ringwall.context.queries import covered_scope
from ringwall.exchange.queries import GRANTS, IMPORT, scope_for
from ringwall.kit import pages
from ringwall.kit.drafts import ImportDraft
from ringwall.kit.errors import NotFound
from ringwall.kit.exports import attachment
from ringwall.kit.requests import ActorRequest
from ringwall.kit.views.sheets import shown_rows, told_finding

MEDIA = {"json": "application/json", "xml": "application/xml", "zip": "application/zip"}


@require_GET
def document_file(request: ActorRequest, ref: str, document: str, ending: str) -> HttpResponse:
    """The document as JSON or XML; the security plan also as a ZIP file with what it names."""
    return file_of(request.actor, ref, document, ending)


def file_of(actor: Actor, ref: str, document: str, ending: str) -> HttpResponse:
    if document not in GRANTS or ending not in MEDIA or (ending == "zip" and document != "ssp"):
        raise NotFound
    scope = scope_for(actor, ref, document)
    # Loaded by name: the writers bring parsers with them.
    exporting = import_module("ringwall.exchange.exporting")
    if ending == "zip":
        content = exporting.package_of(actor, scope)
    else:
        content = exporting.document_of(actor, scope, document, ending)
    return attachment(content, MEDIA[ending], f"{scope.ref}-{document}.{ending}")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("OSCAL document"),
        help_text=gettext_lazy(
            "A system security plan or a plan of action and milestones, as JSON, XML or YAML. You see what it would"
            " change before anything is stored."
        ),
    )


@require_http_methods(["GET", "POST"])
def import_page(request: ActorRequest, ref: str) -> HttpResponse:
    """The file comes in and is kept as a draft that its uploader alone sees; the preview is another address."""
    actor: Actor = request.actor
    scope = covered_scope(actor, ref, IMPORT)
    form, found, status = UploadForm(request.POST or None, request.FILES or None), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            data = file.read()
            # Loaded by name: reading brings parsers with it.
            found = import_module("ringwall.exchange.importing").plan_document(actor, scope, data, file.name)
            if found.plans:
                draft = ImportDraft.objects.create(
                    organisation_id=actor.organisation_id,
                    person_id=actor.person_key,
                    kind="oscal",
                    name=file.name[:200],
                    content=data,
                    columns={"scope": str(scope.pk)},
                )
                return redirect(draft.address(_base(actor, scope)))
            if not found.is_refused:
                form.add_error("file", _("The file holds nothing that could be imported."))
    page = _page(actor, scope, "upload", form=form, findings=found.findings if found else ())
    return _drawn(request, page, {"status": status}, is_refused=bool(found and found.is_refused))


@require_http_methods(["GET", "POST"])
def preview_page(request: ActorRequest, ref: str, key: UUID) -> HttpResponse:
    """What the file would change, all registers together; stored as one act."""
    actor: Actor = request.actor
    scope = covered_scope(actor, ref, IMPORT)
    draft = ImportDraft.objects.filter(
        pk=key, organisation_id=actor.organisation_id, person_id=actor.person_key, kind="oscal"
    ).first()
    if draft is None or draft.columns.get("scope") != str(scope.pk):
        raise NotFound(_("This upload is gone. Upload the file again."))
    importing = import_module("ringwall.exchange.importing")
    found = importing.plan_document(actor, scope, bytes(draft.content), draft.name)
    if request.method == "POST" and found.can_store:
        counts = importing.store_document(found, actor)
        draft.delete()
        told = _("%(added)d added, %(changed)d changed, %(unchanged)d unchanged.")
        messages.success(request, told % {name: counts[name] for name in ("added", "changed", "unchanged")})
        return redirect(_home(actor, scope))
    rows = [
        row
        if plan.register.kind == "soa_row"
        else replace(row, title=f"{capfirst(plan.register.title_one)}: {row.title}")
        for plan in found.plans
        for row in shown_rows(plan.register, actor, plan)
    ]
    page = _page(
        actor,
        scope,
        "preview",
        url=draft.address(_base(actor, scope)),
        rows=rows,
        counts=found.counts,
        findings=found.findings[:200],
        can_store=found.can_store,
    )
    registers = [(plan.register.title, plan.counts) for plan in found.plans]
    status = 422 if request.method == "POST" else 200
    return _drawn(request, page, {"status": status}, registers=registers, name=draft.name, is_refused=found.is_refused)


def _drawn(request: ActorRequest, page: pages.ImportPage, options: dict[str, Any], **more: Any) -> HttpResponse:
    return render(request, "exchange/import.html", {"page": page, "title": page.title, **more}, **options)


def _home(actor: Actor, scope: IsmsScope) -> str:
    return f"/{actor.organisation.code}/scopes/{scope.ref}/"


def _base(actor: Actor, scope: IsmsScope) -> str:
    return f"/{actor.organisation.code}/oscal/{scope.ref}/"


def _page(
    actor: Actor, scope: IsmsScope, step: Any, *, url: str = "", findings: Any = (), **parts: Any
) -> pages.ImportPage:
    return pages.ImportPage(
        title=_("Import OSCAL: %(scope)s") % {"scope": scope},
        url=url or f"{_base(actor, scope)}import/",
        step=step,
        breadcrumb=[pages.Link(str(scope), _home(actor, scope))],
        findings=[told_finding(one) for one in findings],
        result_url=_home(actor, scope),
        **parts,
    )
