"""Assets, obligations, waivers, scope, criteria, controls and risks of an organisation, as events by day."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from ringwall.kit import registry
from ringwall.kit.imports import Declared, make_plan, store
from ringwall.lib.sheets_types import Sheet
from ringwall.risk.criteria_actions import ensure_default_criteria
from ringwall.tasks.models import Task

if TYPE_CHECKING:
    from ringwall.site.demo.loading import Story

NEEDS = {"normal": "1", "high": "2", "very_high": "3"}
PRIORITIES = {"very_high": "1", "high": "2", "normal": "3", "medium": "3", "low": "4"}
RESULTS = {"effective": "effective", "partially_effective": "partly", "not_effective": "ineffective"}
CATEGORIES = {
    "law": "law",
    "contract": "contract",
    "standard": "standard",
    "agreement": "contract",
    "decision": "decision",
}


def add(story: "Story") -> None:
    begin = story.first_day
    story.at(begin + 10, lambda: _assets(story, story.read("assets")))
    story.at(begin + 15, lambda: _obligations(story, story.read("obligations")))
    for row in story.read("waivers").get("waivers", ()):
        _waiver(story, row)
    _scope(story)
    _criteria(story, story.read("criteria"))
    for number, row in enumerate(story.read("controls")["controls"]):
        _control(story, row, number)
    for row in story.read("risks")["risks"]:
        _risk(story, row)
    for row in story.read("tasks").get("tasks", ()):
        _task(story, row)
    if (day := story.about["telling"].get("tasks_done_on")) is not None:
        story.at(day, lambda: _tasks_done(story))


def scope_of(story: "Story") -> dict[str, Any]:
    """The one scope of the organisation, as its file describes it."""
    return dict(story.read("scopes")["scopes"][0])


def person(story: "Story", key: str | None) -> str:
    return story.people[key].email if key else ""


def _assets(story: "Story", found: dict[str, Any]) -> None:
    """One import of the whole inventory, as a firm would bring it in from its spreadsheet."""
    keys = (
        "ref",
        "title",
        "category",
        "unit",
        "owner",
        "quantity",
        "confidentiality",
        "integrity",
        "availability",
        "need_reason",
        "classification",
        "activities",
        "retention",
        "depends_on",
        "input_processes",
    )
    rows = []
    for row in [*found["processes"], *found["assets"]]:
        need = row.get("protection_need") or {}
        activities = [story.words(row, "inputs"), story.words(row, "outputs")]
        rows.append(
            [
                row["ref"],
                story.words(row, "title"),
                row["kind"],
                str(story.units[row["unit"]].pk),
                person(story, row.get("owner")),
                row.get("quantity", 1),
                *(NEEDS.get(need.get(name, "")) for name in ("confidentiality", "integrity", "availability")),
                story.words(need, "reason"),
                row.get("classification"),
                " → ".join(part for part in activities if part),
                story.words(row, "retention"),
                "; ".join(link["needs"] for link in row.get("depends_on", ())),
                "; ".join(row.get("input_processes", ())),
            ]
        )
    sheet = Sheet("assets", ("assets",), list(keys), rows, 2, [])
    register = registry.registers["asset"]
    plan = make_plan(register, story.actor(story.who("keeper")), sheet, Declared("ymd", False, dict(enumerate(keys))))
    store(plan, story.actor(story.who("keeper")))


def _obligations(story: "Story", found: dict[str, Any]) -> None:
    for row in found["obligations"]:
        raw = {
            "ref": row["ref"],
            "title": story.words(row, "title"),
            "category": CATEGORIES.get(row["kind"], "contract"),
            "source": story.words(row, "source"),
            "demands": story.words(row, "demand"),
            "owner": person(story, row.get("owner")),
            "review_on": story.day(row.get("review_on")),
            "requirements": row.get("drives", []),
        }
        story.do("obligation.create", story.who("keeper"), raw)


def _waiver(story: "Story", row: dict[str, Any]) -> None:
    ref = row["ref"]

    def propose() -> None:
        raw = {
            "ref": ref,
            "title": story.words(row, "title"),
            "rule": row["rule"],
            "justification": story.words(row, "justification"),
            "compensation": story.words(row, "compensation"),
            "until_on": story.day(row["until"]),
            "unit": str(story.units[row["unit"]].pk),
        }
        story.do("waiver.create", row["proposed_by"], raw)

    def decide() -> None:
        raw = {"decision": story.words(row, "decision")}
        story.do(f"waiver.{row['answer']}", row["decided_by"], raw, subject=story.find("waiver", ref))

    story.at(row["proposed_on"], propose)
    if "answer" in row:
        story.at(row["decided_on"], decide)


def _scope(story: "Story") -> None:
    row = scope_of(story)

    def create() -> None:
        boundaries = [story.words(part, "text") for part in row["boundaries"]]
        boundaries += [f"{story.words(part, 'with')}: {story.words(part, 'what')}" for part in row["interfaces"]]
        exclusions = [f"{story.words(part, 'what')}: {story.words(part, 'reason')}" for part in row["exclusions"]]
        raw = {
            "ref": row["ref"],
            "title": story.words(row, "title"),
            "method": row["method"],
            "covers": story.words(row, "statement"),
            "boundaries": "\n".join(boundaries),
            "exclusions": "\n".join(exclusions),
            "owner": person(story, row["owner"]),
            "review_on": story.day(row["review_on"]),
            "units": [str(story.units[key].pk) for key in row["units"]],
        }
        story.do("scope.create", story.who("keeper"), raw)

    def extend() -> None:
        raw = {"review_on": story.day(row["review_on"])}
        story.do(
            "scope.update",
            story.who("keeper"),
            raw,
            subject=story.find("scope", row["ref"]),
            reason=story.words(row["versions"][-1], "change"),
        )

    story.at(scope_day(story), create)
    if len(row["versions"]) > 1:
        story.at(row["versions"][-1]["authorised_on"] - 2, extend)


def scope_day(story: "Story") -> int:
    """The day on which the scope was entered, before management agreed to it."""
    return int(scope_of(story)["versions"][0]["authorised_on"]) - 5


def _criteria(story: "Story", found: dict[str, Any]) -> None:
    """Criteria of one's own, approved; without any, the draft with which every organisation begins."""
    if not found:
        story.at(story.first_day + 30, lambda: _begin_criteria(story))
        return

    def both(row: dict[str, Any], name: str) -> dict[str, str]:
        return {language: str(row.get(f"{name}_{language}", "")) for language in ("en", "de")}

    def steps(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"name": both(row, "title"), "description": both(row, "description")} for row in rows]

    order = [level["key"] for level in found["levels"]]
    authority = {row["level"]: row for row in found["authority"]}
    bands = [
        {
            "key": level["key"],
            "name": both(level, "title"),
            "description": both(level, "meaning"),
            "authority": "owner" if authority[level["key"]]["who"] == "risk_owner" else "top_management",
            "review_months": level["review_months"],
        }
        for level in found["levels"]
    ]
    content = {
        "likelihood": steps(found["likelihood"]),
        "consequence": steps(found["consequence"]),
        "bands": bands,
        "matrix": [[order.index(name) + 1 for name in row["levels_by_consequence"]] for row in found["matrix"]],
        "accepted_up_to": order.index(found["acceptance_line"]["highest_acceptable"]) + 1,
        "longest_acceptance": 12,
    }

    def approve() -> None:
        title = {"en": "Risk criteria", "de": "Risikokriterien"}[story.language]
        criteria = story.do("criteria.create", story.who("keeper"), {"title": title, "ref": "RC-01"})
        story.do("criteria.draft", story.who("keeper"), {"content": content}, subject=criteria)
        story.do("criteria.approve", story.who("approver"), {}, subject=criteria)

    story.at(story.first_day + 30, approve)


