"""Approvals: a frozen state, its hash, the people who decide on it, and whether it still is what they approved."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation, Person, Unit
from ringwall.access.tracked import Tracked


class Approval(Tracked):
    """One version of one whole, frozen when it was submitted. Visibility follows the whole it freezes (four
    columns).
    """

    kind: ClassVar[str] = "approval"

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        RECALLED = "recalled", _("recalled")
        REPLACED = "replaced", _("replaced")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    restricted = models.BooleanField(default=False)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    frozen = models.TextField()
    sha256 = models.CharField(max_length=64)
    authors = models.JSONField(default=list)
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "subject_kind", "subject_id", "number"], name="approval_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"


class Signature(Tracked):
    """One person's part in an approval: asked to be heard, to sign, or to decide."""

    kind: ClassVar[str] = "signature"

    class Part(models.TextChoices):
        CONSULTED = "consulted", _("is consulted")
        SIGNS = "signs", _("signs")
        DECIDES = "decides", _("decides")

    class Answer(models.TextChoices):
        OPEN = "open", _("open")
        YES = "yes", _("approved")
        NO = "no", _("declined")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="signatures")
    person = models.ForeignKey(Person, models.PROTECT, related_name="signatures")
    part = models.CharField(max_length=10, choices=Part.choices)
    answer = models.CharField(max_length=5, choices=Answer.choices, default=Answer.OPEN)
    conditions = models.TextField(_("conditions"), blank=True, max_length=5000)
    conflict = models.CharField(_("conflict of interest"), max_length=500, blank=True)
    waiver_ref = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["approval", "person", "part"], name="one_signature")]

    def __str__(self) -> str:
        return f"{self.person} {self.get_answer_display()}"
