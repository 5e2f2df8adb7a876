"""What is told to people."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation, Person
from ringwall.lib.ids import uuid7
from ringwall.notices.rules import kinds


class Notice(models.Model):
    """Something happened that concerns one person. Follows from an act, so without a ledger entry of its own."""

    class Kind(models.TextChoices):
        MENTION = kinds.MENTION, _("mentions you")
        ASSIGNED = kinds.ASSIGNED, _("gives you a task")
        ESCALATION = kinds.ESCALATION, _("is late")
        INCIDENT_CLOCK = kinds.INCIDENT_CLOCK, _("has a deadline that runs")
        DECISION = kinds.DECISION, _("waits for your decision")
        HANDED_OVER = kinds.HANDED_OVER, _("hands over to you")

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    by = models.CharField(max_length=200, blank=True)
    ref = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=300, blank=True)
    path = models.CharField(max_length=300)
    """Address of its page, relative to the organisation."""
    restricted = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["person", "-at"], name="notice_by_person"),
            models.Index(fields=["person"], condition=models.Q(mailed_at=None), name="notice_to_mail"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.get_kind_display()}".strip()
