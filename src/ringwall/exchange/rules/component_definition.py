"""The safeguards of a scope as an OSCAL component definition, and a component definition as rows of the register.

What OSCAL has no place for goes into properties of our own, a field each; what would come back differently is carried
(`carrying`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ringwall.exchange.rules.carrying import Lost, bytes_that_return, carried, restore
from ringwall.exchange.rules.facts import Safeguard, ScopeFacts
from ringwall.exchange.rules.pieces import (
    Tree,
    catalogue_resources,
    component,
    component_id,
    metadata,
    people_of,
    resource_id,
    without_nothing,
    without_unplayed_roles,
)
from ringwall.oscal import own
from ringwall.oscal.catalogue import Document
from ringwall.oscal.citing import Cited, citing
from ringwall.oscal.component_definition import Component, ComponentDefinition, ControlImplementation

STATES = {"implemented": "implemented", "partial": "in_progress", "planned": "planned", "alternative": "implemented"}
"""How other tools say how far a component is → the state of a control."""


def component_definition_tree(facts: ScopeFacts, lost: Mapping[str, Lost] | None = None) -> Tree:
    """The content of the definition. `lost`: id of a component → fields that would come back differently."""
    codes = dict.fromkeys(answer.source for safeguard in facts.safeguards for answer in safeguard.answers)
    tree: Tree = {
        "uuid": own.uuid_of("component-definition", facts.scope.id),
        "metadata": metadata(facts, "component_definition", people_of(facts.safeguards)),
        "components": [_defined(one, (lost or {}).get(component_id(one.id), {})) for one in facts.safeguards],
    }
    if resources := catalogue_resources(facts, codes):
        tree["back-matter"] = {"resources": resources}
    return without_unplayed_roles(without_nothing(tree))


def definition_that_returns(facts: ScopeFacts, write: Callable[[Tree], bytes]) -> bytes:
    """The definition as `write` makes bytes of it, with all that brings each field back as it was."""
    names = {name for safeguard in facts.safeguards for name in safeguard.fields}
    wanted = {
        component_id(one.id): {"title": one.title, "objective": one.objective, "description": one.description}
        | dict(one.fields)
        for one in facts.safeguards
    }

    def fields_in(document: Document) -> dict[str, dict[str, str]]:
        assert isinstance(document, ComponentDefinition)
        rows = rows_of(document, names)
        return {one.uuid: row.fields for one, row in zip(document.components, rows, strict=True)}

    return bytes_that_return(lambda lost: component_definition_tree(facts, lost), write, fields_in, wanted)


def _defined(safeguard: Safeguard, lost: Lost) -> Tree:
    fields = [(name, value) for name, value in safeguard.fields.items() if name != "ref"]
    tree = component(safeguard, fields)
    tree["props"] += carried(lost)
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
    restore(fields, component.props, {*names.values(), "title", "objective", "description"})
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
