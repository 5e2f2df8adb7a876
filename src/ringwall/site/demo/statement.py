"""The statement of applicability of the demonstration: decided, authorised twice, and changed since."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ringwall.approvals import actions as approvals
from ringwall.approvals.queries import open_approval
from ringwall.kit import registry
from ringwall.soa.actions import decide, prepare
from ringwall.soa.queries import statement

if TYPE_CHECKING:
    from ringwall.site.demo.loading import Story

SCOPE = "IS-01"


def add(story: "Story", data: Callable[[str], Any]) -> None:
    found = data("soa")
    rows = {row["control"]: row for row in found["decisions"]}
    own = {row["control"]: row for row in found["own_controls"]}
    first, second = found["versions"]
    story.at(-300, lambda: _decide(story, rows, own))
    story.at(first["submitted_on"], lambda: _submit(story, first))
    story.at(first["authorised_on"], lambda: _authorise(story, first))
    story.at(second["submitted_on"] - 2, lambda: _decide(story, rows, own, is_second=True))
    story.at(second["submitted_on"], lambda: _submit(story, second))
    story.at(second["authorised_on"], lambda: _authorise(story, second))
    for change in found["changes_since_authorisation"]:
        story.at(change["on"], _change(story, change))


def _scope(story: "Story") -> Any:
    return story.find("scope", SCOPE)


def _decide(story: "Story", rows: dict[str, Any], own: dict[str, Any], *, is_second: bool = False) -> None:
    """Take in the rows there are by now, decide them, and confirm what calls for them."""
    keeper = story.actor("thoma")
    prepare(_scope(story), actor=keeper)
    decisions: dict[str, tuple[str, str]] = {}
    to_confirm: list[Any] = []
    for row in statement(_scope(story)).rows:
        given = rows.get(row.key) or own.get(row.key)
        if given is None:
            continue
        reason = story.words(given, "justification") or story.words(given.get("drivers") or {}, "decision")
        applicability = given.get("applicability", "applicable")
        if applicability == "applicable" and not reason and not row.drivers:
            reason = {"en": "Follows from the risk assessment.", "de": "Ergibt sich aus der Risikobeurteilung."}[
                story.language
            ]
        decisions[row.key] = (applicability, reason)
        if applicability == "applicable" and row.drivers:
            to_confirm.append(row.key)
    decide(_scope(story), decisions, actor=keeper)
    confirm = registry.actions["soa_row.confirm"]
    stored = [row.stored for row in statement(_scope(story)).rows if row.key in to_confirm and row.stored is not None]
    if stored:
        confirm.run_many(keeper, [(row, None) for row in stored], {})


def _submit(story: "Story", version: dict[str, Any]) -> None:
    approvals.submit(
        "soa",
        _scope(story),
        actor=story.actor(version["submitted_by"]),
        deciders=[story.people[version["authorised_by"]]],
        note=story.words(version, "note"),
    )


def _authorise(story: "Story", version: dict[str, Any]) -> None:
    scope = _scope(story)
    found = open_approval("soa", scope.pk)
    assert found is not None
    approvals.answer(found, actor=story.actor(version["authorised_by"]), is_yes=True)


def _change(story: "Story", change: dict[str, Any]) -> Callable[[], None]:
    def run() -> None:
        control = story.find("control", change["added"])
        entries = [entry.identifier for entry in control.requirements.all()] + [change["control"]]
        story.do(
            "control.update", "thoma", {"requirements": entries}, subject=control, reason=story.words(change, "note")
        )

    return run
