"""The statement of applicability: one row for every entry of the reference catalogue and every other necessary
control.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.context.models import IsmsScope
from ringwall.controls.models import Control
from ringwall.kit.records import Record, RecordQuerySet


class SoaRowQuerySet(RecordQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Rows of those scopes over which the grant holds whole: a statement is shown whole or not at all."""
        scopes = IsmsScope.objects.filter(organisation_id=actor.organisation_id).prefetch_related("units")
        covered = [scope.pk for scope in scopes if scope.is_covered_by(actor, "soa_row.view")]
        return self.filter(organisation_id=actor.organisation_id, scope_id__in=covered)


class SoaRow(Record):
    """What a scope decides about one reference control, or about one necessary control from elsewhere (27001 6.1.3
    d).
    """

    kind: ClassVar[str] = "soa_row"
    prefix: ClassVar[str] = "SOA"

    class Applicability(models.TextChoices):
        UNDECIDED = "undecided", _("undecided")
        APPLICABLE = "applicable", _("applicable")
        NOT_APPLICABLE = "not_applicable", _("not applicable")

    title_field: ClassVar[str] = "title"

    scope = models.ForeignKey(IsmsScope, models.PROTECT, related_name="soa_rows", verbose_name=_("ISMS scope"))
    requirement = models.ForeignKey(
        Requirement, models.PROTECT, null=True, blank=True, related_name="soa_rows", verbose_name=_("entry")
    )
    control = models.ForeignKey(
        Control, models.PROTECT, null=True, blank=True, related_name="soa_rows", verbose_name=_("own control")
    )
    applicability = models.CharField(
        _("applicability"), max_length=16, choices=Applicability.choices, default=Applicability.UNDECIDED
    )
    justification = models.TextField(_("justification"), blank=True, max_length=20_000)
    drivers = models.JSONField(_("confirmed drivers"), default=list, editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = SoaRowQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("row of the statement of applicability")
        verbose_name_plural = _("statement of applicability")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["scope", "requirement"], condition=Q(requirement__isnull=False), name="soa_row_per_requirement"
            ),
            models.UniqueConstraint(
                fields=["scope", "control"], condition=Q(control__isnull=False), name="soa_row_per_control"
            ),
            models.CheckConstraint(
                condition=Q(requirement__isnull=False, control__isnull=True)
                | Q(requirement__isnull=True, control__isnull=False),
                name="soa_row_is_about_one",
            ),
        ]
        indexes = [*Record.Meta.indexes, models.Index(fields=["scope", "position"], name="soa_row_by_position")]

    @classmethod
    def before_check(cls, records: Sequence[Any]) -> None:
        """Three queries for any number of rows."""
        models.prefetch_related_objects(list(records), "scope", "requirement__catalogue")

    def clean(self) -> None:
        if self.applicability == self.Applicability.NOT_APPLICABLE and not self.justification.strip():
            raise ValidationError({"justification": _("Say why it is not applicable.")})
        if (self.requirement_id is None) == (self.control_id is None):
            raise ValidationError({"requirement": _("Name either an entry of a catalogue or a control of your own.")})
        if self.requirement is not None and self.requirement.catalogue.code == "iso27001-2022":
            raise ValidationError({"requirement": _("Clauses 4 to 10 hold always; they are no rows of the statement.")})
        self.unit_id, self.restricted = self.scope.unit_id, self.scope.restricted

    @property
    def title(self) -> str:
        return str(self.requirement.title_text if self.requirement else self.control.title if self.control else "")
