"""Resolve an OSCAL profile to the catalogue it means.

Source: OSCAL profile resolution specification; order and structure as in NIST's own results.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ringwall.oscal.collecting import without_collection
from ringwall.oscal.conform import conform
from ringwall.oscal.findings import Finding, FindingLog
from ringwall.oscal.resolver.merging import keeps_groups, merge
from ringwall.oscal.resolver.modification import modify
from ringwall.oscal.resolver.pruning import (
    drop_group_parameters,
    forget_places,
    text_of,
    used_parameters,
    used_resources,
)
from ringwall.oscal.resolver.selection import Selection, members, named_but_unknown, select
from ringwall.oscal.resolver.sources import Fetch, Library, Source, files_beside
from ringwall.oscal.shapes import shapes

Tree = dict[str, Any]

TOOL = "Ringwall"

# Resolved catalogues get an UUID of their own that depends on what went in, and on nothing else.
_NAMESPACE = uuid.UUID("6f1b0f0e-7c35-5a6a-9f43-0c1f5b1b7e02")


@dataclass(frozen=True, slots=True)
class Resolution:
    """`catalogue` is the content of an OSCAL catalogue, or None if there is a finding of severity error; `sources` are
    the files that went in, the profile first."""

    catalogue: Tree | None
    sources: list[Source]
    findings: list[Finding]


def resolve(data: bytes, address: str, fetch: Fetch, log: FindingLog | None = None) -> Resolution:
    """Resolve the profile in `data`, which stands at `address`; `fetch` gives the bytes of what it imports.

    Missing and circular imports, and imports that are no catalogue and no profile, are errors that name them.
    """
    log = log or FindingLog()
    with without_collection():
        return _resolution(data, address, Library(fetch, log), log)


def resolve_file(path: Path) -> Resolution:
    """Resolve a profile on disk, its imports where it says or beside it. Raises OSError if `path` cannot be read."""
    log = FindingLog()
    return resolve(path.read_bytes(), path.as_posix(), files_beside(path, log), log)


def _resolution(data: bytes, address: str, library: Library, log: FindingLog) -> Resolution:
    opened = library.open(address, data)
    catalogue = None
    if opened is not None and opened[0] != "profile":
        log.add("error", address, f"{address} is a {opened[0]}; only a profile can be resolved")
    elif opened is not None:
        catalogue = _resolved(opened[1], address, library, (address,))
    if catalogue is not None and not any(finding.severity == "error" for finding in log.findings):
        ingredients = " ".join(source.sha256 for source in library.sources)
        forget_places(catalogue)
        catalogue = _finished(catalogue, opened[1] if opened else {}, address, ingredients)
        conform(catalogue, shapes()["catalog"], log, (None, "catalog"))
        return Resolution(catalogue, library.sources, log.close())
    return Resolution(None, library.sources, log.close())


def _resolved(profile: Tree, address: str, library: Library, way: tuple[str, ...]) -> Tree | None:
    """Groups, controls, params and back matter of the resolved profile, or None."""
    selections: list[Selection] = []
    with_parents = _version(profile).startswith("1.0")
    frees_groups = not keeps_groups(_directive(profile))
    for clause in members(profile, "imports"):
        href = str(clause.get("href", ""))
        found = library.find(href, address, profile)
        if found is None:
            continue
        at, model, content = found
        if at in way:
            circle = " → ".join((*way[way.index(at) :], at))
            library.log.add("error", address, f"the imports run in a circle: {circle}")
            continue
        if model == "profile":
            resolved = _resolved(content, at, library, (*way, at))
            if resolved is None:
                continue
            content = resolved
        elif model != "catalog":
            library.log.add("error", at, f"{at} is a {model}; a profile imports catalogues and profiles")
            continue
        for identifier in named_but_unknown(content, clause):
            library.log.add("warning", address, f"the import of {at} names {identifier!r}, which is not there")
        selections.append(select(content, clause, at, with_parents=with_parents, frees_groups=frees_groups))
    if not selections:
        if not members(profile, "imports"):
            library.log.add("error", address, f"{address} imports nothing")
        return None
    return _joined(selections, profile, library.log)


def _directive(profile: Tree) -> Tree:
    directive = profile.get("merge")
    return directive if isinstance(directive, dict) else {}


def _version(profile: Tree) -> str:
    """The OSCAL version a profile states. In 1.0 a control brings its parents unless the profile says no; 1.1 took that
    out of the model, and a child whose parent is not chosen stands alone."""
    metadata = profile.get("metadata")
    return str(metadata.get("oscal-version", "")).removeprefix("v") if isinstance(metadata, dict) else ""


def _joined(selections: list[Selection], profile: Tree, log: FindingLog) -> Tree:
    directive = _directive(profile)
    catalogue = merge(selections, directive, log)
    loose = [parameter for selection in selections for parameter in selection.loose]
    changes = profile.get("modify")
    if isinstance(changes, dict):
        modify(catalogue, loose, changes, log)
    if keeps_groups(directive):
        drop_group_parameters(catalogue, log)
    text = text_of(catalogue)
    parameters = used_parameters(catalogue, text, loose)
    if parameters:
        catalogue["params"] = parameters
        text += text_of({"params": parameters})
    own = profile.get("back-matter")
    resources = [resource for selection in selections for resource in selection.resources]
    resources += members(own, "resources") if isinstance(own, dict) else []
    kept = used_resources(text, resources)
    if kept:
        catalogue["back-matter"] = {"resources": kept}
    return catalogue


def _finished(catalogue: Tree, profile: Tree, address: str, ingredients: str) -> Tree:
    metadata = dict(profile["metadata"]) if isinstance(profile.get("metadata"), dict) else {}
    tool = {"name": "resolution-tool", "value": TOOL}
    source = {"href": address.rpartition("/")[2], "rel": "source-profile"}
    metadata["props"] = [*(p for p in members(metadata, "props") if p.get("name") != "resolution-tool"), tool]
    metadata["links"] = [*members(metadata, "links"), source]
    own = profile.get("back-matter")
    kept = catalogue.get("back-matter", {}).get("resources", [])
    needed = used_resources(text_of(metadata), members(own, "resources") if isinstance(own, dict) else [])
    resources = [*kept, *(resource for resource in needed if resource not in kept)]
    content: Tree = {"uuid": str(uuid.uuid5(_NAMESPACE, ingredients)), "metadata": metadata}
    content |= {key: catalogue[key] for key in ("params", "controls", "groups") if key in catalogue}
    return content | ({"back-matter": {"resources": resources}} if resources else {})
