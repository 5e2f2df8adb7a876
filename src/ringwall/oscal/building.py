"""Make OSCAL documents of rows: catalogues and mapping collections.

The counterpart of `requirements` and `mappings`: what is built here is valid against the published schemas and comes
back as the same rows. Parameters are not among the rows: a catalogue that came as OSCAL goes out as the bytes it came
in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ringwall.oscal import own
from ringwall.oscal.content import CatalogueContent, LinkRow, RequirementRow, StatementRow, ThreatRow, Translation
from ringwall.oscal.mappings import OSCAL_NAMES, MappingRow, MappingSet
from ringwall.oscal.writer import OSCAL_VERSION

Tree = dict[str, Any]

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def catalogue_tree(content: CatalogueContent, last_modified: str) -> Tree:
    """The content of an OSCAL catalogue. `last_modified` (RFC 3339 with zone) stands in where the rows state none."""
    tokens = tokens_of(row.identifier for row in content.rows)
    children: defaultdict[str | None, list[RequirementRow]] = defaultdict(list)
    known = {row.identifier for row in content.rows}
    for row in content.rows:
        children[row.parent_identifier if row.parent_identifier in known else None].append(row)
    is_uuid = own.is_uuid(content.identifier)
    tree: Tree = {
        "uuid": content.identifier if is_uuid else own.uuid_of("catalog", content.identifier),
        "metadata": _metadata(content, last_modified, [] if is_uuid else [_own(own.IDENTIFIER, content.identifier)]),
    }
    tree |= _holder(children[None], children, tokens, in_group=True, is_top=True)
    if content.threats:
        tree["back-matter"] = {"resources": [_threat(threat) for threat in content.threats]}
    return tree


def mapping_tree(
    mappings: Iterable[MappingSet], title: str, version: str, last_modified: str, description: str
) -> Tree:
    """The content of an OSCAL mapping collection. Sets without rows are left out; at least one must have some."""
    built = [_mapping(mapping) for mapping in mappings if mapping.rows]
    if not built:
        raise ValueError("a mapping collection needs at least one map")
    return {
        "uuid": own.uuid_of("mapping-collection", title, version),
        "metadata": {
            "title": title,
            "last-modified": last_modified,
            "version": version,
            "oscal-version": OSCAL_VERSION,
        },
        "provenance": {
            "method": "human",
            "matching-rationale": "semantic",
            "status": "complete",
            "mapping-description": description,
        },
        "mappings": built,
    }


def _metadata(content: CatalogueContent, last_modified: str, props: list[Tree]) -> Tree:
    stated = content.last_modified if _INSTANT.fullmatch(content.last_modified) else last_modified
    metadata: Tree = {
        "title": content.title or content.identifier,
        "last-modified": stated,
        "version": content.version or "1",
        "oscal-version": OSCAL_VERSION,
    }
    if content.language:
        props = [*props, _own("language", content.language)]
    if props:
        metadata["props"] = props
    if content.publisher:
        party = own.uuid_of("party", content.publisher)
        metadata["roles"] = [{"id": "publisher", "title": "Publisher"}]
        metadata["parties"] = [{"uuid": party, "type": "organization", "name": _line(content.publisher)}]
        metadata["responsible-parties"] = [{"role-id": "publisher", "party-uuids": [party]}]
    return metadata


def tokens_of(identifiers: Iterable[str]) -> dict[str, str]:
    """Identifier to OSCAL token, each its own: the ids of controls and groups in a catalogue with these rows."""
    tokens: dict[str, str] = {}
    taken: set[str] = set()
    for identifier in identifiers:
        base = token = own.token_of(identifier)
        number = 1
        while token in taken:
            number += 1
            token = f"{base}_{number}"
        tokens[identifier] = token
        taken.add(token)
    return tokens


def _holder(
    rows: list[RequirementRow],
    children: dict[str | None, list[RequirementRow]],
    tokens: dict[str, str],
    *,
    in_group: bool,
    is_top: bool = False,
) -> Tree:
    """Groups and controls among `rows`. Below a control OSCAL has controls only, and in a group either groups or
    controls: groups that may not stand become controls that say what they are."""
    held: defaultdict[str, list[Tree]] = defaultdict(list)
    kinds = [row.kind for row in rows]
    # A file lists groups before controls. Where the rows mix them, all become controls, to keep their order.
    in_group = in_group and kinds == sorted(kinds) and (is_top or len(set(kinds)) < 2)
    for row in rows:
        is_group = row.kind == "group" and in_group
        tree = _group_or_control(row, tokens, is_group=is_group)
        tree |= _holder(children[row.identifier], children, tokens, in_group=is_group)
        held["groups" if is_group else "controls"].append(tree)
    return dict(held)


def _group_or_control(row: RequirementRow, tokens: dict[str, str], *, is_group: bool) -> Tree:
    token = tokens[row.identifier]
    tree: Tree = {"id": token}
    attributes = {name: list(values) for name, values in row.attributes.items()}
    classes = attributes.get("class", [])
    if len(classes) == 1 and own.token_of(classes[0]) == classes[0]:
        tree["class"] = attributes.pop("class")[0]
    tree["title"] = row.title or row.identifier
    tree["props"] = _props(row, token, attributes, is_group=is_group)
    tree["links"] = [link for row_link in row.links if (link := _link(row_link, tokens))]
    tree["parts"] = _parts(row, token, is_group=is_group)
    return {key: value for key, value in tree.items() if value != []}


def _props(row: RequirementRow, token: str, attributes: dict[str, list[str]], *, is_group: bool) -> list[Tree]:
    props = [{"name": "label", "value": _line(row.label)}] if row.label and row.label != row.identifier else []
    if token != row.identifier:
        props.append(_own(own.IDENTIFIER, row.identifier))
    if row.stable_id:
        props.append({"name": "alt-identifier", "value": row.stable_id})
    if row.withdrawn:
        props.append({"name": "status", "value": "withdrawn"})
    if row.level:
        props.append(_own(own.LEVEL, row.level.value))
    if row.text and not row.statements and row.kind == "requirement":
        props.append(_own(own.STATEMENT_COUNT, "0"))
    if row.kind == "group" and not is_group:
        props.append(_own(own.KIND, "group"))
    for name, values in attributes.items():
        props.extend({"name": own.token_of(name), "value": _line(value)} for value in values if value.strip())
    props.extend(_own(own.THREAT, threat) for threat in row.threats)
    return props


def _parts(row: RequirementRow, token: str, *, is_group: bool) -> list[Tree]:
    parts: list[Tree] = []
    if row.text:
        name, suffix = ("overview", "ovw") if is_group else ("statement", "smt")
        parts.append({"id": f"{token}_{suffix}", "name": name, "prose": row.text})
    if row.guidance:
        parts.append({"id": f"{token}_gdn", "name": "guidance", "prose": row.guidance})
    parts.extend(_statement(statement) for statement in row.statements)
    parts.extend(_translation(language, text) for language, text in row.translations.items())
    return parts


def _statement(statement: StatementRow) -> Tree:
    props = [{"name": "label", "value": _line(statement.number)}, _own(own.IDENTIFIER, statement.identifier)]
    if statement.verb:
        props.append(_own(own.VERB, statement.verb.value))
    return {"name": own.STATEMENT, "ns": own.NAMESPACE, "props": props, "prose": statement.text}


def _translation(language: str, text: Translation) -> Tree:
    part: Tree = {"name": own.TRANSLATION, "ns": own.NAMESPACE, "class": own.token_of(language)}
    if text.title:
        part["title"] = text.title
    if text.text:
        part["prose"] = text.text
    if text.guidance:
        part["parts"] = [{"name": "guidance", "prose": text.guidance}]
    return part


def _link(link: LinkRow, tokens: dict[str, str]) -> Tree | None:
    if not link.target:
        return None
    tree: Tree = {"href": f"#{tokens.get(link.target, link.target)}" if link.is_internal else link.target}
    if link.rel:
        tree["rel"] = link.rel
    if link.text:
        tree["text"] = link.text
    return tree


def _threat(threat: ThreatRow) -> Tree:
    resource: Tree = {"uuid": own.uuid_of("threat", threat.identifier), "title": threat.title}
    if threat.text:
        resource["description"] = threat.text
    resource["props"] = [_own(own.THREAT, threat.identifier)]
    for name, values in threat.attributes.items():
        resource["props"].extend({"name": own.token_of(name), "value": _line(value)} for value in values)
    return resource


def _mapping(mapping: MappingSet) -> Tree:
    return {
        "uuid": own.uuid_of("mapping", mapping.source_catalogue, mapping.target_catalogue),
        "source-resource": _side(mapping.source_catalogue, mapping.source_uuid),
        "target-resource": _side(mapping.target_catalogue, mapping.target_uuid),
        "maps": [_map(row) for row in mapping.rows],
    }


def _side(catalogue: str, catalogue_uuid: str) -> Tree:
    href = f"urn:uuid:{catalogue_uuid}" if catalogue_uuid else f"urn:x-catalogue:{own.token_of(catalogue)}"
    props = [{"name": "catalog_title", "value": _line(catalogue)}]
    if catalogue_uuid:
        props.append({"name": "catalog_uuid", "value": catalogue_uuid})
    return {"type": "catalog", "href": href, "props": props}


def _map(row: MappingRow) -> Tree:
    name = row.identifier if own.is_uuid(row.identifier) else own.uuid_of("map", row.source, row.relation, row.target)
    tree: Tree = {
        "uuid": name,
        "relationship": OSCAL_NAMES[row.relation],
        "sources": [_end(row.source, row.source_stable_id)],
        "targets": [_end(row.target, row.target_stable_id)],
    }
    if row.is_defaulted:
        tree["props"] = [_own("relationship_defaulted", "true")]
    if row.rationale:
        tree["remarks"] = row.rationale
    return tree


def _end(identifier: str, stable_id: str) -> Tree:
    is_statement = bool(re.search(r"-UA\.\d+$", identifier))
    tree: Tree = {"type": "statement" if is_statement else "control", "id-ref": identifier}
    return tree | ({"props": [{"name": "alt-identifier", "value": stable_id}]} if stable_id else {})


def _own(name: str, value: str) -> Tree:
    return {"name": name, "ns": own.NAMESPACE, "value": _line(value)}


def _line(text: str) -> str:
    return " ".join(text.split())
