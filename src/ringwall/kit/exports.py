"""The rows of a list as a file: what is shown, or all fields as a template that imports again with zero changes."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpResponse

from ringwall.access.policy import Actor
from ringwall.kit.acts import plain
from ringwall.kit.cells import capitalised, sees, text_of
from ringwall.kit.fetching import fetch, linked
from ringwall.kit.fields import Target
from ringwall.kit.listing import Query, matching, order_of
from ringwall.kit.register import Register

CHUNK = 2000
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def attachment(body: bytes | str, media: str, name: str) -> HttpResponse:
    """A file to be kept, never shown in the browser; `name` is of our own making (a reference and an ending)."""
    response = HttpResponse(body, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def field_keys(register: Register) -> list[str]:
    """All input fields: the columns of a file that comes back."""
    return list(register.inputs.fields)


def header_of(register: Register, keys: Sequence[str]) -> list[str]:
    return [capitalised(register.spec_of(key).label) for key in keys]


def rows_of(
    register: Register,
    actor: Actor,
    query: Query,
    keys: Sequence[str],
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[list[Any]]:
    """Rows in the list's order, read in chunks so that memory stays constant."""
    ordered = matching(register, actor, query).order_by(*order_of(register, query.sort))
    ids = list(ordered.values_list("pk", flat=True))
    specs = [register.spec_of(key) for key in keys]
    for at in range(0, len(ids), CHUNK):
        if progress:
            progress(at, len(ids))
        for record in fetch(register, actor, ids[at : at + CHUNK], keys):
            yield [_value(spec, record, actor) for spec in specs]


def _value(spec: Any, record: Any, actor: Actor) -> Any:
    if spec.kind in {"date", "number", "money"} and spec.field is not None:
        return getattr(record, spec.key)
    if spec.field is not None and spec.field.is_relation and spec.kind != "links":
        target = getattr(record, spec.key)
        return Target.text(target) if sees(actor, target) else ""
    if spec.kind == "links":
        return ", ".join(Target.text(target) for target in linked(record, spec.key) if sees(actor, target))
    text, _tone = text_of(spec, record, actor)
    return text if isinstance(text, int) else str(text)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Semicolons and a mark of order, as spreadsheet programs of Europe expect; nothing that such a program would
    compute.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(map(_harmless, header))
    for row in rows:
        writer.writerow([_harmless(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(value: Any) -> Any:
    text = "" if value is None else str(plain(value))
    return f"'{text}" if isinstance(value, str) and text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def write_json(register: Register, keys: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    found = [{key: plain(value) for key, value in zip(keys, row, strict=True)} for row in rows]
    return json.dumps({"kind": register.kind, "rows": found}, ensure_ascii=False, indent=1).encode()
