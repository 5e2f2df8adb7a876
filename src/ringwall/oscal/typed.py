"""How the typed layer is made: dataclasses that know their OSCAL keys and keep what they do not know.

A class of the layer names its fields after the OSCAL keys (``back_matter`` for ``back-matter``, ``class_`` for
``class``); fields that hold other typed nodes are declared with `one` or `many`. `build` makes an instance of a
conformed tree (see `conform`), `unbuild` gives the tree back with all unknown keys, so that a document round-trips.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, cast, dataclass_transform

Tree = dict[str, Any]

NOTHING: Mapping[str, Any] = MappingProxyType({})


def one(of: Callable[[], type[Any]]) -> Any:
    """A field that holds one node or None."""
    return field(default=None, metadata={"of": of})


def many(of: Callable[[], type[Any]]) -> Any:
    """A field that holds a tuple of nodes."""
    return field(default=(), metadata={"of": of, "many": True})


def texts() -> Any:
    """A field that holds a tuple of text."""
    return field(default=(), metadata={"many": True})


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def typed[T](cls: type[T]) -> type[T]:
    """A dataclass with slots that type checkers hold to be frozen.

    It is not frozen at run time: making a frozen instance takes four times as long, and a catalogue has 50,000.
    """
    return dataclass(slots=True)(cls)


@typed
class Node:
    """Base of every typed node. `extra` holds the keys this layer does not type, as they were read."""

    extra: Mapping[str, Any] = field(default=NOTHING, kw_only=True)


def key_of(name: str) -> str:
    """The OSCAL key of a field."""
    return name.rstrip("_").replace("_", "-")


@cache
def _builder(cls: Any) -> Callable[[Tree], Any]:
    typed = [f for f in fields(cls) if f.name != "extra"]
    keys = [key_of(f.name) for f in typed]
    known = frozenset(keys)
    nested: list[tuple[int, Any, bool]] = [
        (i, f.metadata.get("of"), bool(f.metadata.get("many"))) for i, f in enumerate(typed) if f.metadata
    ]
    # Builders of nested nodes, found when first needed: parts hold parts.
    builders: dict[int, Callable[[Tree], Any]] = {}
    needed = [i for i, f in enumerate(typed) if not f.metadata and f.default == ""]

    def build_node(tree: Tree) -> Any:
        values: list[Any] = list(map(tree.get, keys))
        for i in needed:
            if values[i] is None:
                values[i] = ""
        for i, of, is_many in nested:
            value = values[i]
            if not value and is_many:
                values[i] = ()
            elif value is not None:
                if of is None:
                    values[i] = tuple(value)
                    continue
                if i not in builders:
                    builders[i] = _builder(of())
                values[i] = tuple(map(builders[i], value)) if is_many else builders[i](value)
        if known.issuperset(tree):
            return cls(*values)
        return cls(*values, extra={key: tree[key] for key in tree if key not in known})

    return build_node


def build[N: Node](cls: type[N], tree: Tree) -> N:
    """The typed form of a conformed tree."""
    made: N = _builder(cast("Any", cls))(tree)
    return made


@cache
def _getter(cls: Any) -> tuple[list[str], Callable[[Any], tuple[Any, ...]]]:
    names = [f.name for f in fields(cls) if f.name != "extra"]
    return [key_of(name) for name in names], attrgetter(*names, "extra")


def values_by_key(node: Node) -> Tree:
    """The values of a node by OSCAL key, unknown keys included; nested nodes stay nodes."""
    keys, get = _getter(cast("Any", type(node)))
    *values, extra = get(node)
    by_key: Tree = dict(zip(keys, values, strict=True))
    by_key.update(extra)
    return by_key


def unbuild(node: Node) -> Tree:
    """The tree of a typed node, without empty fields, unknown keys included."""
    tree: Tree = {}
    for name, key, is_nested, is_many in _plan(cast("Any", type(node))):
        value = getattr(node, name)
        if value is None or value == () or (value == "" and key not in _KEPT_EMPTY):
            continue
        if is_many:
            tree[key] = [unbuild(member) if is_nested else member for member in value]
        else:
            tree[key] = unbuild(value) if is_nested else value
    tree.update(node.extra)
    return tree


# Required text that may rightly be empty must not vanish on the way back.
_KEPT_EMPTY = frozenset({"value", "prose", "title"})


@cache
def _plan(cls: Any) -> list[tuple[str, str, bool, bool]]:
    return [
        (f.name, key_of(f.name), bool(f.metadata.get("of")), bool(f.metadata.get("many")))
        for f in fields(cls)
        if f.name != "extra"
    ]
