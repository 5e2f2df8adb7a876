"""What a list asks for: filters, search, sort and one page of rows, in a constant number of queries at any size."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from ringwall.access.models import Person, Unit
from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.errors import Invalid
from ringwall.kit.fetching import fetch
from ringwall.kit.fields import Target
from ringwall.kit.records import is_uuid
from ringwall.kit.register import Register

PAGE_SIZE = 50
NOTHING = "none"
"""The filter value for rows in which a field is empty."""


@dataclass(frozen=True)
class Query:
    """A list's question as its address carries it; the same for page, export, API and saved view."""

    text: str = ""
    sort: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    withdrawn: str = ""
    page: int = 1
    columns: Sequence[str] = ()

    @classmethod
    def read(cls, register: Register, given: QueryDict) -> "Query":
        """Raises Invalid for a filter, sort or column that the register does not offer, or a value of the wrong
        kind.
        """
        errors: dict[str, list[str]] = {}
        known = {"q", "sort", "page", "col", "withdrawn", "view"}
        names = set(filter_names(register))
        for name in given:
            if name not in known | names:
                errors[name] = [_("This list has no such filter.")]
        sort = given.get("sort", "")
        if sort.lstrip("-") not in {"", *register.sorts}:
            errors["sort"] = [_("This list cannot be sorted by %(column)s.") % {"column": sort[:40]}]
        columns = [key for key in given.getlist("col") if key]
        if unknown := [key for key in columns if key not in register.columns]:
            errors["col"] = [_("This list has no column %(column)s.") % {"column": unknown[0][:40]}]
        page = given.get("page", "1") or "1"
        if not (page.isascii() and page.isdigit() and 0 < int(page) < 10_000_000):
            errors["page"] = [_("A page is a number from 1 on.")]
        if given.get("withdrawn", "") not in {"", "all", "only"}:
            errors["withdrawn"] = [_("Choose all or only.")]
        if "\x00" in "".join(value for name in given for value in given.getlist(name)):
            errors["q"] = [_("Control characters cannot be searched for.")]
        if errors:
            raise Invalid(errors)
        filters = {name: [v for v in given.getlist(name) if v] for name in names if any(given.getlist(name))}
        return cls(given.get("q", "").strip()[:200], sort, filters, given.get("withdrawn", ""), int(page), columns)

    def address(self, **changes: Any) -> str:
        """The query string of this list with some parts changed; the page goes back to the first unless named."""
        pairs: list[tuple[str, str]] = []
        values: dict[str, Any] = {
            "q": self.text,
            "sort": self.sort,
            **self.filters,
            "withdrawn": self.withdrawn,
            "col": list(self.columns),
            "page": "",
        } | changes
        for name, value in values.items():
            for part in value if isinstance(value, list | tuple) else [value]:
                if part not in ("", None) and not (name == "page" and str(part) == "1"):
                    pairs.append((name, str(part)))
        return "?" + urlencode(pairs) if pairs else "?"

    @property
    def is_filtered(self) -> bool:
        return bool(self.text or self.filters or self.withdrawn)


def filter_names(register: Register) -> list[str]:
    names: list[str] = []
    for key in register.filters:
        f = register.model._meta.get_field(key)
        names += [f"{key}_from", f"{key}_to"] if isinstance(f, models.DateField) else [key]
    return [*names, *(made.key for made in register.conditions)]


def matching(register: Register, actor: Actor, query: Query) -> Any:
    """The visible rows that the query describes, unsorted. Raises Invalid for an impossible filter value."""
    rows = register.model.objects.visible_to(actor)
    if query.withdrawn != "all":
        rows = rows.filter(withdrawn_on__isnull=query.withdrawn != "only")
    for name, values in query.filters.items():
        rows = rows.filter(_condition(register, actor, name, values))
    if query.text:
        rows = rows.filter(pk__in=registry.searcher(register.kind, query.text, actor))
    return rows


