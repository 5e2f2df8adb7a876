"""An OSCAL profile file becomes a profile here, where its catalogues are here. Loaded by name: it brings parsers."""

import base64
import binascii
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues.citing import Shelf
from ringwall.catalogues.exporting import control_ids, document_of
from ringwall.catalogues.models import Catalogue, Profile, Requirement
from ringwall.catalogues.refusals import ImportRefused
from ringwall.catalogues.tailoring import parameter_ids, tree_of
from ringwall.catalogues.tailoring_actions import LONGEST, choosable
from ringwall.kit.actions import create_many
from ringwall.oscal import catalogue as typed
from ringwall.oscal.citing import citing
from ringwall.oscal.findings import Finding
from ringwall.oscal.profile import Profile as OscalProfile
from ringwall.oscal.reader import read
from ringwall.oscal.requirements import flatten
from ringwall.oscal.resolver.selection import choose, members, named_but_unknown
from ringwall.oscal.tailoring import given_reasons

Tree = dict[str, Any]


@dataclass(slots=True)
class _Taken:
    """What an import of the file comes to, gathered one after the other."""

    catalogues: list[Catalogue] = field(default_factory=list)
    choices: dict[str, dict[str, Any]] = field(default_factory=dict)
    parameters: set[str] = field(default_factory=set)
    additions: list[dict[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def note(self, path: str, message: str, severity: Any = "warning") -> None:
        self.findings.append(Finding(severity, path, message))


def import_profile(data: bytes, name: str, *, actor: Actor, title: str = "") -> tuple[Profile, list[dict[str, str]]]:
    """The new profile, and notes on what could not be taken over. Raises ImportRefused where none of its catalogues is
    here, Denied without the right to make profiles; nothing is stored then."""
    reading = read(data, name)
    document = reading.document
    if not isinstance(document, OscalProfile):
        raise ImportRefused(reading.errors or [Finding("error", "", _("This is no OSCAL profile."))])
    taken = _Taken(findings=list(reading.findings))
    shelf, cited = Shelf(actor), citing(document.resources)
    with_parents = document.oscal_version.startswith("1.0")
    for number, clause in enumerate(members(reading.tree, "imports")):
        path, href = f"imports/{number}", str(clause.get("href", ""))
        catalogue = shelf.meant(cited(href))
        if catalogue is not None:
            _take(taken, catalogue, clause, path, with_parents=with_parents)
        elif (own := _carried(document, href)) is not None:
            _add(taken, own, clause)
        else:
            told = {"name": cited(href).name[:120]}
            taken.note(path, _("The catalogue “%(name)s” is not here; import it first.") % told, "error")
    if not taken.catalogues and not taken.additions:
        raise ImportRefused(taken.findings)
    values = _values(taken, document)
    made = create_many(
        Profile,
        [
            {
                "title": (title or document.title or name)[:200],
                "description": (document.metadata.remarks or "" if document.metadata else "")[:20_000],
                "catalogues": taken.catalogues,
                "choices": taken.choices,
                "values": values,
                "additions": taken.additions,
            }
        ],
        actor=actor,
    )[0]
    return made, [asdict(finding) for finding in taken.findings]


def _take(taken: _Taken, catalogue: Catalogue, clause: Tree, path: str, *, with_parents: bool) -> None:
    tree = tree_of(document_of(catalogue, "json"))
    taken.parameters.update(parameter_ids(tree))
    for unknown in named_but_unknown(tree, clause):
        told = {"id": unknown[:80], "catalogue": catalogue}
        taken.note(path, _("“%(id)s” is not in %(catalogue)s; it was left out.") % told)
    ids, possible = control_ids(catalogue), choosable(catalogue)
    named = choose(tree, clause, with_parents=with_parents)
    chosen = [identifier for identifier in possible if ids[identifier] in named]
    reasons = given_reasons(clause)
    why = {
        identifier: reasons[ids[identifier]][:LONGEST]
        for identifier in possible
        if ids[identifier] in reasons and ids[identifier] not in named
    }
    over = Requirement.objects.filter(catalogue=catalogue, is_withdrawn=True).values_list("identifier", flat=True)
    withdrawn = named & {ids[identifier] for identifier in over}
    if withdrawn and "include-all" not in clause:
        told = {"ids": ", ".join(sorted(withdrawn)[:10])}
        taken.note(path, _("Withdrawn in the catalogue and left out: %(ids)s.") % told, "info")
    if catalogue not in taken.catalogues:
        taken.catalogues.append(catalogue)
    before = taken.choices.get(str(catalogue.pk), {"chosen": [], "reasons": {}})
    every = {*before["chosen"], *chosen}
    taken.choices[str(catalogue.pk)] = {
        "chosen": [identifier for identifier in possible if identifier in every],
        "reasons": before["reasons"] | why,
    }


def _carried(document: OscalProfile, href: str) -> typed.Catalogue | None:
    """The catalogue that a resource carries within, as the profiles do that Ringwall writes."""
    resource = next((one for one in document.resources if href == f"#{one.uuid}"), None)
    if resource is None or not resource.base64:
        return None
    try:
        data = base64.b64decode("".join(str(resource.base64.get("value", "")).split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    found = read(data).document
    return found if isinstance(found, typed.Catalogue) else None


def _add(taken: _Taken, catalogue: typed.Catalogue, clause: Tree) -> None:
    rows = [row for row in flatten(catalogue).rows if row.kind != "group"]
    known = {one["identifier"] for one in taken.additions}
    taken.additions += [
        {"identifier": row.identifier[:60], "title": row.title[:200], "text": row.text, "guidance": row.guidance}
        for row in rows
        if row.identifier not in known
    ]


def _values(taken: _Taken, document: OscalProfile) -> dict[str, list[str]]:
    """Values of the parameters that are here; whatever else the file changes is told and left."""
    values: dict[str, list[str]] = {}
    modify = document.modify
    for one in modify.set_parameters if modify else ():
        if one.param_id not in taken.parameters:
            taken.note(
                "modify", _("The parameter %(id)s is in no catalogue; it was left out.") % {"id": one.param_id[:80]}
            )
        elif one.values:
            values[one.param_id] = [value[:LONGEST] for value in one.values]
        else:
            taken.note("modify", _("%(id)s: only values are taken over, no labels and choices.") % {"id": one.param_id})
    if modify and modify.alters:
        count = len(modify.alters)
        taken.note("modify", _("Changes of the text of %(count)d requirements are not taken over.") % {"count": count})
    return values
