"""Findings, exceptions and improvements of an organisation, as events by day."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ringwall.improvement.models import Category, Finding, State

if TYPE_CHECKING:
    from ringwall.site.demo.loading import Story

CONCLUSIONS = {
    "effective": {"en": "The next verification found it effective.", "de": "Die nächste Prüfung fand sie wirksam."},
    "again": {"en": "Found again; goes on there.", "de": "Wieder festgestellt; wird dort weitergeführt."},
}


def add(story: "Story") -> None:
    found = story.read("findings")
    _observations(story)
    for row in found.get("verified", ()):
        _rounds(story, row, partial(_verified, story, row["control"], row["found"]))
    for row in found.get("noted", ()):
        story.at(row["day"], _note(story, row))
        _rounds(story, row, partial(_noted, story, row))
    for row in found.get("exceptions", ()):
        _exception(story, row)
    for row in found.get("improvements", ()):
        _improvement(story, row)


def _observations(story: "Story") -> None:
    """What a verification brought up ends with the next verification of the same control."""
    for row in story.read("controls")["controls"]:
        checks = row.get("verifications", ())
        for number, check in enumerate(checks[1:], start=1):
            if checks[number - 1]["result"] == "partially_effective":
                story.at(check["on"], _conclude(story, row["ref"], check["result"]))


def _conclude(story: "Story", control_ref: str, result: str) -> Callable[[], None]:
    def run() -> None:
        control = story.find("control", control_ref)
        rows = Finding.objects.filter(subject_id=control.pk, category=Category.OBSERVATION).exclude(state=State.CLOSED)
        words = CONCLUSIONS["effective" if result == "effective" else "again"][story.language]
        if (earlier := rows.order_by("found_on").first()) is not None:
            story.do("finding.conclude", story.who("keeper"), {"conclusion": words}, subject=earlier)

    return run


def _verified(story: "Story", control_ref: str, day: int) -> Finding:
    control = story.find("control", control_ref)
    return Finding.objects.get(subject_id=control.pk, found_on=story.day(day))


def _noted(story: "Story", row: dict[str, Any]) -> Finding:
    return Finding.objects.get(organisation=story.organisation, title=story.words(row, "title"))


def _note(story: "Story", row: dict[str, Any]) -> Callable[[], None]:
    def run() -> None:
        people = {name: story.people[row[name]].email for name in ("owner", "checker") if name in row}
        unit = {"unit": str(story.units[row["unit"]].pk)} if "unit" in row else {}
        texts = {name: story.words(row, name) for name in ("title", "description", "evidence")}
        raw = {name: row[name] for name in ("category", "source", "requirements")}
        raw |= texts | people | unit | {"due_on": story.day(row.get("due"))}
        story.do("finding.create", row["by"], raw)

    return run


def _rounds(story: "Story", row: dict[str, Any], finding: Callable[[], Finding]) -> None:
    def act(name: str, step: dict[str, Any], raw: dict[str, Any]) -> None:
        story.at(step["day"], lambda: story.do(name, step["by"], raw, subject=finding()))

    for told in row.get("rounds", ()):
        made = told["correct"]
        act("finding.correct", made, {"correction": story.words(made, "text"), "on": story.day(made["day"])})
        if whys := told.get("whys"):
            lines = whys[f"lines_{story.language}"]
            raw = {f"why_{number}": line for number, line in enumerate(lines, start=1)}
            act("finding.five_whys", whys, raw | {"cause": story.words(whys, "cause")})
        if bones := told.get("fishbone"):
            branches = {key.rpartition("_")[0] for key in bones["lines"]}
            raw = {branch: story.words(bones["lines"], branch) for branch in branches}
            act("finding.fishbone", bones, raw | {"cause": story.words(bones, "cause")})
        known = told.get("whys") or told.get("fishbone")
        for planned in told.get("actions", ()):
            _action(story, planned, known, finding)
        if check := told.get("check"):
            act("finding.check", check, {"result": check["result"], "looked_at": story.words(check, "text")})


def _action(story: "Story", planned: dict[str, Any], known: dict[str, Any], finding: Callable[[], Finding]) -> None:
    title = story.words(planned, "title")

    def plan() -> None:
        raw = {
            "title": title,
            "responsible": story.people[planned["who"]].email,
            "due_on": story.day(planned["due"]),
        }
        story.do("finding.plan", known["by"], raw, subject=finding())

    def complete() -> None:
        raw = {"on": story.day(planned["done"]), "outcome": story.words(planned, "outcome")}
        made = finding().actions.get(title=title)
        story.do("corrective_action.complete", planned["who"], raw, subject=made)

    story.at(known["day"] + 1, plan)
    if "done" in planned:
        story.at(planned["done"], complete)


def _exception(story: "Story", row: dict[str, Any]) -> None:
    def this() -> Any:
        return story.find("exception", row["ref"])

    def ask() -> None:
        names = ("title", "deviation", "justification", "compensation")
        raw = {name: story.words(row, name) for name in names} | {"until_on": story.day(row["until"])}
        made = story.do("exception.ask", row["asked_by"], raw)
        story.do("exception.update", story.who("keeper"), {"ref": row["ref"]}, subject=made)

    story.at(row["asked"], ask)
    if judged := row.get("judged"):
        raw: dict[str, Any] = {
            "level": judged["level"],
            "risk": story.words(judged, "risk"),
            "compensation": story.words(row, "compensation"),
            "requirements": row.get("requirements", []),
            "controls": row.get("controls", []),
        }
        story.at(judged["day"], lambda: story.do("exception.judge", judged["by"], raw, subject=this()))
    if decided := row.get("decided"):
        words = {"decision": story.words(decided, "words")}
        if decided["act"] != "refuse":
            words["until_on"] = story.day(row["until"])
        story.at(decided["day"], lambda: story.do(f"exception.{decided['act']}", decided["by"], words, subject=this()))


def _improvement(story: "Story", row: dict[str, Any]) -> None:
    made: list[Any] = []

    def act(name: str, step: dict[str, Any], raw: dict[str, Any]) -> None:
        def run() -> None:
            made[0].refresh_from_db()
            story.do(f"improvement.{name}", step["by"], raw, subject=made[0])

        story.at(step["day"], run)

    raw = {"title": story.words(row, "title"), "idea": story.words(row, "idea")}
    story.at(row["day"], lambda: made.append(story.do("improvement.suggest", row["by"], raw)))
    if step := row.get("accepted"):
        owner = story.people[step["owner"]].email
        due = {"due_on": story.day(step["due"]), "effort": step["effort"]}
        act("accept", step, {"decision": story.words(step, "words"), "owner": owner} | due)
    if step := row.get("declined"):
        act("decline", step, {"decision": story.words(step, "words")})
    if step := row.get("done"):
        done = {"outcome": story.words(step, "outcome"), "on": story.day(step["day"]), "effort": step["effort"]}
        act("complete", step, done)
