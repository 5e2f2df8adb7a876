"""Flatten an OSCAL catalogue into rows: groups and requirements in order, with text, statements and relations."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property

from ringwall.oscal import own
from ringwall.oscal.catalogue import Catalogue, Control, Group, Link, Part, Property, Resource, value_of
from ringwall.oscal.collecting import without_collection
from ringwall.oscal.content import (
    CatalogueContent,
    Level,
    LinkRow,
    ModalVerb,
    RequirementRow,
    StatementRow,
    ThreatRow,
    Translation,
)
from ringwall.oscal.findings import FindingLog
from ringwall.oscal.prose import Parameters
from ringwall.oscal.statements import language_of, split_statements

# Properties that become fields of a row.
_OWN_FIELDS = frozenset({"label", "sort-id", "alt-identifier", "status"})
# Properties of BSI whose value is a list with commas.
_LISTS = frozenset({"tags", "target_object_categories"})
_LEVELS = {
    "basis": Level.BASIC,
    "basic": Level.BASIC,
    "b": Level.BASIC,
    "standard": Level.STANDARD,
    "s": Level.STANDARD,
    "normal-sdt": Level.STANDARD,
    "h": Level.ELEVATED,
    "erhöht": Level.ELEVATED,
    "elevated": Level.ELEVATED,
}
_VERBS = {
    "MUSS": ModalVerb.MUST,
    "MUST": ModalVerb.MUST,
    "SHALL": ModalVerb.MUST,
    "DARF NUR": ModalVerb.MUST,
    "MUST NOT": ModalVerb.MUST_NOT,
    "DARF NICHT": ModalVerb.MUST_NOT,
    "SOLLTE": ModalVerb.SHOULD,
    "SHOULD": ModalVerb.SHOULD,
    "SOLLTE NICHT": ModalVerb.SHOULD_NOT,
    "SHOULD NOT": ModalVerb.SHOULD_NOT,
    "KANN": ModalVerb.MAY,
    "MAY": ModalVerb.MAY,
}


def flatten(catalogue: Catalogue, values: dict[str, str] | None = None) -> CatalogueContent:
    """The rows of a catalogue. `values` are the organisation's own values of parameters, by parameter id."""
    with without_collection():
        return _Flattening(catalogue, values).content()


