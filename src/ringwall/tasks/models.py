"""Tasks: what one person is asked to do about a record."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person, Unit
from ringwall.access.tracked import Tracked
from ringwall.tasks.rules import Rhythm


class Task(Tracked):
    """Carries the four columns of its subject: who sees the record sees its tasks, the assignee sees their own."""

    kind: ClassVar[str] = "task"

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("task", "open")
        DONE = "done", pgettext_lazy("task", "done")
        CANCELLED = "cancelled", pgettext_lazy("task", "cancelled")

    class Period(models.TextChoices):
        WEEK = "week", _("weeks")
        MONTH = "month", _("months")

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
    deputy = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )
    assigned_at = models.DateTimeField(default=timezone.now)
    """Since when it is this person's: links in mails hold for this assignment alone."""
    steps = models.JSONField(_("steps"), default=list)
    """[text, whether it is done] of each, in order."""
    asks_evidence = models.BooleanField(_("asks for evidence"), default=False)
    every = models.PositiveSmallIntegerField(_("repeats every"), null=True, blank=True)
    period = models.CharField(_("weeks or months"), max_length=5, choices=Period.choices, blank=True)
    first_on = models.DateField(null=True)
    turn = models.PositiveIntegerField(default=0)
    after = models.OneToOneField("self", models.PROTECT, null=True, related_name="following")
    """The task of the period before; a task is followed by one at most."""
    escalated = models.PositiveSmallIntegerField(default=0)
    """Whom lateness was told: see `rules.escalation`."""

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_on", "made_at"]
        indexes = [
            models.Index(fields=["organisation", "subject_id"], name="task_by_subject"),
            models.Index(fields=["organisation", "assignee", "state", "due_on"], name="task_by_assignee"),
            # Few tasks have a deputy: an index over all would be passed by.
            models.Index(fields=["deputy", "state"], condition=models.Q(deputy__isnull=False), name="task_by_deputy"),
            models.Index(fields=["organisation", "made_by", "state"], name="task_by_giver"),
            models.Index(fields=["organisation", "state", "due_on"], name="task_by_due"),
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

    @property
    def rhythm(self) -> Rhythm | None:
        """How it returns; None for a task that is done once."""
        if not (self.every and self.period and self.first_on):
            return None
        return Rhythm(self.first_on, self.every, "week" if self.period == self.Period.WEEK else "month")

    @property
    def open_steps(self) -> list[str]:
        return [text for text, is_done in self.steps if not is_done]

    def address(self, organisation: str) -> str:
        return f"/{organisation}/tasks/{self.pk}/"


class TaskComment(Tracked):
    """What somebody said about a task; seen by whoever sees the task, with whose four columns it moves."""

    kind: ClassVar[str] = "task_comment"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, models.PROTECT, related_name="comments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    restricted = models.BooleanField(default=False)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.CharField(_("comment"), max_length=2000)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["at"]

    def __str__(self) -> str:
        return self.text
