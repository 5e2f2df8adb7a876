"""Carrying over from one catalogue to another, and the worklist of what hangs on its requirements."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person
from ringwall.access.tracked import Tracked
from ringwall.catalogues.carryover import rules
from ringwall.catalogues.models import Catalogue, Requirement


class CarryOver(Tracked):
    """From one catalogue to its successor. Nothing of the old one is removed: both may be kept side by side, and until
    it is confirmed all that was carried can be taken back."""

    kind: ClassVar[str] = "carry_over"

    class Basis(models.TextChoices):
        COMPARISON = "comparison", _("comparing the two editions")
        MAPPING = "mapping", _("the mappings between the two")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("carry-over", "open")
        CONFIRMED = "confirmed", pgettext_lazy("carry-over", "confirmed")
        UNDONE = "undone", pgettext_lazy("carry-over", "taken back")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    source = models.ForeignKey(Catalogue, models.PROTECT, related_name="+", verbose_name=_("from catalogue"))
    target = models.ForeignKey(Catalogue, models.PROTECT, related_name="+", verbose_name=_("to catalogue"))
    basis = models.CharField(_("basis"), max_length=12, choices=Basis)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN, editable=False)
    started_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", editable=False)
    started_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, editable=False)

    class Meta:
        verbose_name = _("carry-over")
        verbose_name_plural = _("carry-overs")
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["organisation", "-started_at"], name="carry_over_by_start")]

    def __str__(self) -> str:
        return f"{self.source.title_text} → {self.target.title_text}"

    @property
    def ref(self) -> str:
        return f"{self.source.code} → {self.target.code}"[:120]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class CarriedRow(Tracked):
    """One line of the worklist: what `carrier` knows under the ids in `sources`, said of `place`, to the requirement
    `target` with an answer. `done` is what the carrier needs to take it back; by rule where nobody decided it."""

    kind: ClassVar[str] = "carried_row"

    class State(models.TextChoices):
        PROPOSED = rules.State.PROPOSED, pgettext_lazy("carry-over", "proposed")
        TAKEN = rules.State.TAKEN, pgettext_lazy("carry-over", "taken")
        REFUSED = rules.State.REFUSED, pgettext_lazy("carry-over", "not carried")
        NEEDS_PERSON = rules.State.NEEDS_PERSON, pgettext_lazy("carry-over", "needs a person")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    carry_over = models.ForeignKey(CarryOver, models.CASCADE, related_name="rows", editable=False)
    carrier = models.CharField(max_length=40, editable=False)
    place = models.UUIDField(editable=False)
    source = models.ForeignKey(Requirement, models.PROTECT, related_name="+", verbose_name=_("from"), editable=False)
    target = models.ForeignKey(
        Requirement, models.PROTECT, null=True, related_name="+", verbose_name=_("to"), editable=False
    )
    sources = models.JSONField(default=list, editable=False)
    reason = models.CharField(_("why"), max_length=20, editable=False)
    answer = models.CharField(_("answer"), max_length=12, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State, editable=False)
    done = models.JSONField(default=dict, editable=False)
    is_by_rule = models.BooleanField(_("carried by rule"), default=False, editable=False)
    is_left = models.BooleanField(_("changed since"), default=False, editable=False)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", editable=False)
    decided_on = models.DateField(_("decided on"), null=True, editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("line of a carry-over")
        verbose_name_plural = _("lines of a carry-over")
        ordering = ["position"]
        indexes = [models.Index(fields=["carry_over", "position"], name="carried_row_by_position")]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        target = self.target.identifier if self.target else "–"
        return f"{self.source.identifier} → {target}"[:120]

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes it the same line when the worklist is worked out anew."""
        return self.carrier, self.place, self.target_id or tuple(sorted(map(tuple, self.sources)))
