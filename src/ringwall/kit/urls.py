"""The addresses of a register, derived from its declaration."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.urls import URLPattern, path

from ringwall.kit import registry
from ringwall.kit.register import Register
from ringwall.kit.views import lists, records, sheets


def bound(view: Callable[..., Any], register: Register) -> Callable[..., Any]:
    def call(request: Any, **kwargs: Any) -> Any:
        return view(request, register, **kwargs)

    return update_wrapper(call, view)


def register_urls() -> list[URLPattern]:
    """All pages of all registers, relative to an organisation's address; named `<kind>-<page>`."""
    found = [path("suggest/<slug:kind>/", lists.suggestions, name="suggest")]
    for register in registry.registers.values():
        for route, name, view in (
            ("", "list", lists.list_page),
            ("new/", "new", records.create_page),
            ("views/", "views", lists.save_view),
            ("bulk/<slug:name>/", "bulk", lists.bulk_page),
            ("export/<slug:form>/", "export", sheets.export),
            ("import/", "import", sheets.upload_page),
            ("import/template/", "template", sheets.template),
            ("import/paste/", "paste", sheets.paste),
            ("import/<uuid:key>/", "import-step", sheets.import_page),
            ("<str:ref>/", "record", records.record_page),
            ("<str:ref>/edit/", "edit", records.edit_page),
            ("<str:ref>/cell/<slug:key>/", "cell", records.cell),
            ("<str:ref>/act/<slug:name>/", "act", records.act_page),
        ):
            found.append(path(f"{register.slug}/{route}", bound(view, register), name=f"{register.kind}-{name}"))
    return found
