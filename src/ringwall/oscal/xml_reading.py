"""Read OSCAL XML into the shape of OSCAL JSON, by the table of shapes."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ringwall.oscal.conform import MAX_DEPTH
from ringwall.oscal.decoding import Refused
from ringwall.oscal.findings import FindingLog, Trail
from ringwall.oscal.markup import BLOCKS, blocks_of, line_of, lines_of, local_name
from ringwall.oscal.shapes import MODELS, XML_NAMESPACE, Field, Shape, shapes

Tree = dict[str, Any]


def read_root(data: bytes) -> Element:
    """The root element of an XML file. Entities that the file declares itself are refused (billion laughs, XXE)."""
    try:
        root: Element = fromstring(data)
    except ParseError as error:
        line, column = error.position
        what = str(error).partition(":")[0]
        raise Refused(f"the file is no well-formed XML: line {line}, column {column + 1}: {what}") from None
    except DefusedXmlException:
        raise Refused("the XML file declares entities of its own; such files are not read") from None
    except (LookupError, UnicodeError, ValueError) as error:
        raise Refused(f"the XML file cannot be decoded: {error}") from None
    return root


def read_tree(data: bytes, log: FindingLog) -> Tree:
    """``{model: content}`` as OSCAL JSON has it. Raises Refused."""
    root = read_root(data)
    model = local_name(root)
    if model not in MODELS:
        raise Refused(f"this is no OSCAL document: <{model[:60]}> is none of {', '.join(MODELS)}")
    if root.tag != f"{{{XML_NAMESPACE}}}{model}":
        log.add("warning", model, f"the namespace of <{model}> should be {XML_NAMESPACE}")
    return {model: _assembly(root, shapes()[model], log, (None, model), 0)}


def _assembly(element: Element, shape: Shape, log: FindingLog, trail: Trail, depth: int) -> Tree:
    if depth > MAX_DEPTH:
        log.add("error", trail, f"nested more than {MAX_DEPTH} levels deep; what lies deeper was left out")
        return {}
    tree: Tree = {name: value for name, value in element.attrib.items() if not name.startswith("{")}
    by_name = shape.by_xml_name
    prose_field = next((field for field in shape.fields.values() if field.type == "p"), None)
    prose: list[Element] = []
    for child in element:
        name = local_name(child)
        field = by_name.get(name)
        if field is not None and field.type != "p":
            _take(tree, field, child, log, trail, depth)
        elif prose_field is not None and name in BLOCKS:
            prose.append(child)
        elif name:
            log.add("warning", trail, f"<{name[:60]}> is not known in {shape.name}; it was not read")
    if prose and prose_field:
        tree[prose_field.key] = blocks_of(prose)
    for field in shape.fields.values():
        if field.role == "text":
            tree[field.key] = (element.text or "").strip()
        if field.key in tree and field.type in ("n", "x", "b"):
            tree[field.key] = _plain(tree[field.key], field.type)
    return tree


def _take(tree: Tree, field: Field, child: Element, log: FindingLog, trail: Trail, depth: int) -> None:
    found = [grand for grand in child if local_name(grand) == field.xml_name] if field.xml_wrapper else [child]
    values: list[Any] = []
    for element in found:
        if field.shape is not None:
            values.append(_assembly(element, field.shape, log, (trail, field.key), depth + 1))
        elif field.type == "l":
            values.append(line_of(element))
        elif field.type == "m":
            values.append(lines_of(element))
        else:
            values.append(_plain("".join(element.itertext()).strip(), field.type))
    if field.many:
        tree.setdefault(field.key, []).extend(values)
    elif values:
        if field.key in tree:
            log.add("warning", trail, f"<{field.xml_name}> stands more than once; the last one counts")
        tree[field.key] = values[-1]


def _plain(text: Any, type_: str) -> Any:
    """Numbers and yes/no values as JSON has them; what is none stays text."""
    if not isinstance(text, str):
        return text
    if type_ == "b" and text in ("true", "false", "1", "0"):
        return text in ("true", "1")
    try:
        return int(text) if type_ == "n" else float(text) if type_ == "x" else text
    except ValueError:
        return text
