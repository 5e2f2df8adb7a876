"""Evidence: files that prove something about a record, kept once per content and organisation."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation, Person, Unit
from ringwall.access.tracked import Tracked
from ringwall.evidence import rules


class StoredFile(Tracked):
    """Bytes in the file storage under their SHA-256, once per organisation. Its ledger entry proves the bytes."""

    kind: ClassVar[str] = "file"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "sha256"], name="stored_file_once")]

    def __str__(self) -> str:
        return self.sha256

    @property
    def path(self) -> str:
        """Where the storage keeps the bytes."""
        return f"evidence/{self.organisation_id}/{self.sha256[:2]}/{self.sha256}"


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
    name = models.CharField(_("file name"), max_length=rules.MAX_NAME)
    media_type = models.CharField(max_length=120)
    note = models.CharField(_("note"), max_length=500, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    added_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        indexes = [
            models.Index(fields=["organisation", "subject_id"], name="evidence_by_subject"),
            models.Index(fields=["organisation", "valid_until"], name="evidence_by_end"),
            models.Index(fields=["organisation", "added_at"], name="evidence_by_day"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return self.name[:40]

    def validity(self, today: date | None = None) -> rules.Validity:
        return rules.validity(self.valid_until, self.withdrawn_on, today or timezone.localdate())

    @classmethod
    def about(cls, record: Any, **values: Any) -> "Evidence":
        """New evidence with the four columns of its subject; not yet saved."""
        return cls(
            organisation_id=record.organisation_id,
            subject_kind=record.kind,
            subject_id=record.pk,
            unit_id=record.unit_id,
            restricted=record.restricted,
            owner_id=record.owner_id,
            **values,
        )
