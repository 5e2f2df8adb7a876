"""Long work: started by a person, done by the worker, with progress, cancel and a file or message at the end."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import close_old_connections, connection, models, transaction
from django.tasks import task
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.models import Organisation, Person
from ringwall.access.policy import Actor, actor_for_person
from ringwall.kit.errors import ActError, NoSpace, Refused
from ringwall.lib.ids import uuid7

log = logging.getLogger(__name__)

BEAT = timedelta(seconds=5)
LOST = timedelta(seconds=40)
"""A running job that gave no sign for so long has lost its worker."""


class Job(models.Model):
    """One piece of background work. Written without a ledger entry; what it does to records is an act like any
    other.
    """

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("waiting")
        RUNNING = "running", gettext_lazy("running")
        DONE = "done", gettext_lazy("done")
        FAILED = "failed", gettext_lazy("failed")
        CANCELLED = "cancelled", gettext_lazy("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="jobs")
    name = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    is_cancel_wanted = models.BooleanField(default=False)
    message = models.TextField(blank=True)
    file = models.CharField(max_length=300, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "person", "-created_at"], name="job_by_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


class Cancelled(Exception):
    """The person who started the job no longer wants it."""


@dataclass
class Progress:
    """What a job tells while it runs; `tell` raises Cancelled when the person asked for that."""

    job: Job

    def tell(self, done: int, total: int) -> None:
        rows = Job.objects.filter(pk=self.job.pk)
        rows.update(done=done, total=total, beat_at=timezone.now())
        if rows.values_list("is_cancel_wanted", flat=True)[0]:
            raise Cancelled


@dataclass(frozen=True)
class Result:
    """A file to fetch, or a message, or an address to go on to."""

    content: bytes | None = None
    file_name: str = ""
    message: str = ""


JobFunction = Callable[[Actor, dict[str, Any], Progress], Result]
paths: dict[str, str] = {"export": "ringwall.kit.workbook.export"}
"""Name of a job → where its function stands. Only the worker loads it: what it needs may be heavy."""


def start(name: str, actor: Actor, arguments: dict[str, Any]) -> Job:
    """Queue the job; it belongs to the actor's person and runs with that person's rights."""
    if name not in paths:
        raise ValueError(f"no job is named {name}")
    with transaction.atomic():
        made = Job.objects.create(
            organisation_id=actor.organisation_id, person_id=actor.person_key, name=name, arguments=arguments
        )
        work.enqueue(str(made.pk))
    return made


def again(job: Job, actor: Actor) -> Job:
    """Queue anew what failed or was cancelled. Raises Refused for a job that is under way or done well."""
    if job.state not in {Job.State.FAILED, Job.State.CANCELLED} or job.name not in paths:
        raise Refused(_("Only a job that failed or was cancelled can be started again."))
    return start(job.name, actor, job.arguments)


@task()
def work(job_id: str) -> None:
    run(UUID(job_id))


def run(job_id: UUID) -> None:
    """Do one job; whatever happens, its row tells the end."""
    taken = Job.objects.filter(pk=job_id, state=Job.State.WAITING).update(
        state=Job.State.RUNNING, beat_at=timezone.now()
    )
    if not taken:
        return
    row = Job.objects.select_related("person__organisation", "person__user").get(pk=job_id)
    actor = actor_for_person(row.person, user=row.person.user)
    end: dict[str, Any] = {"state": Job.State.DONE}
    with translation.override(row.arguments.get("language", "en")), _heartbeat(job_id):
        try:
            function: JobFunction = import_string(paths[row.name])
            result = function(actor, row.arguments, Progress(row))
            end |= {"message": result.message, "done": 1, "total": 1}
            if result.content is not None:
                end["file"] = default_storage.save(f"jobs/{row.pk}", ContentFile(result.content))
                end["file_name"] = result.file_name
        except Cancelled:
            end = {"state": Job.State.CANCELLED, "message": _("Cancelled. Nothing was stored.")}
        except ActError as error:
            end = {"state": Job.State.FAILED, "message": str(error)}
        except Exception as error:
            log.exception("job %s (%s) failed", row.name, row.pk)
            words = _("It ended with an error of the program. The log of the server tells more.")
            end = {"state": Job.State.FAILED, "message": str(NoSpace.of(error) or words)}
    Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(**end, ended_at=timezone.now())


@contextmanager
def _heartbeat(job_id: UUID) -> Iterator[None]:
    """A sign of life from a thread of its own, so that work in one long call is not taken for dead."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT.total_seconds()):
            try:
                Job.objects.filter(pk=job_id).update(beat_at=timezone.now())
            except Exception:
                log.warning("no sign of life could be written for job %s", job_id)
            close_old_connections()
        connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    if not connection.in_atomic_block:
        thread.start()
    try:
        yield
    finally:
        over.set()


def reap() -> int:
    """Tell jobs that lost their worker as failed; they can be started again."""
    lost = Job.objects.filter(state=Job.State.RUNNING, beat_at__lt=timezone.now() - LOST)
    return lost.update(
        state=Job.State.FAILED,
        ended_at=timezone.now(),
        message=_("It was interrupted, for example by a restart of the server. Nothing is half done; start it again."),
    )
