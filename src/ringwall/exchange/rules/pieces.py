"""What all documents of a scope are made of: identifiers, properties, people, catalogues, safeguards as components."""

from collections.abc import Iterable, Iterator
from typing import Any

from ringwall.exchange.rules.facts import OWN, Answer, Safeguard, ScopeFacts
from ringwall.oscal import own
from ringwall.oscal.writer import OSCAL_VERSION

Tree = dict[str, Any]

PARTS = ("system-owner", "asset-owner", "risk-owner", "control-owner", "control-designer", "control-implementer")
"""The parts people have in a scope: role ids of the documents."""

AUTHORISED = "authorizing-official"
RFC_4122 = "http://ietf.org/rfc/rfc4122"

COMPONENT = "safeguard"
"""Type of the component that stands for a control of the organisation; OSCAL leaves the list of types open."""

COMPONENT_STATES = {
    "planned": "under-development",
    "in_progress": "under-development",
    "blocked": "other",
    "implemented": "operational",
}
CARRIED = "carried"


def without_nothing(tree: Tree) -> Tree:
    """The tree without keys that hold nothing."""
    return {key: value for key, value in tree.items() if value not in (None, "", [], {})}


def line(text: str) -> str:
    return " ".join(text.split())


def prop(name: str, value: object, class_: str = "") -> Tree:
    tree = {"name": name.replace("_", "-"), "ns": own.NAMESPACE, "value": line(str(value))}
    return tree | ({"class": own.token_of(class_)} if class_ else {})


def props(pairs: Iterable[tuple[str, object]]) -> list[Tree]:
    """One property for each pair that holds something."""
    return [prop(name, value) for name, value in pairs if value is not None and line(str(value))]


def instant(day: str) -> str:
    """A day as OSCAL wants it where it asks for an instant: its beginning, in UTC."""
    return f"{day}T00:00:00Z"


def party_id(person: str) -> str:
    return own.uuid_of("party", person)


def component_id(safeguard: str) -> str:
    return own.uuid_of("control", safeguard)


def system_id(facts: ScopeFacts) -> str:
    return own.uuid_of("scope", facts.scope.id)


def metadata(facts: ScopeFacts, kind: str, people: Iterable[str]) -> Tree:
    """`people` are the ids of those whom the document names; the organisation is party to all. Roles nobody plays in
    the document are left out, as are people who play none."""
    named = set(people) | ({facts.scope.owner} if facts.scope.owner else set())
    organisation = party_id(facts.organisation.id)
    parties: list[Tree] = [{"uuid": organisation, "type": "organization", "name": line(facts.organisation.name)}]
    for person in facts.people:
        if person.id in named:
            party = {"uuid": party_id(person.id), "type": "person", "name": line(person.name)}
            emails = [person.email] if person.email else []
            parties.append(
                without_nothing(party | {"email-addresses": emails, "member-of-organizations": [organisation]})
            )
    responsible = []
    if facts.scope.owner:
        responsible.append({"role-id": "system-owner", "party-uuids": [party_id(facts.scope.owner)]})
    if authorised := [party_id(person) for person in facts.scope.authorised_by if person in named]:
        responsible.append({"role-id": AUTHORISED, "party-uuids": authorised})
    return without_nothing(
        {
            "title": line(f"{facts.words[kind]}: {facts.scope.title}"),
            "last-modified": facts.last_modified,
            "version": facts.version,
            "oscal-version": OSCAL_VERSION,
            "props": props([("scope", facts.scope.ref), ("language", facts.language)]),
            "roles": [{"id": part, "title": facts.words[part]} for part in (*PARTS, AUTHORISED)],
            "parties": parties,
            "responsible-parties": responsible,
        }
    )


def without_unplayed_roles(tree: Tree) -> Tree:
    """The document with those roles alone that somebody plays in it."""
    played: set[str] = set()
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            played.update([node["role-id"]] if "role-id" in node else [], node.get("role-ids", []))
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    roles = [role for role in tree["metadata"].get("roles", []) if role["id"] in played]
    return tree | {"metadata": without_nothing(tree["metadata"] | {"roles": roles})}


def responsible_roles(safeguard: Safeguard) -> list[Tree]:
    return [
        {"role-id": part, "party-uuids": [party_id(safeguard.people[part])]}
        for part in PARTS
        if part in safeguard.people
    ]


def component(safeguard: Safeguard, fields: Iterable[tuple[str, object]]) -> Tree:
    """What a safeguard is in every document; `fields` become properties of our own."""
    return without_nothing(
        {
            "uuid": component_id(safeguard.id),
            "type": COMPONENT,
            "title": line(safeguard.title) or safeguard.ref,
            "description": safeguard.description or safeguard.objective or safeguard.title,
            "purpose": line(safeguard.objective),
            "props": props([("ref", safeguard.ref), *fields]),
            "responsible-roles": responsible_roles(safeguard),
        }
    )


def system_component(safeguard: Safeguard, answers: Iterable[Answer] = ()) -> Tree:
    """A safeguard as a component of a running system: with its status. `answers` are the requirements it implements
    that the document tells nowhere else."""
    fields = [("state", safeguard.state), ("due_on", safeguard.due_on), ("implemented_on", safeguard.implemented_on)]
    status = {"state": COMPONENT_STATES[safeguard.state], "remarks": safeguard.blocked_reason}
    return component(safeguard, [*fields, *map(answer_field, answers)]) | {"status": without_nothing(status)}


def answer_field(answer: Answer) -> tuple[str, str]:
    """A requirement as a property: code of its catalogue and control id."""
    return "requirement", f"{answer.source}:{answer.control_id}"


def people_of(safeguards: Iterable[Safeguard]) -> Iterator[str]:
    for safeguard in safeguards:
        yield from safeguard.people.values()


def resource_id(code: str) -> str:
    return own.uuid_of("catalogue", code)


def catalogue_resources(facts: ScopeFacts, codes: Iterable[str]) -> list[Tree]:
    """The catalogues of these codes, to be found beside the document under the names in which they are exported."""
    wanted = set(codes) - {OWN}
    return [
        {
            "uuid": resource_id(source.code),
            "title": line(source.title) or source.code,
            "props": props([("catalogue", source.code), ("document", source.document_id)]),
            "rlinks": [
                {"href": f"{source.code}.json", "media-type": "application/oscal+json"},
                {"href": f"{source.code}.xml", "media-type": "application/oscal+xml"},
            ],
        }
        for source in facts.sources
        if source.code in wanted
    ]
