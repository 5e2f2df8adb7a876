"""A tailoring as an OSCAL profile: which requirements of which catalogues, without which and why, with which values."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringwall.oscal import own
from ringwall.oscal.writer import OSCAL_VERSION

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a tailoring takes from one catalogue.

    `address` is where the catalogue lies, seen from the profile; `sha256` lets others check that it is the one meant.
    `content` are the bytes of a JSON catalogue that the profile carries within, so that it resolves without the file.
    `included` are OSCAL control ids, None for all of them; children come along only if they are named. `excluded` gives
    a reason for each control that is left out.
    """

    address: str
    title: str = ""
    sha256: str = ""
    included: tuple[str, ...] | None = None
    excluded: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""


def profile_tree(
    title: str,
    version: str,
    last_modified: str,
    choices: Iterable[Choice],
    values: Mapping[str, Iterable[str]] | None = None,
) -> Tree:
    """The content of an OSCAL profile that keeps the structure of the catalogues. `values` go by parameter id.

    Raises ValueError if nothing is chosen.
    """
    chosen = list(choices)
    if not chosen:
        raise ValueError("a profile imports at least one catalogue")
    resources = [_resource(choice) for choice in chosen]
    tree: Tree = {
        "uuid": own.uuid_of("profile", title, version),
        "metadata": {
            "title": title,
            "last-modified": last_modified,
            "version": version,
            "oscal-version": OSCAL_VERSION,
        },
        "imports": [_import(choice, resource) for choice, resource in zip(chosen, resources, strict=True)],
        "merge": {"as-is": True},
    }
    settings = [{"param-id": name, "values": list(texts)} for name, texts in (values or {}).items()]
    if settings:
        tree["modify"] = {"set-parameters": settings}
    return tree | {"back-matter": {"resources": resources}}


def given_reasons(clause: Tree) -> dict[str, str]:
    """Control id → why an import leaves it out, of a clause as `profile_tree` writes them."""
    calls = clause.get("exclude-controls")
    patterns = [one for call in calls or () for one in call.get("matching", ())]
    return {str(one.get("pattern", "")): str(one["remarks"]) for one in patterns if one.get("remarks")}


def _resource(choice: Choice) -> Tree:
    link: Tree = {"href": choice.address}
    if choice.sha256:
        link["hashes"] = [{"algorithm": "SHA-256", "value": choice.sha256}]
    resource: Tree = {"uuid": own.uuid_of("resource", choice.address)}
    if choice.title:
        resource["title"] = choice.title
    resource["rlinks"] = [link]
    if choice.content:
        name = {"filename": choice.address, "media-type": "application/oscal+json"}
        resource["base64"] = name | {"value": base64.b64encode(choice.content).decode()}
    return resource


def _import(choice: Choice, resource: Tree) -> Tree:
    tree: Tree = {"href": f"#{resource['uuid']}"}
    if choice.included is None:
        tree["include-all"] = {}
    else:
        tree["include-controls"] = [{"with-ids": list(choice.included)}]
    if choice.excluded:
        # A list of ids has no room for a reason; a pattern has, and an id without * and ? matches itself alone.
        matching = [{"pattern": control, "remarks": reason} for control, reason in choice.excluded.items()]
        tree["exclude-controls"] = [{"matching": matching}]
    return tree
