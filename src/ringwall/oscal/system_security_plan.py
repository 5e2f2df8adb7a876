"""Typed system security plans. Fields are named after the OSCAL keys; see the OSCAL SSP model 1.2.3."""

from __future__ import annotations

from ringwall.oscal.catalogue import Document, Link, Property
from ringwall.oscal.component_definition import ResponsibleRole, SetParameter
from ringwall.oscal.typed import Node, Tree, many, one, texts, typed


@typed
class SystemCharacteristics(Node):
    """Boundary, network and data flow stay as they are read."""

    system_ids: tuple[Tree, ...] = texts()
    system_name: str = ""
    system_name_short: str | None = None
    description: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    date_authorized: str | None = None
    security_sensitivity_level: str | None = None
    system_information: Tree | None = None
    security_impact_level: Tree | None = None
    status: Tree | None = None
    authorization_boundary: Tree | None = None
    remarks: str | None = None


@typed
class SystemComponent(Node):
    uuid: str = ""
    type: str = ""
    title: str = ""
    description: str = ""
    purpose: str | None = None
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    status: Tree | None = None
    responsible_roles: tuple[ResponsibleRole, ...] = many(lambda: ResponsibleRole)
    remarks: str | None = None


@typed
class InventoryComponent(Node):
    component_uuid: str = ""


@typed
class Inventory(Node):
    """One inventory-item: an asset."""

    uuid: str = ""
    description: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    responsible_parties: tuple[Tree, ...] = texts()
    implemented_components: tuple[InventoryComponent, ...] = many(lambda: InventoryComponent)
    remarks: str | None = None


@typed
class SystemImplementation(Node):
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    leveraged_authorizations: tuple[Tree, ...] = texts()
    users: tuple[Tree, ...] = texts()
    components: tuple[SystemComponent, ...] = many(lambda: SystemComponent)
    inventory_items: tuple[Inventory, ...] = many(lambda: Inventory)
    remarks: str | None = None


@typed
class ByComponent(Node):
    component_uuid: str = ""
    uuid: str = ""
    description: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    set_parameters: tuple[SetParameter, ...] = many(lambda: SetParameter)
    implementation_status: Tree | None = None
    remarks: str | None = None


@typed
class StatementImplementation(Node):
    statement_id: str = ""
    uuid: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    responsible_roles: tuple[ResponsibleRole, ...] = many(lambda: ResponsibleRole)
    by_components: tuple[ByComponent, ...] = many(lambda: ByComponent)
    remarks: str | None = None


@typed
class PlannedRequirement(Node):
    """One implemented-requirement of the plan."""

    uuid: str = ""
    control_id: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    set_parameters: tuple[SetParameter, ...] = many(lambda: SetParameter)
    responsible_roles: tuple[ResponsibleRole, ...] = many(lambda: ResponsibleRole)
    statements: tuple[StatementImplementation, ...] = many(lambda: StatementImplementation)
    by_components: tuple[ByComponent, ...] = many(lambda: ByComponent)
    remarks: str | None = None


@typed
class PlannedImplementation(Node):
    """The control-implementation of the plan."""

    description: str = ""
    set_parameters: tuple[SetParameter, ...] = many(lambda: SetParameter)
    implemented_requirements: tuple[PlannedRequirement, ...] = many(lambda: PlannedRequirement)


@typed
class SystemSecurityPlan(Document):
    import_profile: Tree | None = None
    system_characteristics: SystemCharacteristics | None = one(lambda: SystemCharacteristics)
    system_implementation: SystemImplementation | None = one(lambda: SystemImplementation)
    control_implementation: PlannedImplementation | None = one(lambda: PlannedImplementation)
