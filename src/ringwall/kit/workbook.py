"""Lists as workbooks, and the job that exports a large one. Loaded late: the writer is heavy."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.exports import header_of, rows_of
from ringwall.kit.jobs import Progress, Result
from ringwall.kit.listing import Query
from ringwall.kit.register import Register
from ringwall.reports.document import Column
from ringwall.reports.renderers.xlsx import write_rows

KINDS = {"number": "number", "money": "money", "date": "date"}


def workbook(register: Register, keys: Sequence[str], header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.BytesIO()
    columns = [
        Column(key=key, title=title, kind=KINDS.get(register.spec_of(key).kind, "text"))  # type: ignore[arg-type]
        for key, title in zip(keys, header, strict=True)
    ]
    write_rows(out, columns, rows)
    return out.getvalue()


def export(actor: Actor, arguments: dict[str, Any], progress: Progress) -> Result:
    register = registry.registers[arguments["kind"]]
    query = Query.read(register, QueryDict(arguments["query"]))
    keys = list(query.columns or register.shown or register.columns)
    rows = rows_of(register, actor, query, keys, progress.tell)
    content = workbook(register, keys, header_of(register, keys), rows)
    return Result(content, f"{register.slug}-{timezone.localdate().isoformat()}.xlsx")