def _begin_criteria(story: "Story") -> None:
    ensure_default_criteria(story.actor(story.who("keeper")))


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


def _risk(story: "Story", row: dict[str, Any]) -> None:
    ref, begin = row["ref"], scope_day(story) + 1
    rounds = [dict(step) for step in row["history"]]
    if (asked := row.get("acceptance")) and rounds:  # nothing is accepted before it was assessed
        rounds[0]["on"] = min(rounds[0]["on"], asked["asked_on"] - 10)

    def create() -> None:
        raw = {
            "ref": ref,
            "title": story.words(row, "title"),
            "scope": scope_of(story)["ref"],
            "description": story.words(row, "scenario"),
            "threat": row["threat"],
            "vulnerability": story.words(row, "vulnerability"),
            "assets": row["assets"],
            "unit": str(story.units[row["unit"]].pk),
            "owner": person(story, row["owner"]),
        }
        story.do("risk.create", story.who("keeper"), raw)

    def assess(step: dict[str, Any], day: int, is_last: bool) -> Callable[[], None]:
        def run() -> None:
            raw: dict[str, Any] = {
                "likelihood": step["likelihood"],
                "consequence": step["consequence"],
                "rationale": story.words(step, "reason"),
            }
            raw["on"] = story.day(day)
            if is_last:
                target = row.get("target") or {}
                raw |= {f"target_{name}": target[name] for name in ("likelihood", "consequence") if name in target}
                raw["review_on"] = story.day(row["review_on"]) if row["review_on"] > day else ""
            who = row.get("assessed_by", story.who("keeper"))
            story.do("risk.assess", who, raw, subject=story.find("risk", ref))

        return run

    if not rounds:
        story.at(row["noted_on"], create)
        return
    first = min(rounds[0]["on"], row["assessed_on"])
    story.at(max(first, begin), create)
    for step in rounds:
        day = max(step["on"], begin + 1)
        story.at(day, assess(step, day, step is rounds[-1] and row["assessed_on"] <= step["on"]))
    if row["assessed_on"] > rounds[-1]["on"]:
        confirmed = {**row["current"], **{k: v for k, v in rounds[-1].items() if k.startswith("reason")}}
        story.at(row["assessed_on"], assess(confirmed, row["assessed_on"], True))
    if row["treatment"] in {"modify", "avoid", "share", "retain"}:
        story.at(max(first, begin + 1), _treat(story, row))
    if again := row.get("then"):
        story.at(again["on"], _treat(story, {**row, **again}))
    if row.get("acceptance"):
        _accept(story, row)


