"""Importing a mapping: upload, preview of what it would do, import."""

from importlib import import_module
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from ringwall.access.policy import Actor
from ringwall.catalogues.actions import LARGEST, too_large
from ringwall.catalogues.mapping import panels
from ringwall.catalogues.mapping.actions import MappingReport, import_mapping, require_import
from ringwall.catalogues.mapping.queries import require_view
from ringwall.catalogues.models import Catalogue
from ringwall.catalogues.refusals import ImportRefused
from ringwall.catalogues.views import download
from ringwall.kit import pages
from ringwall.kit.drafts import ImportDraft
from ringwall.kit.errors import NotFound
from ringwall.kit.exports import MEDIA
from ringwall.kit.requests import ActorRequest

MOST_FINDINGS = 200
SIDES = ("source", "target")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "An OSCAL mapping collection (JSON, XML or YAML), a library of CISO Assistant (YAML) or a spreadsheet "
            "(XLSX, ODS or CSV), up to 30 MB."
        ),
    )
    source = forms.ChoiceField(label=gettext_lazy("From catalogue"), required=False)
    target = forms.ChoiceField(
        label=gettext_lazy("To catalogue"),
        required=False,
        help_text=gettext_lazy("Choose only where the file does not say which catalogues it speaks of."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = sorted(Catalogue.open_to(actor), key=lambda one: (one.title_text, one.code))
        offered = [("", _("as the file says")), *((one.code, f"{one.title_text} ({one.code})") for one in rows)]
        for name in SIDES:
            self.fields[name].choices = offered  # type: ignore[attr-defined]


def _require(actor: Actor) -> None:
    require_view(actor)
    require_import(actor)


def _breadcrumb(actor: Actor) -> list[pages.Link]:
    catalogues = pages.Link(_("Catalogues"), f"/{actor.organisation.code}/catalogues/")
    return [catalogues, pages.Link(_("Mappings"), panels.base_url(actor))]


def upload_page(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    _require(actor)
    form = UploadForm(actor, request.POST or None, request.FILES or None)
    findings: list[Any] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return redirect(_begin(actor, form.cleaned_data).address(panels.base_url(actor)))
            except ImportRefused as error:
                findings = error.findings
    context = {
        "title": _("Import mapping"),
        "form": form,
        "findings": findings[:MOST_FINDINGS],
        "breadcrumb": _breadcrumb(actor),
        "base": panels.base_url(actor),
    }
    return render(request, "mapping/import.html", context, status=status)


def _begin(actor: Actor, given: dict[str, Any]) -> ImportDraft:
    """Keep what was uploaded, once it is known that something in it can be understood. Raises ImportRefused."""
    file = given["file"]
    if file.size > LARGEST:
        raise too_large(file.size)
    draft = ImportDraft(
        organisation_id=actor.organisation_id,
        person_id=actor.person_key,
        kind="mapping",
        name=file.name[:200],
        content=file.read(),
        columns={name: given[name] for name in SIDES if given[name]},
    )
    _taken(actor, draft, is_trial=True)
    draft.save(force_insert=True)
    return draft


def _taken(actor: Actor, draft: ImportDraft, *, is_trial: bool) -> MappingReport:
    named = Catalogue.named(actor, draft.columns.values())
    source, target = (named.get(draft.columns.get(side, "")) for side in SIDES)
    return import_mapping(
        bytes(draft.content), draft.name, actor=actor, source=source, target=target, is_trial=is_trial
    )


def preview_page(request: ActorRequest, key: UUID) -> HttpResponse:
    """What the uploaded file would do, seen by its uploader alone; a POST does it."""
    actor = request.actor
    _require(actor)
    draft = ImportDraft.objects.filter(
        pk=key, organisation_id=actor.organisation_id, person_id=actor.person_key, kind="mapping"
    ).first()
    if draft is None:
        raise NotFound(_("This upload is gone. Upload the file again."))
    report = _taken(actor, draft, is_trial=request.method != "POST")
    if request.method == "POST":
        draft.delete()
        _tell(request, report)
        codes = [one["mapping"] for one in report.mappings]
        return redirect(f"{panels.base_url(actor)}{f'{codes[0]}/' if len(codes) == 1 else ''}")
    context = {
        "title": _("Import mapping"),
        "report": report,
        "name": draft.name,
        "findings": report.findings[:MOST_FINDINGS],
        "breadcrumb": _breadcrumb(actor),
        "base": panels.base_url(actor),
    }
    return render(request, "mapping/preview.html", context)


def _tell(request: ActorRequest, report: MappingReport) -> None:
    if report.is_unchanged:
        messages.info(request, _("Nothing changed."))
        return
    words = _("Imported: %(added)d rows added, %(changed)d changed, %(unchanged)d unchanged, %(withdrawn)d withdrawn.")
    messages.success(request, words % report.told())


@require_GET
def template_file(request: ActorRequest, ending: str) -> HttpResponse:
    _require(request.actor)
    if ending not in ("xlsx", "csv"):
        raise NotFound
    content = import_module("ringwall.catalogues.mapping.exporting").template(ending)
    return download(HttpResponse(content, content_type=MEDIA[ending]), f"mapping-template.{ending}")
