"""Pages of catalogues: the list, one as a tree, one requirement, the import; and the files behind them."""

from importlib import import_module
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from ringwall.access.policy import Actor
from ringwall.catalogues import panels, queries
from ringwall.catalogues.actions import LARGEST, ImportReport, import_catalogue, require_import, too_large
from ringwall.catalogues.models import Catalogue
from ringwall.catalogues.refusals import ImportRefused
from ringwall.catalogues.tree import Query, tree_page
from ringwall.kit import pages, registry
from ringwall.kit.errors import Invalid, NotFound
from ringwall.kit.exports import MEDIA
from ringwall.kit.requests import ActorRequest

MOST_NOTES = 20


def _actor(request: ActorRequest) -> Actor:
    return request.actor


def _base(actor: Actor) -> str:
    return f"/{actor.organisation.code}/catalogues/"


@require_GET
def list_page(request: ActorRequest) -> HttpResponse:
    actor = _actor(request)
    catalogues = list(queries.catalogues_of(actor))
    may_import = queries.may_import(actor)
    import_link = pages.Link(_("Import catalogue"), f"{_base(actor)}import/", "upload", "primary")
    context = {
        "title": _("Catalogues"),
        "columns": panels.catalogue_columns(),
        "rows": [panels.catalogue_row(actor, catalogue) for catalogue in catalogues],
        "import_link": import_link if may_import else None,
        "panels": [panel for panel in registry.answers("catalogues", actor) if panel is not None],
        "profiles": panels.profiles_panel(actor),
        "empty": pages.Empty(
            _("No catalogues yet"),
            _(
                "Catalogues hold the requirements and reference controls that your ISMS answers: "
                "norms, laws, baselines."
            ),
            [import_link] if may_import else [],
        ),
    }
    return render(request, "catalogues/list.html", context)


@require_GET
def catalogue_page(request: ActorRequest, code: str) -> HttpResponse:
    actor = _actor(request)
    catalogue = queries.catalogue_named(actor, code)
    page = tree_page(catalogue, Query.read(request.GET))
    files = queries.imports_of(catalogue)
    is_own = catalogue.organisation_id == actor.organisation_id
    context = {
        "title": catalogue.title_text,
        "catalogue": catalogue,
        "page": page,
        "facts": panels.catalogue_facts(catalogue),
        "imports": panels.import_lines(files, is_own=is_own),
        "actions": _actions(actor, catalogue),
        "exports": _exports(queries.catalogue_url(actor, catalogue), catalogue, has_file=bool(files)),
        "breadcrumb": [pages.Link(_("Catalogues"), _base(actor))],
        "count_words": _count_words(catalogue, page.shown, page.count),
    }
    return render(request, "catalogues/catalogue.html", context)


def _count_words(catalogue: Catalogue, shown: int, count: int) -> dict[str, str]:
    """“34 of 1,196 requirements”, ready and with a mark {n} for the script to fill."""
    total = number_format(count, use_l10n=True, force_grouping=True)
    if catalogue.is_reference:
        whole = ngettext("%(count)s reference control", "%(count)s reference controls", count) % {"count": total}
    else:
        whole = ngettext("%(count)s requirement", "%(count)s requirements", count) % {"count": total}
    some = _("{n} of %(whole)s") % {"whole": whole}
    number = number_format(shown, use_l10n=True, force_grouping=True)
    return {"whole": whole, "some": some, "now": whole if shown == count else some.replace("{n}", number)}


def _actions(actor: Actor, catalogue: Catalogue) -> list[pages.Link]:
    url = queries.catalogue_url(actor, catalogue)
    links = []
    if queries.may_import(actor) and catalogue.organisation_id == actor.organisation_id and not catalogue.is_builtin:
        links.append(pages.Link(_("Import new edition"), f"{_base(actor)}import/?code={catalogue.code}", "upload"))
    if actor.may("profile.create"):
        new = f"/{actor.organisation.code}/profiles/new/?catalogues={catalogue.code}"
        links.append(pages.Link(_("Tailor"), new, "list-filter", hint=_("Choose from it what holds for you")))
    links.append(pages.Link(_("Compare"), f"{url}compare/", "arrow-left-right", hint=_("With another catalogue")))
    return [*links, *registry.answers("catalogue_links", catalogue, actor)]


