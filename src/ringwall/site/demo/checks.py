"""Checks of an organisation: rounds of answers to a catalogue, the later ones taking over from the earlier."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ringwall.compliance.models import Answer
from ringwall.kit import registry
from ringwall.site.demo.registers import scope_of

if TYPE_CHECKING:
    from ringwall.site.demo.loading import Story


def add(story: "Story") -> None:
    for row in story.read("checks").get("rounds", ()):
        story.at(row["on"], _begin(story, row))
        if "closed_on" in row:
            story.at(row["closed_on"], _close(story, row))


def _begin(story: "Story", row: dict[str, Any]) -> Callable[[], None]:
    def run() -> None:
        told = {"title": story.words(row, "title"), "on": story.day(row["on"]), "due_on": story.day(row.get("due_on"))}
        keeper = story.who("keeper")
        if before := row.get("follows"):
            made = story.do("check.next", keeper, told | {"carries": True}, subject=story.find("check", before))
            made = story.do("check.update", keeper, {"ref": row["ref"]}, subject=made)
        else:
            about = {
                "ref": row["ref"],
                "catalogue": row["catalogue"],
                "scope": scope_of(story)["ref"],
                "owner": story.people[row["owner"]].email,
                "has_maturity": row["has_maturity"],
            }
            made = story.do("check.create", keeper, told | about)
        _answer(story, row, made)

    return run


def _answer(story: "Story", row: dict[str, Any], made: Any) -> None:
    """What is named as it is named; in a first round all else is met, in a later one what is said to be confirmed."""
    keeper = story.who("keeper")
    named = {key: given for given in row["answers"] for key in given["ids"]}
    confirmed = []
    for answer in Answer.objects.filter(round=made).select_related("requirement").order_by("requirement__position"):
        key = answer.requirement.identifier
        if given := named.get(key):
            raw = {
                "value": given["value"],
                "maturity": given["maturity"],
                "remark": story.words(given, "remark"),
                "asked": story.words(row, "asked"),
            }
            story.do("answer.give", keeper, raw, subject=answer)
        elif key in row.get("confirmed", ()):
            confirmed.append((answer, None))
        elif "follows" not in row:
            raw = {"value": "yes", "maturity": row["maturity"], "asked": story.words(row, "asked")}
            story.do("answer.give", keeper, raw, subject=answer)
    if confirmed:
        registry.actions["answer.confirm"].run_many(story.actor(keeper), confirmed, {})


def _close(story: "Story", row: dict[str, Any]) -> Callable[[], None]:
    def run() -> None:
        raw = {"conclusion": story.words(row, "conclusion")}
        story.do("check.close", story.who("keeper"), raw, subject=story.find("check", row["ref"]))

    return run
