"""Events that people of an organisation reported, and the incidents that some of them were."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from ringwall.incidents.actions.events import report

if TYPE_CHECKING:
    from ringwall.site.demo.loading import Story


def add(story: "Story") -> None:
    found = story.read("incidents")
    incidents = {row["ref"]: row for row in found.get("incidents", ())}
    for row in found.get("events", ()):
        story.at(row["on"], _event(story, row, incidents.get(row.get("incident", ""))))


def _event(story: "Story", row: dict[str, Any], incident: dict[str, Any] | None) -> Callable[[], None]:
    def run() -> None:
        told = {name: story.words(row, name) for name in ("title", "description", "place")}
        event = report(story.actor(row["by"]), told | {"category": row["category"]})
        keeper = story.who("keeper")
        event = story.do("event.update", keeper, {"ref": row["ref"]}, subject=event)
        if outcome := story.words(row, "dismissed"):
            story.do("event.dismiss", keeper, {"outcome": outcome}, subject=event)
        if incident is not None:
            lead = {"title": event.title, "owner": story.people[incident["lead"]].email}
            made = story.do("event.raise", keeper, lead, subject=event).incident
            _incident(story, incident, story.do("incident.update", keeper, _known(story, incident), subject=made))

    return run


def _known(story: "Story", row: dict[str, Any]) -> dict[str, Any]:
    texts = {name: story.words(row, name) for name in ("cause", "consequence")}
    return {"ref": row["ref"], "assets": row["assets"], **texts}


def _incident(story: "Story", row: dict[str, Any], incident: Any) -> None:
    """Classified, and where its end is told: contained, told to the authority, resolved, learnt from and closed."""
    lead = row["lead"]
    if "lesson_title_en" in row:
        known = timezone.now() - timedelta(hours=2)
    else:  # so long before the loading itself, whatever the hour, so that a deadline is near
        known = datetime.now(UTC) - timedelta(hours=row["known_hours"])
    raw = {name: row[name] for name in ("severity", "personal_data", "significant")}
    raw |= {"category": incident.category, "aware_at": known.isoformat()}
    incident = story.do("incident.classify", lead, raw, subject=incident)
    if "lesson_title_en" not in row:
        return
    now = timezone.now().isoformat()
    incident = story.do("incident.contain", lead, {"text": story.words(row, "contained"), "at": now}, subject=incident)
    clock = incident.notifications.get()
    told = {
        "notification": str(clock.pk),
        "recipient": story.words(row, "sent"),
        "sent_at": now,
        "text": story.words(row, "consequence"),
    }
    incident = story.do("incident.notify", lead, told, subject=incident)
    incident = story.do("incident.resolve", lead, {"text": story.words(row, "resolved"), "at": now}, subject=incident)
    lesson = {
        "lesson": "awareness",
        "title": story.words(row, "lesson_title"),
        "text": story.words(row, "lesson"),
        "owner": story.people[lead].email,
    }
    incident = story.do("incident.learn", lead, lesson, subject=incident)
    story.do("incident.close", lead, {}, subject=incident)