def _condition(register: Register, actor: Actor, name: str, values: Sequence[str]) -> Q:
    if condition := register.condition_of(name):
        _require_known(name, values, condition.choices)
        return reduce(or_, map(condition.where, values))
    key, _sep, edge = name.rpartition("_")
    if edge in {"from", "to"} and name not in register.filters:
        try:
            day = date.fromisoformat(values[0])
        except ValueError:
            raise Invalid(
                {name: [_("“%(value)s” is no date; write 2026-12-31.") % {"value": values[0][:40]}]}
            ) from None
        return Q(**{f"{key}__{'gte' if edge == 'from' else 'lte'}": day})
    f = register.model._meta.get_field(name)
    empty = Q(**{f"{name}__isnull": True}) if NOTHING in values and f.null else Q(pk__in=[])
    wanted = [value for value in values if value != NOTHING]
    if not wanted:
        return empty if f.null else Q(**{name: ""})
    if isinstance(f, models.ForeignKey) and f.related_model is Unit:
        found = _ids(Unit, name, actor, wanted)
        return Q(**{f"{name}_id__in": set().union(*(actor.units.below(pk) for pk in found))}) | empty
    if f.is_relation:
        return Q(**{f"{name}__in": _ids(f.related_model, name, actor, wanted)}) | empty
    if isinstance(f, models.BooleanField):
        return Q(**{name: wanted[0] in {"1", "true", "yes"}})
    assert isinstance(f, models.Field)
    labels = {str(value): value for value, _label in f.flatchoices}
    if labels:
        _require_known(name, wanted, labels)
    return Q(**{f"{name}__in": [labels.get(value, value) for value in wanted]}) | empty


def _require_known(name: str, values: Sequence[str], known: Collection[str]) -> None:
    if unknown := [value for value in values if value not in known]:
        told = _("“%(value)s” is none of: %(choices)s.") % {"value": unknown[0][:40], "choices": ", ".join(known)}
        raise Invalid({name: [told]})


def _ids(model: Any, name: str, actor: Actor, values: Sequence[str]) -> list[Any]:
    """Ids of what is named by id, reference or email ("me" is the person who asks)."""
    if model is Person and "me" in values:
        values = [str(actor.person_id) if value == "me" else value for value in values]
    ids = [value for value in values if is_uuid(value)]
    names = [value for value in values if not is_uuid(value)]
    # People who have left still own records; whatever else is named must be visible, or a filter would tell that it
    # exists.
    rows = (
        Target(model).rows(actor)
        if model is not Person
        else Person.objects.filter(organisation_id=actor.organisation_id)
    )
    key = "ref" if hasattr(model, "ref") else "email" if model is Person else "name"
    found = list(rows.filter(Q(pk__in=ids) | Q(**{f"{key}__in": names})).values_list("pk", flat=True))
    if not found:
        raise Invalid({name: [_("“%(value)s” is unknown.") % {"value": values[0][:80]}]})
    return found


def order_of(register: Register, sort: str) -> list[str]:
    key = (sort or register.default_sort).lstrip("-")
    sign = "-" if (sort or register.default_sort).startswith("-") else ""
    if key == "ref":
        return [f"{sign}ref_key"]
    spec = register.spec_of(key)
    return [f"{sign}{spec.sort or key}", f"{sign}ref_key"]


@dataclass(frozen=True)
class Slice:
    records: list[Any]
    count: int
    first: int
    page: int
    pages: int


def count_of(register: Register, actor: Actor, query: Query, rows: Any) -> int:
    """How many rows the question has. Not remembered where that depends on who asks, or on the hour."""
    asks_me = any("me" in values for values in query.filters.values())
    if asks_me or any(register.condition_of(name) for name in query.filters):
        return int(rows.count())
    asked = tuple(sorted((name, tuple(values)) for name, values in query.filters.items()))
    key = ("list", query.text, query.withdrawn, asked)
    return actor.counted(register.view_grant, key, lambda: int(rows.count()))


def page_of(register: Register, actor: Actor, query: Query, keys: Sequence[str]) -> Slice:
    """One page. Its ids come from an index alone, from whichever end is nearer; then the rows of these ids are read."""
    rows = matching(register, actor, query)
    count = count_of(register, actor, query, rows)
    pages = max(1, -(-count // PAGE_SIZE))
    page = min(query.page, pages)
    start = (page - 1) * PAGE_SIZE
    stop = min(start + PAGE_SIZE, count)
    ordered = rows.order_by(*order_of(register, query.sort))
    if start > count // 2:
        ids = list(ordered.reverse().values_list("pk", flat=True)[count - stop : count - start])[::-1]
    else:
        ids = list(ordered.values_list("pk", flat=True)[start:stop])
    return Slice(fetch(register, actor, ids, keys), count, start + 1 if count else 0, page, pages)
