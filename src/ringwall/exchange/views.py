"""Downloads of the documents of a scope."""

from importlib import import_module

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from ringwall.access.policy import Actor
from ringwall.exchange.queries import GRANTS, scope_for
from ringwall.kit.errors import NotFound
from ringwall.kit.exports import attachment
from ringwall.kit.requests import ActorRequest

MEDIA = {"json": "application/json", "xml": "application/xml", "zip": "application/zip"}


@require_GET
def document_file(request: ActorRequest, ref: str, document: str, ending: str) -> HttpResponse:
    """The document as JSON or XML; the security plan also as a ZIP file with what it names."""
    return file_of(request.actor, ref, document, ending)


def file_of(actor: Actor, ref: str, document: str, ending: str) -> HttpResponse:
    if document not in GRANTS or ending not in MEDIA or (ending == "zip" and document != "ssp"):
        raise NotFound
    scope = scope_for(actor, ref, document)
    # Loaded by name: the writers bring parsers with them.
    exporting = import_module("ringwall.exchange.exporting")
    if ending == "zip":
        content = exporting.package_of(actor, scope)
    else:
        content = exporting.document_of(actor, scope, document, ending)
    return attachment(content, MEDIA[ending], f"{scope.ref}-{document}.{ending}")
