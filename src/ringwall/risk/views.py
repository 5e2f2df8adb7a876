"""Pages of risk that are no register: the risk matrix, and the editor of the criteria."""

from importlib import import_module
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ringwall.access.policy import Actor
from ringwall.context.models import IsmsScope
from ringwall.kit import pages, registry
from ringwall.kit.errors import ActError, Conflict, Denied, Invalid, NotFound, Refused
from ringwall.kit.requests import ActorRequest
from ringwall.kit.views.lists import require_view
from ringwall.risk.criteria_actions import draft
from ringwall.risk.drawing import board_of
from ringwall.risk.editor import editor_of
from ringwall.risk.models import RiskCriteria
from ringwall.risk.queries import OF, heat_map, scopes_of
from ringwall.risk.rules.editing import PARTS, from_form, grown, shrunk
from ringwall.risk.words import JUDGEMENTS, findings_words

LARGEST_LIBRARY = 5 * 1024 * 1024


@require_GET
def matrix_page(request: ActorRequest) -> HttpResponse:
    """`?of=` current, target or inherent; `&scope=` the reference of an ISMS scope."""
    actor: Actor = request.actor
    require_view(registry.registers["risk"], actor)
    of = request.GET.get("of", "current")
    if of not in OF:
        raise Invalid({"of": [", ".join(OF)]})
    ref = request.GET.get("scope", "")
    scope: IsmsScope | None = IsmsScope.objects.get_visible(actor, ref.replace("\x00", "")) if ref else None
    found = heat_map(actor, of, scope)
    context: dict[str, Any] = {
        "title": _("Risk matrix"),
        "found": found,
        "judgements": _switch(of, ref),
        "scopes": scopes_of(actor),
        "scope": scope,
        "of": of,
        "page": {"breadcrumb": [pages.Link(registry.registers["risk"].title, f"/{actor.organisation.code}/risks/")]},
        "criteria_url": f"/{actor.organisation.code}/risk-criteria/" if actor.may("criteria.view") else "",
    }
    if found is not None:
        context |= board_of(found, actor)
    return render(request, "risk/matrix_page.html", context)


def _switch(of: str, scope: str) -> list[pages.Link]:
    links = []
    for name, prefix in OF.items():
        query = QueryDict(mutable=True)
        query["of"] = name
        if scope:
            query["scope"] = scope
        links.append(pages.Link(JUDGEMENTS[prefix], f"?{query.urlencode()}", is_current=name == of))
    return links


@require_http_methods(["GET", "POST"])
def criteria_editor(request: ActorRequest, ref: str) -> HttpResponse:
    """Scales, matrix, acceptance line and authorities on one page. Adding and removing levels stores nothing yet."""
    actor: Actor = request.actor
    register = registry.registers["criteria"]
    require_view(register, actor)
    record: RiskCriteria = RiskCriteria.objects.get_visible(actor, ref)
    draft.require(actor, record)
    if record.is_withdrawn:
        raise Denied(_("These criteria are withdrawn."), remedy=_("Restore them first."))
    base = f"/{actor.organisation.code}/{register.slug}/"
    url = f"{base}{record.ref}/"
    content, version, status, is_checked = record.content, record.version, 200, False
    failed = ""
    if request.method == "POST":
        content = from_form(lambda name: request.POST.get(name, ""))
        read = request.POST.get("version", "")
        version = int(read) if read.isascii() and read.isdigit() and len(read) < 10 else record.version
        do = request.POST.get("do", "store")
        if do == "take":
            try:
                content = _taken(request.FILES.get("library"), record.content)
            except Refused as error:
                status, failed = error.status, str(error)
        elif do != "store":
            content, is_checked = _reshaped(content, do), False
        else:
            try:
                draft.run(
                    actor, {"content": content}, subject=record, version=version, reason=request.POST.get("reason", "")
                )
            except Invalid as error:
                status, is_checked = error.status, True
            except Conflict as error:
                status, failed, version = error.status, str(error), error.record.version
            except ActError as error:
                status, failed = error.status, str(error)
            else:
                messages.success(request, _("Draft stored: %(record)s") % {"record": record})
                return redirect(url)
    context = {
        "title": _("Scales and matrix: %(record)s") % {"record": record},
        "editor": editor_of(content, is_checked=is_checked),
        "record": record,
        "version": version,
        "failed": failed,
        "cancel_url": url,
        "page": {"breadcrumb": [pages.Link(register.title, base), pages.Link(str(record), url)]},
    }
    return render(request, "risk/criteria_editor.html", context, status=status)


def _taken(file: UploadedFile | None, before: dict[str, Any]) -> dict[str, Any]:
    """The content with scales and matrix out of a library. Raises Refused where there is none that fits."""
    remedy = _("Choose a library of CISO Assistant (YAML) that holds a risk matrix.")
    if file is None or not file.size or file.size > LARGEST_LIBRARY:
        raise Refused(_("No file was taken: there is none, or it is larger than 5 MB."), remedy=remedy)
    reading = import_module("ringwall.oscal.ciso_assistant").read_library(file.read(), file.name or "")
    if not reading.matrices:
        told = "; ".join(finding.message for finding in reading.findings if finding.severity == "error")
        raise Refused(_("The file holds no risk matrix. %(findings)s") % {"findings": told[:500]}, remedy=remedy)
    library = import_module("ringwall.risk.rules.library")
    content: dict[str, Any] = library.content_of(reading.matrices[0], before)
    if faults := library.unfit(content):
        raise Refused(" ".join(findings_words(faults)), remedy=remedy)
    return content


def _reshaped(content: dict[str, Any], do: str) -> dict[str, Any]:
    """The content after a button such as “grow likelihood” or “shrink bands 3”."""
    verb, _space, rest = do.partition(" ")
    part, _space, number = rest.partition(" ")
    if part not in PARTS or verb not in {"grow", "shrink"}:
        raise NotFound
    if verb == "grow":
        return grown(content, part)
    return shrunk(content, part, int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0)
