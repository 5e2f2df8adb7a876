"""Checks: dated rounds in which the requirements of a catalogue are answered for a scope or an asset."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person
from ringwall.assets.models import Asset
from ringwall.catalogues.models import Catalogue, Requirement, Statement
from ringwall.compliance import rules
from ringwall.context.models import IsmsScope
from ringwall.kit.acts import current_act
from ringwall.kit.records import Link, Record


class State(models.TextChoices):
    OPEN = "open", pgettext_lazy("check", "open")
    CLOSED = "closed", pgettext_lazy("check", "closed")


class Value(models.TextChoices):
    OPEN = rules.Value.OPEN, pgettext_lazy("answer", "open")
    YES = rules.Value.YES, pgettext_lazy("answer", "yes")
    PARTIALLY = rules.Value.PARTIALLY, pgettext_lazy("answer", "partially")
    NO = rules.Value.NO, pgettext_lazy("answer", "no")
    NOT_NEEDED = rules.Value.NOT_NEEDED, pgettext_lazy("answer", "not needed")


class Unmet(models.TextChoices):
    MUST = rules.Unmet.MUST, _("deviation")
    SHOULD = rules.Unmet.SHOULD, _("SHOULD not met")
    MAY = rules.Unmet.MAY, _("MAY not met")


class Level(models.TextChoices):
    BASIC = "basic", _("Basic only")
    STANDARD = "standard", _("Basic and standard")


class Check(Record):
    """A round of answers to a catalogue, or a part of it, for an ISMS scope or an asset (27001 9.2; BSI 200-2, 8.4).

    Its answers are taken in when it is made, and follow when its part of the catalogue changes.
    """

    kind: ClassVar[str] = "check"
    prefix: ClassVar[str] = "CH"

    title = models.CharField(_("title"), max_length=200)
    catalogue = models.ForeignKey(
        Catalogue,
        models.PROTECT,
        related_name="checks",
        verbose_name=_("catalogue"),
        help_text=_("Its identifier, such as iso27001-2022."),
    )
    scope = models.ForeignKey(
        IsmsScope, models.PROTECT, null=True, blank=True, related_name="checks", verbose_name=_("ISMS scope")
    )
    asset = models.ForeignKey(
        Asset, models.PROTECT, null=True, blank=True, related_name="checks", verbose_name=_("asset")
    )
    parts = models.ManyToManyField(
        Requirement,
        through="CheckPart",
        related_name="+",
        blank=True,
        verbose_name=_("parts"),
        help_text=_("Groups or requirements of the catalogue, several parted by commas; all of it where left empty."),
    )
    level = models.CharField(
        _("level"),
        max_length=10,
        blank=True,
        choices=Level.choices,
        help_text=_("How far it goes in IT-Grundschutz; everything where left empty."),
    )
    on = models.DateField(_("round of"), default=timezone.localdate, help_text=_("The day whose state is described."))
    due_on = models.DateField(_("due"), null=True, blank=True)
    has_maturity = models.BooleanField(
        _("with maturity"), default=False, help_text=_("Also asks for a maturity from 0 to 5.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN, editable=False)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="following", verbose_name=_("round before"), editable=False
    )
    carries = models.BooleanField(_("answers carried over"), default=False, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    conclusion = models.TextField(_("conclusion"), blank=True, max_length=20_000, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="check_by_title"),
            models.Index(fields=["organisation", "on", "ref_key"], name="check_by_round"),
            models.Index(fields=["organisation", "due_on", "ref_key"], name="check_by_due"),
            models.Index(fields=["organisation", "state", "ref_key"], name="check_by_state"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN and not self.is_withdrawn

    @property
    def place_id(self) -> UUID:
        """Of what its answers are said: its asset, or else its scope."""
        key = self.asset_id or self.scope_id
        assert key is not None
        return key

    def clean(self) -> None:
        if self.scope_id is None and self.asset_id is None:
            raise ValidationError({"scope": _("Say what is checked: an ISMS scope or an asset.")})
        if not self.is_new and self.stored()["catalogue_id"] != self.catalogue_id:
            raise ValidationError({"catalogue": _("A check keeps its catalogue. Begin another check for another one.")})
        if not self.is_new and self.state == State.CLOSED and self.stored()["state"] == State.CLOSED:
            raise ValidationError({"": _("This check is closed. Reopen it first.")})
        parts = self.__dict__.get("_links", {}).get("parts", ())
        if foreign := [part.ref for part in parts if part.catalogue_id != self.catalogue_id]:
            told = {"parts": ", ".join(foreign[:5]), "catalogue": self.catalogue.code}
            raise ValidationError({"parts": _("%(parts)s is not of the catalogue %(catalogue)s.") % told})


class CheckPart(Link):
    """A group or a requirement that a check is limited to."""

    check_of = models.ForeignKey(Check, models.CASCADE, related_name="+")
    part = models.ForeignKey(Requirement, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_of", "part"], name="one_check_part")]


class Answer(Record):
    """What a check says of one requirement. Stands where its check stands: unit, owner and seal are the check's.

    `statements`: number of a statement → answer, only those answered one by one. `unmet` and `lacks_reason` are worked
    out when the answer is given, so that lists and counts need no texts.
    """

    kind: ClassVar[str] = "answer"
    prefix: ClassVar[str] = "AN"
    title_field: ClassVar[str] = "title"

    round = models.ForeignKey(Check, models.PROTECT, related_name="answers", verbose_name=_("check"))
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="answers", verbose_name=_("requirement"))
    value = models.CharField(_("answer"), max_length=12, choices=Value, default=Value.OPEN)
    statements = models.JSONField(_("statements"), default=dict, editable=False)
    maturity = models.PositiveSmallIntegerField(
        _("maturity"), null=True, blank=True, validators=[MaxValueValidator(rules.MOST_MATURE)]
    )
    justification = models.TextField(
        _("justification"),
        blank=True,
        max_length=20_000,
        help_text=_("Needed where something is not needed, or should be met and is not."),
    )
    remark = models.TextField(_("remark"), blank=True, max_length=20_000)
    asked = models.CharField(_("who was asked"), max_length=200, blank=True)
    unmet = models.CharField(_("not met"), max_length=8, blank=True, choices=Unmet, editable=False)
    lacks_reason = models.BooleanField(_("justification is missing"), default=False, editable=False)
    is_carried = models.BooleanField(_("to be confirmed"), default=False, editable=False)
    provenance = models.CharField(_("taken from"), max_length=200, blank=True, editable=False)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"), editable=False
    )
    answered_on = models.DateField(_("answered on"), null=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["round", "requirement"], name="one_answer_per_requirement"),
        ]

    @property
    def title(self) -> str:
        return str(self.requirement.title_text)

    @property
    def given(self) -> rules.Given:
        statements = {number: rules.Value(value) for number, value in self.statements.items()}
        return rules.Given(
            rules.Value(self.value), statements, self.maturity, self.justification, self.remark, self.asked
        )

    @classmethod
    def before_check(cls, records: Sequence[Any]) -> None:
        """The modal verbs of what is answered, for all at once."""
        verbs = verbs_of({record.requirement_id for record in records})
        for record in records:
            record.__dict__["_verbs"] = verbs.get(record.requirement_id, {})

    def clean(self) -> None:
        check = self.round
        self.unit_id, self.restricted, self.owner_id = check.unit_id, check.restricted, check.owner_id
        if self.requirement.catalogue_id != check.catalogue_id:
            raise ValidationError({"requirement": _("It is not of the catalogue that this check asks.")})
        if self.is_new and not self.ref:
            self.ref = answer_ref(check.ref, self.requirement.identifier)
        if not check.is_open:
            raise ValidationError({"": _("%(check)s is closed. Reopen it to change answers.") % {"check": check}})
        if self.maturity is not None and not check.has_maturity:
            raise ValidationError({"maturity": _("This check asks for no maturity.")})
        self.settle(self.__dict__.get("_verbs") or {})

    def settle(self, verbs: Mapping[str, str]) -> None:
        """Work out what follows from the answer as it now stands."""
        before = rules.Value(self.stored().get("value", rules.Value.OPEN))
        given = {number: rules.Value(value) for number, value in self.statements.items()}
        if self.statements == self.stored().get("statements", {}):
            self.value, self.statements = rules.settle(rules.Value(self.value), before, given)
        value = rules.Value(self.value)
        self.unmet = rules.unmet(value, given if self.statements else {}, verbs)
        self.lacks_reason = rules.lacks_reason(value, rules.Unmet(self.unmet), self.justification)

    def touch(self) -> None:
        """Who changes an answer has answered it, today; a carried one is confirmed by that."""
        super().touch()
        if self.is_new:
            return
        told = self.stored()
        substance = ("value", "statements", "maturity", "justification", "remark", "asked", "is_carried")
        is_answered = any(told[name] != getattr(self, name) for name in substance)
        if is_answered and not (self.is_carried and not told["is_carried"]):
            self.is_carried = False
            self.answered_by_id, self.answered_on = current_act().actor.person_id, timezone.localdate()


class AnswerCount(models.Model):
    """How many answers of a check stand alike. Derived from them in the act that changes them (`counting.py`), so that
    progress and debts are read off, however many answers there are.

    `maturity` is the sum of the maturities told, `rated` how many were.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    round = models.ForeignKey(Check, models.CASCADE, related_name="counts", db_index=False)
    value = models.CharField(max_length=12, choices=Value)
    unmet = models.CharField(max_length=8, blank=True, choices=Unmet)
    is_carried = models.BooleanField()
    lacks_reason = models.BooleanField()
    count = models.IntegerField()
    maturity = models.IntegerField(default=0)
    rated = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "value", "unmet", "is_carried", "lacks_reason"], name="one_answer_count"
            )
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.count}"


def answer_ref(check_ref: str, identifier: str) -> str:
    """The reference of an answer: its check and what it is about, shortened where that would be too long."""
    ref = f"{check_ref}:{identifier}"
    return ref if len(ref) <= 40 else f"{ref[:31]}~{sha256(ref.encode()).hexdigest()[:8]}"


def verbs_of(requirement_ids: set[UUID]) -> dict[UUID, dict[str, str]]:
    """Requirement → number of each of its statements → modal verb ("" for an imperative)."""
    found: dict[UUID, dict[str, str]] = {}
    ids = list(requirement_ids)
    for at in range(0, len(ids), 500):
        rows = Statement.objects.filter(requirement_id__in=ids[at : at + 500], is_withdrawn=False)
        for requirement, number, verb in rows.order_by("position").values_list("requirement_id", "number", "verb"):
            found.setdefault(requirement, {})[number] = verb
    return found