class _Flattening:
    """One pass over one catalogue."""

    def __init__(self, catalogue: Catalogue, values: dict[str, str] | None) -> None:
        self.catalogue = catalogue
        self.log = FindingLog()
        self.parameters = Parameters(catalogue, values)
        self.resources: dict[str, Resource] = {resource.uuid: resource for resource in catalogue.resources}
        self.rows: list[RequirementRow] = []
        self.taken: set[str] = set()
        self.identifiers: dict[str, str] = {}
        self.language = catalogue.language[:2] or self._guess_language()

    def content(self) -> CatalogueContent:
        for group in self.catalogue.groups:
            self.add_group(group, None)
        for control in self.catalogue.controls:
            self.add_control(control, None)
        self.check_links()
        for name in self.parameters.unknown:
            self.log.add("warning", "catalog", f"the text inserts parameter {name!r}, which is nowhere defined")
        metadata = self.catalogue.metadata
        return CatalogueContent(
            identifier=(own.value_of(metadata.props, own.IDENTIFIER) if metadata else "") or self.catalogue.uuid,
            title=self.catalogue.title,
            version=self.catalogue.version,
            language=self.language,
            publisher=_publisher(metadata.extra.get("parties", []) if metadata else []),
            last_modified=self.catalogue.last_modified,
            rows=self.rows,
            threats=_threats(self.catalogue.resources),
            findings=self.log.close(),
        )

    def add_group(self, group: Group, parent: str | None) -> None:
        identifier = self.named(group, "group")
        parts = [part for part in group.parts if part.name != "guidance" and part.ns != own.NAMESPACE]
        remarks = value_remarks(group.props)
        self.rows.append(
            RequirementRow(
                identifier=identifier,
                parent_identifier=parent,
                kind="group",
                title=_line(group.title) or identifier,
                position=len(self.rows),
                label=_label(group.props) or identifier,
                text="\n\n".join(filter(None, [*(self.text_of(part) for part in parts), remarks])),
                guidance=self.joined(group.parts, "guidance"),
                level=_level(group.props),
                attributes=_attributes(group.props, group.class_),
                withdrawn=_is_withdrawn(group),
                stable_id=value_of(group.props, "alt-identifier"),
                statements=own_statements(group.parts),
                links=self.links_of(group.links),
                threats=own.values_of(group.props, own.THREAT),
                translations=own_translations(group.parts),
            )
        )
        for child in group.groups:
            self.add_group(child, identifier)
        for control in group.controls:
            self.add_control(control, identifier)

    def add_control(self, control: Control, parent: str | None) -> None:
        identifier = self.named(control, "control")
        is_group = own.value_of(control.props, own.KIND) == "group"
        statement_parts = [part for part in control.parts if part.name == "statement"]
        shown = statement_parts or [part for part in control.parts if part.name in ("overview", "item", "objective")]
        props = [*control.props, *(prop for part in statement_parts for prop in part.props)]
        text = "\n\n".join(filter(None, map(self.text_of, shown)))
        self.rows.append(
            RequirementRow(
                identifier=identifier,
                parent_identifier=parent,
                kind="group" if is_group else "requirement",
                title=_line(control.title) or identifier,
                position=len(self.rows),
                label=_label(control.props) or identifier,
                text=text,
                guidance=self.joined(control.parts, "guidance"),
                level=_level(control.props),
                attributes=_attributes(props, control.class_),
                withdrawn=_is_withdrawn(control),
                stable_id=value_of(control.props, "alt-identifier"),
                statements=self.statements_of(control, statement_parts, text, identifier),
                links=self.links_of(control.links),
                threats=own.values_of(control.props, own.THREAT),
                translations=own_translations(control.parts),
            )
        )
        for child in control.controls:
            self.add_control(child, identifier)

    def named(self, node: Group | Control, kind: str) -> str:
        """The identifier of a row, its own in the catalogue."""
        wanted = own.value_of(node.props, own.IDENTIFIER) or node.id or _slug(node.title)
        identifier = self.unique(wanted, kind)
        if node.id:
            self.identifiers.setdefault(node.id, identifier)
        return identifier

    def unique(self, identifier: str, kind: str) -> str:
        """`identifier`, or with a number behind it where the file uses it twice."""
        candidate = identifier or kind
        number = 1
        while candidate in self.taken:
            number += 1
            candidate = f"{identifier or kind}~{number}"
        if number > 1 and identifier:
            self.log.add(
                "warning", f"catalog/{identifier}", f"{identifier!r} stands twice; it was taken as {candidate!r}"
            )
        self.taken.add(candidate)
        return candidate

    @cached_property
    def part_ids(self) -> set[str]:
        """The ids of all parts of controls, to which links may go."""
        found: set[str] = set()
        waiting = [part for control in self.catalogue.walk_controls() for part in control.parts]
        while waiting:
            part = waiting.pop()
            waiting.extend(part.parts)
            if part.id:
                found.add(part.id)
        return found

    def text_of(self, part: Part, depth: int = 0) -> str:
        """A part as Markdown: its prose, and its sub-parts as a nested list with their labels."""
        fill = self.parameters.fill
        prose = fill(part.prose or "").strip()
        if part.title and not depth:
            prose = f"**{_line(part.title)}**\n\n{prose}".strip()
        lines = [prose] if prose else []
        indent = "  " * depth
        for child in part.parts:
            label = _label(child.props) or _line(child.title or "")
            text = re.sub(r"\n(?=[^\n])", f"\n{indent}  ", fill(child.prose or "").strip())
            below = self.text_of(replace(child, prose=None, title=None), depth + 1) if child.parts else ""
            head = " ".join(filter(None, [label, text]))
            if head:
                lines.append(f"{indent}- {head}" + (f"\n{below}" if below else ""))
            elif below:
                lines.append(below)
        return "\n".join(lines) if depth or not prose else "\n\n".join(filter(None, [prose, "\n".join(lines[1:])]))

    def joined(self, parts: tuple[Part, ...], name: str) -> str:
        return "\n\n".join(filter(None, (self.text_of(part) for part in parts if part.name == name)))

    def statements_of(
        self, control: Control, parts: list[Part], text: str, identifier: str
    ) -> tuple[StatementRow, ...]:
        """By the publisher's structure where there is one (verb as property, labelled sub-parts), else by sentence."""
        written = own_statements(control.parts)
        if written or own.value_of(control.props, own.STATEMENT_COUNT) == "0":
            return written
        rows: list[StatementRow] = []
        for part in parts:
            verb = value_of(part.props, "modal_verb")
            if verb is not None:
                rows.append(self.stated(part, verb, identifier, len(rows) + 1))
            elif part.parts:
                self.collect_leaves(part, "", rows, identifier)
            elif part.prose and len(parts) == 1 and not self.has_verbs(text):
                rows.append(StatementRow("1", text, None, part.id or identifier))
        return tuple(rows) or split_statements(text, identifier, self.language)

    def has_verbs(self, text: str) -> bool:
        return bool(split_statements(text, "", self.language))

    def stated(self, part: Part, verb: str, identifier: str, number: int) -> StatementRow:
        known = _VERBS.get(verb.strip().upper())
        if known is None:
            path = f"catalog/{identifier}/statement"
            self.log.add("warning", path, f"modal verb {verb[:40]!r} is not known; the statement has none")
        return StatementRow(str(number), self.parameters.fill(part.prose or ""), known, part.id or identifier)

    def collect_leaves(self, part: Part, number: str, rows: list[StatementRow], identifier: str) -> None:
        if not part.parts:
            text = self.parameters.fill(part.prose or "")
            # Sub-parts are statements by structure; "may" in small letters is no permission in an imperative text.
            found = split_statements(text, identifier, self.language, capitals_only=True)
            verb = found[0].verb if found else None
            rows.append(StatementRow(number or str(len(rows) + 1), text, verb, part.id or f"{identifier}-{number}"))
        for child in part.parts:
            self.collect_leaves(child, number + (_label(child.props) or f"{len(rows) + 1}."), rows, identifier)

    def links_of(self, links: tuple[Link, ...]) -> tuple[LinkRow, ...]:
        return tuple(self.link_row(link) for link in links)

    def link_row(self, link: Link) -> LinkRow:
        rel = link.rel or ""
        if not link.href.startswith("#"):
            return LinkRow(rel, link.href, link.text or "")
        target = link.href[1:]
        resource = self.resources.get(target)
        if resource is None:
            return LinkRow(rel, target, link.text or "", is_internal=True)
        address = resource.rlinks[0].href if resource.rlinks else ""
        cited = str((resource.citation or {}).get("text", ""))
        return LinkRow(rel, address, _line(link.text or resource.title or cited))

    def check_links(self) -> None:
        """Links within the catalogue go to identifiers as they are written; mend the case, tell the dangling."""
        folded = {wanted.casefold(): identifier for wanted, identifier in self.identifiers.items()}
        for index, row in enumerate(self.rows):
            mended = [self.mended(link, row.identifier, folded) for link in row.links]
            if any(new is not old for new, old in zip(mended, row.links, strict=True)):
                self.rows[index] = replace(row, links=tuple(mended))

    def mended(self, link: LinkRow, identifier: str, folded: dict[str, str]) -> LinkRow:
        if not link.is_internal:
            return link
        same = self.identifiers.get(link.target) or folded.get(link.target.casefold())
        if same is not None:
            return link if same == link.target else replace(link, target=same)
        if link.target in self.part_ids:
            return link
        message = f"{identifier} refers to '#{link.target[:60]}', which is not in the file"
        self.log.add("warning", f"catalog/{identifier}/links", message, "a reference to nothing in the file")
        return link

    def _guess_language(self) -> str:
        sample: list[str] = []
        for control in self.catalogue.walk_controls():
            sample.append(control.title)
            sample.extend(part.prose for part in control.parts if part.prose)
            if len(sample) > 60:
                break
        return language_of(" ".join(sample))


