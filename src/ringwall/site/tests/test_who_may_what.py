"""Roles know only grants that exist, every grant has a role, and the document about it is up to date."""

import re
from pathlib import Path

from ringwall.access.policy import roles
from ringwall.kit import registry
from ringwall.site.doors import OPERATIONS, PAGES
from ringwall.site.who_may_what import document, known_grants

PROJECT = Path(__file__).resolve().parents[4]
ASKED = re.compile(
    r"\b(?:may|may_in|may_everywhere|covers|visible|is_covered_by)\((?:[\w.]+, )?f?\"([a-z_]+\.[a-z_]+)\""
)


def held() -> set[str]:
    return {grant for role in roles.values() for grant in role.grants | role.own}


def test_every_role_holds_only_grants_that_some_code_asks_for() -> None:
    unknown = {role.key: sorted((role.grants | role.own) - known_grants()) for role in roles.values()}
    assert not {key: grants for key, grants in unknown.items() if grants}


def test_every_act_and_every_door_can_be_opened_by_some_role() -> None:
    needed = set(registry.actions) | {door.needs for door in (*PAGES, *OPERATIONS) if "." in door.needs}
    needed |= {f"{kind}.{verb}" for kind in registry.registers for verb in ("view", "import")}
    needed |= {f"{kind}.{verb}" for kind in registry.freezers for verb in ("view", "submit", "authorise")}
    assert sorted(needed - held()) == []


def test_every_grant_named_in_the_code_has_a_role() -> None:
    """What is asked by a literal name and held by nobody is a misspelling, or a door that is always shut."""
    asked: dict[str, str] = {}
    for file in (PROJECT / "src" / "ringwall").rglob("*.py"):
        if "tests" not in file.parts:
            asked |= dict.fromkeys(ASKED.findall(file.read_text()), file.name)
    assert asked, "the pattern finds the places where a right is asked for"
    assert {grant: file for grant, file in asked.items() if grant not in held()} == {}


def test_what_is_decided_by_top_management_is_held_by_no_other_role() -> None:
    for grant in ("soa.authorise", "rtp.authorise", "criteria.approve", "waiver.grant"):
        assert {role.key for role in roles.values() if grant in role.grants | role.own} == {"top_management"}


def test_the_document_says_what_the_code_does() -> None:
    stored = (PROJECT / "docs" / "who-may-what.md").read_text()
    assert stored == document(), "run: python -m ringwall.site.who_may_what > docs/who-may-what.md"
