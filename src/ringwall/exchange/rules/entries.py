"""A security plan or a plan of action as entries for the registers that hold its parts. Pure: what is here and who may
change it is found out by `exchange.importing`.

What Ringwall wrote is known by its own properties, part by part, and says all of its fields: one that is missing is
empty; where OSCAL wants a text and there is none, "" is carried. Parts of others say only what stands there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ringwall.exchange.rules.carrying import restore
from ringwall.exchange.rules.pieces import PARTS, line
from ringwall.oscal import own
from ringwall.oscal.catalogue import Document, Property
from ringwall.oscal.citing import Cited
from ringwall.oscal.system_security_plan import Inventory, SystemComponent

SAFEGUARD_FIELDS = (
    "ref",
    "title",
    "objective",
    "description",
    "state",
    "blocked_reason",
    "due_on",
    "implemented_on",
)
ASSET_FIELDS = (
    "ref",
    "title",
    "description",
    "category",
    "quantity",
    "classification",
    "confidentiality",
    "integrity",
    "availability",
)
NEEDS = {"normal": "1", "high": "2", "very-high": "3"}

THINGS = {
    "software": "application",
    "hardware": "system",
    "service": "service",
    "network": "network",
    "interconnection": "network",
    "physical": "place",
    "system": "system",
}
"""Type of a component of others → category of the asset it is; components of other types are controls."""

LONGEST_TITLE = 200


@dataclass(slots=True)
class Entry:
    """A part of a document as a row of a register.

    `id` is the part's UUID in the file, `kind` the register's. `fields` are texts as a sheet would hold them. `people`
    maps a field to the ids of parties; `links` a field to ids of other entries, whose kind the field says; `names` an
    id to a reference by which a record may be found that is in no entry. `cited` are requirements, each with its
    catalogue (None: not spoken of). `notes` are codes of what could not be taken (`exchange.words`).
    """

    kind: str
    id: str
    path: str
    fields: dict[str, str]
    people: dict[str, tuple[str, ...]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    cited: list[tuple[Cited, str]] | None = None
    drivers: frozenset[str] | None = None
    notes: list[str] = field(default_factory=list)
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """What a document holds. `parties`: id → (name, email addresses); `systems` are the ids it gives for what it is
    about; `notes` (code, path, number) what of it has no place here."""

    entries: Sequence[Entry]
    parties: Mapping[str, tuple[str, Sequence[str]]]
    systems: frozenset[str]
    notes: Sequence[tuple[str, str, int]] = ()


def cited_of(value: str) -> tuple[Cited, str]:
    """What a property of ours names: code of the catalogue and control id."""
    code, _colon, control_id = value.rpartition(":")
    return Cited(code=code, title=code), control_id


def parties_of(document: Document) -> dict[str, tuple[str, Sequence[str]]]:
    rows = (document.metadata.extra if document.metadata else {}).get("parties", ())
    return {
        str(row.get("uuid", "")): (line(str(row.get("name", ""))), tuple(row.get("email-addresses", ())))
        for row in rows
    }


def players(responsible: Iterable[Mapping[str, Any]], role: str) -> tuple[str, ...]:
    """The parties that play a role."""
    return tuple(
        party for row in responsible if row.get("role-id") == role for party in row.get("party-uuids", ()) if party
    )


def target_of(href: str) -> str:
    return href.removeprefix("#")


def short(text: str, longest: int = LONGEST_TITLE) -> str:
    """The first line of a text, as long as a title may be."""
    first = line(next((row for row in text.splitlines() if row.strip()), ""))
    return first if len(first) <= longest else f"{first[: longest - 1]}…"


def is_ours(props: Iterable[Property]) -> bool:
    return bool(own.value_of(props, "ref"))


def safeguard_entry(part: SystemComponent, path: str) -> Entry:
    """A component that Ringwall wrote."""
    ours = {name: own.value_of(part.props, name.replace("_", "-")) for name in SAFEGUARD_FIELDS}
    fields = ours | {
        "title": part.title,
        "objective": part.purpose or "",
        "description": part.description,
        "blocked_reason": (part.status or {}).get("remarks", ""),
    }
    restore(fields, part.props, SAFEGUARD_FIELDS)
    roles = [{"role-id": one.role_id, "party-uuids": one.party_uuids} for one in part.responsible_roles]
    people = {role.removeprefix("control-"): players(roles, role) for role in PARTS if role.startswith("control-")}
    cited = [cited_of(value) for value in own.values_of(part.props, "requirement")]
    return Entry("control", part.uuid, path, fields, people, cited=cited, is_ours=True)


def asset_entry(part: Inventory, path: str) -> Entry:
    """An inventory item that Ringwall wrote."""
    fields = {name: own.value_of(part.props, name) for name in ASSET_FIELDS}
    fields |= {name: NEEDS.get(fields[name], fields[name]) for name in ("confidentiality", "integrity", "availability")}
    fields["ref"] = next((prop.value for prop in part.props if prop.name == "asset-id" and prop.ns is None), "")
    fields["quantity"] = fields["quantity"] or "1"
    fields["description"] = part.description
    restore(fields, part.props, ASSET_FIELDS)
    needed = [target_of(link.href) for link in part.links if link.rel == "depends-on"]
    people = {"owner": players(part.responsible_parties, "asset-owner")}
    return Entry("asset", part.uuid, path, fields, people, {"depends_on": needed}, is_ours=True)


def strange_asset(part: SystemComponent | Inventory, path: str) -> Entry:
    """A component or an inventory item of others as an asset."""
    told = {prop.name: prop.value for prop in part.props}
    if isinstance(part, SystemComponent):
        title, category, needed = part.title, THINGS[part.type], []
        responsible = [{"role-id": one.role_id, "party-uuids": one.party_uuids} for one in part.responsible_roles]
    else:
        title = told.get("name") or told.get("label") or part.description or told.get("asset-id", "")
        category = THINGS.get(told.get("asset-type", ""), "system")
        needed = [one.component_uuid for one in part.implemented_components]
        responsible = list(part.responsible_parties)
    description = part.description if line(part.description) != line(title) else ""
    fields = {"title": short(title) or part.uuid, "category": category, "description": description}
    people = {"owner": players(responsible, "asset-owner")}
    return Entry("asset", part.uuid, path, fields, people, {"depends_on": needed} if needed else {})


def strange_control(part: SystemComponent, path: str) -> Entry:
    """A component of others as a control: a policy, a procedure, or whatever says how it implements something."""
    state = {"operational": "implemented", "under-development": "in_progress"}.get(
        (part.status or {}).get("state", ""), ""
    )
    fields = {"title": short(part.title) or part.uuid, "objective": part.purpose or "", "description": part.description}
    fields |= {"state": state} if state else {}
    return Entry("control", part.uuid, path, fields)
