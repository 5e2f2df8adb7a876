"""A profile as OSCAL, and resolved: what it comes down to is what others get who resolve its file.

Loaded by name: readers and writers bring parsers with them.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from ringwall.access.memory import is_undoable
from ringwall.catalogues.exporting import WRITERS, Form, control_ids, document_of
from ringwall.catalogues.models import Catalogue, Profile, Requirement
from ringwall.catalogues.reading import of_content
from ringwall.catalogues.rules import CatalogueRow
from ringwall.catalogues.tailoring_actions import choosable
from ringwall.kit.errors import Refused
from ringwall.oscal import catalogue as typed
from ringwall.oscal import own
from ringwall.oscal.building import catalogue_tree
from ringwall.oscal.content import CatalogueContent, RequirementRow
from ringwall.oscal.decoding import decode
from ringwall.oscal.findings import Finding, FindingLog
from ringwall.oscal.prose import INSERTION, Parameters
from ringwall.oscal.requirements import flatten
from ringwall.oscal.resolver.resolve import resolve
from ringwall.oscal.resolver.selection import members, walk
from ringwall.oscal.tailoring import Choice, profile_tree
from ringwall.oscal.typed import build
from ringwall.oscal.writer import to_json

Tree = dict[str, Any]
MOST_KNOWN = 20
_known: dict[tuple[Any, ...], "Tailored"] = {}
SHOWN_PARTS = frozenset({"statement", "item", "guidance", "overview"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A parameter that the text of a requirement inserts. `label` and `choices` are filled, `raw` the choices as they
    are stored; `values` are the profile's own, `given` those of the catalogue."""

    id: str
    label: str
    choices: Sequence[tuple[str, str]] = ()
    takes_many: bool = False
    values: Sequence[str] = ()
    given: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tailored:
    """What a profile comes down to. `parameters`: identifier → those that its text inserts; `counts` as
    `Catalogue.counts` has them."""

    rows: Sequence[CatalogueRow]
    language: str
    parameters: Mapping[str, Sequence[Shown]]
    findings: Sequence[Finding]
    counts: Mapping[str, Any] = field(default_factory=dict)

    def row(self, identifier: str) -> CatalogueRow | None:
        return next((one for one in self.rows if one.row.identifier == identifier), None)


def profile_file(profile: Profile, form: Form) -> bytes:
    """The profile as an OSCAL document. Refused where nothing is chosen."""
    return WRITERS[form]("profile", _tree(profile, _documents(profile)))


def tailored(profile: Profile) -> Tailored:
    """The profile resolved: anew when it or one of its catalogues has changed. Nobody changes what is given out."""
    rows = profile.catalogues.order_by("code").values_list("pk", "version")
    key = (profile.pk, profile.version, tuple(rows), get_language())
    if is_undoable():
        return _tailored(profile)
    if (found := _known.get(key)) is None:
        found = _tailored(profile)
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[key] = found
    return found


def parameters_of(profile: Profile) -> set[str]:
    """The ids of all parameters of the profile's catalogues."""
    return {name for data in _documents(profile).values() for name in parameter_ids(tree_of(data))}


def parameters_by_requirement(catalogue: Catalogue) -> dict[str, list[Shown]]:
    """Identifier → the parameters that its text inserts."""
    document = build(typed.Catalogue, tree_of(document_of(catalogue, "json")))
    rows = Requirement.objects.filter(catalogue=catalogue).values_list("identifier", flat=True)
    return _parameters(document, {}, set(rows))


def tree_of(data: bytes) -> Tree:
    """The content of an exported catalogue, unconformed."""
    _form, root = decode(data, "catalog.json", FindingLog())
    tree: Tree = root["catalog"]
    return tree


def parameter_ids(holder: Tree) -> Iterator[str]:
    """Of a catalogue, a group or a control with all below it."""
    yield from (str(parameter.get("id", "")) for parameter in members(holder, "params"))
    for name in ("groups", "controls"):
        for child in members(holder, name):
            yield from parameter_ids(child)


