"""The list page of a register, with saved views, bulk acts and suggestions for reference fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.kit import pages, registry
from ringwall.kit.cells import capitalised, cell_maker
from ringwall.kit.errors import ActError, Denied, Invalid, NotFound
from ringwall.kit.fields import Target
from ringwall.kit.listing import NOTHING, PAGE_SIZE, Query, page_of
from ringwall.kit.records import SavedView, is_uuid
from ringwall.kit.register import Register
from ringwall.kit.requests import ActorRequest

EXPORTS = (("xlsx", "XLSX"), ("csv", "CSV"), ("json", "JSON"))


def require_view(register: Register, actor: Actor) -> None:
    if not actor.may(register.view_grant):
        raise Denied(_("Your role does not include this register: %(register)s.") % {"register": register.title})


@require_GET
def list_page(request: ActorRequest, register: Register) -> HttpResponse:
    actor: Actor = request.actor
    require_view(register, actor)
    views = list(
        SavedView.objects.filter(organisation_id=actor.organisation_id, person_id=actor.person_key, kind=register.kind)
    )
    given = request.GET
    if name := given.get("view"):
        view = next((v for v in views if str(v.pk) == name), None)
        if view is None:
            raise NotFound
        given = QueryDict(view.query)
    query = Query.read(register, given)
    page = register_page(register, actor, query, views, is_dense=bool(getattr(request.user, "is_dense", False)))
    template = "kit/register.html"
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "register":
        template += "#table"
    return render(request, template, {"page": page, "title": page.title, "register": register})


def register_page(
    register: Register, actor: Actor, query: Query, views: list[SavedView], *, is_dense: bool
) -> pages.RegisterPage:
    keys = list(query.columns or register.shown or register.columns)
    part = page_of(register, actor, query, keys)
    base = f"/{actor.organisation.code}/{register.slug}/"
    update = register.acts.update

    editable = {r.pk for r in part.records if not r.is_withdrawn and actor.may(update.name, r)}
    makers = [cell_maker(register, actor, register.spec_of(key), lambda r: r.pk in editable) for key in keys]
    rows = [
        pages.Row(
            str(r.pk), r.ref, f"{base}{r.ref}/", r.version, [make(r) for make in makers], r.withdrawn_on is not None
        )
        for r in part.records
    ]
    create = pages.Link(_("New %(one)s") % {"one": register.title_one}, f"{base}new/", "plus", "primary")
    may_create = actor.may(register.acts.create.name)
    export_query = query.address()
    bulk = [
        pages.Link(
            a.label, f"{base}bulk/{a.name.partition('.')[2]}/", a.icon, "danger" if a.is_danger else "plain", key=a.name
        )
        for a in register.all_actions
        if a.is_bulk and actor.may(a.name)
    ]
    return pages.RegisterPage(
        kind=register.kind,
        title=register.title,
        title_one=register.title_one,
        url=base,
        columns=[_column(register, query, key) for key in keys],
        rows=rows,
        pager=_pager(query, part),
        empty=_empty(register, base, query, may_create),
        search=query.text,
        filters=_filters(register, actor, query),
        chips=_chips(register, actor, query),
        views=_view_links(base, query, views),
        can_save_view=actor.person_id is not None,
        save_view_url=f"{base}views/",
        all_columns=[_column(register, query, key, key in keys) for key in register.columns],
        primary=create if may_create else None,
        bulk=bulk,
        exports=[pages.Link(label, f"{base}export/{form}/{export_query}", "download") for form, label in EXPORTS],
        import_url=f"{base}import/" if may_create else "",
        paste_url=f"{base}import/paste/" if may_create else "",
        query={"q": query.text, "sort": query.sort, "withdrawn": query.withdrawn},
        is_dense=is_dense,
        is_filtered=query.is_filtered,
    )


def _column(register: Register, query: Query, key: str, is_shown: bool = True) -> pages.Column:
    spec = register.spec_of(key)
    sort_url, direction = "", ""
    if spec.sort or key in register.sorts:
        current = query.sort or register.default_sort
        if current.lstrip("-") == key:
            direction = "descending" if current.startswith("-") else "ascending"
        sort_url = query.address(sort=f"-{key}" if direction == "ascending" else key)
    return pages.Column(key, capitalised(spec.label), spec.kind, sort_url, direction, spec.is_editable, is_shown)  # type: ignore[arg-type]


def _pager(query: Query, part: Any) -> pages.Pager:
    return pages.Pager(
        first=part.first,
        last=min(part.first + PAGE_SIZE - 1, part.count),
        count=part.count,
        first_url=query.address(page=1) if part.page > 1 else "",
        previous_url=query.address(page=part.page - 1) if part.page > 1 else "",
        next_url=query.address(page=part.page + 1) if part.page < part.pages else "",
        last_url=query.address(page=part.pages) if part.page < part.pages else "",
    )


def _empty(register: Register, base: str, query: Query, may_create: bool) -> pages.Empty:
    if query.is_filtered:
        return pages.Empty(
            _("Nothing matches"),
            _("No row fits the search and filters chosen."),
            [pages.Link(_("Show all"), base, "x", "primary")],
        )
    steps = []
    if may_create:
        steps = [
            pages.Link(_("New %(one)s") % {"one": register.title_one}, f"{base}new/", "plus", "primary"),
            pages.Link(_("Import a spreadsheet"), f"{base}import/", "upload"),
        ]
    return pages.Empty(_("Nothing here yet: %(register)s") % {"register": register.title}, register.about, steps)


def _filters(register: Register, actor: Actor, query: Query) -> list[pages.Filter]:
    made, own = [], register.own_words(actor)
    for key in register.filters:
        spec = register.spec_of(key)
        f, label = spec.field, capitalised(spec.label)
        chosen = set(query.filters.get(key, ()))
        if spec.kind == "date":
            for edge, word in (("from", _("from")), ("to", _("to"))):
                name = f"{key}_{edge}"
                made.append(pages.Filter(name, f"{label} {word}", "date", value="".join(query.filters.get(name, ()))))
            continue
        if spec.kind == "bool":
            choices = [("1", _("yes")), ("0", _("no"))]
        elif f.is_relation and key == "unit":
            within = actor.reach.get(register.view_grant, frozenset(actor.units.units))
            choices = [(str(u.id), "\u2003" * depth + u.name) for depth, u in actor.units.in_order() if u.id in within]
        elif f.is_relation:
            kind = getattr(f.related_model, "kind", "") or f.related_model._meta.model_name
            suggest = f"/{actor.organisation.code}/suggest/{kind}/"
            made.append(pages.Filter(key, label, "reference", value=", ".join(sorted(chosen)), suggest_url=suggest))
            continue
        else:
            choices = list(own.get(key) or ((str(value), text) for value, text in f.flatchoices))
        if f.null or (f.blank and spec.kind == "choice"):
            choices.append((NOTHING, _("not given")))
        made.append(pages.Filter(key, label, "choice", [pages.Choice(v, text, v in chosen) for v, text in choices]))
    for condition in register.conditions:
        chosen = set(query.filters.get(condition.key, ()))
        offered = [pages.Choice(value, str(words), value in chosen) for value, words in condition.choices.items()]
        made.append(pages.Filter(condition.key, capitalised(condition.label), "choice", offered))
    shown = [("", _("hidden")), ("all", _("shown too")), ("only", _("alone"))]
    made.append(
        pages.Filter(
            "withdrawn", _("Withdrawn"), "single", [pages.Choice(v, t, v == query.withdrawn) for v, t in shown]
        )
    )
    return made


def _chips(register: Register, actor: Actor, query: Query) -> list[pages.Chip]:
    chips = []
    if query.text:
        chips.append(pages.Chip(_("Search"), query.text, query.address(q="")))
    own = register.own_words(actor) if query.filters else {}
    for name, values in query.filters.items():
        chips.append(pages.Chip(*_chip_words(register, actor, name, values, own), query.address(**{name: ""})))
    if query.withdrawn:
        word = _("shown too") if query.withdrawn == "all" else _("alone")
        chips.append(pages.Chip(_("Withdrawn"), word, query.address(withdrawn="")))
    return chips


def _chip_words(
    register: Register, actor: Actor, name: str, values: Any, own: Mapping[str, Sequence[tuple[str, str]]]
) -> tuple[str, str]:
    if condition := register.condition_of(name):
        return capitalised(condition.label), ", ".join(str(condition.choices[value]) for value in values)
    if name not in register.filters:
        key, _sep, edge = name.rpartition("_")
        return f"{capitalised(register.spec_of(key).label)} {_('from') if edge == 'from' else _('to')}", values[0]
    spec = register.spec_of(name)
    words = []
    for value in values:
        if value == NOTHING:
            words.append(_("not given"))
        elif value == "me":
            words.append(_("me"))
        elif spec.key == "unit" and spec.field.is_relation:
            unit = next((u for u in actor.units.units.values() if value in (str(u.id), u.name)), None)
            words.append(unit.name if unit else value)
        elif spec.field.is_relation and is_uuid(value):
            row = Target(spec.field.related_model).rows(actor).filter(pk=value).first()
            words.append(str(row or value))
        elif spec.kind == "bool":
            words.append(_("yes") if value in {"1", "true", "yes"} else _("no"))
        else:
            labels = own.get(name) or [(str(v), text) for v, text in getattr(spec.field, "flatchoices", ())]
            words.append(str(dict(labels).get(value, value)))
    return capitalised(spec.label), ", ".join(words)


def _view_links(base: str, query: Query, views: list[SavedView]) -> list[pages.Link]:
    current = query.address().lstrip("?")
    links = [pages.Link(_("All"), base, is_current=current == "")]
    links += [pages.Link(v.name, f"{base}?{v.query}", is_current=v.query == current, key=str(v.pk)) for v in views]
    return links


@require_POST
def save_view(request: ActorRequest, register: Register) -> HttpResponse:
    """Keep the list as it is under a name; the same name again replaces it; `remove` takes one away."""
    actor: Actor = request.actor
    require_view(register, actor)
    base = f"/{actor.organisation.code}/{register.slug}/"
    mine = SavedView.objects.filter(
        organisation_id=actor.organisation_id, person_id=actor.person_key, kind=register.kind
    )
    if remove := request.POST.get("remove"):
        if is_uuid(remove):
            mine.filter(pk=remove).delete()
        messages.success(request, _("View removed."))
        return redirect(base)
    name = request.POST.get("name", "").strip()[:80]
    query = Query.read(register, QueryDict(request.POST.get("query", "").lstrip("?"))).address().lstrip("?")
    if not name or len(query) > 2000:
        raise Invalid({"name": [_("Give the view a name.")]})
    mine.update_or_create(
        name=name,
        defaults={
            "query": query,
            "organisation_id": actor.organisation_id,
            "person_id": actor.person_key,
            "kind": register.kind,
        },
    )
    messages.success(request, _("View “%(name)s” saved.") % {"name": name})
    return redirect(f"{base}?{query}")


def bulk_page(request: ActorRequest, register: Register, name: str) -> HttpResponse:
    """One act on the chosen rows: GET or a first POST shows the form, a POST with `go` acts."""
    actor: Actor = request.actor
    require_view(register, actor)
    act = next((a for a in register.all_actions if a.is_bulk and a.name == f"{register.kind}.{name}"), None)
    if act is None:
        raise NotFound
    act.require(actor)
    given = request.POST if request.method == "POST" else request.GET
    ids = [value for value in dict.fromkeys(given.getlist("ids")) if is_uuid(value)][:5000]
    records = list(register.model.objects.visible_to(actor).filter(pk__in=ids).order_by("ref_key"))
    base = f"/{actor.organisation.code}/{register.slug}/"
    if not records:
        messages.error(request, _("Choose at least one row."))
        return redirect(base)
    chosen = [n for n in given.getlist("set") if n in act.inputs.fields] if act.is_update else list(act.inputs.fields)
    offered = {
        n: f
        for n, f in act.inputs.fields.items()
        if not act.is_update or n in register.editable or n in ("unit", "restricted")
    }
    form = type(act.inputs)(offered).form(actor, act.name, data=request.POST if "go" in given else None)
    status = 200
    if request.method == "POST" and "go" in given:
        raw = {n: value for n, value in form.raw().items() if not act.is_update or n in chosen}
        read = zip(given.getlist("ids"), given.getlist("versions"), strict=False)
        versions = {pk: int(version) for pk, version in read if version.isascii() and version.isdigit()}
        try:
            done = act.run_many(
                actor, [(r, versions.get(str(r.pk), r.version)) for r in records], raw, reason=given.get("reason", "")
            )
        except Invalid as error:
            form.take_errors(error)
            status = 422
        except ActError as error:
            messages.error(request, str(error))
            status = error.status
        else:
            count = len(done)
            messages.success(
                request, ngettext("%(count)d row changed.", "%(count)d rows changed.", count) % {"count": count}
            )
            return redirect(base)
    context = {
        "title": f"{act.label}: {len(records)} {register.title}",
        "act": act,
        "records": records,
        "form": form,
        "url": request.path,
        "cancel_url": base,
        "chosen": chosen,
        "register": register,
    }
    return render(request, "kit/bulk.html", context, status=status)


SUGGESTED = 12


@require_GET
def suggestions(request: ActorRequest, kind: str) -> HttpResponse:
    """Up to a dozen rows of a kind (or people) whose reference, name or title begins with or contains what was
    typed.
    """
    actor: Actor = request.actor
    text = request.GET.get("q", "").strip()[:80].replace("\x00", "")
    choices: list[pages.Choice] = []
    if kind == "person":
        rows = Target(Person).rows(actor).filter(name__icontains=text).order_by("name")[:SUGGESTED]
        choices = [pages.Choice(Target.text(row), row.name) for row in rows]
    elif register := registry.registers.get(kind):
        require_view(register, actor)
        rows = register.model.objects.visible_to(actor).present()
        found = list(rows.filter(ref__istartswith=text).order_by("ref_key")[:SUGGESTED])
        if len(found) < SUGGESTED and text:
            ids = registry.searcher(kind, text, actor)
            found += list(
                rows.filter(pk__in=ids)
                .exclude(pk__in=[row.pk for row in found])
                .order_by("ref_key")[: SUGGESTED - len(found)]
            )
        choices = [pages.Choice(row.ref, str(row)) for row in found]
    else:
        raise NotFound
    return render(request, "kit/suggestions.html", {"choices": choices})
