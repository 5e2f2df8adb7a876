"""Typed catalogues: groups, controls, parts, parameters, and the pieces all models share.

Fields are named after the OSCAL keys; see the OSCAL catalogue model 1.2.3 for their meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ringwall.oscal.typed import Node, Tree, many, one, texts, typed


@typed
class Property(Node):
    name: str = ""
    value: str = ""
    ns: str | None = None
    class_: str | None = None
    uuid: str | None = None
    group: str | None = None
    remarks: str | None = None


@typed
class Link(Node):
    href: str = ""
    rel: str | None = None
    media_type: str | None = None
    resource_fragment: str | None = None
    text: str | None = None


@typed
class Selection(Node):
    how_many: str | None = None
    choice: tuple[str, ...] = texts()


@typed
class Parameter(Node):
    """`constraints` and `guidelines` are kept as they stand."""

    id: str = ""
    class_: str | None = None
    depends_on: str | None = None
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    label: str | None = None
    usage: str | None = None
    constraints: tuple[Tree, ...] = texts()
    guidelines: tuple[Tree, ...] = texts()
    values: tuple[str, ...] = texts()
    select: Selection | None = one(lambda: Selection)
    remarks: str | None = None


@typed
class Part(Node):
    id: str | None = None
    name: str = ""
    ns: str | None = None
    class_: str | None = None
    title: str | None = None
    props: tuple[Property, ...] = many(lambda: Property)
    prose: str | None = None
    parts: tuple[Part, ...] = many(lambda: Part)
    links: tuple[Link, ...] = many(lambda: Link)


@typed
class Control(Node):
    id: str = ""
    class_: str | None = None
    title: str = ""
    params: tuple[Parameter, ...] = many(lambda: Parameter)
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    parts: tuple[Part, ...] = many(lambda: Part)
    controls: tuple[Control, ...] = many(lambda: Control)


@typed
class Group(Node):
    id: str | None = None
    class_: str | None = None
    title: str = ""
    params: tuple[Parameter, ...] = many(lambda: Parameter)
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    parts: tuple[Part, ...] = many(lambda: Part)
    groups: tuple[Group, ...] = many(lambda: Group)
    controls: tuple[Control, ...] = many(lambda: Control)


@typed
class ResourceLink(Node):
    href: str = ""
    media_type: str | None = None
    hashes: tuple[Tree, ...] = texts()


@typed
class Resource(Node):
    uuid: str = ""
    title: str | None = None
    description: str | None = None
    props: tuple[Property, ...] = many(lambda: Property)
    document_ids: tuple[Tree, ...] = texts()
    citation: Tree | None = None
    rlinks: tuple[ResourceLink, ...] = many(lambda: ResourceLink)
    base64: Tree | None = None
    remarks: str | None = None


@typed
class BackMatter(Node):
    resources: tuple[Resource, ...] = many(lambda: Resource)


@typed
class Metadata(Node):
    """Roles, parties and the like stay in `extra`."""

    title: str = ""
    published: str | None = None
    last_modified: str = ""
    version: str = ""
    oscal_version: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    remarks: str | None = None


NO_METADATA = Metadata()


@typed
class Document(Node):
    """What every OSCAL document has. Models without a class of their own are read into this one."""

    uuid: str = ""
    metadata: Metadata | None = one(lambda: Metadata)
    back_matter: BackMatter | None = one(lambda: BackMatter)

    @property
    def title(self) -> str:
        return " ".join((self.metadata or NO_METADATA).title.split())

    @property
    def version(self) -> str:
        return (self.metadata or NO_METADATA).version

    @property
    def oscal_version(self) -> str:
        """As stated, without the leading v that some files have."""
        return (self.metadata or NO_METADATA).oscal_version.removeprefix("v")

    @property
    def last_modified(self) -> str:
        return (self.metadata or NO_METADATA).last_modified

    @property
    def resources(self) -> tuple[Resource, ...]:
        return self.back_matter.resources if self.back_matter else ()

    @property
    def language(self) -> str:
        """The declared language ("de", "en-GB") or "": OSCAL has no field for it, publishers use a property."""
        return value_of((self.metadata or NO_METADATA).props, "language") or ""


@typed
class Catalogue(Document):
    params: tuple[Parameter, ...] = many(lambda: Parameter)
    controls: tuple[Control, ...] = many(lambda: Control)
    groups: tuple[Group, ...] = many(lambda: Group)

    def walk_controls(self) -> Iterator[Control]:
        """Every control, in document order, parents before children."""

        def below(control: Control) -> Iterator[Control]:
            yield control
            for child in control.controls:
                yield from below(child)

        def inside(holder: Catalogue | Group) -> Iterator[Control]:
            for group in holder.groups:
                yield from inside(group)
            for control in holder.controls:
                yield from below(control)

        return inside(self)


def value_of(props: tuple[Property, ...], name: str, class_: Any = ...) -> str | None:
    """The value of the first property of that name (and class, None for without), or None."""
    for prop in props:
        if prop.name == name and (class_ is ... or prop.class_ == class_):
            return prop.value
    return None
