"""Typed component definitions. Fields are named after the OSCAL keys; see the OSCAL model of that name, 1.2.3."""

from __future__ import annotations

from ringwall.oscal.catalogue import Document, Link, Property
from ringwall.oscal.typed import Node, Tree, many, texts, typed


@typed
class SetParameter(Node):
    param_id: str = ""
    values: tuple[str, ...] = texts()
    remarks: str | None = None


@typed
class ResponsibleRole(Node):
    role_id: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    party_uuids: tuple[str, ...] = texts()
    remarks: str | None = None


@typed
class ImplementedStatement(Node):
    statement_id: str = ""
    uuid: str = ""
    description: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    responsible_roles: tuple[ResponsibleRole, ...] = many(lambda: ResponsibleRole)
    remarks: str | None = None


@typed
class ImplementedRequirement(Node):
    """`control_id` may be ``_<uuid>``: then it is the alt-identifier of a control (Grundschutz++)."""

    uuid: str = ""
    control_id: str = ""
    description: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    set_parameters: tuple[SetParameter, ...] = many(lambda: SetParameter)
    responsible_roles: tuple[ResponsibleRole, ...] = many(lambda: ResponsibleRole)
    statements: tuple[ImplementedStatement, ...] = many(lambda: ImplementedStatement)
    remarks: str | None = None

    @property
    def stable_id(self) -> str | None:
        """The UUID behind a control id of the form ``_<uuid>``."""
        is_uuid = self.control_id.startswith("_") and len(self.control_id) == 37
        return self.control_id[1:] if is_uuid else None


@typed
class ControlImplementation(Node):
    uuid: str = ""
    source: str = ""
    description: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    set_parameters: tuple[SetParameter, ...] = many(lambda: SetParameter)
    implemented_requirements: tuple[ImplementedRequirement, ...] = many(lambda: ImplementedRequirement)


@typed
class Component(Node):
    uuid: str = ""
    type: str = ""
    title: str = ""
    description: str = ""
    purpose: str | None = None
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    responsible_roles: tuple[ResponsibleRole, ...] = many(lambda: ResponsibleRole)
    control_implementations: tuple[ControlImplementation, ...] = many(lambda: ControlImplementation)
    remarks: str | None = None


@typed
class Capability(Node):
    uuid: str = ""
    name: str = ""
    description: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    incorporates_components: tuple[Tree, ...] = texts()
    control_implementations: tuple[ControlImplementation, ...] = many(lambda: ControlImplementation)
    remarks: str | None = None


@typed
class ComponentDefinition(Document):
    import_component_definitions: tuple[Tree, ...] = texts()
    components: tuple[Component, ...] = many(lambda: Component)
    capabilities: tuple[Capability, ...] = many(lambda: Capability)
