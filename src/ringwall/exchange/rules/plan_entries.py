"""A system security plan as entries: the scope, its assets, its controls, and what its statement decides."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ringwall.exchange.rules.carrying import restore
from ringwall.exchange.rules.component_definition import STATES
from ringwall.exchange.rules.entries import (
    THINGS,
    Contents,
    Entry,
    asset_entry,
    is_ours,
    parties_of,
    players,
    safeguard_entry,
    strange_asset,
    strange_control,
)
from ringwall.exchange.rules.facts import OWN, Asset, Decision, Safeguard, Scope, ScopeFacts
from ringwall.exchange.rules.pieces import component_id, system_id
from ringwall.oscal import own
from ringwall.oscal.catalogue import Document
from ringwall.oscal.citing import Cited, citing
from ringwall.oscal.system_security_plan import (
    ByComponent,
    Inventory,
    PlannedRequirement,
    SystemCharacteristics,
    SystemComponent,
    SystemImplementation,
    SystemSecurityPlan,
)

MODEL = "system-security-plan"
SCOPE_FIELDS = ("title", "covers", "boundaries", "exclusions")
DECISION_FIELDS = ("applicability", "justification")
THIS_SYSTEM = "this-system"

By = tuple[PlannedRequirement, ByComponent]


def plan_contents(document: SystemSecurityPlan) -> Contents:
    """The entries of a plan. A scope is among them only where Ringwall wrote it."""
    told = document.system_characteristics or SystemCharacteristics()
    systems = frozenset(str(one.get("id", "")).casefold() for one in told.system_ids)
    rows = document.control_implementation.implemented_requirements if document.control_implementation else ()
    entries: list[Entry] = []
    notes: list[tuple[str, str, int]] = []
    if own.value_of(told.props, "state"):
        entries.append(_scope(document, told))
    else:
        notes.append(("scope_left", f"{MODEL}/system-characteristics", 1))
    implementation = document.system_implementation or SystemImplementation()
    said = _said(rows)
    path = f"{MODEL}/system-implementation"
    entries += parts_of(implementation.components, implementation.inventory_items, path, said)
    cited = _cited(document)
    by_id = {entry.id: entry for entry in entries if entry.kind == "control"}
    system = {one.uuid for one in implementation.components if one.type == THIS_SYSTEM}
    for index, row in enumerate(rows):
        at = f"{MODEL}/control-implementation/implemented-requirements[{index}]"
        if own.value_of(row.props, "applicability"):
            entries.append(_decision(row, at, cited))
        else:
            entries.append(_strange_decision(row, at, cited))
            entries += _told_of_the_system(row, at, system, cited)
    for key, pairs in said.items():
        if key in by_id:
            by_id[key].cited = [*(by_id[key].cited or ()), *_answered(pairs, cited)]
    if implementation.leveraged_authorizations:
        notes.append(("leveraged", f"{path}/leveraged-authorizations", len(implementation.leveraged_authorizations)))
    return Contents(entries, parties_of(document), systems, notes)


def parts_of(
    components: Sequence[SystemComponent],
    items: Sequence[Inventory],
    path: str,
    said: Mapping[str, Sequence[By]],
) -> Iterator[Entry]:
    """Components and inventory items. One of others that both is a thing and says how it implements a requirement is an
    asset and a control."""
    for index, part in enumerate(components):
        at = f"{path}/components[{index}]"
        if part.type == THIS_SYSTEM:
            continue
        if is_ours(part.props):
            yield safeguard_entry(part, at)
            continue
        if part.type in THINGS:
            yield strange_asset(part, at)
        if part.type not in THINGS or part.uuid in said:
            yield _implementing(strange_control(part, at), said.get(part.uuid, ()))
    for index, item in enumerate(items):
        at = f"{path}/inventory-items[{index}]"
        yield asset_entry(item, at) if own.value_of(item.props, "title") else strange_asset(item, at)


def fields_in_plan(document: Document) -> dict[str, dict[str, str]]:
    """Id of a part → what is read of it; the ids by which `wanted_of_plan` gives what should be."""
    assert isinstance(document, SystemSecurityPlan)
    return {entry.id: entry.fields for entry in plan_contents(document).entries}


def wanted_of_plan(facts: ScopeFacts) -> dict[str, dict[str, str]]:
    found = {component_id(one.id): safeguard_fields(one) for one in facts.safeguards}
    found |= {own.uuid_of("asset", one.id): _asset_fields(one) for one in facts.assets}
    found |= {own.uuid_of("soa_row", one.id): _fields(one, DECISION_FIELDS) for one in facts.decisions}
    return found | {system_id(facts): _fields(facts.scope, SCOPE_FIELDS)}


def safeguard_fields(one: Safeguard) -> dict[str, str]:
    names = ("ref", "title", "objective", "description", "state", "blocked_reason", "due_on", "implemented_on")
    return _fields(one, names)


def _asset_fields(one: Asset) -> dict[str, str]:
    return _fields(one, ("ref", "title", "description", "category", "classification"))


def _fields(one: Safeguard | Asset | Decision | Scope, names: Sequence[str]) -> dict[str, str]:
    return {name: getattr(one, name) for name in names}


def _scope(document: SystemSecurityPlan, told: SystemCharacteristics) -> Entry:
    boundary: Mapping[str, Any] = told.authorization_boundary or {}
    fields = {
        "title": told.system_name,
        "covers": told.description,
        "boundaries": str(boundary.get("description", "")),
        "exclusions": str(boundary.get("remarks", "")),
    }
    restore(fields, told.props, SCOPE_FIELDS)
    extra = document.metadata.extra if document.metadata else {}
    people = {"owner": players(extra.get("responsible-parties", ()), "system-owner")}
    ids = [str(one.get("id", "")) for one in told.system_ids if one.get("identifier-type")]
    path = f"{MODEL}/system-characteristics"
    return Entry("scope", ids[0] if ids else "", path, fields, people, is_ours=True)


def _cited(document: SystemSecurityPlan) -> Mapping[str, Cited]:
    """Code of a catalogue → how the back matter names it; "" for whatever the imported profile draws from."""
    sources = citing(document.resources)
    found = {
        code: sources(f"#{resource.uuid}")
        for resource in document.resources
        if (code := own.value_of(resource.props, "catalogue"))
    }
    href = str((document.import_profile or {}).get("href", ""))
    return found | {OWN: sources(href)}


def _source(row: PlannedRequirement, cited: Mapping[str, Cited]) -> Cited:
    code = own.value_of(row.props, "catalogue")
    return cited.get(code) or Cited(code=code, title=code)


def _said(rows: Sequence[PlannedRequirement]) -> dict[str, list[By]]:
    """Component → what it says of requirements, of the whole or of single statements."""
    found: dict[str, list[By]] = {}
    for row in rows:
        for by in _of(row):
            found.setdefault(by.component_uuid, []).append((row, by))
    return found


def _of(row: PlannedRequirement) -> list[ByComponent]:
    return [*row.by_components, *(by for one in row.statements for by in one.by_components)]


def _answered(pairs: Sequence[By], cited: Mapping[str, Cited]) -> Iterator[tuple[Cited, str]]:
    """The requirements that a component implements. A necessary control of one's own is none."""
    for row, _by in pairs:
        is_own = own.value_of(row.props, "applicability") and not own.value_of(row.props, "catalogue")
        if not is_own:
            yield _source(row, cited), row.control_id


