"""The documents of a scope as bytes. Loaded by name: readers and writers bring parsers with them.

The same data give the same bytes: what is written hangs on nothing but the records and the organisation's language.
"""

import io
import zipfile
from importlib import import_module
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import override

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Catalogue, shared_or_own
from ringwall.context.models import IsmsScope
from ringwall.exchange.queries import facts_of
from ringwall.exchange.rules.carrying import bytes_that_return
from ringwall.exchange.rules.component_definition import definition_that_returns
from ringwall.exchange.rules.facts import OWN, ScopeFacts
from ringwall.exchange.rules.milestones import milestones_tree
from ringwall.exchange.rules.milestones_entries import fields_in_milestones, wanted_of_milestones
from ringwall.exchange.rules.plan_entries import fields_in_plan, wanted_of_plan
from ringwall.exchange.rules.security_plan import (
    baseline_tree,
    own_controls,
    own_controls_name,
    profile_name,
    security_plan_tree,
)
from ringwall.kit.errors import Refused
from ringwall.oscal.writer import to_json
from ringwall.oscal.xml_writing import to_xml

Form = Literal["json", "xml"]
Tree = dict[str, Any]

MODELS = {
    "ssp": "system-security-plan",
    "component-definition": "component-definition",
    "poam": "plan-of-action-and-milestones",
}
WRITERS = {"json": to_json, "xml": to_xml}


def document_of(actor: Actor, scope: IsmsScope, document: str, form: Form) -> bytes:
    """One document of the scope. Denied where a part of the scope is hidden from the actor, Refused where it holds
    nothing that the document could tell."""
    with override(actor.organisation.language):
        return _written(facts_of(actor, scope, document), document, form)


def package_of(actor: Actor, scope: IsmsScope) -> bytes:
    """The security plan with the profile and the catalogues that it names, as a ZIP file: whoever unpacks it can
    resolve each control id in it."""
    with override(actor.organisation.language):
        found = facts_of(actor, scope, "ssp")
        files = {f"{scope.ref}-ssp.json": _written(found, "ssp", "json")} | sources_of(actor, found)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            # A fixed time: the same data give the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def sources_of_plan(actor: Actor, scope: IsmsScope) -> dict[str, bytes]:
    with override(actor.organisation.language):
        return sources_of(actor, facts_of(actor, scope, "ssp"))


def sources_of(actor: Actor, found: ScopeFacts) -> dict[str, bytes]:
    """Name → bytes of what a security plan refers to: its profile and the catalogues that this draws from."""
    files = {profile_name(found): to_json("profile", baseline_tree(found))}
    if data := own_controls(found):
        files[own_controls_name(found)] = data
    exporting = import_module("ringwall.catalogues.exporting")
    codes = {row.source for row in found.decisions} - {OWN}
    rows = Catalogue.objects.filter(shared_or_own(actor), code__in=codes)
    for catalogue in sorted(rows, key=lambda row: row.organisation_id == actor.organisation_id):
        files[f"{catalogue.code}.json"] = exporting.document_of(catalogue, "json")
    return files


def _written(found: ScopeFacts, document: str, form: Form) -> bytes:
    write = WRITERS[form]
    try:
        if document == "ssp":
            profile = to_json("profile", baseline_tree(found))
            return bytes_that_return(
                lambda lost: security_plan_tree(found, profile, lost),
                lambda tree: write(MODELS[document], tree),
                fields_in_plan,
                wanted_of_plan(found),
            )
        if document == "poam":
            return bytes_that_return(
                lambda lost: milestones_tree(found, lost),
                lambda tree: write(MODELS[document], tree),
                fields_in_milestones,
                wanted_of_milestones(found),
            )
    except ValueError:
        if document == "poam":
            raise Refused(_("The scope has no risks."), remedy=_("Record them first.")) from None
        raise Refused(_("The statement has no rows; choose a reference catalogue.")) from None
    return definition_that_returns(found, lambda tree: write(MODELS[document], tree))
