"""Read library files of CISO Assistant (YAML): frameworks, reference controls, threats, mappings, risk matrices.

The format is told by its parts: a library with `objects`, a framework with `requirement_nodes` that name their parent
by URN and say whether they are assessable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ringwall.oscal.content import CatalogueContent, RequirementRow, ThreatRow, Translation
from ringwall.oscal.decoding import Refused, decode
from ringwall.oscal.findings import Finding, FindingLog
from ringwall.oscal.mappings import RELATION_NAMES, MappingRow, MappingSet
from ringwall.oscal.statements import split_statements

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MatrixLevel:
    name: str
    description: str = ""
    abbreviation: str = ""
    colour: str = ""
    translations: dict[str, Translation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RiskMatrix:
    """`grid[likelihood][consequence]` is an index into `levels`."""

    identifier: str
    title: str
    likelihoods: tuple[MatrixLevel, ...]
    consequences: tuple[MatrixLevel, ...]
    levels: tuple[MatrixLevel, ...]
    grid: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class LibraryReading:
    """What a library holds. `content` is its framework; a library without one holds only the rest, of which reference
    controls and threats make a catalogue `alone`. `is_refused` if it is no library at all."""

    content: CatalogueContent | None
    reference_controls: list[RequirementRow]
    threats: list[ThreatRow]
    mappings: list[MappingSet]
    matrices: list[RiskMatrix]
    sha256: str
    findings: list[Finding]
    is_refused: bool = False
    alone: CatalogueContent | None = None


def is_library(root: object) -> bool:
    """Whether decoded data looks like a library of CISO Assistant."""
    return isinstance(root, dict) and isinstance(root.get("objects"), dict) and ("urn" in root or "ref_id" in root)


def read_library(data: bytes, name: str = "") -> LibraryReading:
    """Read a library. Never raises for what stands in the file."""
    log = FindingLog()
    digest = hashlib.sha256(data).hexdigest()
    try:
        _, root = decode(data, name, log)
        if not is_library(root):
            raise Refused("this is no CISO Assistant library: 'urn' and 'objects' are expected at the top")
        return _Library(root, log).read(digest)
    except Refused as refusal:
        log.add("error", refusal.path, str(refusal))
    except RecursionError:
        log.add("error", "", "the file is nested too deeply to be read")
    return LibraryReading(None, [], [], [], [], digest, log.close(), is_refused=True)


class _Library:
    """One pass over one library."""

    def __init__(self, root: Tree, log: FindingLog) -> None:
        self.root = root
        self.parts: Tree = root["objects"]
        self.log = log
        self.language = _text(root, "locale")[:2]

    def read(self, digest: str) -> LibraryReading:
        threats = [self.threat(part) for part in self.each("threats", "threat")]
        controls = [
            self.control(part, n) for n, part in enumerate(self.each("reference_controls", "reference_control"))
        ]
        frameworks = list(self.each("frameworks", "framework"))
        if len(frameworks) > 1:
            self.log.add("warning", "objects/frameworks", "a library with several frameworks: only the first was taken")
        content = self.framework(frameworks[0], threats) if frameworks else None
        mappings = [self.mapping(part) for part in self.each("requirement_mapping_sets", "requirement_mapping_set")]
        found = (self.matrix(part) for part in self.each("risk_matrices", "risk_matrix"))
        matrices = [matrix for matrix in found if matrix]
        if not (content or threats or controls or mappings or matrices):
            self.log.add("warning", "objects", "the library holds nothing that can be taken")
        alone = self.catalogue({}, controls, threats) if content is None and (controls or threats) else None
        return LibraryReading(content, controls, threats, mappings, matrices, digest, self.log.close(), alone=alone)

    def each(self, plural: str, singular: str) -> Iterator[Tree]:
        """Parts of a kind: the format has them under a plural or a singular name, as a list or alone."""
        for key in (plural, singular):
            value = self.parts.get(key)
            for index, part in enumerate(value if isinstance(value, list) else [value] if value else []):
                if isinstance(part, dict):
                    yield part
                else:
                    self.log.add("error", f"objects/{key}[{index}]", f"{singular} should be an object; it was left out")

    def framework(self, framework: Tree, threats: list[ThreatRow]) -> CatalogueContent:
        nodes = [node for node in _list(framework, "requirement_nodes") if isinstance(node, dict)]
        identifiers = self.identifiers(nodes)
        rows = []
        for position, node in enumerate(nodes):
            row = self.requirement(node, position, identifiers)
            rows.append(row)
        return self.catalogue(framework, rows, threats)

    def catalogue(self, framework: Tree, rows: list[RequirementRow], threats: list[ThreatRow]) -> CatalogueContent:
        return CatalogueContent(
            identifier=_text(framework, "urn") or _text(self.root, "urn"),
            title=_line(_text(framework, "name") or _text(self.root, "name")),
            version=_text(self.root, "version"),
            language=self.language,
            publisher=_text(self.root, "provider"),
            last_modified=_text(self.root, "publication_date"),
            rows=rows,
            threats=threats,
            findings=[],
        )

    def identifiers(self, nodes: list[Tree]) -> dict[str, str]:
        """URN to identifier: the publisher's reference, or the end of the URN where it is missing or stands twice."""
        found: dict[str, str] = {}
        taken: set[str] = set()
        for number, node in enumerate(nodes):
            urn = _text(node, "urn").casefold()
            if not urn or urn in found:
                path = f"objects/framework/requirement_nodes[{number}]"
                self.log.add("warning", path, "a node without an URN of its own; it was named by its place")
                urn = f"#{number}"
            candidates = (_line(_text(node, "ref_id")), urn.rpartition(":")[2], urn, f"node {number}")
            identifier = next(name for name in candidates if name and name not in taken)
            found[urn] = identifier
            taken.add(identifier)
        return found

    def requirement(self, node: Tree, position: int, identifiers: dict[str, str]) -> RequirementRow:
        urn = _text(node, "urn").casefold()
        identifier = identifiers.get(urn) or identifiers[f"#{position}"]
        parent_urn = _text(node, "parent_urn").casefold()
        parent = identifiers.get(parent_urn)
        if parent_urn and parent is None:
            message = f"{identifier} names a parent that is not in the file: {parent_urn[:80]}"
            self.log.add("warning", identifier, message)
        text = _text(node, "description").strip()
        is_requirement = node.get("assessable") is True
        return RequirementRow(
            identifier=identifier,
            parent_identifier=None if parent == identifier else parent,
            kind="requirement" if is_requirement else "group",
            title=_line(_text(node, "name")) or _title_from(text) or identifier,
            position=position,
            label=_line(_text(node, "ref_id")) or identifier,
            text=text,
            guidance="\n\n".join(filter(None, (_text(node, "annotation"), _text(node, "typical_evidence")))).strip(),
            attributes=_attributes(node, ("implementation_groups", "reference_controls")),
            stable_id=_text(node, "urn") or None,
            statements=split_statements(text, identifier, self.language) if is_requirement else (),
            threats=tuple(_last(urn) for urn in _list(node, "threats")),
            translations=_translations(node),
        )

    def control(self, control: Tree, position: int) -> RequirementRow:
        identifier = _line(_text(control, "ref_id")) or _last(_text(control, "urn")) or f"control {position}"
        return RequirementRow(
            identifier=identifier,
            parent_identifier=None,
            kind="requirement",
            title=_line(_text(control, "name")) or identifier,
            position=position,
            label=identifier,
            text=_text(control, "description").strip(),
            guidance="\n\n".join(filter(None, (_text(control, "annotation"), _text(control, "typical_evidence")))),
            attributes=_attributes(control, ("category", "csf_function")),
            stable_id=_text(control, "urn") or None,
            translations=_translations(control),
        )

    def threat(self, threat: Tree) -> ThreatRow:
        identifier = _line(_text(threat, "ref_id")) or _last(_text(threat, "urn"))
        title, text = _line(_text(threat, "name")) or identifier, _text(threat, "description")
        return ThreatRow(identifier, title, text, translations=_translations(threat))

    def mapping(self, mapping: Tree) -> MappingSet:
        rows = []
        for number, entry in enumerate(_list(mapping, "requirement_mappings")):
            path = f"objects/requirement_mapping_sets/{_text(mapping, 'ref_id')}[{number}]"
            relation = RELATION_NAMES.get(_text(entry, "relationship")) if isinstance(entry, dict) else None
            if relation is None:
                if isinstance(entry, dict) and _text(entry, "relationship") not in ("not_related", "no_relationship"):
                    self.log.add("warning", path, "a mapping without a known relationship was left out")
                continue
            source, target = (_last(_text(entry, f"{side}_requirement_urn")) for side in ("source", "target"))
            if source and target:
                rows.append(MappingRow(source, target, relation, False, _text(entry, "annotation")))
            else:
                self.log.add("warning", path, "a mapping without source or target was left out")
        source, target = (_text(mapping, f"{side}_framework_urn") for side in ("source", "target"))
        return MappingSet(source, target, "", "", rows)

    def matrix(self, matrix: Tree) -> RiskMatrix | None:
        name = _line(_text(matrix, "name"))
        path = f"objects/risk_matrix/{_text(matrix, 'ref_id')}"
        sides = [tuple(_level(level) for level in _list(matrix, key)) for key in ("probability", "impact", "risk")]
        likelihoods, consequences, levels = sides
        rows = [row for row in _list(matrix, "grid") if isinstance(row, list)]
        cells = [[int(c) if str(c).isdigit() and len(str(c)) < 4 else -1 for c in row] for row in rows]
        fits = len(cells) == len(likelihoods) and all(
            len(row) == len(consequences) and all(0 <= cell < len(levels) for cell in row) for row in cells
        )
        if not fits or not levels:
            self.log.add(
                "error", path, f"the grid of the risk matrix {name!r} does not fit its scales; it was left out"
            )
            return None
        identifier = _text(matrix, "urn") or _text(matrix, "ref_id")
        return RiskMatrix(identifier, name, likelihoods, consequences, levels, tuple(tuple(row) for row in cells))


