"""A scope as an OSCAL system security plan: boundary, information, assets, people, and the statement of applicability
as its control implementation.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping

from ringwall.exchange.rules.carrying import Lost, add_carried
from ringwall.exchange.rules.facts import OWN, Asset, Decision, Safeguard, ScopeFacts
from ringwall.exchange.rules.pieces import (
    AUTHORISED,
    RFC_4122,
    Tree,
    catalogue_resources,
    component_id,
    line,
    metadata,
    party_id,
    people_of,
    prop,
    props,
    responsible_roles,
    system_component,
    system_id,
    without_nothing,
    without_unplayed_roles,
)
from ringwall.oscal import own
from ringwall.oscal.building import catalogue_tree
from ringwall.oscal.content import CatalogueContent, RequirementRow
from ringwall.oscal.tailoring import Choice, profile_tree
from ringwall.oscal.writer import to_json

NEEDS = {1: "normal", 2: "high", 3: "very-high"}
"""Protection needs as OSCAL's impact levels, which it leaves open: BSI's three, not those of FIPS 199."""

VALUES = ("confidentiality", "integrity", "availability")
INFORMATION = "information"
STATUS = {"implemented": "implemented", "in_progress": "partial", "blocked": "planned", "planned": "planned"}


def security_plan_tree(facts: ScopeFacts, profile: bytes, lost: Mapping[str, Lost] | None = None) -> Tree:
    """The content of the plan. `profile` is the baseline that it implements (`baseline_tree`), which it carries within;
    `lost`: id of a part → fields that would come back differently.

    Raises ValueError where the statement has no rows: OSCAL wants one at least.
    """
    if not facts.decisions:
        raise ValueError("the statement has no rows")
    by_id = {safeguard.id: safeguard for safeguard in facts.safeguards}
    people = {asset.owner for asset in facts.assets} | set(people_of(facts.safeguards)) | {*facts.scope.authorised_by}
    tree: Tree = {
        "uuid": own.uuid_of("system-security-plan", facts.scope.id),
        "metadata": metadata(facts, "ssp", people),
        "import-profile": {"href": f"#{_profile_id(facts)}"},
        "system-characteristics": _characteristics(facts),
        "system-implementation": without_nothing(
            {
                "components": [_this_system(facts), *_components(facts)],
                "inventory-items": [_inventory(asset) for asset in facts.assets],
            }
        ),
        "control-implementation": {
            "description": facts.words["implementation"],
            "implemented-requirements": [_requirement(row, facts, by_id) for row in facts.decisions],
        },
        "back-matter": {
            "resources": [
                _profile_resource(facts, profile),
                *catalogue_resources(facts, (row.source for row in facts.decisions)),
            ]
        },
    }
    add_carried(lost or {}, _parts_by_id(tree, facts))
    tree = without_unplayed_roles(tree)
    users = [_user(role) for role in tree["metadata"].get("roles", []) if role["id"] != AUTHORISED]
    if users:
        tree["system-implementation"] = {"users": users, **tree["system-implementation"]}
    return tree


def _components(facts: ScopeFacts) -> Iterator[Tree]:
    """Each safeguard, with what it implements beyond the statement or of what the statement leaves out."""
    told = {
        (row.source, row.control_id, key)
        for row in facts.decisions
        if row.applicability != "not_applicable"
        for key in row.safeguards
    }
    for one in facts.safeguards:
        answers = [answer for answer in one.answers if (answer.source, answer.control_id, one.id) not in told]
        yield system_component(one, answers)


def _parts_by_id(tree: Tree, facts: ScopeFacts) -> dict[str, Tree]:
    """The parts that come back as records, by their ids; the characteristics of the system stand for the scope."""
    implementation = tree["system-implementation"]
    parts = [*implementation["components"][1:], *implementation.get("inventory-items", ())]
    parts += tree["control-implementation"]["implemented-requirements"]
    return {part["uuid"]: part for part in parts} | {system_id(facts): tree["system-characteristics"]}


def profile_name(facts: ScopeFacts) -> str:
    return f"{facts.scope.ref}-profile.json"


def own_controls_name(facts: ScopeFacts) -> str:
    return f"{facts.scope.ref}-own-controls.json"


def baseline_tree(facts: ScopeFacts) -> Tree:
    """The profile that the plan implements: what the statement answers, from each catalogue. Necessary controls of the
    organisation's own come from a catalogue that the profile carries within."""
    chosen: dict[str, list[str]] = {}
    for row in facts.decisions:
        chosen.setdefault(row.source, []).append(row.control_id)
    titles = {source.code: source.title for source in facts.sources}
    choices = [
        Choice(own_controls_name(facts), facts.words["own_controls"], included=tuple(ids), content=own_controls(facts))
        if code == OWN
        else Choice(f"{code}.json", titles.get(code, code), included=tuple(ids))
        for code, ids in chosen.items()
    ]
    title = line(f"{facts.words['profile']}: {facts.scope.title}")
    return profile_tree(title, facts.version, facts.last_modified, choices) | {"uuid": _profile_id(facts)}


