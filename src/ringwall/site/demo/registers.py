"""Assets, obligations, waivers, scope and criteria of an organisation, as events by day."""

from typing import TYPE_CHECKING, Any

from ringwall.kit import registry
from ringwall.kit.imports import Declared, make_plan, store
from ringwall.lib.sheets_types import Sheet
from ringwall.risk.criteria_actions import ensure_default_criteria

if TYPE_CHECKING:
    from ringwall.site.demo.loading import Story

NEEDS = {"normal": "1", "high": "2", "very_high": "3"}
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
