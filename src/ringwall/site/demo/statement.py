"""The statement of applicability of an organisation: decided, authorised, and changed since."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ringwall.approvals import actions as approvals
from ringwall.approvals.queries import open_approval
from ringwall.kit import registry
from ringwall.site.demo.registers import scope_of
from ringwall.soa.actions import decide, prepare
from ringwall.soa.queries import StatementRow, statement

if TYPE_CHECKING:
    from ringwall.site.demo.loading import Story

Given = dict[str, Any]


def add(story: "Story") -> None:
    found = story.read("soa")
    given = dict(_given(found))
    for number, version in enumerate(found.get("versions", ())):
        story.at(version["submitted_on"] - (2 if number else 4), lambda: _decide(story, given))
        story.at(version["submitted_on"], _submit(story, version))
        story.at(version["authorised_on"], _authorise(story, version))
    for change in found.get("changes_since_authorisation", ()):
        story.at(change["on"], _change(story, change))


def _given(found: dict[str, Any]) -> Iterator[tuple[str, Given]]:
    """Row key → what is decided of it; one line of the file may decide several rows."""
    for row in (*found.get("decisions", ()), *found.get("own_controls", ())):
        for key in row.get("controls") or [row["control"]]:
            yield key, row


def _scope(story: "Story") -> Any:
    return story.find("scope", scope_of(story)["ref"])


def _decide(story: "Story", given: dict[str, Given]) -> None:
    """Take in the rows there are by now, decide those that are not decided so, and confirm what calls for them."""
    scope, keeper = _scope(story), story.who("keeper")
    prepare(scope, actor=story.actor(keeper))
    decisions: dict[str, dict[str, tuple[str, str]]] = {}
    to_confirm = []
    for row in statement(scope).rows:
        if (decided := given.get(row.key)) is None:
            continue
        applicability = decided.get("applicability", "applicable")
        decision = (applicability, _reason(story, row, decided))
        if decision != (row.applicability, row.justification):
            decisions.setdefault(decided.get("decided_by", keeper), {})[row.key] = decision
        if applicability == "applicable" and row.drivers and row.confirmed != [driver.ref for driver in row.drivers]:
            to_confirm.append((row.stored, None))
    for who, chosen in decisions.items():
        decide(scope, chosen, actor=story.actor(who))
    if to_confirm:
        registry.actions["soa_row.confirm"].run_many(story.actor(keeper), to_confirm, {})


def _reason(story: "Story", row: StatementRow, decided: Given) -> str:
    reason = story.words(decided, "justification") or story.words(decided.get("drivers") or {}, "decision")
    if reason or row.drivers or decided.get("applicability", "applicable") != "applicable":
        return reason
    return {"en": "Follows from the risk assessment.", "de": "Ergibt sich aus der Risikobeurteilung."}[story.language]


def _submit(story: "Story", version: dict[str, Any]) -> Callable[[], None]:
    def run() -> None:
        approvals.submit(
            "soa",
            _scope(story),
            actor=story.actor(version["submitted_by"]),
            deciders=[story.people[version["authorised_by"]]],
            note=story.words(version, "note"),
        )

    return run


def _authorise(story: "Story", version: dict[str, Any]) -> Callable[[], None]:
    def run() -> None:
        found = open_approval("soa", _scope(story).pk)
        assert found is not None
        approvals.answer(
            found,
            actor=story.actor(version["authorised_by"]),
            is_yes=True,
            conflict=story.words(version, "conflict"),
        )

    return run


def _change(story: "Story", change: dict[str, Any]) -> Callable[[], None]:
    def run() -> None:
        control = story.find("control", change["added"])
        entries = [entry.identifier for entry in control.requirements.all()] + [change["control"]]
        raw = {"requirements": entries}
        story.do("control.update", story.who("keeper"), raw, subject=control, reason=story.words(change, "note"))

    return run
