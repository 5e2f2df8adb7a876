"""Risks of an organisation: assessed again and again, treated, accepted or declined."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ringwall.site.demo.registers import person, scope_day, scope_of

if TYPE_CHECKING:
    from ringwall.site.demo.loading import Story


def add(story: "Story") -> None:
    for row in story.read("risks")["risks"]:
        _risk(story, row)


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
