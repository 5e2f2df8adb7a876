"""What OSCAL has no place for, or writes in another way, carried along as JSON in one property of a control or group.

So a catalogue that came as a spreadsheet, the Kompendium or a library goes out as strict OSCAL and comes back with zero
changes. Only what would come back differently is carried; most rows carry nothing.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ringwall.catalogues.rules import CatalogueRow
from ringwall.oscal import own
from ringwall.oscal.content import Level, LinkRow, ModalVerb, RequirementRow, StatementRow
from ringwall.oscal.decoding import without_unfit
from ringwall.oscal.findings import FindingLog

ATTRIBUTE, NAMESPACE = "ringwall-carried", "urn:ringwall:carried"


Tree = dict[str, Any]


class Carried(BaseModel):
    """The facts of a row, each only where it is carried. A statement is (identifier, verb, text), a link (rel, target,
    text, is internal)."""

    model_config = ConfigDict(extra="forbid", strict=True)

    category: Literal["group", "requirement", "reference_control", "threat"] | None = None
    label: str | None = None
    stable_id: str | None = None
    title: str | None = None
    text: str | None = None
    guidance: str | None = None
    level: Annotated[str, Field(max_length=40)] | None = None
    withdrawn: bool | None = None
    attributes: dict[str, list[str]] | None = None
    translations: dict[str, dict[Literal["title", "text", "guidance"], str]] | None = None
    statements: list[list[str]] | None = None
    links: list[list[str | bool]] | None = None
    threats: list[str] | None = None


def facts_of(one: CatalogueRow) -> Tree:
    """What counts of a row, under the names of Carried."""
    row = one.row
    return {
        "category": one.category,
        "label": row.label if row.label != row.identifier else "",
        "stable_id": row.stable_id or "",
        "title": row.title,
        "text": row.text,
        "guidance": row.guidance,
        "level": str(row.level or ""),
        "withdrawn": row.withdrawn,
        "attributes": {name: list(values) for name, values in row.attributes.items()},
        "translations": {language: dict(texts) for language, texts in one.translations.items()},
        "statements": [[s.identifier or s.number, str(s.verb or ""), s.text] for s in row.statements],
        "links": [[link.rel, link.target, link.text, link.is_internal] for link in row.links],
        "threats": list(row.threats),
    }


def attach(tree: Tree, facts: Mapping[str, Tree]) -> None:
    """Give the controls, groups and threats of an OSCAL catalogue their facts, by identifier of the row."""
    waiting = [tree]
    while waiting:
        holder = waiting.pop()
        nodes = [*holder.get("groups", []), *holder.get("controls", [])]
        waiting += nodes
        for node in [*nodes, *holder.get("back-matter", {}).get("resources", [])]:
            own_names = [
                prop["value"]
                for prop in node.get("props", [])
                if prop.get("ns") == own.NAMESPACE and prop["name"] == (own.IDENTIFIER if "id" in node else own.THREAT)
            ]
            carried = facts.get(own_names[0] if own_names else node.get("id", ""))
            if carried:
                value = json.dumps(carried, separators=(",", ":"))
                # White space counts for nothing in a property: only ASCII, and no two spaces in a row.
                value = re.sub(r" (?= )", r"\\u0020", value)
                node["props"] = [*node.get("props", []), {"name": ATTRIBUTE, "ns": NAMESPACE, "value": value}]


def unpacked(one: CatalogueRow) -> CatalogueRow:
    """The row as it was. What is no such property, a stranger's perhaps, stays an attribute like any other."""
    values = one.row.attributes.get(ATTRIBUTE, [])
    if len(values) != 1:
        return one
    try:
        facts = Carried.model_validate(without_unfit(json.loads(values[0]), FindingLog())).model_dump(exclude_none=True)
        return with_facts(one, facts)
    except (ValueError, ValidationError, RecursionError):
        return one


def with_facts(one: CatalogueRow, facts: Tree) -> CatalogueRow:
    """The row with these facts in place of its own. Raises ValueError where statements or links have not the parts they
    should."""
    row: RequirementRow = one.row
    rest = {name: values for name, values in row.attributes.items() if name != ATTRIBUTE}
    changes: Tree = {"attributes": rest} | facts
    if "level" in facts:
        changes["level"] = Level(facts["level"]) if facts["level"] in Level else facts["level"]
    if "statements" in facts:
        changes["statements"] = tuple(
            StatementRow(identifier, text, ModalVerb(verb) if verb else None, identifier)
            for identifier, verb, text in facts["statements"]
        )
    if "links" in facts:
        changes["links"] = tuple(
            LinkRow(str(rel), str(target), str(text), is_internal is True)
            for rel, target, text, is_internal in facts["links"]
        )
    category = changes.pop("category", one.category)
    translations = changes.pop("translations", one.translations)
    return CatalogueRow(replace(row, **changes), category, translations)