def _treat(story: "Story", row: dict[str, Any]) -> Callable[[], None]:
    def run() -> None:
        late = {control["ref"] for control in story.read("controls")["controls"] if "added_on" in control}
        controls = [ref for ref in row["controls"] if ref not in late]
        raw = {
            "option": "retain" if row["treatment"] == "modify" and not controls else row["treatment"],
            "note": story.words(row, "treatment_note") or _insurance(story, row),
            "controls": controls,
            "due_on": story.day(row.get("treated_by")),
        }
        story.do("risk.treat", row.get("treater", story.who("keeper")), raw, subject=story.find("risk", row["ref"]))

    return run


def _insurance(story: "Story", row: dict[str, Any]) -> str:
    if not (policy := row.get("insurance")):
        return ""
    amounts = {
        name: f"{policy[name]:,}".replace(",", "." if story.language == "de" else ",")
        for name in ("sum_eur", "deductible_eur", "premium_yearly_eur")
    }
    text = {
        "en": "Insured for {sum_eur} euros, deductible {deductible_eur} euros, premium {premium_yearly_eur} euros "
        "a year. ",
        "de": "Versichert mit {sum_eur} Euro, Selbstbehalt {deductible_eur} Euro, Prämie {premium_yearly_eur} Euro "
        "im Jahr. ",
    }[story.language]
    return text.format(**amounts) + story.words(policy, "covers")


def _accept(story: "Story", row: dict[str, Any]) -> None:
    asked = row["acceptance"]
    ref, owner = row["ref"], row["owner"]
    decided = asked.get("decided_on", asked["asked_on"])
    until = min(asked.get("until", decided + 180), asked["asked_on"] + 360)

    def accept() -> None:
        raw = {
            "until": story.day(until),
            "rationale": story.words(asked, "reason"),
            "conditions": story.words(asked, "condition"),
        }
        story.do("risk.accept", owner, raw, subject=story.find("risk", ref))

    def decline() -> None:
        reason = story.words(asked, "refusal")
        story.do("risk.decline", asked["refused_by"], {}, subject=story.find("risk", ref), reason=reason)

    def countersign() -> None:
        risk = story.find("risk", ref)
        if risk.acceptance == "waiting":  # an owner of top management needs no second signature
            story.do("risk.countersign", asked["accepted_by"][1], {}, subject=risk)

    story.at(asked["asked_on"], accept)
    if asked["state"] == "refused":
        story.at(decided, decline)
    elif len(asked.get("accepted_by", ())) > 1:
        story.at(decided, countersign)


def _task(story: "Story", row: dict[str, Any]) -> None:
    """A task that is still open, with its ticked steps and what was said about it."""
    made: list[Task] = []

    def give() -> None:
        raw = {
            "title": story.words(row, "title"),
            "note": story.words(row, "note"),
            "assignee": person(story, row["for"]),
            "deputy": person(story, row.get("deputy")),
            "due_on": story.day(row["due"]),
            "steps": "\n".join(row.get(f"steps_{story.language}", ())),
            "repeats": row.get("every", ""),
            "asks_evidence": row.get("asks_evidence", False),
        }
        made.append(story.do("task.create", row["by"], raw, subject=story.find(*row["of"])))
        for number in row.get("ticked", ()):
            story.do("task.step", row["for"], {"task": str(made[0].pk), "number": number})

    def say(said: dict[str, Any]) -> None:
        names = {key: person.name for key, person in story.people.items()}
        raw = {"task": str(made[0].pk), "text": story.words(said, "text").format_map(names)}
        story.do("task.comment", said["by"], raw)

    story.at(row["given"], give)
    for said in row.get("said", ()):
        story.at(said["on"], partial(say, said))


def _tasks_done(story: "Story") -> None:
    """Everybody has done what was given to them until this day, so that the lists of today are short."""
    keys = {person.pk: key for key, person in story.people.items()}
    for task in Task.objects.filter(organisation=story.organisation, state=Task.State.OPEN):
        story.do("task.done", keys[task.assignee_id], {"task": str(task.pk)})
