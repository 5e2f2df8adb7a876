"""The safeguards of a scope as an OSCAL component definition, and a component definition as rows of the register.

What OSCAL has no place for goes into properties of our own, a field each; what would come back differently (white
space, an empty text that OSCAL does not allow) is carried as JSON in one property, as `catalogues.carrying` does.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ringwall.exchange.rules.facts import Safeguard, ScopeFacts
from ringwall.exchange.rules.pieces import (
    CARRIED,
    Tree,
    catalogue_resources,
    component,
    metadata,
    people_of,
    resource_id,
    without_nothing,
    without_unplayed_roles,
)
from ringwall.oscal import own
from ringwall.oscal.citing import Cited, citing
from ringwall.oscal.component_definition import Component, ComponentDefinition, ControlImplementation
from ringwall.oscal.decoding import without_unfit
from ringwall.oscal.findings import FindingLog
from ringwall.oscal.reader import read

STATES = {"implemented": "implemented", "partial": "in_progress", "planned": "planned", "alternative": "implemented"}
"""How other tools say how far a component is → the state of a control."""


def component_definition_tree(facts: ScopeFacts, carried: Mapping[str, Mapping[str, str]] | None = None) -> Tree:
    """The content of the definition. `carried`: id of a safeguard → fields that would come back differently."""
    codes = dict.fromkeys(answer.source for safeguard in facts.safeguards for answer in safeguard.answers)
    tree: Tree = {
        "uuid": own.uuid_of("component-definition", facts.scope.id),
        "metadata": metadata(facts, "component_definition", people_of(facts.safeguards)),
        "components": [_defined(one, (carried or {}).get(one.id, {})) for one in facts.safeguards],
    }
    if resources := catalogue_resources(facts, codes):
        tree["back-matter"] = {"resources": resources}
    return without_unplayed_roles(without_nothing(tree))


def definition_that_returns(facts: ScopeFacts, write: Callable[[Tree], bytes]) -> bytes:
    """The definition as `write` makes bytes of it: written once and read back to see what would come back differently,
    and again with that carried along. Raises TypeError where it cannot be read back at all."""
    data = write(component_definition_tree(facts))
    document = read(data).document
    if not isinstance(document, ComponentDefinition):
        raise TypeError("what was written cannot be read back")
    names = {name for safeguard in facts.safeguards for name in safeguard.fields}
    carried: dict[str, Mapping[str, str]] = {}
    for safeguard, row in zip(facts.safeguards, rows_of(document, names), strict=True):
        texts = {"title": safeguard.title, "objective": safeguard.objective, "description": safeguard.description}
        wanted = texts | dict(safeguard.fields)
        if lost := {name: text for name, text in wanted.items() if row.fields.get(name, "") != text}:
            carried[safeguard.id] = lost
    return write(component_definition_tree(facts, carried)) if carried else data


def _defined(safeguard: Safeguard, carried: Mapping[str, str]) -> Tree:
    fields = [(name, value) for name, value in safeguard.fields.items() if name != "ref"]
    tree = component(safeguard, fields)
    if carried:
        value = re.sub(r" (?= )", r"\\u0020", json.dumps(carried, separators=(",", ":")))
        tree["props"].append({"name": CARRIED, "ns": own.NAMESPACE, "value": value})
    by_source: dict[str, list[str]] = {}
    for answer in safeguard.answers:
        by_source.setdefault(answer.source, []).append(answer.control_id)
    return tree | without_nothing(
        {"control-implementations": [_implementation(safeguard, code, ids) for code, ids in by_source.items()]}
    )


def _implementation(safeguard: Safeguard, code: str, control_ids: Iterable[str]) -> Tree:
    description = safeguard.objective or safeguard.title
    return {
        "uuid": own.uuid_of("control-implementation", safeguard.id, code),
        "source": f"#{resource_id(code)}",
        "description": description,
        "implemented-requirements": [
            {
                "uuid": own.uuid_of("implemented-requirement", safeguard.id, code, control_id),
                "control-id": control_id,
                "description": description,
            }
            for control_id in control_ids
        ],
    }


@dataclass(slots=True)
class ComponentRow:
    """A component as a row of the register of controls. `fields` are texts as a sheet would hold them; `cited` the
    requirements it implements, each with its catalogue."""

    fields: dict[str, str] = field(default_factory=dict)
    cited: list[tuple[Cited, str]] = field(default_factory=list)


def rows_of(definition: ComponentDefinition, known: Iterable[str]) -> list[ComponentRow]:
    """One row a component, in the order of the document. `known` are the fields of the register that a property of our
    own may fill."""
    names = {name.replace("_", "-"): name for name in known}
    sources = citing(definition.resources)
    return [_row(component, names, sources) for component in definition.components]


def _row(component: Component, names: Mapping[str, str], sources: Callable[[str], Cited]) -> ComponentRow:
    own_props = {prop.name: prop.value for prop in component.props if prop.ns == own.NAMESPACE}
    fields = {names[name]: value for name, value in own_props.items() if name in names}
    fields["title"] = component.title
    fields["objective"] = component.purpose or ""
    is_repeated = component.description in (component.title, component.purpose)
    fields["description"] = "" if is_repeated else component.description
    row = ComponentRow(fields)
    for implementation in component.control_implementations:
        source = sources(implementation.source)
        row.cited += [(source, requirement.control_id) for requirement in implementation.implemented_requirements]
    if "state" not in fields and (state := _state_of(component.control_implementations)):
        fields["state"] = state
    fields.update(_unpacked(own_props.get(CARRIED, ""), {*names.values(), "title", "objective", "description"}))
    return row


def _state_of(implementations: Iterable[ControlImplementation]) -> str:
    """The state that other tools give in a property of each requirement, where all agree."""
    found = {
        STATES.get(prop.value, "")
        for implementation in implementations
        for requirement in implementation.implemented_requirements
        for prop in requirement.props
        if prop.name == "implementation-status"
    }
    return found.pop() if len(found) == 1 else ""


def _unpacked(value: str, known: set[str]) -> dict[str, str]:
    """The carried fields; nothing where a stranger's property of that name is none of ours."""
    if not value:
        return {}
    try:
        found = without_unfit(json.loads(value), FindingLog())
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: text for name, text in found.items() if name in known and isinstance(text, str)}
