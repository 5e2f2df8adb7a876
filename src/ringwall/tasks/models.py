"""Tasks: what one person is asked to do about a record."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person, Unit
from ringwall.access.tracked import Tracked


class Task(Tracked):
    """Carries the four columns of its subject: who sees the record sees its tasks, the assignee sees their own."""

    kind: ClassVar[str] = "task"

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("task", "open")
        DONE = "done", pgettext_lazy("task", "done")
        CANCELLED = "cancelled", pgettext_lazy("task", "cancelled")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    restricted = models.BooleanField(default=False)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    note = models.CharField(_("note"), max_length=2000, blank=True)
    assignee = models.ForeignKey(Person, models.PROTECT, related_name="tasks", verbose_name=_("for"))
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_on", "made_at"]
        indexes = [
            models.Index(fields=["organisation", "subject_id"], name="task_by_subject"),
            models.Index(fields=["organisation", "assignee", "state", "due_on"], name="task_by_assignee"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def about(cls, record: Any, **values: Any) -> "Task":
        """A new task with the four columns of its subject; not yet saved."""
        return cls(
            organisation_id=record.organisation_id,
            subject_kind=record.kind,
            subject_id=record.pk,
            unit_id=record.unit_id,
            restricted=record.restricted,
            owner_id=record.owner_id,
            **values,
        )

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
