"""Write OSCAL XML, by the table of shapes. Loaded where XML is asked for: it brings the Markdown parser with it."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ringwall.oscal.markdown import block_xml, inline_xml
from ringwall.oscal.shapes import XML_NAMESPACE, Field, Shape, shapes
from ringwall.oscal.typed import Node
from ringwall.oscal.writer import document_tree

Tree = dict[str, Any]


def to_xml(model: str, document: Node | Tree) -> bytes:
    """The bytes of an OSCAL XML file."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    tree = document_tree(model, document)
    _assembly(lines, model, tree, shapes()[model], "", f' xmlns="{XML_NAMESPACE}"')
    return ("\n".join(lines) + "\n").encode()


def _assembly(lines: list[str], name: str, tree: Tree, shape: Shape, indent: str, namespace: str = "") -> None:
    attributes = namespace
    text = ""
    inner: list[str] = []
    for key, field in shape.fields.items():
        if key not in tree:
            continue
        value = tree[key]
        if field.role == "flag":
            attributes += f" {key}={quoteattr(_plain(value))}"
        elif field.role == "text":
            text = escape(_plain(value))
        elif field.xml_wrapper:
            inner.append(f"{indent}  <{field.xml_wrapper}>")
            _field(inner, field, value, indent + "    ")
            inner.append(f"{indent}  </{field.xml_wrapper}>")
        else:
            _field(inner, field, value, indent + "  ")
    if inner:
        lines.append(f"{indent}<{name}{attributes}>")
        lines.extend(inner)
        lines.append(f"{indent}</{name}>")
    else:
        lines.append(f"{indent}<{name}{attributes}>{text}</{name}>" if text else f"{indent}<{name}{attributes}/>")


def _field(lines: list[str], field: Field, value: Any, indent: str) -> None:
    name = field.xml_name
    for member in value if field.many else [value]:
        if field.shape is not None:
            _assembly(lines, name, member, field.shape, indent)
        elif field.type == "p":
            lines.append(indent + block_xml(member))
        elif field.type == "m":
            lines.append(f"{indent}<{name}>{block_xml(member)}</{name}>")
        elif field.type == "l":
            lines.append(f"{indent}<{name}>{inline_xml(member)}</{name}>")
        else:
            lines.append(f"{indent}<{name}>{escape(_plain(member))}</{name}>")


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