def own_statements(parts: tuple[Part, ...]) -> tuple[StatementRow, ...]:
    """Statements as Ringwall writes them, each a part of its own."""
    rows = []
    for part in parts:
        if part.name == own.STATEMENT and part.ns == own.NAMESPACE:
            verb = _VERBS.get(own.value_of(part.props, own.VERB).replace("_", " "))
            identifier = own.value_of(part.props, own.IDENTIFIER)
            rows.append(StatementRow(value_of(part.props, "label") or "", part.prose or "", verb, identifier))
    return tuple(rows)


def own_translations(parts: tuple[Part, ...]) -> dict[str, Translation]:
    """Translations as Ringwall writes them, by language."""
    return {
        part.class_ or "": Translation(
            part.title or "", part.prose or "", part.parts[0].prose or "" if part.parts else ""
        )
        for part in parts
        if part.name == own.TRANSLATION and part.ns == own.NAMESPACE
    }


def _threats(resources: tuple[Resource, ...]) -> list[ThreatRow]:
    return [
        ThreatRow(identifier, resource.title or "", resource.description or "", _attributes(resource.props, None))
        for resource in resources
        if (identifier := own.value_of(resource.props, own.THREAT))
    ]


def _is_withdrawn(node: Group | Control) -> bool:
    status = value_of(node.props, "status") or ""
    return status.casefold() == "withdrawn" or node.title.strip().upper() == "ENTFALLEN"


def value_remarks(props: tuple[Property, ...]) -> str:
    """Remarks on the label: where BSI describes a practice."""
    return next((prop.remarks.strip() for prop in props if prop.name == "label" and prop.remarks), "")


def _publisher(parties: list[dict[str, str]]) -> str:
    return next((_line(str(party["name"])) for party in parties if party.get("name")), "")


def _label(props: tuple[Property, ...]) -> str:
    return value_of(props, "label", None) or value_of(props, "label") or ""


def _level(props: tuple[Property, ...]) -> Level | None:
    for prop in props:
        if prop.name in ("sec_level", "level", "security-level"):
            return _LEVELS.get(prop.value.strip().casefold())
    return None


def _attributes(props: list[Property] | tuple[Property, ...], class_: str | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"class": [class_]} if class_ else {}
    for prop in props:
        if prop.name in _OWN_FIELDS or prop.ns == own.NAMESPACE:
            continue
        values = [v.strip() for v in prop.value.split(",")] if prop.name in _LISTS else [prop.value]
        found.setdefault(prop.name, []).extend(values)
    return found


def _line(text: str) -> str:
    return " ".join(text.split())


def _slug(title: str) -> str:
    return re.sub(r"[^\w.]+", "-", title.strip()).strip("-")[:60]
