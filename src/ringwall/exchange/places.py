"""Where the documents are offered (statement, treatment plan, record of the scope), and how one of them comes back."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.context.models import IsmsScope
from ringwall.controls.models import Control
from ringwall.exchange.queries import GRANTS, IMPORT
from ringwall.kit import registry
from ringwall.kit.pages import Fact, Link, Panel

FORMS = ("json", "xml")
ENDINGS = {".json", ".xml", ".yaml", ".yml"}


def titles() -> dict[str, str]:
    return {
        "ssp": _("System security plan"),
        "component-definition": _("Component definition"),
        "poam": _("Plan of action and milestones"),
    }


def hints() -> dict[str, str]:
    return {
        "ssp": _("The scope with its assets, people and the statement of applicability"),
        "component-definition": _("The controls and what they implement; can be imported again"),
        "poam": _("The risks with their treatment, controls and dates"),
    }


def address(actor: Actor, scope: IsmsScope, name: str) -> str:
    return f"/{actor.organisation.code}/oscal/{scope.ref}/{name}"


def offered(actor: Actor, scope: IsmsScope) -> list[str]:
    """The documents of a scope that this person may ask for."""
    return [name for name, grant in GRANTS.items() if scope.is_covered_by(actor, grant)]


def import_link(actor: Actor, scope: IsmsScope) -> Link | None:
    if not scope.is_covered_by(actor, IMPORT):
        return None
    hint = _("A security plan or a plan of action, with a preview of what it changes")
    return Link(_("Import OSCAL"), address(actor, scope, "import/"), "upload", hint=hint)


@registry.provider("oscal")
def links(kind: str, scope: IsmsScope, actor: Actor) -> Iterable[Link]:
    """The menu of a whole: `kind` is soa or rtp."""
    if link := import_link(actor, scope):
        yield link
    wanted = ("poam",) if kind == "rtp" else ("ssp", "component-definition")
    for name in offered(actor, scope):
        if name in wanted:
            for form in FORMS:
                label = f"{titles()[name]}, {form.upper()}"
                yield Link(label, address(actor, scope, f"{name}.{form}"), "download", hint=hints()[name])
    if kind == "soa" and "ssp" in offered(actor, scope):
        hint = _("The security plan with the profile and the catalogues that it names")
        yield Link(_("Plan with its sources (ZIP)"), address(actor, scope, "ssp.zip"), "package", hint=hint)


@registry.panel("scope", "side")
def panel(scope: IsmsScope, actor: Actor) -> Panel | None:
    names = [] if scope.is_withdrawn else offered(actor, scope)
    if not names:
        return None
    facts = [
        Fact(
            titles()[name],
            "",
            hint=hints()[name],
            links=[Link(form.upper(), address(actor, scope, f"{name}.{form}")) for form in FORMS],
        )
        for name in names
    ]
    link = import_link(actor, scope)
    return Panel("oscal", "OSCAL", facts=facts, actions=[link] if link else [])


@registry.provider("sheet_kinds")
def kinds_of_files(kind: str) -> Iterable[str]:
    """What the import of a register reads besides spreadsheets."""
    if kind == Control.kind:
        yield _("Or an OSCAL component definition (JSON, XML or YAML).")


@registry.provider("sheet")
def sheet(kind: str, data: bytes, name: str, actor: Actor) -> Iterable[Any]:
    """A file with the ending of an OSCAL document as rows of the register of controls."""
    if kind == Control.kind and PurePosixPath(name).suffix.casefold() in ENDINGS:
        yield import_module("ringwall.exchange.sheets").sheet_of(data, name, actor)
