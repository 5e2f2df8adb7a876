"""A file between upload and storing: seen by its uploader alone, thrown away when stored or after a day."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from ringwall.access.models import Organisation, Person
from ringwall.lib.ids import uuid7

KEPT = timedelta(days=1)


class ImportDraft(models.Model):
    """The bytes as they came, and what the uploader says of them. Written without a ledger entry."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    date_order = models.CharField(max_length=3, default="dmy")
    has_decimal_comma = models.BooleanField(default=False)
    columns = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    def address(self, base: str) -> str:
        return f"{base}import/{self.pk}/"


def forget_old_drafts() -> int:
    return ImportDraft.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
