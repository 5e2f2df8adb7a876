"""What there is to read on the page of one requirement: texts, statements, our guidance, and where it is used."""

from typing import Any

from ringwall.access.policy import Actor
from ringwall.catalogues import wording
from ringwall.catalogues.knowledge import SIZES, guidance_on
from ringwall.catalogues.models import Requirement
from ringwall.catalogues.prose import as_html
from ringwall.catalogues.queries import Surroundings, quoted
from ringwall.kit import registry


def parts(requirement: Requirement, around: Surroundings, actor: Actor, url: str) -> dict[str, Any]:
    """The context of the page's main column."""
    catalogue = requirement.catalogue
    told = guidance_on(catalogue.code, requirement.identifier) if catalogue.is_builtin else None
    statements = [
        {"number": _short(statement.number, requirement.identifier), "verb": statement.verb, "label": statement.get_verb_display(),
         "text": as_html(statement.text)}
        for statement in around.statements
    ]  # fmt: skip
    return {
        "text": as_html(requirement.in_language("text")),
        "guidance": as_html(requirement.in_language("guidance")),
        # Sentences without a verb are the text once more: nothing is told by listing them.
        "statements": statements if any(statement["verb"] for statement in statements) else [],
        "knowledge": told,
        "sizes": [(size, told.actions.get(size)) for size in SIZES] if told else [],
        "related": [{"ref": name, "url": f"{url}{quoted(name)}/"} for name in told.related] if told else [],
        "where_used": [panel for panel in registry.answers("where_used", requirement, actor) if panel is not None],
        "level": wording.level_name(requirement.level),
    }


def _short(number: str, identifier: str) -> str:
    """The number within the requirement: APP.3.6.A1-UA.2 → UA.2."""
    rest = number.removeprefix(identifier)
    return rest.lstrip("-_.") or number if rest != number else number