def _exports(url: str, catalogue: Catalogue, *, has_file: bool) -> list[pages.Link]:
    links = [
        pages.Link(name, f"{url}oscal.{ending}", "download", hint=_("The catalogue as an OSCAL document"))
        for name, ending in (("OSCAL JSON", "json"), ("OSCAL XML", "xml"))
    ]
    links.append(pages.Link(_("Spreadsheet"), f"{url}catalogue.xlsx", "sheet", hint=_("All rows as a spreadsheet")))
    if has_file:
        hint = _("The file as it was imported, byte for byte")
        links.append(pages.Link(_("Original file"), f"{url}original/{catalogue.sha256}/", "download", hint=hint))
    return links


@require_GET
def requirement_page(request: ActorRequest, code: str, identifier: str) -> HttpResponse:
    actor = _actor(request)
    catalogue = queries.catalogue_named(actor, code)
    requirement = queries.requirement_named(catalogue, identifier)
    around = queries.surroundings(requirement)
    url = queries.catalogue_url(actor, catalogue)
    # Texts and guidance bring parsers with them, and are loaded when the first such page is opened.
    reading = import_module("ringwall.catalogues.reading_page")
    context = {
        "title": f"{requirement.ref} {requirement.title_text}",
        "catalogue": catalogue,
        "requirement": requirement,
        "breadcrumb": [
            pages.Link(_("Catalogues"), _base(actor)),
            pages.Link(catalogue.title_text, url),
            *(pages.Link(row.ref, f"{url}{queries.quoted(row.identifier)}/") for row in around.above),
        ],
        "side": panels.requirement_side(requirement, around, url),
        "below": [panels.neighbour(row, url) for row in around.below],
        "before": panels.neighbour(around.before, url) if around.before else None,
        "after": panels.neighbour(around.after, url) if around.after else None,
        "imports": panels.import_lines(
            queries.imports_of(catalogue), is_own=catalogue.organisation_id == actor.organisation_id
        ),
        **reading.parts(requirement, around, actor, url),
    }
    return render(request, "catalogues/requirement.html", context)


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "An OSCAL catalogue (JSON, XML or YAML), the IT-Grundschutz-Kompendium (XML) and its "
            "cross-reference tables (XLSX), a library of CISO Assistant "
            "(YAML) or a spreadsheet (XLSX, ODS or CSV), up to 30 MB. An OSCAL profile is taken too, where its "
            "catalogues are here."
        ),
    )
    code = forms.CharField(
        label=gettext_lazy("Identifier"),
        required=False,
        max_length=80,
        help_text=gettext_lazy(
            "Short name in addresses. Name that of a catalogue to import its new edition; left empty, the file decides."
        ),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Left empty, the title in the file is taken."),
    )
    edition = forms.CharField(
        label=gettext_lazy("Version"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Left empty, the version in the file is taken."),
    )


def import_page(request: ActorRequest) -> HttpResponse:
    actor = _actor(request)
    queries.require_view(actor)
    require_import(actor)
    form = ImportForm(request.POST or None, request.FILES or None, initial={"code": request.GET.get("code", "")[:80]})
    findings: list[Any] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                report = _import(actor, form.cleaned_data)
            except ImportRefused as error:
                if any(finding.path == "profile" for finding in error.findings):
                    return _import_profile(request, actor, form.cleaned_data)
                findings = error.findings
            except Invalid as error:
                for name, texts in error.errors.items():
                    form.add_error(name if name in form.fields else None, texts)
            else:
                _tell(request, report)
                return redirect(f"{_base(actor)}{report.catalogue}/")
    context = {
        "title": _("Import catalogue"),
        "form": form,
        "findings": findings[:200],
        "breadcrumb": [pages.Link(_("Catalogues"), _base(actor))],
        "base": _base(actor),
    }
    return render(request, "catalogues/import.html", context, status=status)


def _import_profile(request: ActorRequest, actor: Actor, given: dict[str, Any]) -> HttpResponse:
    """A file that is no catalogue but an OSCAL profile."""
    file = given["file"]
    file.seek(0)
    importing = import_module("ringwall.catalogues.tailoring_import")
    try:
        profile, notes = importing.import_profile(file.read(), file.name, actor=actor, title=given["title"])
    except ImportRefused as error:
        context = {
            "title": _("Import catalogue"),
            "form": ImportForm(),
            "findings": error.findings[:200],
            "breadcrumb": [pages.Link(_("Catalogues"), _base(actor))],
            "base": _base(actor),
        }
        return render(request, "catalogues/import.html", context, status=422)
    messages.success(request, _("%(record)s created.") % {"record": profile})
    for note in notes[:MOST_NOTES]:
        messages.warning(request, f"{note['path']}: {note['message']}" if note["path"] else note["message"])
    return redirect(f"/{actor.organisation.code}/profiles/{profile.ref}/")


def _import(actor: Actor, given: dict[str, Any]) -> ImportReport:
    file = given["file"]
    if file.size > LARGEST:
        raise too_large(file.size)
    return import_catalogue(
        file.read(), file.name, actor=actor, code=given["code"], title=given["title"], edition=given["edition"]
    )


def _tell(request: HttpRequest, report: ImportReport) -> None:
    if report.is_unchanged:
        messages.info(request, _("%(title)s: nothing changed.") % {"title": report.title})
        return
    text = _(
        "%(title)s is imported: %(added)d added, %(changed)d changed, %(unchanged)d unchanged, %(withdrawn)d withdrawn."
    )
    messages.success(request, text % report.told())
    if report.findings:
        count = len(report.findings)
        text = ngettext(
            "There is %(count)d note on the file, listed below.",
            "There are %(count)d notes on the file, listed below.",
            count,
        )
        messages.warning(request, text % {"count": count})


@require_GET
def original_file(request: ActorRequest, code: str, sha256: str) -> HttpResponse:
    """The bytes as they came. Always a download: nothing of a stranger's file is shown in the page's origin."""
    actor = _actor(request)
    file = queries.original(queries.catalogue_named(actor, code), sha256)
    response = HttpResponse(bytes(file.content), content_type="application/octet-stream")
    return download(response, file.name)


@require_GET
def sheet_file(request: ActorRequest, code: str) -> HttpResponse:
    actor = _actor(request)
    catalogue = queries.catalogue_named(actor, code)
    content = import_module("ringwall.catalogues.writing").workbook_of(catalogue)
    return download(HttpResponse(content, content_type=MEDIA["xlsx"]), f"{catalogue.code}.xlsx")


@require_GET
def oscal_file(request: ActorRequest, code: str, ending: str) -> HttpResponse:
    catalogue = queries.catalogue_named(_actor(request), code)
    if ending not in ("json", "xml"):
        raise NotFound
    content = import_module("ringwall.catalogues.exporting").document_of(catalogue, ending)
    return download(HttpResponse(content, content_type=f"application/{ending}"), f"{catalogue.code}.{ending}")


@require_GET
def template_file(request: ActorRequest, ending: str) -> HttpResponse:
    actor = _actor(request)
    queries.require_view(actor)
    require_import(actor)
    if ending not in ("xlsx", "csv"):
        raise NotFound
    content = import_module("ringwall.catalogues.writing").template(ending)
    return download(HttpResponse(content, content_type=MEDIA[ending]), f"catalogue-template.{ending}")


def download(response: HttpResponse, name: str) -> HttpResponse:
    plain = (
        "".join(character if character.isalnum() or character in " ._-+()" else "_" for character in name)[:150]
        or "file"
    )
    ascii_name = plain.encode("ascii", "replace").decode().replace("?", "_")
    response["Content-Disposition"] = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{queries.quoted(plain)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
