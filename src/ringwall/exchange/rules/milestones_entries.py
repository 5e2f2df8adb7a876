"""A plan of action and milestones as entries: risks with their treatment, and the controls that treat them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ringwall.exchange.rules.carrying import restore
from ringwall.exchange.rules.entries import Contents, Entry, cited_of, is_ours, parties_of, short, target_of
from ringwall.exchange.rules.facts import ScopeFacts, Treatment
from ringwall.exchange.rules.pieces import component_id, line
from ringwall.exchange.rules.plan_entries import parts_of, safeguard_fields
from ringwall.oscal import own
from ringwall.oscal.catalogue import Document
from ringwall.oscal.milestones import Milestone, PlanOfActionAndMilestones, Remediation, Risk
from ringwall.oscal.system_security_plan import Inventory, SystemComponent
from ringwall.oscal.typed import build

MODEL = "plan-of-action-and-milestones"
RISK_FIELDS = ("ref", "title", "description", "threat", "vulnerability", "treatment", "treatment_note", "due_on")
JUDGEMENTS = {"initial": "", "adjusted": "target_", "inherent": "inherent_"}
TREATMENTS = {
    "accept": "retain",
    "retain": "retain",
    "mitigate": "modify",
    "reduce": "modify",
    "avoid": "avoid",
    "share": "share",
    "transfer": "share",
}
"""Type of a response of others → treatment."""


def milestones_contents(document: PlanOfActionAndMilestones) -> Contents:
    """The entries of a plan of action. An item that belongs to no risk of the file is taken as a risk of its own."""
    local: Mapping[str, Any] = document.local_definitions or {}
    components = [build(SystemComponent, tree) for tree in local.get("components", ())]
    items = [build(Inventory, tree) for tree in local.get("inventory-items", ())]
    entries = list(parts_of(components, items, f"{MODEL}/local-definitions", {}))
    places = _places(document.risks)
    by_risk: dict[str, list[Milestone]] = {}
    for index, item in enumerate(document.poam_items):
        risks = [places[key] for one in item.related_risks if (key := one.get("risk-uuid", "")) in places]
        for key in dict.fromkeys(risks):
            by_risk.setdefault(key, []).append(item)
        if not risks:
            entries.append(_lone(item, f"{MODEL}/poam-items[{index}]"))
    for index, risk in enumerate(document.risks):
        path, belonging = f"{MODEL}/risks[{index}]", by_risk.get(risk.uuid, [])
        entries += [_risk(risk, belonging, path)] if is_ours(risk.props) else _strange_risk(risk, belonging, path)
    systems = frozenset({str((document.system_id or {}).get("id", "")).casefold()} - {""})
    told = (("observations", document.observations), ("findings", document.findings))
    notes = [(name, f"{MODEL}/{name}", len(found)) for name, found in told if found]
    return Contents(entries, parties_of(document), systems, notes)


def fields_in_milestones(document: Document) -> dict[str, dict[str, str]]:
    """Id of a part → what is read of it; the ids by which `wanted_of_milestones` gives what should be."""
    assert isinstance(document, PlanOfActionAndMilestones)
    return {entry.id: entry.fields for entry in milestones_contents(document).entries}


def wanted_of_milestones(facts: ScopeFacts) -> dict[str, dict[str, str]]:
    used = {key for risk in facts.treatments for key in risk.safeguards}
    found = {component_id(one.id): safeguard_fields(one) for one in facts.safeguards if one.id in used}
    return found | {own.uuid_of("risk", one.id): _wanted(one) for one in facts.treatments}


def _wanted(one: Treatment) -> dict[str, str]:
    names = ("ref", "title", "description", "threat", "vulnerability", "due_on")
    return {name: getattr(one, name) for name in names} | {"treatment": one.option, "treatment_note": one.note}


def _places(risks: Sequence[Risk]) -> dict[str, str]:
    """Id of a risk, and of what stands within it, → id of the risk: some files name a part where the risk is meant."""
    found: dict[str, str] = {}
    for risk in risks:
        found |= {str(one.get("uuid", "")): risk.uuid for one in risk.mitigating_factors}
        found |= {one.uuid: risk.uuid for one in risk.remediations}
    return {key: risk for key, risk in found.items() if key} | {risk.uuid: risk.uuid for risk in risks}


def _risk(risk: Risk, items: Sequence[Milestone], path: str) -> Entry:
    """A risk that Ringwall wrote: its treatment stands in the response, its controls in the item of the plan."""
    fields = {name: own.value_of(risk.props, name) for name in ("ref", "treatment", "threat", "vulnerability")}
    fields["title"] = risk.title.removeprefix(f"{line(fields['ref'])} ")
    fields["description"] = risk.description
    fields["due_on"] = (risk.deadline or "")[:10]
    notes = [*(one.description for one in risk.remediations), *(item.description for item in items)]
    fields["treatment_note"] = next(iter(notes), "")
    restore(fields, risk.props, RISK_FIELDS)
    fields |= _judgements(risk)
    links = [target_of(one.href) for item in items for one in item.links if one.rel == "related-control"]
    assets = [prop for prop in risk.props if prop.ns == own.NAMESPACE and prop.name == "asset"]
    answers = [*own.values_of(risk.props, "requirement")]
    answers += [value for one in risk.remediations for value in own.values_of(one.props, "requirement")]
    return Entry(
        "risk",
        risk.uuid,
        path,
        fields,
        {"owner": _owner(risk)},
        {"controls": list(dict.fromkeys(links)), "assets": [prop.value for prop in assets]},
        {prop.value: (prop.remarks or "").partition(" ")[0] for prop in assets},
        [cited_of(value) for value in answers],
        notes=["acceptance"] if risk.risk_log else [],
        is_ours=True,
    )


def _judgements(risk: Risk) -> dict[str, str]:
    found = {f"{prefix}{axis}": "" for prefix in JUDGEMENTS.values() for axis in ("likelihood", "consequence")}
    for one in risk.characterizations:
        for facet in one.get("facets", ()):
            state = next((prop.get("value") for prop in facet.get("props", ()) if prop.get("name") == "state"), "")
            name = f"{JUDGEMENTS.get(str(state), '?')}{facet.get('name')}"
            if name in found:
                found[name] = str(facet.get("value", ""))
    return found


def _owner(risk: Risk) -> tuple[str, ...]:
    return tuple(
        str(actor.get("actor-uuid", ""))
        for origin in risk.origins
        for actor in origin.get("actors", ())
        if actor.get("role-id") == "risk-owner"
    )


def _strange_risk(risk: Risk, items: Sequence[Milestone], path: str) -> Iterator[Entry]:
    """A risk of others, and its milestones and mitigating factors as controls. How they judged it is told in words:
    their scale is not ours."""
    facets = [facet for one in risk.characterizations for facet in one.get("facets", ())]
    judged = "; ".join(f"{facet.get('name')}: {facet.get('value')}" for facet in facets)
    texts = dict.fromkeys(filter(None, (risk.description, risk.statement, judged)))
    fields = {"title": short(risk.title) or short(risk.description) or risk.uuid, "description": "\n\n".join(texts)}
    if treatments := [TREATMENTS[kind] for one in risk.remediations if (kind := _type(one)) in TREATMENTS]:
        fields["treatment"] = treatments[0]
    told = [f"{item.title}: {item.description}" for item in items]
    told += [f"{one.title}: {one.description}" for one in risk.remediations]
    fields["treatment_note"] = "\n\n".join(dict.fromkeys(told))
    if risk.deadline:
        fields["due_on"] = risk.deadline[:10]
    controls = [*_factors(risk, path), *_tasks(risk, path)]
    yield from controls
    notes = ["judgement"] if facets else []
    notes += ["acceptance"] if risk.risk_log or risk.status.startswith("deviation") else []
    notes += ["closed"] if risk.status == "closed" else []
    links = {"controls": [one.id for one in controls]} if controls else {}
    yield Entry("risk", risk.uuid, path, fields, {"owner": _owner(risk)}, links, notes=notes)


def _type(one: Remediation) -> str:
    return next((prop.value.casefold() for prop in one.props if prop.name == "type"), "")


def _factors(risk: Risk, path: str) -> Iterator[Entry]:
    for index, one in enumerate(risk.mitigating_factors):
        text = str(one.get("description", ""))
        fields = {"title": short(text) or risk.title, "description": text, "state": "implemented"}
        yield Entry("control", str(one.get("uuid", "")), f"{path}/mitigating-factors[{index}]", fields)


def _tasks(risk: Risk, path: str) -> Iterator[Entry]:
    for index, one in enumerate(risk.remediations):
        for number, task in enumerate(one.tasks):
            text = str(task.get("description", ""))
            fields = {"title": short(str(task.get("title", ""))) or short(text) or risk.title, "description": text}
            if one.lifecycle == "completed":
                fields["state"] = "implemented"
            elif day := _day(task.get("timing", {})):
                fields["due_on"] = day
            at = f"{path}/remediations[{index}]/tasks[{number}]"
            yield Entry("control", str(task.get("uuid", "")), at, fields)


def _day(timing: Mapping[str, Any]) -> str:
    day = timing.get("on-date", {}).get("date") or timing.get("within-date-range", {}).get("end") or ""
    return str(day)[:10]


def _lone(item: Milestone, path: str) -> Entry:
    fields = {"title": short(item.title) or short(item.description), "description": item.description}
    return Entry("risk", item.uuid or "", path, fields)
