"""Read the BSI IT-Grundschutz-Kompendium (DocBook XML, Edition 2023).

The file has no semantic markup: identifiers, levels and roles stand in titles
("APP.3.6.A8 Verwaltung von Domainnamen (B) [Zentrale Verwaltung]"), the order of implementation in a table, what a
module is for in a section called "Abgrenzung und Modellierung".
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ringwall.oscal.content import CatalogueContent, ContentReading, Level, RequirementRow, ThreatRow
from ringwall.oscal.decoding import Refused
from ringwall.oscal.docbook import sections, table_rows, text_of, title_of
from ringwall.oscal.findings import FindingLog
from ringwall.oscal.markup import local_name
from ringwall.oscal.statements import split_statements
from ringwall.oscal.xml_reading import read_root

PUBLISHER = "Bundesamt für Sicherheit in der Informationstechnik"

_LAYER = re.compile(r"([A-Z]{3,4}) (.+)")
_MODULE = re.compile(r"([A-Z]{3,4}(?:\.\d+)+) (.+)")
_REQUIREMENT = re.compile(r"([A-Z]{3,4}(?:\.\d+)+)(\.?)(A\d+) (.+?)(?: \(([BSH])\))?(?: \[(.+)\])?")
_REQUIREMENT_LIKE = re.compile(r"[A-Z]{3,4}[.\d]+ ?A ?\d+\b")
_THREAT = re.compile(r"(G 0\.\d+) (.+)")
_LEVELS = {"B": Level.BASIC, "S": Level.STANDARD, "H": Level.ELEVATED}
_SECTION_LEVELS = {
    "Basis-Anforderungen": Level.BASIC,
    "Standard-Anforderungen": Level.STANDARD,
    "Anforderungen bei erhöhtem Schutzbedarf": Level.ELEVATED,
}


def read_kompendium(data: bytes) -> ContentReading:
    """The Kompendium as rows: layers and modules as groups, requirements with level, roles and statements.

    Never raises for what stands in the file; `content` is None with a finding of severity error if it cannot be taken.
    """
    log = FindingLog()
    digest = hashlib.sha256(data).hexdigest()
    try:
        book = read_root(data)
        if local_name(book) != "book":
            raise Refused("this is no Kompendium: a DocBook <book> is expected")
        content = _Edition(log).read(book)
        if not content.requirements:
            raise Refused("the book has no requirements such as 'ORP.1.A1 … (B)' in its titles")
    except Refused as refusal:
        log.add("error", refusal.path, str(refusal))
        return ContentReading(None, digest, log.close())
    except RecursionError:
        log.add("error", "", "the file is nested too deeply to be read")
        return ContentReading(None, digest, log.close())
    return ContentReading(content, digest, log.close())


def split_roles(text: str) -> list[str]:
    """Roles of a title; a comma within brackets belongs to the name (OT-Betrieb (Operational Technology, OT))."""
    return [role.strip() for role in re.split(r",(?![^()]*\))", text) if role.strip()]


@dataclass(slots=True)
class _Edition:
    """One pass over one edition."""

    log: FindingLog
    rows: list[RequirementRow] = field(default_factory=list)
    threats: list[ThreatRow] = field(default_factory=list)
    order: dict[str, tuple[str, str]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def read(self, book: Element) -> CatalogueContent:
        self.order = self.order_of_implementation(book)
        for chapter in sections(book):
            title = title_of(chapter)
            layer = _LAYER.fullmatch(title)
            if title == "Elementare Gefährdungen":
                self.add_elementary_threats(chapter)
            elif layer and any(_MODULE.fullmatch(title_of(section)) for section in sections(chapter)):
                self.add_layer(chapter, layer[1], layer[2])
        for module in self.order.keys() - self.taken:
            self.log.add("warning", module, f"{module} stands in the table of modules, but has no chapter")
        info = next((child for child in book if local_name(child) == "info"), book)
        return CatalogueContent(
            identifier="IT-Grundschutz-Kompendium",
            title=title_of(info) or "IT-Grundschutz-Kompendium",
            version=self.edition(book),
            language="de",
            publisher=PUBLISHER,
            last_modified="",
            rows=self.rows,
            threats=self.threats,
            findings=self.log.close(),
        )

    def edition(self, book: Element) -> str:
        """The year of the edition: the latest that the chapters before the modules speak of."""
        chapters = [c for c in sections(book) if title_of(c) in ("Vorwort", "Neues im IT-Grundschutz-Kompendium")]
        years = Counter(re.findall(r"Edition (\d{4})", " ".join("".join(c.itertext()) for c in chapters)))
        return max(years, default="")

    def order_of_implementation(self, book: Element) -> dict[str, tuple[str, str]]:
        """Module to (R1, R2 or R3; target object type), from the table that lists all modules."""
        for table in book.iter():
            if local_name(table) in ("informaltable", "table"):
                rows = table_rows(table)
                if rows and rows[0][:2] == ["Baustein", "Reihenfolge"]:
                    return {row[0].split(" ")[0]: (row[1], row[2]) for row in rows[1:] if len(row) >= 3}
        self.log.add("warning", "", "the table of modules with their order of implementation was not found")
        return {}

    def add_elementary_threats(self, chapter: Element) -> None:
        for section in sections(chapter):
            found = _THREAT.fullmatch(title_of(section))
            if found:
                self.threats.append(ThreatRow(found[1], found[2], text_of(section), {"kind": ["elementary"]}))

    def add_row(self, row: RequirementRow) -> None:
        if row.identifier in self.taken:
            self.log.add("warning", row.identifier, f"{row.identifier} stands twice; the second was left out")
            return
        self.taken.add(row.identifier)
        self.rows.append(row)

    def add_layer(self, chapter: Element, identifier: str, title: str) -> None:
        self.add_row(
            RequirementRow(
                identifier=identifier,
                parent_identifier=None,
                kind="group",
                title=title,
                position=len(self.rows),
                label=identifier,
                text=text_of(chapter),
                attributes={"class": ["layer"]},
            )
        )
        for section in sections(chapter):
            found = _MODULE.fullmatch(title_of(section))
            if found:
                self.add_module(section, identifier, found[1], found[2])
            else:
                self.log.add("info", identifier, f"the section '{title_of(section)[:60]}' of {identifier} is no module")

    def add_module(self, module: Element, layer: str, identifier: str, title: str) -> None:
        parts = {title_of(section): section for section in sections(module)}
        description = {title_of(s): text_of(s) for s in sections(parts.get("Beschreibung", module))}
        threats = self.add_module_threats(parts.get("Gefährdungslage"), identifier)
        attributes: dict[str, list[str]] = {"class": ["module"]}
        if identifier in self.order:
            order, target = self.order[identifier]
            attributes |= {"order": [order], "target_object_type": [target]}
        else:
            self.log.add("warning", identifier, f"{identifier} is not in the table of modules")
        demands = parts.get("Anforderungen")
        if demands is not None:
            attributes |= self.responsibilities(demands)
        self.add_row(
            RequirementRow(
                identifier=identifier,
                parent_identifier=layer,
                kind="group",
                title=title,
                position=len(self.rows),
                label=identifier,
                text="\n\n".join(filter(None, (description.get("Einleitung"), description.get("Zielsetzung")))),
                guidance=description.get("Abgrenzung und Modellierung", ""),
                attributes=attributes,
                threats=threats,
            )
        )
        if demands is None:
            self.log.add("warning", identifier, f"{identifier} has no section 'Anforderungen'")
            return
        for section in sections(demands):
            level = _SECTION_LEVELS.get(title_of(section))
            for requirement in sections(section):
                self.add_requirement(requirement, identifier, level)

    def add_module_threats(self, section: Element | None, module: str) -> tuple[str, ...]:
        """The threats a module describes; the publisher gives them no identifier, so they are counted."""
        identifiers = []
        for number, threat in enumerate(sections(section) if section is not None else (), 1):
            identifier = f"{module}-G{number}"
            attributes = {"kind": ["module"], "module": [module]}
            self.threats.append(ThreatRow(identifier, title_of(threat), text_of(threat), attributes))
            identifiers.append(identifier)
        return tuple(identifiers)

    def responsibilities(self, demands: Element) -> dict[str, list[str]]:
        table = next((child for child in demands if local_name(child) == "informaltable"), None)
        rows = {row[0]: split_roles(row[1]) for row in table_rows(table) if len(row) == 2} if table is not None else {}
        others = [role for role in rows.get("Weitere Zuständigkeiten", []) if role != "Keine"]
        found = {"role": rows.get("Grundsätzlich zuständig", []), "other_roles": others}
        return {name: roles for name, roles in found.items() if roles}

    def add_requirement(self, section: Element, module: str, section_level: Level | None) -> None:
        title = title_of(section)
        found = _REQUIREMENT.fullmatch(title)
        if found is None:
            is_like_one = _REQUIREMENT_LIKE.match(title)
            self.log.add("warning" if is_like_one else "info", module, f"this is no requirement: '{title[:80]}'")
            return
        owner, dot, number, name, level_sign, roles = found.groups()
        identifier = f"{owner}.{number}"
        if not dot:
            self.log.add("warning", identifier, f"'{owner}{number}' was taken as {identifier}: a dot is missing")
        level = _LEVELS.get(level_sign or "") or section_level
        if section_level and level is not section_level:
            self.log.add("warning", identifier, f"{identifier} says ({level_sign}), but stands under another level")
        if not identifier.startswith(f"{module}.A"):
            self.log.add("warning", identifier, f"{identifier} stands in module {module}")
        is_withdrawn = name.strip().upper() == "ENTFALLEN"
        text = "" if is_withdrawn else text_of(section)
        self.add_row(
            RequirementRow(
                identifier=identifier,
                parent_identifier=module,
                kind="requirement",
                title=name.strip(),
                position=len(self.rows),
                label=identifier,
                text=text,
                level=level,
                attributes={"roles": split_roles(roles)} if roles else {},
                withdrawn=is_withdrawn,
                stable_id=identifier,
                statements=split_statements(text, identifier, "de", capitals_only=True),
            )
        )
