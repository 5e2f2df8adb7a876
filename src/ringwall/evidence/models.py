"""Evidence: files that prove something about a record, kept once per content and organisation."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation, Person, Unit
from ringwall.access.tracked import Tracked
from ringwall.lib.ids import uuid7


class StoredFile(models.Model):
    """Bytes in the file storage under their SHA-256, once per organisation."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=120)
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "sha256"], name="stored_file_once")]

    def __str__(self) -> str:
        return self.sha256


class Evidence(Tracked):
    """A stored file under a name, attached to one record whose four columns of visibility it carries."""

    kind: ClassVar[str] = "evidence"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    restricted = models.BooleanField(default=False)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="evidence")
    name = models.CharField(_("file name"), max_length=200)
    note = models.CharField(_("note"), max_length=500, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    added_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        indexes = [models.Index(fields=["organisation", "subject_id"], name="evidence_by_subject")]

    def __str__(self) -> str:
        return self.name