def _holders(holder: typed.Catalogue | typed.Group | typed.Control) -> Iterator[Any]:
    """All that may hold parameters: the catalogue, its groups and controls."""
    yield holder
    for group in getattr(holder, "groups", ()):
        yield from _holders(group)
    for control in holder.controls:
        yield from _holders(control)


def _documents(profile: Profile) -> dict[Catalogue, bytes]:
    rows = profile.catalogues.select_related("organisation").order_by("code")
    return {catalogue: document_of(catalogue, "json") for catalogue in rows}


def _address(catalogue: Catalogue) -> str:
    return f"{catalogue.code}.json"


def _tree(profile: Profile, documents: Mapping[Catalogue, bytes]) -> Tree:
    choices = [choice for catalogue, data in documents.items() if (choice := _choice(profile, catalogue, data))]
    if profile.additions:
        name = f"{profile.ref}-own.json"
        ids = tuple(one["identifier"] for one in profile.additions)
        choices.append(Choice(name, _own_title(profile), included=ids, content=_own_catalogue(profile)))
    if not choices:
        raise Refused(
            _("This profile takes nothing yet."), remedy=_("Name a catalogue and choose at least one requirement.")
        )
    tree = profile_tree(profile.title, str(profile.version), _changed(profile), choices, _values(profile, documents))
    metadata = tree["metadata"] | {"props": [{"name": own.IDENTIFIER, "ns": own.NAMESPACE, "value": profile.ref}]}
    if profile.description.strip():
        metadata["remarks"] = profile.description
    return tree | {"uuid": own.uuid_of("profile", str(profile.pk)), "metadata": metadata}


def _values(profile: Profile, documents: Mapping[Catalogue, bytes]) -> dict[str, list[str]]:
    """Values of the parameters of what it takes; those of an older edition, of which it takes nothing any more, stay
    with the profile alone."""
    if not profile.values:
        return {}
    taken = [data for catalogue, data in documents.items() if profile.chosen_of(catalogue, choosable(catalogue))]
    known = {name for data in taken for name in parameter_ids(tree_of(data))}
    return {name: texts for name, texts in profile.values.items() if name in known}


def _changed(profile: Profile) -> str:
    return profile.changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _choice(profile: Profile, catalogue: Catalogue, data: bytes) -> Choice | None:
    """What it takes from one catalogue; None where that is nothing. All of it where only what has a reason is left
    out."""
    possible = choosable(catalogue)
    chosen = profile.chosen_of(catalogue, possible)
    if not chosen:
        return None
    ids, reasons = control_ids(catalogue), profile.reasons_of(catalogue)
    rows = Requirement.objects.filter(catalogue=catalogue)
    has_others = rows.filter(is_withdrawn=True).exists() or rows.filter(category=Requirement.Kind.THREAT).exists()
    is_whole = not has_others and len(chosen) + len(reasons) == len(possible)
    return Choice(
        address=_address(catalogue),
        title=catalogue.title,
        sha256=hashlib.sha256(data).hexdigest(),
        included=None if is_whole else tuple(ids[name] for name in _with_groups(catalogue, chosen, ids, data)),
        excluded={ids[name]: why for name, why in reasons.items()},
    )


def _with_groups(catalogue: Catalogue, chosen: Sequence[str], ids: Mapping[str, str], data: bytes) -> Sequence[str]:
    """The chosen with the groups above them that had to go out as controls, for want of a place as groups."""
    if catalogue.source == Catalogue.Source.OSCAL:
        return chosen
    controls = {control_id for control_id, _parent in walk(tree_of(data))}
    rows = Requirement.objects.filter(catalogue=catalogue).order_by("position")
    told = list(rows.values_list("identifier", "category", "parent__identifier"))
    parents = {identifier: parent for identifier, _category, parent in told}
    needed = set(chosen)
    for name in chosen:
        above = parents.get(name)
        while above is not None and above not in needed:
            needed.add(above)
            above = parents.get(above)
    taken = set(chosen)
    return [
        name
        for name, category, _parent in told
        if name in taken or (name in needed and category == Requirement.Kind.GROUP and ids[name] in controls)
    ]


