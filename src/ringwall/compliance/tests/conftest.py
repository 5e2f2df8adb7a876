from typing import Any

import pytest

from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.tests.files import KEYS, LOCK, VISITORS, oscal
from ringwall.compliance.models import Answer, Check
from ringwall.kit import registry


@pytest.fixture
def house(world: Any) -> Check:
    """A check of three house rules (MUST and SHOULD, MUST NOT, MAY) in a scope, kept by ana."""
    ana = world.actor("ana")
    import_catalogue(oscal(LOCK, KEYS, VISITORS), "house.json", actor=ana, code="house")
    registry.actions["scope.create"].run(ana, {"title": "Whole firm", "covers": "All sites"})
    made: Check = registry.actions["check.create"].run(
        ana,
        {"title": "House rules", "catalogue": "house", "scope": "S-0001", "on": "2026-03-01", "owner": ana.user.email},
    )
    return made


def answer_to(check: Check, identifier: str) -> Answer:
    found: Answer = Answer.objects.get(round=check, requirement__identifier=identifier)
    return found


def give(world: Any, check: Check, identifier: str, *, who: str = "ana", **raw: Any) -> Answer:
    found: Answer = registry.actions["answer.give"].run(world.actor(who), raw, subject=answer_to(check, identifier))
    return found