def own_controls(facts: ScopeFacts) -> bytes:
    """The necessary controls that come from no catalogue, as one; b"" where there are none."""
    by_id = {safeguard.id: safeguard for safeguard in facts.safeguards}
    rows = [
        _as_requirement(row, by_id[row.safeguards[0]] if row.safeguards else None, position)
        for position, row in enumerate(row for row in facts.decisions if row.source == OWN)
    ]
    if not rows:
        return b""
    content = CatalogueContent(
        identifier=own.uuid_of("own-controls", facts.scope.id),
        title=line(f"{facts.words['own_controls']}: {facts.scope.title}"),
        version=facts.version,
        language=facts.language,
        publisher=facts.organisation.name,
        last_modified=facts.last_modified,
        rows=rows,
    )
    return to_json("catalog", catalogue_tree(content, facts.last_modified))


def _as_requirement(row: Decision, safeguard: Safeguard | None, position: int) -> RequirementRow:
    text = (safeguard.objective or safeguard.description or safeguard.title) if safeguard else row.title
    return RequirementRow(row.control_id, None, "requirement", line(row.title), position, row.control_id, text)


def _profile_id(facts: ScopeFacts) -> str:
    return own.uuid_of("profile", facts.scope.id)


def _profile_resource(facts: ScopeFacts, profile: bytes) -> Tree:
    kind = "application/oscal+json"
    return {
        "uuid": _profile_id(facts),
        "title": line(f"{facts.words['profile']}: {facts.scope.title}"),
        "rlinks": [{"href": profile_name(facts), "media-type": kind}],
        "base64": {"filename": profile_name(facts), "media-type": kind, "value": base64.b64encode(profile).decode()},
    }


def _characteristics(facts: ScopeFacts) -> Tree:
    scope = facts.scope
    needs = {name: _highest(facts.assets, name) for name in VALUES}
    return without_nothing(
        {
            "system-ids": [
                {"identifier-type": RFC_4122, "id": system_id(facts)},
                {"id": scope.ref},
            ],
            "system-name": line(scope.title),
            "system-name-short": scope.ref,
            "description": scope.covers,
            "props": props([("state", _standing(facts))]),
            "date-authorized": scope.authorised_on,
            "security-sensitivity-level": NEEDS[max(filter(None, needs.values()))] if any(needs.values()) else "",
            "system-information": {"information-types": _information_types(facts)},
            "security-impact-level": {f"security-objective-{name}": NEEDS[need] for name, need in needs.items() if need}
            if all(needs.values())
            else {},
            "status": {"state": _status(facts)},
            "authorization-boundary": without_nothing(
                {"description": scope.boundaries or scope.covers, "remarks": scope.exclusions}
            ),
        }
    )


def _standing(facts: ScopeFacts) -> str:
    if facts.scope.is_in_force:
        return "in_force" if facts.scope.authorised_on else "changed_since"
    return "draft"


def _status(facts: ScopeFacts) -> str:
    return "operational" if facts.scope.is_in_force else "under-development"


def _highest(assets: Iterable[Asset], name: str) -> int | None:
    return max((need for asset in assets if (need := getattr(asset, name))), default=None)