def _own_title(profile: Profile) -> str:
    with override(profile.organisation.language):
        return _("Own requirements")


def _own_catalogue(profile: Profile) -> bytes:
    title = _own_title(profile)
    group = "own-requirements"
    rows = [RequirementRow(group, None, "group", title, 0, label=group)]
    rows += [
        RequirementRow(
            one["identifier"],
            group,
            "requirement",
            one["title"],
            position,
            label=one["identifier"],
            text=one["text"],
            guidance=one["guidance"],
        )
        for position, one in enumerate(profile.additions, 1)
    ]
    content = CatalogueContent(
        identifier=own.uuid_of("own-requirements", str(profile.pk)),
        title=title,
        version=str(profile.version),
        language=profile.organisation.language,
        publisher=profile.organisation.name,
        last_modified=_changed(profile),
        rows=rows,
    )
    return to_json("catalog", catalogue_tree(content, _changed(profile)))


def _tailored(profile: Profile) -> Tailored:
    documents = _documents(profile)
    files = {_address(catalogue): data for catalogue, data in documents.items()}
    resolution = resolve(to_json("profile", _tree(profile, documents)), "profile.json", files.get)
    if resolution.catalogue is None:
        return Tailored([], "", {}, resolution.findings)
    document = build(typed.Catalogue, resolution.catalogue)
    content = flatten(document)
    rows = of_content(content, "oscal", ()).rows
    shown = _parameters(document, profile.values, {row.row.identifier for row in rows})
    return Tailored(rows, content.language, shown, resolution.findings, _counts(rows))


def _counts(rows: Sequence[CatalogueRow]) -> dict[str, Any]:
    levels = Counter(str(one.row.level) for one in rows if one.row.level and one.category != "group")
    verbs = Counter(str(s.verb) for one in rows for s in one.row.statements if s.verb)
    requirements = sum(one.category != "group" for one in rows)
    return {"levels": dict(levels), "statements": dict(verbs), "requirements": requirements}


def _parameters(
    document: typed.Catalogue, values: Mapping[str, Sequence[str]], identifiers: set[str]
) -> dict[str, list[Shown]]:
    parameters = {one.id: one for holder in _holders(document) for one in holder.params}
    filled = Parameters(document)
    found: dict[str, list[Shown]] = {}
    for control in document.walk_controls():
        identifier = own.value_of(control.props, own.IDENTIFIER) or control.id
        names = dict.fromkeys(name for prose in _prose(control.parts) for name in _inserted(prose, parameters))
        if names and identifier in identifiers:
            found[identifier] = [_shown(parameters[name], filled, values.get(name, ())) for name in names]
    return found


def _prose(parts: Sequence[typed.Part]) -> Iterator[str]:
    for part in parts:
        if part.name in SHOWN_PARTS:
            if part.prose:
                yield part.prose
            yield from _prose(part.parts)


def _inserted(prose: str, parameters: Mapping[str, typed.Parameter], way: tuple[str, ...] = ()) -> Iterator[str]:
    """The parameters that a text inserts, each before those that its choices and label insert."""
    for match in INSERTION.finditer(prose):
        name = match[2]
        if name in parameters and name not in way:
            yield name
            one = parameters[name]
            for text in (*one.values, *(one.select.choice if one.select else ()), one.label or ""):
                yield from _inserted(text, parameters, (*way, name))


def _shown(one: typed.Parameter, filled: Parameters, values: Sequence[str]) -> Shown:
    choices = one.select.choice if one.select else ()
    guidelines = [str(guideline.get("prose", "")) for guideline in one.guidelines]
    return Shown(
        id=one.id,
        label=filled.fill(one.label or one.usage or "") or one.id,
        choices=[(choice, filled.fill(choice)) for choice in choices],
        takes_many=bool(one.select and one.select.how_many == "one-or-more"),
        values=values,
        given=() if values else one.values,
        note=" ".join(filled.fill(text) for text in guidelines),
    )