def _level(level: object) -> MatrixLevel:
    if not isinstance(level, dict):
        return MatrixLevel("")
    return MatrixLevel(
        name=_line(_text(level, "name")),
        description=_text(level, "description").strip(),
        abbreviation=_text(level, "abbreviation"),
        colour=_text(level, "hexcolor"),
        translations=_translations(level),
    )


def _translations(tree: Tree) -> dict[str, Translation]:
    found = tree.get("translations")
    if not isinstance(found, dict):
        return {}
    return {
        str(language)[:10]: Translation(
            _line(_text(text, "name")), _text(text, "description").strip(), _text(text, "annotation").strip()
        )
        for language, text in found.items()
        if isinstance(text, dict)
    }


def _attributes(tree: Tree, keys: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in keys:
        values = tree.get(key)
        listed = values if isinstance(values, list) else [values] if values else []
        texts = [_last(value) if key == "reference_controls" else str(value) for value in listed if value]
        if texts:
            found[key] = texts
    return found


def _list(tree: Tree, key: str) -> list[Any]:
    value = tree.get(key)
    return value if isinstance(value, list) else []


def _text(tree: Tree, key: str) -> str:
    value = tree.get(key)
    return value if isinstance(value, str) else "" if isinstance(value, dict | list) or value is None else str(value)


def _last(urn: object) -> str:
    return str(urn).rpartition(":")[2].strip()


def _line(text: str) -> str:
    return " ".join(text.split())


def _title_from(text: str) -> str:
    line = _line(text)
    return line if len(line) <= 100 else f"{line[:97].rpartition(' ')[0]} …"
