"""The REST API, derived from registers and actions: the same rights, validators and queries as the pages."""

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from ninja import File, NinjaAPI, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.security import HttpBearer

from ringwall.access.policy import Actor, actor_for_token
from ringwall.kit import registry
from ringwall.kit.actions import Action
from ringwall.kit.acts import plain
from ringwall.kit.cells import record_url, sees
from ringwall.kit.errors import ActError, Denied, Invalid, NotFound
from ringwall.kit.fetching import fetch_one, fetch_rows, linked
from ringwall.kit.history import history_of
from ringwall.kit.imports import Declared, guess_columns, make_plan, sheet_of, store
from ringwall.kit.listing import Query as ListQuery
from ringwall.kit.listing import filter_names, matching
from ringwall.kit.problems import problem
from ringwall.kit.register import Register
from ringwall.kit.schemas import Problem, Schemas, schemas_of
from ringwall.kit.words import file_words
from ringwall.lib.sheets_types import SheetError

FAILURE_CODES = (400, 401, 403, 404, 422)
FAILURES: dict[int, Any] = {}
"""Stands in each operation for the refusals it may answer with; `build` adds them to all, as one model for all.

A model for every code of every operation, 450 of them, would take a quarter of the time in which a web process starts.
"""
SORTS = {
    "ref": ("ref_key",),
    "-ref": ("-ref_key",),
    "changed_at": ("changed_at", "ref_key"),
    "-changed_at": ("-changed_at", "-ref_key"),
}


