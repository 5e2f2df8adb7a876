"""The risk treatment plan of a scope as an OSCAL plan of action and milestones.

Each risk of the scope is a risk with its judgements, its treatment as the planned or completed response, the dates of
controls as milestones and acceptances in its log; one item of the plan stands for each.
"""

from collections.abc import Iterator, Mapping

from ringwall.exchange.rules.carrying import Lost, add_carried
from ringwall.exchange.rules.facts import Judgement, Safeguard, ScopeFacts, Treatment
from ringwall.exchange.rules.pieces import (
    RFC_4122,
    Tree,
    answer_field,
    component_id,
    instant,
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

RESPONSES = {"modify": "mitigate", "avoid": "avoid", "share": "share", "retain": "accept"}
"""Treatment → the type of response as OSCAL names it."""


def milestones_tree(facts: ScopeFacts, lost: Mapping[str, Lost] | None = None) -> Tree:
    """The content of the plan. `lost`: id of a part → fields that would come back differently.

    Raises ValueError where the scope has no risks: OSCAL wants one item at least.
    """
    if not facts.treatments:
        raise ValueError("the scope has no risks")
    by_id = {safeguard.id: safeguard for safeguard in facts.safeguards}
    used = [by_id[key] for key in dict.fromkeys(key for risk in facts.treatments for key in risk.safeguards)]
    takings = {person for risk in facts.treatments if risk.taking for person in risk.taking.by}
    people = {risk.owner for risk in facts.treatments} | set(people_of(used)) | takings
    tree: Tree = {
        "uuid": own.uuid_of("plan-of-action-and-milestones", facts.scope.id),
        "metadata": metadata(facts, "poam", people),
        "system-id": {"identifier-type": RFC_4122, "id": system_id(facts)},
        "local-definitions": {"components": [system_component(one, one.answers) for one in used]},
        "risks": [_risk(risk, facts, by_id) for risk in facts.treatments],
        "poam-items": [_item(risk, by_id) for risk in facts.treatments],
    }
    add_carried(lost or {}, {part["uuid"]: part for part in (*tree["local-definitions"]["components"], *tree["risks"])})
    if not used:
        del tree["local-definitions"]
    return without_unplayed_roles(tree)


def risk_id(risk: Treatment) -> str:
    return own.uuid_of("risk", risk.id)


def status_of(risk: Treatment, safeguards: list[Safeguard]) -> str:
    """Where the risk stands in OSCAL's words. It is closed where it lies within the acceptance line and nothing is left
    to be done; a risk taken knowingly is a deviation."""
    if risk.taking is not None:
        return "deviation-approved" if risk.taking.state == "in_force" else "deviation-requested"
    is_judged = any(judgement.state == "initial" for judgement in risk.judgements)
    if is_judged and not risk.is_above_acceptance and all(one.state == "implemented" for one in safeguards):
        return "closed"
    return "open" if risk.option in ("undecided", "retain") else "remediating"


def _risk(risk: Treatment, facts: ScopeFacts, by_id: dict[str, Safeguard]) -> Tree:
    safeguards = [by_id[key] for key in risk.safeguards]
    statement = "\n\n".join(
        f"{facts.words[name]}: {line(text)}"
        for name, text in (("threat", risk.threat), ("vulnerability", risk.vulnerability))
        if text.strip()
    )
    origin = {"actors": [{"type": "party", "actor-uuid": party_id(risk.owner or facts.organisation.id)}]}
    if risk.owner:
        origin["actors"][0]["role-id"] = "risk-owner"
    return without_nothing(
        {
            "uuid": risk_id(risk),
            "title": line(f"{risk.ref} {risk.title}"),
            "description": risk.description or risk.title,
            "statement": statement or risk.description or risk.title,
            "props": [
                *props(
                    [
                        ("ref", risk.ref),
                        ("treatment", risk.option),
                        ("above_acceptance", "yes" if risk.is_above_acceptance else "no"),
                        ("threat", risk.threat),
                        ("vulnerability", risk.vulnerability),
                        *(map(answer_field, risk.answers) if risk.option not in RESPONSES else ()),
                    ]
                ),
                *(
                    prop("asset", own.uuid_of("asset", key)) | {"remarks": line(name)}
                    for key, name in risk.assets.items()
                ),
            ],
            "status": status_of(risk, safeguards),
            "origins": [origin],
            "characterizations": [_characterization(one, risk, origin) for one in risk.judgements],
            "mitigating-factors": [_factor(risk, one) for one in safeguards if one.state == "implemented"],
            "deadline": instant(risk.due_on) if risk.due_on else "",
            "remediations": [_response(risk, safeguards)] if risk.option in RESPONSES else [],
            "risk-log": _log(risk, facts),
        }
    )


def _characterization(judgement: Judgement, risk: Treatment, origin: Tree) -> Tree:
    system = f"urn:uuid:{risk.criteria}" if risk.criteria else "urn:ringwall:criteria"
    state = [prop("state", "inherent")] if judgement.state == "inherent" else []
    if not state:
        state = [{"name": "state", "value": judgement.state}]
    return {
        "origin": origin,
        "facets": [
            without_nothing(
                {
                    "name": name,
                    "system": system,
                    "value": str(getattr(judgement, name)),
                    "props": state,
                    "remarks": judgement.words.get(name, ""),
                }
            )
            for name in ("likelihood", "consequence", "level")
        ],
    }


def _subject(safeguard: Safeguard) -> Tree:
    return {"subject-uuid": component_id(safeguard.id), "type": "component"}


def _factor(risk: Treatment, safeguard: Safeguard) -> Tree:
    return {
        "uuid": own.uuid_of("mitigating-factor", risk.id, safeguard.id),
        "description": line(f"{safeguard.ref} {safeguard.title}"),
        "subjects": [_subject(safeguard)],
    }


def _response(risk: Treatment, safeguards: list[Safeguard]) -> Tree:
    status = status_of(risk, safeguards)
    is_done = status == "closed" or (status == "deviation-approved" and risk.option == "retain")
    return without_nothing(
        {
            "uuid": own.uuid_of("response", risk.id),
            "lifecycle": "completed" if is_done else "planned",
            "title": line(f"{risk.option_word}: {risk.title}"),
            "description": risk.note or risk.option_word,
            "props": [
                {"name": "type", "value": RESPONSES[risk.option]},
                *props(map(answer_field, risk.answers)),
            ],
            "tasks": list(_milestones(risk, safeguards)),
        }
    )


def _milestones(risk: Treatment, safeguards: list[Safeguard]) -> Iterator[Tree]:
    """One for each control, on the day it was or shall be implemented, and one for the day the risk is to be treated
    by."""
    for safeguard in safeguards:
        day = safeguard.implemented_on if safeguard.state == "implemented" else safeguard.due_on
        yield without_nothing(
            {
                "uuid": own.uuid_of("milestone", risk.id, safeguard.id),
                "type": "milestone",
                "title": line(f"{safeguard.ref} {safeguard.title}"),
                "description": safeguard.objective or safeguard.description,
                "props": props([("state", safeguard.state)]),
                "timing": {"on-date": {"date": instant(day)}} if day else {},
                "subjects": [{"type": "component", "include-subjects": [_subject(safeguard)]}],
                "responsible-roles": responsible_roles(safeguard),
            }
        )
    if risk.due_on:
        yield {
            "uuid": own.uuid_of("milestone", risk.id),
            "type": "milestone",
            "title": line(f"{risk.ref} {risk.title}"),
            "timing": {"on-date": {"date": instant(risk.due_on)}},
        }


def _log(risk: Treatment, facts: ScopeFacts) -> Tree:
    """The acceptance that is in force or waits for the next authority."""
    taking = risk.taking
    if taking is None:
        return {}
    status = "deviation-approved" if taking.state == "in_force" else "deviation-requested"
    entry = {
        "uuid": own.uuid_of("acceptance", taking.id),
        "title": facts.words["acceptance"],
        "description": taking.reason,
        "start": taking.at,
        "end": instant(taking.until_on),
        "logged-by": [{"party-uuid": party_id(person)} for person in taking.by],
        "status-change": status,
    }
    return {"entries": [entry]}


def _item(risk: Treatment, by_id: dict[str, Safeguard]) -> Tree:
    links = [
        {
            "href": f"#{component_id(key)}",
            "rel": "related-control",
            "text": line(f"{by_id[key].ref} {by_id[key].title}"),
        }
        for key in risk.safeguards
    ]
    return without_nothing(
        {
            "uuid": own.uuid_of("poam-item", risk.id),
            "title": line(f"{risk.ref} {risk.title}"),
            "description": risk.note or risk.description or risk.title,
            "props": props([("treatment", risk.option)]),
            "links": links,
            "related-risks": [{"risk-uuid": risk_id(risk)}],
        }
    )
