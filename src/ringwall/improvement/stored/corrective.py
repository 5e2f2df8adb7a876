"""Corrective actions, and the checks whether they worked."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person
from ringwall.access.tracked import Tracked
from ringwall.context.models import Waiver
from ringwall.improvement.rules import findings as rules
from ringwall.improvement.stored.findings import Finding, Method, State
from ringwall.improvement.stored.people import person
from ringwall.kit.errors import Refused
from ringwall.kit.records import Record


class ActionState(models.TextChoices):
    OPEN = "open", pgettext_lazy("corrective action", "open")
    DONE = "done", pgettext_lazy("corrective action", "done")
    DROPPED = "dropped", pgettext_lazy("corrective action", "dropped")


class CorrectiveAction(Record):
    """Something done against the cause of a finding; its owner is who does it."""

    kind: ClassVar[str] = "corrective_action"
    prefix: ClassVar[str] = "CA"

    title = models.CharField(_("what is to be done"), max_length=200)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="actions", verbose_name=_("finding"))
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    due_on = models.DateField(_("due"), null=True, blank=True)
    round = models.PositiveSmallIntegerField(_("round"), default=1, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=ActionState.choices, default=ActionState.OPEN, editable=False
    )
    done_on = models.DateField(_("done on"), null=True, editable=False)
    done_by = person(_("reported by"), editable=False)
    outcome = models.TextField(_("what was done"), blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("corrective action")
        verbose_name_plural = _("corrective actions")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="action_by_title"),
            models.Index(fields=["organisation", "state", "due_on", "ref_key"], name="action_by_state"),
            models.Index(fields=["organisation", "due_on", "ref_key"], name="action_by_due"),
        ]

    @classmethod
    def before_check(cls, records: Sequence[Any]) -> None:
        models.prefetch_related_objects(list(records), "finding")

    def clean(self) -> None:
        """An action belongs to the round of its finding in which it was planned; what is finished stays as it was."""
        stored = self.stored()
        if stored.get("finding_id") != self.finding_id:
            if stored:
                raise ValidationError({"finding": _("An action stays with its finding. Drop it and plan another one.")})
            self._clean_planning()
            self.round = self.finding.round
        elif self.state != ActionState.OPEN:
            changed = [n for n in ("title", "owner_id", "due_on", "description") if stored[n] != getattr(self, n)]
            if changed:
                told = _("The action is finished: this no longer changes.")
                raise ValidationError({name.removesuffix("_id"): told for name in changed})

    def _clean_planning(self) -> None:
        finding = self.finding
        if finding.is_withdrawn or finding.state == State.CLOSED:
            raise ValidationError({"finding": _("This finding is closed or withdrawn; it takes no further action.")})
        facts = rules.Facts(finding.category, has_cause=bool(finding.cause))
        if rules.bar(rules.Step.PLAN, facts, today=timezone.localdate()):
            raise ValidationError({"finding": _("Say first what caused it: an action is taken against the cause.")})

    def withdraw(self, on: date, reason: str) -> None:
        if self.finding.state == State.CLOSED:
            raise Refused(_("Its finding is closed on the strength of this action."))
        super().withdraw(on, reason)


class EffectivenessCheck(Tracked):
    """One judgement whether the actions of a round worked, by somebody without a part in it. Never changed.

    Keeps correction, cause and analysis as they were judged, since a finding that comes back begins anew.
    """

    kind: ClassVar[str] = "effectiveness_check"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="checks")
    round = models.PositiveSmallIntegerField(_("round"))
    on = models.DateField(_("checked on"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("checked by"))
    is_effective = models.BooleanField(_("effective"))
    looked_at = models.TextField(_("what was looked at"))
    correction = models.TextField(_("correction"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    cause_method = models.CharField(_("found with"), max_length=10, choices=Method.choices, blank=True)
    cause_lines = models.JSONField(_("course of the analysis"), default=list)
    waiver = models.ForeignKey(Waiver, models.PROTECT, null=True, related_name="+", verbose_name=_("waiver"))

    class Meta:
        verbose_name = _("effectiveness check")
        verbose_name_plural = _("effectiveness checks")
        ordering = ["-round"]
        constraints = [models.UniqueConstraint(fields=["finding", "round"], name="one_check_per_round")]

    def __str__(self) -> str:
        return self.ref

    # Who sees a check is who sees its finding: the ledger takes these four from here.

    @property
    def ref(self) -> str:
        return f"{self.finding.ref} {self.on}"

    @property
    def unit_id(self) -> UUID:
        return self.finding.unit_id

    @property
    def restricted(self) -> bool:
        return self.finding.restricted

    @property
    def owner_id(self) -> UUID | None:
        return self.finding.owner_id
