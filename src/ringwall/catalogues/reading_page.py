"""What there is to read on the page of one requirement: texts, statements, our guidance, and where it is used."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues.knowledge import SIZES, guidance_on
from ringwall.catalogues.models import Requirement
from ringwall.catalogues.prose import as_html
from ringwall.catalogues.queries import Surroundings, quoted
from ringwall.kit import registry
from ringwall.kit.pages import Panel
from ringwall.tasks.queries import tasks_about
from ringwall.tasks.register import lines_of


def parts(requirement: Requirement, around: Surroundings, actor: Actor, url: str) -> dict[str, Any]:
    """The context of the page's main column."""
    catalogue = requirement.catalogue
    told = guidance_on(catalogue.code, requirement.identifier) if catalogue.is_builtin else None
    text = requirement.in_language("text")
    verbs = [(statement.verb, statement.get_verb_display()) for statement in around.statements if statement.verb]
    # A single sentence that is the whole text, or sentences without verbs, would only tell the text once more.
    is_listed = bool(verbs) and (len(around.statements) > 1 or around.statements[0].text.strip() != text.strip())
    used = [panel for panel in registry.answers("requirement_used", requirement, actor) if panel is not None]
    if tasks := tasks_at(used, actor):
        used.append(tasks)
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
        "where_used": used,
    }


def tasks_at(panels: Iterable[Panel], actor: Actor) -> Panel | None:
    """Open tasks about the records that these panels name by their addresses. A query a kind, and one for the tasks."""
    registers = {register.slug: register for register in registry.registers.values()}
    named: dict[str, set[str]] = {}
    for panel in panels:
        for row in panel.rows:
            place = row.url.partition("?")[0].strip("/").split("/")
            if len(place) == 3 and place[1] in registers:
                named.setdefault(place[1], set()).add(place[2])
    keys: list[Any] = []
    for slug, refs in named.items():
        keys += registers[slug].model.objects.visible_to(actor).filter(ref__in=refs).values_list("pk", flat=True)
    found = tasks_about(actor.organisation_id, keys) if keys else []
    if not found:
        return None
    return Panel("tasks", _("Tasks"), template="tasks/lines.html", context={"lines": lines_of(actor, found)})


def _short(number: str, identifier: str) -> str:
    """The number within the requirement: APP.3.6.A1-UA.2 → UA.2, ac-2_smt.d.1 → d.1; empty for a bare one."""
    rest = number.removeprefix(identifier)
    if rest == number:
        return number
    return re.sub(r"^[-_.]*(?:smt|stm)?\.?", "", rest)
