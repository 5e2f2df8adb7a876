"""Write OSCAL documents: JSON and XML, keys and elements in the order of the schemas, the same data to the same bytes.

What is written is strict: keys the model does not know, empty lists and keys of older drafts are left out. Numbers,
times and identifiers are written as they are given; nothing is generated here.
"""

from __future__ import annotations

import json
from typing import Any, cast

from ringwall.oscal.collecting import without_collection
from ringwall.oscal.shapes import MODELS, Shape, shapes
from ringwall.oscal.typed import Node, values_by_key

Tree = dict[str, Any]

OSCAL_VERSION = "1.2.3"


def strict(source: Node | Tree, shape: Shape) -> Tree:
    """A typed node or conformed tree as a new tree in writing order, without what the shape does not have."""
    values = source if type(source) is dict else values_by_key(cast("Node", source))
    copy: Tree = {}
    for key, field in shape.fields.items():
        value = values.get(key)
        if value is None or value == [] or value == () or field.legacy:
            continue
        inner = field.shape
        if inner is None:
            copy[key] = list(value) if field.many else value
        elif field.many:
            copy[key] = [strict(member, inner) for member in value]
        else:
            copy[key] = strict(value, inner)
    for key in shape.required:
        if copy.get(key) == "" and shape.fields[key].type not in _MAY_BE_EMPTY:
            del copy[key]
    return copy


# Required text that may rightly be empty: titles, prose. An identifier that is empty is one that was never there.
_MAY_BE_EMPTY = "slmp"


def document_tree(model: str, document: Node | Tree) -> Tree:
    """The strict tree of a typed document or of its content. Raises ValueError for an unknown model."""
    if model not in MODELS:
        raise ValueError(f"{model!r} is no OSCAL model")
    return strict(document, shapes()[model])


def to_json(model: str, document: Node | Tree, *, indent: int | None = None) -> bytes:
    """The bytes of an OSCAL JSON file. Without `indent` it is compact and, for large catalogues, ten times as fast."""
    with without_collection():
        root = {model: document_tree(model, document)}
        separators = (",", ":") if indent is None else (",", ": ")
        return json.dumps(root, ensure_ascii=False, indent=indent, separators=separators).encode() + b"\n"