def _information_types(facts: ScopeFacts) -> list[Tree]:
    """The information among the assets; where none is listed yet, the scope stands for it: OSCAL wants one at least."""
    listed = [asset for asset in facts.assets if asset.category == INFORMATION]
    if not listed:
        return [
            {
                "uuid": own.uuid_of("information", facts.scope.id),
                "title": line(facts.scope.title),
                "description": facts.scope.covers,
            }
        ]
    return [
        without_nothing(
            {
                "uuid": own.uuid_of("information", asset.id),
                "title": line(asset.title),
                "description": asset.description or asset.title,
                "props": props([("ref", asset.ref), ("classification", asset.classification)]),
            }
            | {f"{name}-impact": {"base": NEEDS[need]} for name in VALUES if (need := getattr(asset, name))}
        )
        for asset in listed
    ]


def _this_system(facts: ScopeFacts) -> Tree:
    return {
        "uuid": system_id(facts),
        "type": "this-system",
        "title": line(facts.scope.title),
        "description": facts.scope.covers,
        "status": {"state": _status(facts)},
    }


def _user(role: Tree) -> Tree:
    return {"uuid": own.uuid_of("user", role["id"]), "title": role["title"], "role-ids": [role["id"]]}


def _inventory(asset: Asset) -> Tree:
    owner = {"role-id": "asset-owner", "party-uuids": [party_id(asset.owner)]}
    return without_nothing(
        {
            "uuid": own.uuid_of("asset", asset.id),
            "description": asset.description or asset.title,
            "props": [
                {"name": "asset-id", "value": asset.ref},
                *props(
                    [
                        ("title", asset.title),
                        ("category", asset.category),
                        ("quantity", asset.quantity if asset.quantity != 1 else None),
                        ("classification", asset.classification),
                        *((name, NEEDS[need]) for name in VALUES if (need := getattr(asset, name))),
                    ]
                ),
            ],
            "links": [{"href": f"#{own.uuid_of('asset', needed)}", "rel": "depends-on"} for needed in asset.needs],
            "responsible-parties": [owner] if asset.owner else [],
        }
    )


def _requirement(row: Decision, facts: ScopeFacts, by_id: dict[str, Safeguard]) -> Tree:
    """A row of the statement. NIST wants at least one component to say something of it: what is not applicable, not
    decided, or applicable without a safeguard yet is said of the system as a whole."""
    identifier = own.uuid_of("soa_row", row.id)
    implementing = [_by_component(row, by_id[key]) for key in row.safeguards if key in by_id]
    if row.applicability == "not_applicable":
        implementing = [_by_system(row, facts, "not-applicable", row.justification or facts.words["excluded"])]
    elif row.applicability == "applicable" and not implementing:
        implementing = [_by_system(row, facts, "planned", facts.words["no_control"])]
    elif not implementing:
        implementing = [_by_system(row, facts, "", facts.words["undecided"])]
    return without_nothing(
        {
            "uuid": identifier,
            "control-id": row.control_id,
            "props": [
                *props([("catalogue", row.source), ("title", row.title), ("applicability", row.applicability)]),
                *props([("progress", row.progress if row.applicability == "applicable" else "")]),
                *(prop("driver", ref) for ref in row.drivers),
            ],
            "by-components": implementing,
            "remarks": row.justification,
        }
    )


def _by_component(row: Decision, safeguard: Safeguard) -> Tree:
    return without_nothing(
        {
            "component-uuid": component_id(safeguard.id),
            "uuid": own.uuid_of("by-component", row.id, safeguard.id),
            "description": safeguard.description or safeguard.objective or safeguard.title,
            "implementation-status": without_nothing(
                {"state": STATUS[safeguard.state], "remarks": safeguard.blocked_reason}
            ),
            "responsible-roles": responsible_roles(safeguard),
        }
    )


def _by_system(row: Decision, facts: ScopeFacts, state: str, description: str) -> Tree:
    return without_nothing(
        {
            "component-uuid": system_id(facts),
            "uuid": own.uuid_of("by-component", row.id, facts.scope.id),
            "description": description,
            "implementation-status": {"state": state} if state else {},
        }
    )
