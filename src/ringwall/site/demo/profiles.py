"""Profiles of an organisation: what it chose from catalogues, and what it added."""

from functools import partial
from typing import TYPE_CHECKING, Any

from ringwall.site.demo.registers import person

if TYPE_CHECKING:
    from ringwall.site.demo.loading import Story


def add(story: "Story") -> None:
    for row in story.read("profiles").get("profiles", ()):
        story.at(row["created_on"], partial(_profile, story, row))


def _profile(story: "Story", row: dict[str, Any]) -> None:
    who = row["created_by"]
    raw = {
        "ref": row["ref"],
        "title": story.words(row, "title"),
        "description": story.words(row, "description"),
        "catalogues": [row["catalogue"]],
        "owner": person(story, row["owner"]),
    }
    made = story.do("profile.create", who, raw)
    reasons = {left["control"]: story.words(left, "reason") for left in row["left_out"]}
    chosen = {"catalogue": row["catalogue"], "chosen": row["chosen"], "reasons": reasons}
    story.do("profile.choose", who, chosen, subject=made)
    for own in row["own"]:
        added = {
            "identifier": own["identifier"],
            "title": story.words(own, "title"),
            "text": story.words(own, "text"),
        }
        story.do("profile.add", who, added, subject=made)