class TokenAuth(HttpBearer):
    """`Authorization: Bearer rw_…`; the token's person acts, in the token's organisation, within its scope."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        actor = actor_for_token(token) if token.isascii() else None
        return None if actor is None or any(registry.answers("token_rests", actor)) else actor


def answer(body: Any, status: int = 200, version: int | None = None) -> HttpResponse:
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")), status=status, content_type="application/json"
    )
    if version is not None:
        response["ETag"] = f'"{version}"'
    return response


def expected_version(request: HttpRequest, *, is_needed: bool) -> int | None:
    given = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if given.isascii() and given.isdigit() and len(given) < 10:
        return int(given)
    if given or is_needed:
        raise PreconditionNeeded(_("Name the version you read in the header If-Match, as its ETag gave it."))
    return None


class PreconditionNeeded(ActError):
    status = 428
    title = "Precondition required"


def add_register(api: NinjaAPI, register: Register) -> None:
    """All operations of one register under its slug."""
    made = schemas_of(register)
    router = Router(tags=[register.slug])
    _add_import(router, register, made)  # before the paths with a key, which would swallow it
    _add_reading(router, register, made)
    _add_writing(router, register, made)
    for act in register.all_actions:
        if not act.is_update:
            _add_action(router, register, made, act)
    api.add_router(f"/{register.slug}", router)


def _require_view(register: Register, request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    if not actor.may(register.view_grant):
        raise Denied(_("Your role does not include this register: %(register)s.") % {"register": register.title})
    return actor


def _add_reading(router: Router, register: Register, made: Schemas) -> None:
    keys = register.told_keys
    filters: Any = made.filters

    @router.get(
        "", response={200: made.rows, **FAILURES}, operation_id=f"list_{register.kind}", summary=f"List {register.slug}"
    )
    def list_rows(request: HttpRequest, given: Query[filters]) -> HttpResponse:
        actor = _require_view(register, request)
        params = QueryDict(mutable=True)
        for name in ("q", "withdrawn", *filter_names(register)):
            value = getattr(given, name, None)
            for part in value if isinstance(value, list) else [value]:
                if part is not None:
                    params.appendlist(name, str(part))
        rows = matching(register, actor, ListQuery.read(register, params))
        order = SORTS[given.sort]
        rows = _after(rows, order, given.cursor)
        limit = given.limit
        records = fetch_rows(register, actor, rows.order_by(*order)[: limit + 1], keys)
        following = _cursor(records[limit - 1], order) if len(records) > limit else None
        records = records[:limit]
        return answer({"rows": list(map(teller(register, actor, keys), records)), "next": following})

    @router.get(
        "/{key}",
        response={200: made.row, **FAILURES},
        operation_id=f"get_{register.kind}",
        summary=f"One {register.kind}",
    )
    def get_row(request: HttpRequest, key: str) -> HttpResponse:
        actor = _require_view(register, request)
        record = _get(register, actor, key)
        return answer(told(register, record, actor, keys), version=record.version)

    @router.get(
        "/{key}/history",
        response={200: made.history, **FAILURES},
        operation_id=f"history_of_{register.kind}",
        summary="What happened to it",
    )
    def get_history(request: HttpRequest, key: str) -> HttpResponse:
        actor = _require_view(register, request)
        entries = history_of(register, _get(register, actor, key), actor)
        return answer(
            {
                "rows": [
                    {
                        "position": entry.position,
                        "at": plain(entry.at),
                        "actor": entry.actor,
                        "act": str(entry.verb),
                        "reason": entry.reason,
                        "changes": [
                            {"field": str(label), "before": before, "after": after}
                            for label, before, after in entry.changes
                        ],
                    }
                    for entry in entries
                ]
            }
        )


def _add_writing(router: Router, register: Register, made: Schemas) -> None:
    keys = register.told_keys
    new: Any = made.create
    changed: Any = made.update

    @router.post(
        "",
        response={201: made.row, **FAILURES},
        operation_id=f"create_{register.kind}",
        summary=f"Create {register.kind}",
    )
    def create(request: HttpRequest, given: new) -> HttpResponse:
        actor = _require_view(register, request)
        record = register.acts.create.run(actor, given.model_dump(mode="json", exclude_unset=True))
        record = _get(register, actor, record.pk)
        response = answer(told(register, record, actor, keys), 201, record.version)
        response["Location"] = f"/api/v1/{register.slug}/{record.pk}"
        return response

    @router.patch(
        "/{key}",
        response={200: made.row, 412: Problem, 428: Problem, **FAILURES},
        operation_id=f"update_{register.kind}",
        summary="Change fields; needs If-Match",
    )
    def update(request: HttpRequest, key: str, given: changed) -> HttpResponse:
        actor = _require_view(register, request)
        record = _subject(register, actor, key)
        raw = given.model_dump(mode="json", exclude_unset=True)
        reason = raw.pop("reason", None) or ""
        version = expected_version(request, is_needed=True)
        register.acts.update.run(actor, raw, subject=record, version=version, reason=reason)
        record = _get(register, actor, record.pk)
        return answer(told(register, record, actor, keys), version=record.version)


def _add_import(router: Router, register: Register, made: Schemas) -> None:
    @router.post(
        "/import",
        response={200: made.imported, **FAILURES},
        operation_id=f"import_{register.kind}",
        summary="Import a spreadsheet; with dry_run only the preview",
    )
    def import_sheet(
        request: HttpRequest,
        file: File[UploadedFile],
        dry_run: bool = False,
        date_order: str = "ymd",
        decimal_comma: bool = False,
    ) -> HttpResponse:
        actor = _require_view(register, request)
        if date_order not in {"dmy", "mdy", "ymd"}:
            raise Invalid({"date_order": ["dmy, mdy, ymd"]})
        try:
            sheet = sheet_of(register, actor, file.read(), file.name or "")
        except SheetError as error:
            raise Invalid({"file": [" ".join(file_words(error))]}) from None
        plan = make_plan(
            register, actor, sheet, Declared(date_order, decimal_comma, guess_columns(register, sheet.header))
        )
        report = plan.report()
        if not dry_run:
            if not plan.can_store and (report["refused"] or plan.findings):
                return problem(
                    422,
                    _("Nothing was stored"),
                    _("Some rows are refused."),
                    {f["path"]: [f["message"]] for f in report["findings"]},
                )
            store(plan, actor)
        return answer(report)


def _add_action(router: Router, register: Register, made: Schemas, act: Action) -> None:
    verb = act.name.partition(".")[2]
    schema: Any = made.action(act)
    keys = register.told_keys

    @router.post(
        f"/{{key}}/{verb}",
        response={200: made.row, 412: Problem, 428: Problem, **FAILURES},
        operation_id=act.name.replace(".", "_"),
        summary=str(act.label),
    )
    def run(request: HttpRequest, key: str, given: schema) -> HttpResponse:
        actor = _require_view(register, request)
        record = _subject(register, actor, key)
        raw = given.model_dump(mode="json", exclude_unset=True)
        reason = raw.pop("reason", None) or ""
        act.run(actor, raw, subject=record, version=expected_version(request, is_needed=False), reason=reason)
        record = _get(register, actor, record.pk)
        return answer(told(register, record, actor, keys), version=record.version)


def _get(register: Register, actor: Actor, key: Any) -> Any:
    return fetch_one(register, actor, key, register.told_keys)


def _subject(register: Register, actor: Actor, key: str) -> Any:
    """The record as an act takes it: bare, since the act reads it again under its lock."""
    if "\x00" in key:
        raise NotFound
    return register.model.objects.get_visible(actor, key)


def told(register: Register, record: Any, actor: Actor, keys: list[str]) -> dict[str, Any]:
    """A record as the API speaks it; linked records that the actor may not see are left out."""
    return teller(register, actor, keys)(record)


def teller(register: Register, actor: Actor, keys: list[str]) -> Callable[[Any], dict[str, Any]]:
    """A function record → body, with all that does not depend on the record worked out once."""
    fields: list[Any] = [register.model._meta.get_field(key) for key in keys]
    many = [f.name for f in fields if f.many_to_many]
    one = [f.name for f in fields if f.is_relation and not f.many_to_many]
    values = [f.name for f in fields if not f.is_relation]
    values += ["withdrawn_on", "withdrawn_reason", "created_at", "changed_at"]
    computed = [made for made in register.computed if set(made.needs) <= set(keys)]

    def tell(record: Any) -> dict[str, Any]:
        body: dict[str, Any] = {
            "id": str(record.pk),
            "version": record.version,
            "url": record_url(actor.organisation.code, record),
        }
        for key in many:
            body[key] = [_reference(target) for target in linked(record, key) if sees(actor, target)]
        for key in one:
            target = getattr(record, key)
            body[key] = _reference(target) if sees(actor, target) else None
        for made in computed:
            value = made.value(record)
            body[made.key] = str(value[0] if isinstance(value, tuple) else value)
        for key in values:
            body[key] = plain(getattr(record, key))
        return body

    return tell


def _reference(target: Any) -> dict[str, str]:
    return {
        "id": str(target.pk),
        "ref": str(getattr(target, "ref", "")),
        "title": str(getattr(target, "title_text", target)),
    }


def _cursor(record: Any, order: tuple[str, ...]) -> str:
    values = [plain(getattr(record, name.lstrip("-"))) for name in order]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _after(rows: Any, order: tuple[str, ...], cursor: str | None) -> Any:
    """Rows behind the cursor: a range in the index of the order, as fast at the end as at the start."""
    if not cursor:
        return rows
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if len(values) != len(order) or not all(isinstance(value, str) and "\x00" not in value for value in values):
            raise ValueError
        conditions = _behind(order, values)
        return rows.filter(conditions)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise Invalid({"cursor": [_("This cursor is not one that a list gave out.")]}) from None


def _behind(order: tuple[str, ...], values: list[str]) -> Any:
    parsed: list[Any] = [
        parse_datetime(v) if name.lstrip("-") == "changed_at" else v for name, v in zip(order, values, strict=True)
    ]
    if None in parsed:
        raise ValueError
    step = "lt" if order[0].startswith("-") else "gt"
    first = order[0].lstrip("-")
    condition = Q(**{f"{first}__{step}": parsed[0]})
    if len(order) > 1:
        condition |= Q(**{first: parsed[0], f"{order[1].lstrip('-')}__{step}": parsed[1]})
    return condition


class _Refusal(Schema):
    """A problem as ninja wraps what an operation answers with."""

    response: Problem


def build(api: NinjaAPI) -> NinjaAPI:
    """Add all registers and whatever else features speak (`registry.spoken`)."""
    for register in registry.registers.values():
        add_register(api, register)
    for path in registry.spoken:
        import_string(path)(api)
    for _prefix, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                for code in FAILURE_CODES:
                    operation.response_models.setdefault(code, _Refusal)
    return api
