"""Typed mapping collections. Fields are named after the OSCAL keys; see the OSCAL mapping model 1.2.3."""

from __future__ import annotations

from ringwall.oscal.catalogue import Document, Link, Property
from ringwall.oscal.typed import Node, Tree, many, one, typed


@typed
class Provenance(Node):
    method: str = ""
    matching_rationale: str = ""
    status: str = ""
    mapping_description: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    remarks: str | None = None


@typed
class MappedResource(Node):
    """The catalogue or profile on one side of a mapping."""

    ns: str | None = None
    type: str = ""
    href: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    remarks: str | None = None


@typed
class MappedRequirement(Node):
    """One end of a map; `type` is "control" or "statement"."""

    type: str = ""
    id_ref: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    remarks: str | None = None


@typed
class Map(Node):
    uuid: str = ""
    ns: str | None = None
    matching_rationale: str | None = None
    relationship: str = ""
    sources: tuple[MappedRequirement, ...] = many(lambda: MappedRequirement)
    targets: tuple[MappedRequirement, ...] = many(lambda: MappedRequirement)
    confidence_score: Tree | None = None
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    remarks: str | None = None


@typed
class Mapping(Node):
    uuid: str = ""
    method: str | None = None
    matching_rationale: str | None = None
    status: str | None = None
    source_resource: MappedResource | None = one(lambda: MappedResource)
    target_resource: MappedResource | None = one(lambda: MappedResource)
    maps: tuple[Map, ...] = many(lambda: Map)
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    remarks: str | None = None


@typed
class MappingCollection(Document):
    provenance: Provenance | None = one(lambda: Provenance)
    mappings: tuple[Mapping, ...] = many(lambda: Mapping)
