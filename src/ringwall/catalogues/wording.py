"""Words for what stands in catalogues as code: levels, verbs, attributes of ISO/IEC 27002 and of BSI, relations."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LEVELS: dict[str, Any] = {"basic": _("basic"), "standard": _("standard"), "elevated": _("elevated")}

ATTRIBUTES: dict[str, Any] = {
    "control_type": _("Control type"),
    "infosec_properties": _("Information security properties"),
    "cybersecurity_concepts": _("Cybersecurity concepts"),
    "operational_capabilities": _("Operational capabilities"),
    "security_domains": _("Security domains"),
    "class": _("Class"),
    "implementation-level": _("Implementation level"),
    "sec_level": _("Security level"),
    "effort_level": _("Effort"),
    "modal_verb": _("Modal verb"),
    "action_word": _("Action word"),
    "target_object_categories": _("Target object categories"),
    "tags": _("Tags"),
    "documentation": _("Documentation"),
    "result": _("Result"),
    "result_specification": _("Result, in detail"),
    "contributes-to-assurance": _("Contributes to assurance"),
    "order": _("Order of implementation"),
    "target_object_type": _("Target object"),
    "role": pgettext_lazy("requirement", "Responsible"),
    "other_roles": _("Also responsible"),
    "roles": _("Roles"),
    "kind": _("Kind"),
    "module": _("Module"),
    "implementation_groups": _("Implementation groups"),
    "reference_controls": _("Reference controls"),
}

# The values that ISO/IEC 27002:2022 gives to the five attributes.
VALUES: dict[str, Any] = {
    "Preventive": _("Preventive"),
    "Detective": _("Detective"),
    "Corrective": _("Corrective"),
    "Confidentiality": _("Confidentiality"),
    "Integrity": _("Integrity"),
    "Availability": _("Availability"),
    "Identify": _("Identify"),
    "Protect": _("Protect"),
    "Detect": _("Detect"),
    "Respond": _("Respond"),
    "Recover": _("Recover"),
    "Governance": _("Governance"),
    "Asset_management": _("Asset management"),
    "Information_protection": _("Information protection"),
    "Human_resource_security": _("Human resource security"),
    "Physical_security": _("Physical security"),
    "System_and_network_security": _("System and network security"),
    "Application_security": _("Application security"),
    "Secure_configuration": _("Secure configuration"),
    "Identity_and_access_management": _("Identity and access management"),
    "Threat_and_vulnerability_management": _("Threat and vulnerability management"),
    "Continuity": _("Continuity"),
    "Supplier_relationships_security": _("Supplier relationships security"),
    "Legal_and_compliance": _("Legal and compliance"),
    "Information_security_event_management": _("Information security event management"),
    "Information_security_assurance": _("Information security assurance"),
    "Governance_and_Ecosystem": _("Governance and ecosystem"),
    "Protection": _("Protection"),
    "Defence": _("Defence"),
    "Resilience": _("Resilience"),
}

# What the classes of the Kompendium and the kinds of its threats are called.
VALUES |= {"layer": _("Layer"), "module": _("Module"), "elementary": _("Elementary threat")}

RELATIONS: dict[str, Any] = {
    "related": pgettext_lazy("relation of requirements", "Related"),
    "required": pgettext_lazy("relation of requirements", "Requires"),
    "requires": pgettext_lazy("relation of requirements", "Requires"),
    "reference": _("Sources"),
    "incorporated-into": _("Incorporated into"),
    "moved-to": _("Moved to"),
    "threat": _("Threats"),
    "": _("Links"),
}


def levels_in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """The levels of IT-Grundschutz from basic to elevated, then others by name."""
    known = list(LEVELS)
    return {
        level: counts[level]
        for level in sorted(counts, key=lambda name: (known.index(name) if name in known else len(known), name))
    }


def level_name(level: str) -> str:
    return str(LEVELS.get(level, level))


def attribute_name(name: str) -> str:
    known = ATTRIBUTES.get(name)
    return str(known) if known is not None else name.replace("_", " ").replace("-", " ").capitalize()


def value_name(value: str) -> str:
    known = VALUES.get(value)
    return str(known) if known is not None else value.replace("_", " ")


def relation_name(relation: str) -> str:
    known = RELATIONS.get(relation)
    return str(known) if known is not None else relation.replace("-", " ").capitalize()
