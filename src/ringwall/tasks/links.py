"""Links in mails by which a task is done without signing in: signed, for one assignment of one task, nothing stored.

A link is used up when the task is closed, and void when the task is passed on. Whoever asks for the page changes
nothing: mail scanners open links.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.core import signing

from ringwall.access.models import Person
from ringwall.tasks.models import Task

SALT = "ringwall.tasks.letter"
DAYS = 14


class Fault(StrEnum):
    """Why a link opens nothing."""

    INVALID = "invalid"
    LATE = "late"
    USED = "used"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a link leads to. `fault` tells why it is of no use any more; then `task` is None unless it is used."""

    task: Task | None = None
    person: Person | None = None
    fault: Fault | None = None


def letter_url(task: Task, person_id: UUID) -> str:
    said = {"t": task.pk.hex, "p": person_id.hex, "a": _assignment(task)}
    return f"{settings.RINGWALL_URL}/letter/task/{signing.dumps(said, salt=SALT)}/"


def read(token: str) -> Letter:
    try:
        said = signing.loads(token, salt=SALT, max_age=DAYS * 86_400)
    except signing.SignatureExpired:
        return Letter(fault=Fault.LATE)
    except signing.BadSignature:
        return Letter(fault=Fault.INVALID)
    task = Task.objects.filter(pk=UUID(said["t"])).first()
    person = Person.objects.filter(pk=UUID(said["p"])).select_related("organisation", "user").first()
    if task is None or person is None or person.withdrawn_on or (person.user is not None and not person.user.is_active):
        return Letter(fault=Fault.INVALID)
    if said["a"] != _assignment(task) or task.assignee_id != person.pk:
        return Letter(person=person, fault=Fault.MOVED)
    return Letter(task, person, None if task.is_open else Fault.USED)


def _assignment(task: Task) -> int:
    """Microseconds tell one assignment from the next."""
    return int(task.assigned_at.timestamp() * 1_000_000)
