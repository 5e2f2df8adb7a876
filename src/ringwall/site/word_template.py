"""The organisation's own Word template for its documents: uploaded, downloaded, put back to the built-in one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.kit import registry, reporting
from ringwall.kit.acts import acting
from ringwall.kit.errors import Denied
from ringwall.kit.pages import Link
from ringwall.kit.requests import ActorRequest
from ringwall.ledger.rules import Change
from ringwall.reports.document import ReportError
from ringwall.reports.render import FORMATS

GRANT = "organisation.update"
LARGEST = 5 * 1024 * 1024

registry.places.append(
    (Link(gettext_lazy("Word template"), "settings/word-template/", "file-type"), "settings", 90, GRANT)
)


class TemplateForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Word file (DOCX)"),
        help_text=gettext_lazy(
            "Start from the built-in template, keep its styles, change fonts, logo, header and footer."
        ),
    )


def path_of(actor: Actor) -> str:
    return f"templates/{actor.organisation_id}.docx"


def template_of(actor: Actor) -> bytes | None:
    """The organisation's template, or None where the built-in one is used."""
    path = path_of(actor)
    if not default_storage.exists(path):
        return None
    with default_storage.open(path) as file:
        return bytes(file.read())


reporting.word_template = template_of


def page(request: ActorRequest) -> HttpResponse:
    actor: Actor = request.actor
    if not actor.may_everywhere(GRANT):
        raise Denied(_("Only administrators change the Word template."))
    form, status = TemplateForm(), 200
    if request.method == "POST" and "remove" in request.POST:
        _store(actor, None)
        messages.success(request, _("The built-in template is used again."))
        return redirect(request.path)
    if request.method == "POST":
        form, status = TemplateForm(request.POST, request.FILES), 422
        if form.is_valid() and not (fault := _fault(form.cleaned_data["file"])):
            form.cleaned_data["file"].seek(0)
            _store(actor, form.cleaned_data["file"].read())
            messages.success(request, _("The template is in use."))
            return redirect(request.path)
        if form.is_valid():
            form.add_error("file", fault)
    context = {"title": _("Word template"), "form": form, "is_own": default_storage.exists(path_of(actor))}
    return render(request, "site/word_template.html", context, status=status)


def _fault(file: Any) -> str:
    """Why the file cannot be the template; empty where it can."""
    if file.size > LARGEST:
        return _("The file is larger than 5 MB. Shrink its pictures.")
    try:
        import_string("ringwall.reports.renderers.docx.check_template")(file.read())
    except ReportError as error:
        return str(error)
    return ""


def _store(actor: Actor, content: bytes | None) -> None:
    organisation = actor.organisation
    with acting(actor, GRANT) as act:
        after = {"word_template": f"{len(content)} bytes" if content is not None else "built in"}
        act.note(Change("organisation", organisation.pk, organisation.code, "update", organisation.version, {}, after))
        default_storage.delete(path_of(actor))
        if content is not None:
            default_storage.save(path_of(actor), ContentFile(content))


def download(request: ActorRequest) -> HttpResponse:
    """The template in use."""
    actor: Actor = request.actor
    if not actor.may_everywhere(GRANT):
        raise Denied(_("Only administrators change the Word template."))
    body = template_of(actor) or import_string("ringwall.reports.renderers.docx_template.default_template")()
    response = HttpResponse(body, content_type=FORMATS["docx"].media_type)
    response["Content-Disposition"] = 'attachment; filename="template.docx"'
    return response
