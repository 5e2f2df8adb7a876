"""Typed profiles. Fields are named after the OSCAL keys; see the OSCAL profile model 1.2.3."""

from __future__ import annotations

from ringwall.oscal.catalogue import Document, Link, Parameter, Part, Property, Selection
from ringwall.oscal.typed import Node, Tree, many, one, texts, typed


@typed
class Matching(Node):
    """A glob: * any run of characters, ? one."""

    pattern: str = ""


@typed
class SelectControls(Node):
    with_child_controls: str | None = None
    with_ids: tuple[str, ...] = texts()
    matching: tuple[Matching, ...] = many(lambda: Matching)


@typed
class Import(Node):
    """`include_all` is an empty mapping where it is given."""

    href: str = ""
    include_all: Tree | None = None
    include_controls: tuple[SelectControls, ...] = many(lambda: SelectControls)
    exclude_controls: tuple[SelectControls, ...] = many(lambda: SelectControls)


@typed
class Combine(Node):
    method: str | None = None


@typed
class Merge(Node):
    """How controls are structured: `flat`, `as_is` or `custom`; without any of them flat."""

    combine: Combine | None = one(lambda: Combine)
    flat: Tree | None = None
    as_is: bool | None = None
    custom: Tree | None = None


@typed
class SetParameter(Node):
    """In profiles; `constraints` and `guidelines` are kept as they stand."""

    param_id: str = ""
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


@typed
class Remove(Node):
    by_name: str | None = None
    by_class: str | None = None
    by_id: str | None = None
    by_item_name: str | None = None
    by_ns: str | None = None
    remarks: str | None = None


@typed
class Add(Node):
    position: str | None = None
    by_id: str | None = None
    title: str | None = None
    params: tuple[Parameter, ...] = many(lambda: Parameter)
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    parts: tuple[Part, ...] = many(lambda: Part)


@typed
class Alter(Node):
    control_id: str = ""
    removes: tuple[Remove, ...] = many(lambda: Remove)
    adds: tuple[Add, ...] = many(lambda: Add)


@typed
class Modify(Node):
    set_parameters: tuple[SetParameter, ...] = many(lambda: SetParameter)
    alters: tuple[Alter, ...] = many(lambda: Alter)


@typed
class Profile(Document):
    imports: tuple[Import, ...] = many(lambda: Import)
    merge: Merge | None = one(lambda: Merge)
    modify: Modify | None = one(lambda: Modify)
