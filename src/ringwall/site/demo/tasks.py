"""Tasks of an organisation: those still open, and the day on which everybody had done theirs."""

from functools import partial
from typing import TYPE_CHECKING, Any

from ringwall.site.demo.registers import person
from ringwall.tasks.models import Task

if TYPE_CHECKING:
    from ringwall.site.demo.loading import Story


def add(story: "Story") -> None:
    for row in story.read("tasks").get("tasks", ()):
        _task(story, row)
    if (day := story.about["telling"].get("tasks_done_on")) is not None:
        story.at(day, lambda: _tasks_done(story))


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
