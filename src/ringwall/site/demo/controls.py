"""Controls of an organisation, how they were built and verified, and their evidence."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from ringwall.site.demo.registers import person

if TYPE_CHECKING:
    from ringwall.site.demo.loading import Story

PRIORITIES = {"very_high": "1", "high": "2", "normal": "3", "medium": "3", "low": "4"}
RESULTS = {"effective": "effective", "partially_effective": "partly", "not_effective": "ineffective"}


def add(story: "Story") -> None:
    for number, row in enumerate(story.read("controls")["controls"]):
        _control(story, row, number)


def _control(story: "Story", row: dict[str, Any], number: int) -> None:
    ref = row["ref"]

    def create() -> None:
        raw = {
            "ref": ref,
            "title": story.words(row, "title"),
            "objective": story.words(row, "objective"),
            "designer": person(story, row["designer"]),
            "implementer": person(story, row["implementer"]),
            "owner": person(story, row.get("owner", row["implementer"])),
            "reports_to": person(story, row["reported_to"]),
            "priority": PRIORITIES[row["priority"]],
            "due_on": story.day(row["due"]),
            "effort_once": row["effort_person_days"],
            "cost_once": row["cost_once_eur"],
            "cost_yearly": row["cost_yearly_eur"],
            "verify_every": row["verification_interval_months"],
            "expectation": story.words(row, "expectation"),
            "sample": story.words(row, "sample"),
            "verifier": _named_verifier(story, row),
            "requirements": [] if "added_on" in row else row["annex_a"],
        }
        story.do("control.create", story.who("keeper"), raw)

    def move(
        name: str, raw: dict[str, Any] | None = None, who: str = story.who("keeper"), reason: str = ""
    ) -> Callable[[], None]:
        return lambda: story.do(name, who, raw or {}, subject=story.find("control", ref), reason=reason)

    earliest = row.get("added_on", story.first_day + 45)
    story.at(row.get("added_on", story.first_day + 32 + number % 6), create)
    done = row.get("implemented_on")
    started = min(done - 60 if done is not None else row["due"] - 60, -70)
    if row["state"] in {"in_progress", "blocked"} or (done is not None and started > story.first_day + 45):
        story.at(max(started, earliest), move("control.start"))
    if done is not None:
        story.at(max(done, story.first_day + 42), move("control.complete", {"on": story.day(done)}))
    if row["state"] == "blocked":
        story.at(-40, move("control.block", reason=story.words(row, "blocked_reason")))
    for check in row.get("verifications", ()):
        raw = {"on": story.day(check["on"]), "result": RESULTS[check["result"]], "remark": story.words(check, "note")}
        story.at(check["on"], move("control.verify", raw, who=_verifier(story, row, check)))
    for proof in row.get("evidence", ()):
        story.at(proof["made_on"], _evidence(story, ref, proof))


def _named_verifier(story: "Story", row: dict[str, Any]) -> str:
    """Who verified it last, where somebody did who has no part in it."""
    checks = [check for check in row.get("verifications", ()) if not check.get("under_waiver")]
    return person(story, _verifier(story, row, checks[-1])) if checks else ""


def _verifier(story: "Story", row: dict[str, Any], check: dict[str, Any]) -> str:
    """Who is named, where they have the right; else somebody who has, and no part in the control."""
    named = str(check["by"])
    if check.get("under_waiver"):
        return named
    free = [key for key in story.about["telling"]["verifiers"] if key not in {row["designer"], row["implementer"]}]
    return named if named in free else str(free[0])


def _evidence(story: "Story", ref: str, proof: dict[str, Any]) -> Callable[[], None]:
    def add_file() -> None:
        control = story.find("control", ref)
        title = story.words(proof, "title")
        lines = [f"{title};{story.day(proof['made_on'])}", *(f"{number};ok" for number in range(1, 9))]
        file = SimpleUploadedFile(proof["file"], "\n".join(lines).encode(), "text/csv")
        raw = {"file": file, "note": title, "valid_until": story.day(proof["made_on"] + proof["valid_days"])}
        story.do("evidence.add", story.who("keeper"), raw, subject=control)

    return add_file
