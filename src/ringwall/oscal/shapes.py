"""The assemblies of OSCAL as data: what every reader, checker and writer of this floor goes by.

The table stands in ``shapes.txt``. It says for each assembly which fields it has, in which order, of which type, and
how XML names them; with it one walk serves all eight models in all three formats.
Source: the published OSCAL 1.2.3 schemas and the XML bindings of the OSCAL metaschemas.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

MODELS = (
    "catalog",
    "profile",
    "component-definition",
    "system-security-plan",
    "assessment-plan",
    "assessment-results",
    "plan-of-action-and-milestones",
    "mapping-collection",
)

XML_NAMESPACE = "http://csrc.nist.gov/ns/oscal/1.0"

# Types that any text fits.
_FREE_TEXT = "slmpire"

Role = Literal["flag", "text", "element"]


@dataclass(slots=True)
class Field:
    """One field of an assembly.

    `type` is a letter of ``shapes.txt`` or "" where `shape` is set. `xml_wrapper` is the element that holds all
    occurrences (only the revisions of the metadata have one).
    """

    key: str
    role: Role
    required: bool
    many: bool
    legacy: bool
    type: str
    shape: Shape | None
    xml_name: str
    xml_wrapper: str


@dataclass(slots=True)
class Shape:
    """One assembly: its fields by JSON key, in writing order. `free_text` are the keys that may hold any text."""

    name: str
    fields: dict[str, Field]
    required: tuple[str, ...] = ()
    free_text: frozenset[str] = frozenset()

    @property
    def by_xml_name(self) -> dict[str, Field]:
        return {field.xml_wrapper or field.xml_name: field for field in self.fields.values() if field.role == "element"}


@cache
def shapes() -> dict[str, Shape]:
    """All assemblies by name; parsed once."""
    text = files(__package__).joinpath("shapes.txt").read_text(encoding="utf-8")
    entries: list[str] = []
    for line in text.splitlines():
        if line.startswith(" ") and entries:
            entries[-1] += line
        elif line and not line.startswith("#"):
            entries.append(line)
    table = {"empty": Shape("empty", {})}
    bodies: dict[str, str] = {}
    for entry in entries:
        name, _, body = entry.partition(" = ")
        table[name] = Shape(name, {})
        bodies[name] = body
    for name, body in bodies.items():
        fields = [_field(word, table) for word in body.split()]
        table[name].fields = {field.key: field for field in fields}
        table[name].required = tuple(field.key for field in fields if field.required)
        table[name].free_text = frozenset(f.key for f in fields if f.type and f.type in _FREE_TEXT and not f.many)
    return table


def _field(word: str, table: dict[str, Shape]) -> Field:
    name, _, kind = word.partition(":")
    type_, _, xml = kind.partition(">")
    wrapper, _, xml_name = xml.rpartition("/")
    role: Role = "flag" if name[0] == "@" else "text" if name[0] == "=" else "element"
    key = name.strip("@=!*?")
    many = "*" in name
    return Field(
        key=key,
        role=role,
        required="!" in name,
        many=many,
        legacy="?" in name,
        type="" if len(type_) > 1 else type_,
        shape=table[type_] if len(type_) > 1 else None,
        xml_name=xml_name or (_singular(key) if many else key),
        xml_wrapper=wrapper,
    )


def _singular(key: str) -> str:
    if key.endswith("ies"):
        return key[:-3] + "y"
    if key.endswith(("sses", "shes")):
        return key[:-2]
    return key[:-1] if key.endswith("s") else key
