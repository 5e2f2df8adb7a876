"""Typed plans of action and milestones. Fields are named after the OSCAL keys; see the OSCAL POA&M model 1.2.3."""

from __future__ import annotations

from ringwall.oscal.catalogue import Document, Link, Property
from ringwall.oscal.typed import Node, Tree, many, texts, typed


@typed
class Observation(Node):
    uuid: str = ""
    title: str | None = None
    description: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    methods: tuple[str, ...] = texts()
    types: tuple[str, ...] = texts()
    origins: tuple[Tree, ...] = texts()
    subjects: tuple[Tree, ...] = texts()
    relevant_evidence: tuple[Tree, ...] = texts()
    collected: str = ""
    expires: str | None = None
    remarks: str | None = None


@typed
class Remediation(Node):
    """A response to a risk; `lifecycle` is recommendation, planned or completed."""

    uuid: str = ""
    lifecycle: str = ""
    title: str = ""
    description: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    origins: tuple[Tree, ...] = texts()
    required_assets: tuple[Tree, ...] = texts()
    tasks: tuple[Tree, ...] = texts()
    remarks: str | None = None


@typed
class Risk(Node):
    uuid: str = ""
    title: str = ""
    description: str = ""
    statement: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    status: str = ""
    origins: tuple[Tree, ...] = texts()
    threat_ids: tuple[Tree, ...] = texts()
    characterizations: tuple[Tree, ...] = texts()
    mitigating_factors: tuple[Tree, ...] = texts()
    deadline: str | None = None
    remediations: tuple[Remediation, ...] = many(lambda: Remediation)
    risk_log: Tree | None = None
    related_observations: tuple[Tree, ...] = texts()


@typed
class Milestone(Node):
    """One poam-item."""

    uuid: str | None = None
    title: str = ""
    description: str = ""
    props: tuple[Property, ...] = many(lambda: Property)
    links: tuple[Link, ...] = many(lambda: Link)
    origins: tuple[Tree, ...] = texts()
    related_findings: tuple[Tree, ...] = texts()
    related_observations: tuple[Tree, ...] = texts()
    related_risks: tuple[Tree, ...] = texts()
    remarks: str | None = None


@typed
class PlanOfActionAndMilestones(Document):
    import_ssp: Tree | None = None
    system_id: Tree | None = None
    local_definitions: Tree | None = None
    observations: tuple[Observation, ...] = many(lambda: Observation)
    risks: tuple[Risk, ...] = many(lambda: Risk)
    findings: tuple[Tree, ...] = texts()
    poam_items: tuple[Milestone, ...] = many(lambda: Milestone)
