"""Pages of the statement of applicability: the list of scopes, the statement itself, submission, import and
documents.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.approvals.queries import Standing, standing, versions
from ringwall.approvals.rules import freeze
from ringwall.approvals.views import deciders_of, submit_from
from ringwall.kit import pages, registry
from ringwall.kit.errors import Denied, Invalid
from ringwall.kit.imports import store
from ringwall.kit.requests import ActorRequest
from ringwall.kit.words import file_words
from ringwall.lib.sheets import read_sheet
from ringwall.lib.sheets_types import SheetError
from ringwall.soa import actions
from ringwall.soa.freezing import frozen_rows
from ringwall.soa.queries import Statement, StatementRow, as_shown, counts_of, scope_of, scopes_of
from ringwall.soa.reports import COLUMNS, column_titles
from ringwall.soa.rules import Finding
from ringwall.soa.sheets import plan_decisions
from ringwall.soa.wording import APPLICABILITY_TONES, FINDINGS, PROGRESS, PROGRESS_TONES


def scopes_page(request: ActorRequest) -> HttpResponse:
    """Straight to the statement where there is but one scope."""
    actor: Actor = request.actor
    if not actor.may("soa.view"):
        raise Denied(_("Your role does not include the statement of applicability."))
    found = scopes_of(actor)
    if len(found) == 1:
        return redirect(f"/{actor.organisation.code}/soa/{found[0].ref}/")
    base = f"/{actor.organisation.code}/"
    links = [pages.Link(str(scope), f"{base}soa/{scope.ref}/", "list-checks") for scope in found]
    empty = pages.Empty(
        _("No scope yet"),
        _("A statement of applicability belongs to an ISMS scope. Say first what the ISMS covers."),
        [pages.Link(_("New scope"), f"{base}scopes/new/", "plus", "primary")] if actor.may("scope.create") else [],
    )
    return render(
        request, "kit/links.html", {"title": _("Statements of applicability"), "links": links, "empty": empty}
    )


def statement_page(request: ActorRequest, ref: str) -> HttpResponse:
    actor: Actor = request.actor
    scope = scope_of(actor, ref)
    found = as_shown(scope)
    now = freeze("soa", str(scope.pk), str(scope), frozen_rows(found))
    state = standing("soa", scope, now)
    page = _page(request, actor, found)
    context = {
        "page": page,
        "title": page.title,
        "scope": scope,
        "statement": found,
        "figures": _figures(found),
        "findings": _findings(request, found),
        "standing": state,
        "versions": versions("soa", scope.pk),
        "outsider_columns": [(key, column_titles()[key]) for key in COLUMNS],
        "oscal": registry.answers("oscal", "soa", scope, actor),
        "report_url": f"/{actor.organisation.code}/reports/soa/{scope.ref}/",
        "may_prepare": bool(found.unprepared) and scope.is_covered_by(actor, "soa_row.create"),
        "may_submit": scope.is_covered_by(actor, "soa.submit")
        and state.open is None
        and _is_worth_submitting(state, now.sha256),
        "deciders": deciders_of(actor),
        "people": Person.objects.filter(organisation_id=actor.organisation_id, withdrawn_on=None).order_by("name"),
    }
    template = "soa/statement.html"
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "register":
        template = "kit/register.html#table"
    return render(request, template, context)


def _is_worth_submitting(state: Standing, sha256: str) -> bool:
    return state.in_force is None or state.is_stale


def _figures(found: Statement) -> list[pages.Fact]:
    implemented = sum(row.applicability == "applicable" and row.progress == "implemented" for row in found.rows)
    applicable = found.count("applicable")
    return [
        pages.Fact(_("Applicable"), str(applicable), "?applicability=applicable"),
        pages.Fact(_("Not applicable"), str(found.count("not_applicable")), "?applicability=not_applicable"),
        pages.Fact(_("Undecided"), str(found.count("undecided")), "?applicability=undecided"),
        pages.Fact(
            _("Implemented"),
            _("%(done)d of %(all)d") % {"done": implemented, "all": applicable},
            "?progress=implemented",
        ),
    ]


def _findings(request: HttpRequest, found: Statement) -> list[pages.Link]:
    counts = counts_of(found.rows)
    links = [
        pages.Link(
            str(FINDINGS[finding]),
            f"?finding={finding}",
            count=counts[finding],
            is_current=request.GET.get("finding") == finding,
        )
        for finding in Finding
        if counts.get(finding)
    ]
    return links


def _matches(row: StatementRow, given: Any) -> bool:
    text = given.get("q", "").casefold()
    if text and text not in f"{row.key} {row.title} {row.justification}".casefold():
        return False
    return (
        given.get("applicability", "") in ("", row.applicability)
        and given.get("progress", "") in ("", row.progress)
        and given.get("theme", "") in ("", row.theme)
        and (not given.get("finding") or given["finding"] in row.findings)
    )


def _page(request: HttpRequest, actor: Actor, found: Statement) -> pages.RegisterPage:
    """The statement drawn as a register: in-place and bulk edit work on the stored rows."""
    scope, base = found.scope, f"/{actor.organisation.code}/"
    url = f"{base}soa/{scope.ref}/"
    shown = [row for row in found.rows if _matches(row, request.GET)]
    may_edit = scope.is_covered_by(actor, "soa_row.update")
    keys = (
        ("entry", _("Entry"), "ref"),
        ("title", _("Title"), "title"),
        ("applicability", _("Applicability"), "state"),
        ("justification", _("Justification"), "text"),
        ("drivers", _("Because of"), "text"),
        ("controls", _("Controls"), "text"),
        ("progress", _("Implementation"), "state"),
        ("evidence", _("Evidence"), "number"),
        ("finding", _("Finding"), "text"),
    )
    themes = [theme for theme in dict.fromkeys(row.theme for row in found.rows) if theme]
    return pages.RegisterPage(
        kind="soa_row",
        title=_("Statement of applicability"),
        title_one=_("row"),
        url=url,
        columns=[
            pages.Column(key, label, kind, is_editable=may_edit and key in {"applicability", "justification"})
            for key, label, kind in keys
        ],
        rows=[_row(row, base, may_edit) for row in shown],
        pager=pages.Pager(1 if shown else 0, len(shown), len(shown)),
        empty=pages.Empty(
            _("Nothing matches"),
            _("No row fits the search and filters chosen."),
            [pages.Link(_("Show all"), url, "x", "primary")],
        ),
        search=request.GET.get("q", ""),
        filters=[
            _filter(
                request, "applicability", _("Applicability"), [(v, _APPLICABILITY[v]) for v in APPLICABILITY_TONES]
            ),
            _filter(request, "theme", _("Theme"), [(theme, theme) for theme in themes]),
            _filter(request, "progress", _("Implementation"), [(str(k), str(label)) for k, label in PROGRESS.items()]),
            _filter(request, "finding", _("Finding"), [(str(k), str(label)) for k, label in FINDINGS.items()]),
        ],
        chips=_chips(request),
        bulk=[
            pages.Link(_("Decide"), f"{base}soa-rows/bulk/update/", "pencil", key="soa_row.update"),
            pages.Link(_("Confirm drivers"), f"{base}soa-rows/bulk/confirm/", "check", key="soa_row.confirm"),
        ]
        if may_edit
        else [],
        exports=[
            pages.Link(label, f"{base}reports/soa/{scope.ref}/?format={form}", "download") for form, label in _FORMATS
        ],
        import_url=f"{url}import/" if may_edit else "",
        can_save_view=False,
        is_filtered=bool(request.GET),
        is_dense=bool(getattr(request.user, "is_dense", False)),
    )


_FORMATS = (("pdf", "PDF"), ("docx", "DOCX"), ("xlsx", "XLSX"), ("json", "JSON"))
_APPLICABILITY = {
    "undecided": gettext_lazy("undecided"),
    "applicable": gettext_lazy("applicable"),
    "not_applicable": gettext_lazy("not applicable"),
}


def _row(row: StatementRow, base: str, may_edit: bool) -> pages.Row:
    stored = row.stored
    url = f"{base}soa-rows/{stored.ref}/" if stored else ""
    entry_url = (
        f"{base}catalogues/{row.requirement.catalogue.code}/{row.requirement.identifier}/"
        if row.requirement
        else f"{base}controls/{row.key}/"
    )
    finding = row.findings[0] if row.findings else None
    applicable = row.applicability == "applicable"
    editable = may_edit and stored is not None
    cells = [
        pages.Cell("entry", row.key, "ref", url or entry_url),
        pages.Cell("title", row.title, "title", entry_url),
        pages.Cell(
            "applicability",
            capfirst(row.applicability_label),
            "state",
            state=APPLICABILITY_TONES[row.applicability],
            is_editable=editable,
        ),
        pages.Cell("justification", row.justification, "text", is_editable=editable),
        pages.Cell("drivers", _driver_words(row), "text", hint="; ".join(f"{d.ref} {d.title}" for d in row.drivers)),
        pages.Cell(
            "controls",
            ", ".join(c.ref for c in row.controls),
            "text",
            hint="; ".join(f"{c.ref} {c.title}: {c.state_label}" for c in row.controls),
        ),
        pages.Cell(
            "progress",
            PROGRESS[row.progress] if applicable else "",
            "state" if applicable else "text",
            state=PROGRESS_TONES[row.progress] if applicable else "",
        ),
        pages.Cell("evidence", str(row.evidence or ""), "number"),
        pages.Cell("finding", FINDINGS[finding] if finding else "", "text"),
    ]
    key = str(stored.pk) if stored else ""
    return pages.Row(key, row.key, url, stored.version if stored else 0, cells)


def _driver_words(row: StatementRow) -> str:
    """Confirmed drivers plainly, proposed ones with a question mark."""
    confirmed = set(row.confirmed)
    words = list(row.confirmed) + [f"{driver.ref}?" for driver in row.drivers if driver.ref not in confirmed]
    return ", ".join(words)


def _filter(request: HttpRequest, key: str, label: str, choices: list[tuple[str, Any]]) -> pages.Filter:
    chosen = request.GET.get(key, "")
    return pages.Filter(
        key,
        label,
        "single",
        [pages.Choice("", _("all"), chosen == ""), *(pages.Choice(v, t, v == chosen) for v, t in choices)],
    )


def _chips(request: HttpRequest) -> list[pages.Chip]:
    words = {"applicability": _APPLICABILITY, "progress": PROGRESS, "finding": FINDINGS}
    labels = {
        "q": _("Search"),
        "applicability": _("Applicability"),
        "theme": _("Theme"),
        "progress": _("Implementation"),
        "finding": _("Finding"),
    }
    chips = []
    for key, label in labels.items():
        if value := request.GET.get(key):
            left = request.GET.copy()
            left.pop(key)
            chips.append(pages.Chip(label, str(words.get(key, {}).get(value, value)), f"?{left.urlencode()}"))  # type: ignore[attr-defined]
    return chips


@require_POST
def prepare(request: ActorRequest, ref: str) -> HttpResponse:
    actor: Actor = request.actor
    count = actions.prepare(scope_of(actor, ref), actor=actor)
    messages.success(request, ngettext("%(count)d row taken in.", "%(count)d rows taken in.", count) % {"count": count})
    return redirect(f"/{actor.organisation.code}/soa/{ref}/")


@require_POST
def submit(request: ActorRequest, ref: str) -> HttpResponse:
    """Freeze the statement and ask the chosen people of top management to decide."""
    actor: Actor = request.actor
    submit_from(request, "soa", scope_of(actor, ref))
    return redirect(f"/{actor.organisation.code}/soa/{ref}/")


class DecisionsForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("XLSX, ODS or CSV with the columns entry, applicability and justification."),
    )


def import_page(request: ActorRequest, ref: str) -> HttpResponse:
    """Decisions from a spreadsheet; refused whole with every finding listed, stored as one act."""
    actor: Actor = request.actor
    scope = scope_of(actor, ref, "soa_row.update")
    form = DecisionsForm(request.POST or None, request.FILES or None)
    findings: list[pages.ImportFinding] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            plan = None
            try:
                plan = plan_decisions(actor, scope, read_sheet(file.read(), file.name))
                counts = store(plan, actor)
            except SheetError as error:
                form.add_error("file", " ".join(file_words(error)))
            except Invalid as error:
                findings = [
                    pages.ImportFinding("error", None, "", text) for texts in error.errors.values() for text in texts
                ]
                if plan is not None:
                    findings += [pages.ImportFinding("error", f.row, f.column, f.message) for f in plan.all_findings]
            else:
                messages.success(request, _("%(added)d added, %(changed)d changed, %(unchanged)d unchanged.") % counts)
                return redirect(f"/{actor.organisation.code}/soa/{ref}/")
    url = f"/{actor.organisation.code}/soa/{ref}/"
    page = pages.ImportPage(
        title=_("Import: %(register)s") % {"register": _("Statement of applicability")},
        url=f"{url}import/",
        step="upload",
        breadcrumb=[pages.Link(_("Statement of applicability"), url)],
        form=form,
        findings=findings,
        template_url=f"/{actor.organisation.code}/reports/soa/{ref}/?format=xlsx",
        result_url=url,
    )
    return render(request, "kit/import.html", {"page": page, "title": page.title}, status=status)
