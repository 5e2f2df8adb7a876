"""Authorised exceptions, and what they depart from."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.catalogues.models import Requirement
from ringwall.controls.models import Control
from ringwall.improvement.rules import exceptions
from ringwall.improvement.stored.people import person
from ringwall.kit.errors import Refused
from ringwall.kit.records import Link, Record


class ExceptionState(models.TextChoices):
    ASKED = exceptions.ASKED, pgettext_lazy("exception", "asked for")
    JUDGED = exceptions.JUDGED, pgettext_lazy("exception", "judged")
    GRANTED = exceptions.GRANTED, pgettext_lazy("exception", "granted")
    REFUSED = exceptions.REFUSED, pgettext_lazy("exception", "refused")
    ENDED = exceptions.ENDED, pgettext_lazy("exception", "ended")


class ExceptionLevel(models.TextChoices):
    """How much risk an exception brings, and so who may grant it."""

    LOW = exceptions.LOW, pgettext_lazy("risk of an exception", "low")
    RAISED = exceptions.RAISED, pgettext_lazy("risk of an exception", "raised")
    HIGH = exceptions.HIGH, pgettext_lazy("risk of an exception", "high")


class AuthorisedException(Record):
    """An exception: an authorised, time-limited departure from a requirement or a control. (Python has the bare word.)

    What was decided no longer changes; when it shall last longer, a new one renews it and is decided anew.
    """

    kind: ClassVar[str] = "exception"
    prefix: ClassVar[str] = "EX"
    SUBSTANCE: ClassVar[tuple[str, ...]] = ("deviation", "justification", "compensation", "until_on", "asked_by_id")

    title = models.CharField(_("title"), max_length=200)
    deviation = models.TextField(
        _("what is done differently"), max_length=20_000, help_text=_("Where, by whom, and which rule is not kept.")
    )
    justification = models.TextField(_("why the rule cannot be kept"), max_length=20_000)
    requirements = models.ManyToManyField(
        Requirement,
        through="ExceptionRequirement",
        related_name="exceptions",
        blank=True,
        verbose_name=_("departs from requirements"),
        help_text=_("Clauses, reference controls and requirements, such as 9.2 or A.8.8; several parted by commas."),
    )
    controls = models.ManyToManyField(
        Control,
        through="ExceptionControl",
        related_name="exceptions",
        blank=True,
        verbose_name=_("departs from controls"),
    )
    compensation = models.TextField(
        _("what makes up for it"), blank=True, max_length=20_000, help_text=_("What keeps the risk small meanwhile.")
    )
    until_on = models.DateField(_("until"), help_text=_("A year after the decision at most."))
    asked_by = person(_("asked for by"))
    renews = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="renewals",
        editable=False,
        verbose_name=pgettext_lazy("exception", "renews"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ExceptionState.choices, default=ExceptionState.ASKED, editable=False
    )
    level = models.CharField(_("risk of it"), max_length=10, choices=ExceptionLevel.choices, blank=True, editable=False)
    risk = models.TextField(_("risk in words"), blank=True, editable=False)
    judged_by = person(_("judged by"), editable=False)
    judged_on = models.DateField(_("judged on"), null=True, editable=False)
    decision = models.TextField(_("decision in words"), blank=True, editable=False)
    decided_by = person(_("decided by"), editable=False)
    decided_on = models.DateField(_("decided on"), null=True, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    ended_reason = models.TextField(_("why it ended"), blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = pgettext_lazy("authorised", "exception")
        verbose_name_plural = pgettext_lazy("authorised", "exceptions")
        constraints = [models.UniqueConstraint(fields=["organisation", "ref"], name="exception_ref")]
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="exception_by_title"),
            models.Index(fields=["organisation", "until_on", "ref_key"], name="exception_by_end"),
            models.Index(fields=["organisation", "state", "ref_key"], name="exception_by_state"),
            models.Index(fields=["organisation", "asked_by", "ref_key"], name="exception_by_asker"),
            models.Index(
                fields=["organisation", "withdrawn_on", "state", "until_on", "unit", "restricted", "owner"],
                name="exception_standing",
            ),
        ]

    @classmethod
    def before_check(cls, records: Sequence[Any]) -> None:
        """The links as they are stored, to see whether they change: two queries for any number."""
        if relinked := [record for record in records if not record.is_new and record.__dict__.get("_links")]:
            models.prefetch_related_objects(relinked, "requirements", "controls")

    def clean(self) -> None:
        """A request that is changed is judged anew; a decision stands."""
        stored = self.stored()
        changed = [name for name in self.SUBSTANCE if stored.get(name, getattr(self, name)) != getattr(self, name)]
        changed += [name for name in ("requirements", "controls") if stored and self._is_relinked(name)]
        if not changed:
            if not stored:
                self._clean_end()
            return
        if self.state in {ExceptionState.GRANTED, ExceptionState.REFUSED, ExceptionState.ENDED}:
            decided = _("Decided: this can no longer change. Renew it, or ask for a new one.")
            raise ValidationError({name.removesuffix("_id"): decided for name in changed})
        if "until_on" in changed:
            self._clean_end()
        self.state = ExceptionState.ASKED

    def _clean_end(self) -> None:
        if self.until_on and self.until_on <= timezone.localdate():
            raise ValidationError({"until_on": _("This day is over. Give one that is still to come.")})

    def _is_relinked(self, name: str) -> bool:
        pending = self.__dict__.get("_links", {}).get(name)
        if pending is None:
            return False
        return {row.pk for row in pending} != {row.pk for row in getattr(self, name).all()}

    def is_in_force(self, day: date) -> bool:
        return self.withdrawn_on is None and exceptions.is_in_force(self.state, self.until_on, day, self.decided_on)

    def withdraw(self, on: date, reason: str) -> None:
        """Refused while granted: a decision is ended by those who may decide."""
        if self.state == ExceptionState.GRANTED:
            raise Refused(_("An exception in force is not withdrawn but ended."))
        super().withdraw(on, reason)


class ExceptionRequirement(Link):
    """An exception departs from a requirement."""

    exception = models.ForeignKey(AuthorisedException, models.CASCADE, related_name="+")
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exception", "requirement"], name="one_exception_requirement")]


class ExceptionControl(Link):
    """An exception departs from a control of one's own."""

    exception = models.ForeignKey(AuthorisedException, models.CASCADE, related_name="+")
    control = models.ForeignKey(Control, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exception", "control"], name="one_exception_control")]
