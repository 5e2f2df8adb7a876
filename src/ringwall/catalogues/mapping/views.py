"""Pages of mappings: the list, one as rows or as a matrix of groups, the acts on it, and the files behind it."""

from importlib import import_module
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from ringwall.access.policy import Actor
from ringwall.administration.views.pages import ActForm
from ringwall.catalogues.mapping import actions, panels, queries
from ringwall.catalogues.mapping.models import MappedPair, Mapping
from ringwall.catalogues.queries import catalogue_url
from ringwall.catalogues.views import download
from ringwall.kit import pages
from ringwall.kit.errors import ActError, Denied, NotFound
from ringwall.kit.exports import MEDIA
from ringwall.kit.records import is_uuid
from ringwall.kit.requests import ActorRequest

PAGE = 50


@require_GET
def list_page(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    rows = [panels.mapping_row(actor, mapping) for mapping in queries.mappings_of(actor)]
    importing = pages.Link(_("Import mapping"), f"{panels.base_url(actor)}import/", "upload", "primary")
    may_import = actor.may_everywhere(actions.IMPORT)
    context = {
        "title": _("Mappings"),
        "columns": panels.mapping_columns(),
        "rows": rows,
        "import_link": importing if may_import else None,
        "breadcrumb": [_catalogues(actor)],
        "empty": pages.Empty(
            _("No mappings yet"),
            _(
                "A mapping says how the requirements of two catalogues stand to each other: so one sees what is "
                "covered by another norm already, and carries work over to a new edition."
            ),
            [importing] if may_import else [],
        ),
    }
    return render(request, "mapping/list.html", context)


def _catalogues(actor: Actor) -> pages.Link:
    return pages.Link(_("Catalogues"), f"/{actor.organisation.code}/catalogues/")


def _breadcrumb(actor: Actor, mapping: Mapping | None = None) -> list[pages.Link]:
    links = [_catalogues(actor), pages.Link(_("Mappings"), panels.base_url(actor))]
    return [*links, pages.Link(mapping.title, panels.mapping_url(actor, mapping))] if mapping else links


@require_GET
def mapping_page(request: ActorRequest, code: str) -> HttpResponse:
    actor = request.actor
    mapping = queries.mapping_named(actor, code)
    query = queries.PairQuery.read(request.GET)
    is_matrix = request.GET.get("view") == "matrix"
    given = {key: value for key in ("q", "relation", "judged", "from", "to") if (value := request.GET.get(key, ""))}
    rows = mapping.pairs.filter(withdrawn_on=None)
    context: dict[str, Any] = {
        "title": mapping.title,
        "mapping": mapping,
        "query": query,
        "facts": panels.mapping_facts(actor, mapping, rows.count(), rows.filter(is_defaulted=True).count()),
        "selects": panels.selects(mapping, query),
        "actions": _actions(actor, mapping),
        "menu": _acts(actor, mapping, "withdraw", "restore"),
        "exports": _exports(mapping),
        "breadcrumb": _breadcrumb(actor),
        "is_matrix": is_matrix,
        "tabs": [
            pages.Link(_("List"), f"?{urlencode(given)}", is_current=not is_matrix),
            pages.Link(_("Matrix"), f"?{urlencode({**given, 'view': 'matrix'})}", is_current=is_matrix),
        ],
        "clear": "?view=matrix" if is_matrix else "./",
        "empty": pages.Empty(_("Nothing matches"), _("No row of the mapping fits the search and filters chosen.")),
    }
    if is_matrix:
        matrix = queries.matrix_of(mapping, query)
        others = {key: value for key, value in given.items() if key not in ("from", "to")}
        context |= {"matrix": matrix, "matrix_rows": panels.matrix_rows(matrix, others | _kept(query, matrix))}
    else:
        context |= _list(actor, mapping, query, request, given)
    template = "mapping/mapping.html"
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "register":
        template += "#rows"
    return render(request, template, context)


def _kept(query: queries.PairQuery, matrix: queries.Matrix) -> dict[str, str]:
    """Of the groups chosen, those which the cells do not name more closely: what stands directly in one."""
    chosen = (("from", query.source_group, matrix.sources), ("to", query.target_group, matrix.targets))
    return {key: group for key, group, shown in chosen if group and not any(one.key for one in shown)}


def _list(
    actor: Actor, mapping: Mapping, query: queries.PairQuery, request: ActorRequest, given: dict[str, str]
) -> dict[str, Any]:
    rows = queries.pairs_of(mapping, query)
    count = rows.count()
    last = max(1, -(-count // PAGE))
    number = request.GET.get("page", "")
    at = min(max(int(number), 1), last) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    found = list(rows[(at - 1) * PAGE : at * PAGE])
    url = panels.mapping_url(actor, mapping)
    urls = (catalogue_url(actor, mapping.source), catalogue_url(actor, mapping.target))
    may_change = actor.may(actions.change.name, mapping)
    may_judge = actor.may(actions.judge.name, mapping) and any(actions.judge.applies(pair) for pair in found)

    def address(page: int) -> str:
        return f"?{urlencode(given | ({'page': str(page)} if page > 1 else {}))}"

    def form_of(pair: MappedPair) -> str:
        return f"{url}rows/{pair.pk}/{'restore' if pair.is_withdrawn else 'change'}/" if may_change else ""

    return {
        "table": panels.pair_table(found, urls, form_of),
        "judge_url": f"{url}judge/" if may_judge else "",
        "pager": pages.Pager(
            first=(at - 1) * PAGE + 1,
            last=min(at * PAGE, count),
            count=count,
            first_url=address(1) if at > 1 else "",
            previous_url=address(at - 1) if at > 1 else "",
            next_url=address(at + 1) if at < last else "",
            last_url=address(last) if at < last else "",
        ),
        "here": address(at),
    }


def _actions(actor: Actor, mapping: Mapping) -> list[pages.Link]:
    by = urlencode({"by": mapping.source.code})
    hint = _("What %(source)s covers of %(target)s") % {
        "source": mapping.source.title_text,
        "target": mapping.target.title_text,
    }
    coverage = pages.Link(
        _("Coverage"), f"{catalogue_url(actor, mapping.target)}coverage/?{by}", "circle-check", hint=hint
    )
    return [coverage, *_acts(actor, mapping, "add")]


def _acts(actor: Actor, mapping: Mapping, *names: str) -> list[pages.Link]:
    url = panels.mapping_url(actor, mapping)
    offered = [(name, act) for name in names if (act := actions.WHOLE_ACTS[name]).is_offered(actor, mapping)]
    return [
        pages.Link(act.label, f"{url}act/{name}/", act.icon, "danger" if act.is_danger else "plain")
        for name, act in offered
    ]


def _exports(mapping: Mapping) -> list[pages.Link]:
    hint = _("The rows in force as an OSCAL mapping collection")
    return [
        pages.Link("OSCAL JSON", "./oscal.json", "download", hint=hint),
        pages.Link("OSCAL XML", "./oscal.xml", "download", hint=hint),
        pages.Link(_("Spreadsheet"), "./mapping.xlsx", "sheet", hint=_("All rows as a spreadsheet")),
        pages.Link(_("Original file"), "./original/", "download", hint=_("The file as it was imported, byte for byte")),
    ]


def act_page(request: ActorRequest, code: str, name: str) -> HttpResponse:
    """Add a row; withdraw or restore the whole mapping."""
    actor = request.actor
    mapping = queries.mapping_named(actor, code)
    if (act := actions.WHOLE_ACTS.get(name)) is None:
        raise NotFound
    intro = ""
    if act is actions.add:
        intro = _("From %(source)s to %(target)s. It reads: the first is equal to, part of … the second.") % {
            "source": mapping.source.title_text,
            "target": mapping.target.title_text,
        }
    return ActForm(
        act,
        panels.mapping_url(actor, mapping),
        f"{act.label}: {mapping}",
        act.label,
        subject=mapping,
        initial={"source": request.GET.get("source", ""), "target": request.GET.get("target", "")},
        breadcrumb=_breadcrumb(actor, mapping),
        intro=intro,
    ).respond(request)


def pair_page(request: ActorRequest, code: str, key: UUID, name: str) -> HttpResponse:
    """The form of one act on one row."""
    actor = request.actor
    mapping = queries.mapping_named(actor, code)
    pair = queries.pair_named(mapping, key)
    if (act := actions.ACTS.get(name)) is None:
        raise NotFound
    intro = f"{pair.source_name} {pair.source.title_text} → {pair.target_name} {pair.target.title_text}"
    if act is actions.change and pair.is_defaulted:
        intro += "\n\n" + _("A tool set this relation. Storing it, changed or not, makes it your judgement.")
    form = ActForm(
        act,
        panels.mapping_url(actor, mapping),
        f"{act.label}: {pair}",
        act.label,
        subject=pair,
        breadcrumb=_breadcrumb(actor, mapping),
        intro=intro,
    )
    return form.respond(request)


@require_POST
def judge_rows(request: ActorRequest, code: str) -> HttpResponse:
    """Judge the rows that were chosen in the list, as they stand."""
    actor = request.actor
    mapping = queries.mapping_named(actor, code)
    if not actor.may(actions.judge.name, mapping):
        raise Denied(_("Your role does not include judging mappings."))
    keys = [key for key in dict.fromkeys(request.POST.getlist("ids")) if is_uuid(key)][:1000]
    found = mapping.pairs.filter(pk__in=keys, withdrawn_on=None, is_defaulted=True)
    rows = list(found.select_related("source", "source_statement", "target", "target_statement"))
    try:
        done = actions.judge.run_many(actor, [(row, row.version) for row in rows], {})
    except ActError as error:
        messages.error(request, str(error))
    else:
        words = ngettext("%(count)d row judged.", "%(count)d rows judged.", len(done))
        messages.success(request, words % {"count": len(done)})
    back = request.POST.get("back", "")
    return redirect(f"{panels.mapping_url(actor, mapping)}{back if back.startswith('?') else ''}")


@require_GET
def oscal_file(request: ActorRequest, code: str, ending: str) -> HttpResponse:
    mapping = queries.mapping_named(request.actor, code)
    if ending not in ("json", "xml") or not mapping.pairs.filter(withdrawn_on=None).exists():
        raise NotFound
    content = import_module("ringwall.catalogues.mapping.exporting").document_of(mapping, ending)
    return download(HttpResponse(content, content_type=f"application/{ending}"), f"{mapping.code}.{ending}")


@require_GET
def sheet_file(request: ActorRequest, code: str) -> HttpResponse:
    mapping = queries.mapping_named(request.actor, code)
    content = import_module("ringwall.catalogues.mapping.exporting").workbook_of(mapping)
    return download(HttpResponse(content, content_type=MEDIA["xlsx"]), f"{mapping.code}.xlsx")


@require_GET
def original_file(request: ActorRequest, code: str) -> HttpResponse:
    """The bytes as they came. Always a download: nothing of a stranger's file is shown in the page's origin."""
    file = queries.mapping_named(request.actor, code).file
    return download(HttpResponse(bytes(file.content), content_type="application/octet-stream"), file.name)
