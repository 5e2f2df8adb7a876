"""What the ledger stores. Rows of all tables but the subject index are protected by triggers (`triggers.py`).

Organisations, people and records are nothing but UUIDs here: the ledger lies below them all and outlives them.
"""

from django.db import models

from ringwall.ledger import rules
from ringwall.lib.canonical import decode
from ringwall.lib.ids import uuid7


class Head(models.Model):
    """The growing end of one organisation's tree; its row lock orders the acts."""

    organisation_id = models.UUIDField(primary_key=True)
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes)
    root = models.BinaryField()
    last_at = models.DateTimeField(null=True)
    signed_size = models.BigIntegerField(default=-1)

    class Meta:
        verbose_name = "ledger head"


class Entry(models.Model):
    """One act. The columns repeat what the header says, to be asked for; the header is what is hashed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation_id = models.UUIDField()
    position = models.BigIntegerField()
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=100)
    header = models.TextField()
    leaf_hash = models.BinaryField()

    class Meta:
        verbose_name = "entry"
        verbose_name_plural = "entries"
        constraints = (models.UniqueConstraint(fields=["organisation_id", "position"], name="entry_position"),)

    def __str__(self) -> str:
        return f"{self.position} {self.verb}"

    @property
    def actor_label(self) -> str:
        """The actor's name as it was then; empty when erased. One query."""
        return str(self._act().get("actor", ""))

    @property
    def reason(self) -> str:
        """The reason given; empty when erased. One query."""
        return str(self._act().get("reason", ""))

    def _act(self) -> dict[str, str]:
        body = Payload.objects.filter(entry_id=self.pk, part=0).values_list("body", flat=True).first()
        return decode(body) if body else {}


class Payload(models.Model):
    """One part of an entry. May be erased once: salt and body become empty, the commitment stays."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="payloads", db_index=False)
    part = models.PositiveIntegerField()
    salt = models.CharField(max_length=2 * rules.SALT_BYTES)
    body = models.TextField()
    commitment = models.BinaryField()
    erased_in = models.BigIntegerField(null=True)
    """Position of the act that erased it."""

    class Meta:
        verbose_name = "payload"
        constraints = (models.UniqueConstraint(fields=["entry", "part"], name="payload_part"),)


class EntrySubject(models.Model):
    """Index of which entry changed which record, with the visibility the record has now. Not part of the proof."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="subjects", db_index=False)
    part = models.PositiveIntegerField()
    organisation_id = models.UUIDField()
    position = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    unit_id = models.UUIDField(null=True)
    restricted = models.BooleanField(default=False)
    owner_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = "subject of an entry"
        constraints = (models.UniqueConstraint(fields=["entry", "part"], name="subject_part"),)
        indexes = (
            models.Index(fields=["organisation_id", "subject_id", "position"], name="subject_history"),
            models.Index(fields=["organisation_id", "position"], name="subject_position"),
        )


class SigningKey(models.Model):
    """A public key that has signed checkpoints. The private key never comes into the database (`keys.py`)."""

    organisation_id = models.UUIDField()
    key = models.CharField(max_length=300)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "signing key"
        constraints = (models.UniqueConstraint(fields=["organisation_id", "key"], name="signing_key"),)

    def __str__(self) -> str:
        return self.key


class Checkpoint(models.Model):
    """A signed statement of size and root. `note` is the whole signed note."""

    organisation_id = models.UUIDField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "checkpoint"
        constraints = (models.UniqueConstraint(fields=["organisation_id", "size"], name="checkpoint_size"),)

    def __str__(self) -> str:
        return self.note