def _implementing(entry: Entry, pairs: Sequence[By]) -> Entry:
    """How a component implements each requirement becomes part of the control's description."""
    texts = dict.fromkeys(f"{row.control_id}: {by.description}" for row, by in pairs if by.description)
    if texts:
        entry.fields["description"] = "\n\n".join(filter(None, (entry.fields["description"], *texts)))
    if state := _state_of([by for _row, by in pairs]):
        entry.fields["state"] = state
    return entry


def _state_of(said: Sequence[ByComponent]) -> str:
    states = {STATES[state] for by in said if (state := (by.implementation_status or {}).get("state", "")) in STATES}
    return states.pop() if len(states) == 1 else "in_progress" if states else ""


def _decision(row: PlannedRequirement, path: str, cited: Mapping[str, Cited]) -> Entry:
    fields = {"applicability": own.value_of(row.props, "applicability"), "justification": row.remarks or ""}
    restore(fields, row.props, DECISION_FIELDS)
    entry = Entry("soa_row", row.uuid, path, fields, is_ours=True)
    entry.drivers = frozenset(own.values_of(row.props, "driver"))
    if own.value_of(row.props, "catalogue"):
        entry.cited = [(_source(row, cited), row.control_id)]
    else:
        entry.links["control"] = [by.component_uuid for by in row.by_components]
        entry.names[""] = row.control_id
    return entry


def _strange_decision(row: PlannedRequirement, path: str, cited: Mapping[str, Cited]) -> Entry:
    """Others say that something is not applicable by the status of all that implements it."""
    said = _of(row)
    states = {(by.implementation_status or {}).get("state") for by in said}
    fields = {"applicability": "applicable"}
    if states == {"not-applicable"}:
        fields = {"applicability": "not_applicable", "justification": next((by.description for by in said), "")}
    if row.remarks:
        fields["justification"] = row.remarks
    return Entry("soa_row", row.uuid, path, fields, cited=[(_source(row, cited), row.control_id)])


def _told_of_the_system(
    row: PlannedRequirement, path: str, system: set[str], cited: Mapping[str, Cited]
) -> Iterator[Entry]:
    """What others say of the system as a whole: one control for each requirement, named by it."""
    said = [by for by in _of(row) if by.component_uuid in system and by.description]
    if all((by.implementation_status or {}).get("state") == "not-applicable" for by in said):
        return
    fields = {"title": "", "description": "\n\n".join(dict.fromkeys(by.description for by in said))}
    if state := _state_of(said):
        fields["state"] = state
    yield Entry("control", said[0].uuid or row.uuid, path, fields, cited=[(_source(row, cited), row.control_id)])
