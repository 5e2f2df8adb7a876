"""Import and export pages: upload, columns, preview, store; what is shown as a file."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.kit import pages, registry
from ringwall.kit.cells import capitalised, labels_of_ids
from ringwall.kit.drafts import ImportDraft
from ringwall.kit.errors import Denied, Invalid, NotFound
from ringwall.kit.exports import MEDIA, attachment, field_keys, header_of, rows_of, write_csv, write_json
from ringwall.kit.imports import Declared, Plan, PlannedRow, guess_columns, make_plan, sheet_of, store
from ringwall.kit.jobs import start
from ringwall.kit.listing import Query, matching
from ringwall.kit.register import Register
from ringwall.kit.requests import ActorRequest
from ringwall.kit.views.lists import require_view
from ringwall.kit.words import file_words
from ringwall.lib.sheets_types import Sheet, SheetError

SHOWN_ROWS = 200
LARGE_EXPORT = 5000


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("XLSX, ODS or CSV with one row of column names on top."),
    )
    date_order = forms.ChoiceField(
        label=gettext_lazy("Dates in the file"),
        choices=[("dmy", "31.12.2026"), ("mdy", "12/31/2026"), ("ymd", "2026-12-31")],
    )
    decimal = forms.ChoiceField(
        label=gettext_lazy("Numbers in the file"), choices=[("comma", "1.234,50"), ("point", "1,234.50")]
    )


@dataclass
class _Opened:
    sheet: Sheet
    columns: dict[int, str]


def _base(register: Register, actor: Actor) -> str:
    return f"/{actor.organisation.code}/{register.slug}/"


def _require_import(register: Register, actor: Actor) -> None:
    require_view(register, actor)
    if not actor.may(register.import_grant):
        raise Denied(_("Your role does not include importing here."))


def upload_page(request: ActorRequest, register: Register) -> HttpResponse:
    actor: Actor = request.actor
    _require_import(register, actor)
    german = getattr(request.user, "language", "en") == "de"
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        initial={"date_order": "dmy" if german else "ymd", "decimal": "comma" if german else "point"},
    )
    if others := registry.answers("sheet_kinds", register.kind):
        form.fields["file"].help_text = " ".join(map(str, (form.fields["file"].help_text, *others)))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                return redirect(
                    _begin(register, actor, file.read(), file.name, form.cleaned_data).address(_base(register, actor))
                )
            except SheetError as error:
                form.add_error("file", " ".join(file_words(error)))
    page = _page(register, actor, "upload", form=form)
    return render(request, "kit/import.html", {"page": page, "title": page.title, "register": register}, status=status)


def paste(request: ActorRequest, register: Register) -> HttpResponse:
    """Rows pasted from a spreadsheet: with a header that is understood, else in the order of the columns shown."""
    actor: Actor = request.actor
    _require_import(register, actor)
    if request.method != "POST":
        return redirect(f"{_base(register, actor)}import/")
    text = request.POST.get("text", "").replace("\x00", "")
    first = text.split("\n", 1)[0].rstrip("\r").split("\t")
    if not guess_columns(register, first):
        keys = [
            key
            for key in (request.POST.getlist("col") or register.shown or register.columns)
            if key in register.inputs.fields
        ]
        text = "\t".join(header_of(register, keys)) + "\n" + text
    german = getattr(request.user, "language", "en") == "de"
    declared = {"date_order": "dmy" if german else "ymd", "decimal": "comma" if german else "point"}
    try:
        draft = _begin(register, actor, text.encode(), "paste.tsv", declared)
    except SheetError as error:
        messages.error(request, " ".join(file_words(error)))
        return redirect(_base(register, actor))
    return redirect(draft.address(_base(register, actor)))


def _begin(register: Register, actor: Actor, data: bytes, name: str, declared: dict[str, Any]) -> ImportDraft:
    sheet = sheet_of(register, actor, data, name)
    columns = guess_columns(register, sheet.header)
    return ImportDraft.objects.create(
        organisation_id=actor.organisation_id,
        person_id=actor.person_key,
        kind=register.kind,
        name=name[:200],
        content=data,
        date_order=declared["date_order"],
        has_decimal_comma=declared["decimal"] == "comma",
        columns={str(index): key for index, key in columns.items()},
    )


def import_page(request: ActorRequest, register: Register, key: uuid.UUID) -> HttpResponse:
    """The columns, the preview and the storing of one uploaded file, which only the uploader sees."""
    actor: Actor = request.actor
    _require_import(register, actor)
    draft = ImportDraft.objects.filter(
        pk=key, organisation_id=actor.organisation_id, person_id=actor.person_key, kind=register.kind
    ).first()
    if draft is None:
        raise NotFound(_("This upload is gone. Upload the file again."))
    opened = _open(register, actor, draft, request)
    status, plan, failed = 200, None, []
    try:
        plan = make_plan(
            register, actor, opened.sheet, Declared(draft.date_order, draft.has_decimal_comma, opened.columns)
        )
    except Invalid as error:
        failed = [pages.ImportFinding("error", None, "", text) for texts in error.errors.values() for text in texts]
        status = 422
    if request.method == "POST" and "store" in request.POST and plan and plan.can_store:
        counts = store(plan, actor)
        draft.delete()
        messages.success(
            request,
            _("%(added)d added, %(changed)d changed, %(unchanged)d unchanged.")
            % {name: counts[name] for name in counts},
        )
        return redirect(_base(register, actor))
    page = _page(register, actor, "preview", opened=opened, plan=plan, failed=failed, draft=draft)
    return render(request, "kit/import.html", {"page": page, "title": page.title, "register": register}, status=status)


def _open(register: Register, actor: Actor, draft: ImportDraft, request: HttpRequest) -> _Opened:
    sheet = sheet_of(register, actor, bytes(draft.content), draft.name)
    if request.method == "POST" and "columns" in request.POST:
        chosen = {i: request.POST.get(f"column_{i}", "") for i in range(len(sheet.header))}
        draft.columns = {str(i): key for i, key in chosen.items() if key in register.inputs.fields}
        draft.save(update_fields=["columns"])
    return _Opened(sheet, {int(index): key for index, key in draft.columns.items()})


def _page(register: Register, actor: Actor, step: Any, **parts: Any) -> pages.ImportPage:
    base = _base(register, actor)
    opened: _Opened | None = parts.get("opened")
    plan: Plan | None = parts.get("plan")
    draft: ImportDraft | None = parts.get("draft")
    columns = []
    for index, name in enumerate(opened.sheet.header if opened else ()):
        samples = (
            [str(row[index]) for row in opened.sheet.rows[:3] if index < len(row) and row[index] is not None]
            if opened
            else []
        )
        offered = [pages.Choice("", _("leave out"))]
        chosen = opened.columns.get(index, "") if opened else ""
        offered += [pages.Choice(k, capitalised(f.label), k == chosen) for k, f in register.inputs.fields.items()]
        columns.append((name, samples, offered))
    rows = shown_rows(register, actor, plan) if plan else []
    findings = [*parts.get("failed", ()), *([told_finding(f) for f in plan.findings[:200]] if plan else ())]
    return pages.ImportPage(
        title=_("Import: %(register)s") % {"register": register.title},
        url=draft.address(base) if draft else f"{base}import/",
        step=step,
        breadcrumb=[pages.Link(register.title, base)],
        form=parts.get("form"),
        columns=columns,
        rows=rows,
        counts=plan.counts if plan else {},
        findings=findings,
        template_url=f"{base}import/template/",
        can_store=bool(plan and plan.can_store),
        noun=str(register.title),
        result_url=base,
    )


def shown_rows(register: Register, actor: Actor, plan: Plan) -> list[pages.ImportRow]:
    """Refused rows first, then what changes; the unchanged are only counted."""
    order = {"refused": 0, "changed": 1, "added": 2, "unchanged": 3}
    rows = sorted(
        (row for row in plan.rows if row.outcome != "unchanged"), key=lambda row: (order[row.outcome], row.number)
    )[:SHOWN_ROWS]
    named = _names_of_links(register, actor, rows)
    return [
        pages.ImportRow(
            row.number,
            row.outcome,
            row.ref,
            str(getattr(row.record, register.model.title_field, "") or row.raw.get(register.model.title_field, "")),
            [
                (capitalised(register.spec_of(n).label), _short(a, named.get(n)), _short(b, named.get(n)))
                for n, (a, b) in row.changes.items()
                if a not in (None, "", []) or b not in (None, "", [])
            ]
            if row.outcome == "changed"
            else [],
            [told_finding(finding) for finding in row.findings],
        )
        for row in rows
    ]


def _names_of_links(register: Register, actor: Actor, rows: Sequence[PlannedRow]) -> dict[str, dict[str, str]]:
    """Field that links → id → words for it, of what the actor may see. One query a field."""
    ids: dict[str, set[str]] = {}
    for row in rows:
        for name, values in row.changes.items() if row.outcome == "changed" else ():
            if register.model._meta.get_field(name).is_relation:
                ids.setdefault(name, set()).update(
                    key for value in values for key in (value if isinstance(value, list) else [value]) if key
                )
    targets: dict[str, Any] = {name: register.model._meta.get_field(name).related_model for name in ids}
    return {name: labels_of_ids(targets[name], sorted(keys), actor) for name, keys in ids.items()}


def _short(value: Any, names: Mapping[str, str] | None = None) -> str:
    parts = value if isinstance(value, list) else [] if value is None else [value]
    text = ", ".join(str(part) if names is None else names.get(str(part), str(part)) for part in parts)
    return text if len(text) <= 80 else f"{text[:79]}…"


def told_finding(finding: Any) -> pages.ImportFinding:
    return pages.ImportFinding(finding.severity, finding.row, finding.column, finding.message)


def export(request: ActorRequest, register: Register, form: str) -> HttpResponse:
    """The list as shown, as a file; a large one becomes a job."""
    actor: Actor = request.actor
    require_view(register, actor)
    if form not in MEDIA:
        raise NotFound
    query = Query.read(register, request.GET)
    if form == "xlsx" and matching(register, actor, query).count() > LARGE_EXPORT:
        job = start(
            "export",
            actor,
            {"kind": register.kind, "query": query.address().lstrip("?"), "language": request.user.language},
        )
        return redirect(f"/{actor.organisation.code}/jobs/{job.pk}/")
    keys = list(query.columns or register.shown or register.columns)
    return _file(register, form, keys, rows_of(register, actor, query, keys), register.slug)


def template(request: ActorRequest, register: Register) -> HttpResponse:
    """An empty sheet with the right column names."""
    actor: Actor = request.actor
    _require_import(register, actor)
    return _file(register, "xlsx", field_keys(register), [], f"{register.slug}-template")


def _file(register: Register, form: str, keys: list[str], rows: Any, name: str) -> HttpResponse:
    header = header_of(register, keys)
    if form == "csv":
        body = write_csv(header, rows)
    elif form == "json":
        body = write_json(register, keys, rows)
    else:
        from ringwall.kit.workbook import workbook  # loaded late: the writer is heavy

        body = workbook(register, keys, header, rows)
    return attachment(body, MEDIA[form], f"{name}.{form}")
