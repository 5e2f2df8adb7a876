"""What there is to read on the page of one requirement: texts, statements, our guidance, and where it is used."""

import re
from typing import Any

from ringwall.access.policy import Actor
from ringwall.catalogues.knowledge import SIZES, guidance_on
from ringwall.catalogues.models import Requirement
from ringwall.catalogues.prose import as_html
from ringwall.catalogues.queries import Surroundings, quoted
from ringwall.kit import registry


def parts(requirement: Requirement, around: Surroundings, actor: Actor, url: str) -> dict[str, Any]:
    """The context of the page's main column."""
    catalogue = requirement.catalogue
    told = guidance_on(catalogue.code, requirement.identifier) if catalogue.is_builtin else None
    text = requirement.in_language("text")
    verbs = [(statement.verb, statement.get_verb_display()) for statement in around.statements if statement.verb]
    # A single sentence that is the whole text, or sentences without verbs, would only tell the text once more.
    is_listed = bool(verbs) and (len(around.statements) > 1 or around.statements[0].text.strip() != text.strip())
    return {
        "text": as_html(text),
        "guidance": as_html(requirement.in_language("guidance")),
        "verbs": [] if is_listed else verbs,
        "statements": [
            {
                "number": _short(statement.number, requirement.identifier) or str(count),
                "verb": statement.verb,
                "label": statement.get_verb_display(),
                "text": as_html(statement.text),
            }
            for count, statement in enumerate(around.statements, 1)
        ]
        if is_listed
        else [],
        "knowledge": told,
        "sizes": [(size, told.actions.get(size)) for size in SIZES] if told else [],
        "related": [{"ref": name, "url": f"{url}{quoted(name)}/"} for name in told.related] if told else [],
        "where_used": [
            panel for panel in registry.answers("requirement_used", requirement, actor) if panel is not None
        ],
    }


def _short(number: str, identifier: str) -> str:
    """The number within the requirement: APP.3.6.A1-UA.2 → UA.2, ac-2_smt.d.1 → d.1; empty for a bare one."""
    rest = number.removeprefix(identifier)
    if rest == number:
        return number
    return re.sub(r"^[-_.]*(?:smt|stm)?\.?", "", rest)
