"""The record: what every register lists. Its four columns organisation, unit, restricted and owner alone decide who
sees it.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation, Person, Unit
from ringwall.access.policy import Actor
from ringwall.access.tracked import Tracked
from ringwall.kit.acts import current_act
from ringwall.kit.errors import NotFound
from ringwall.ledger.rules import Change
from ringwall.lib.ids import uuid7


def ref_key(ref: str) -> str:
    """The reference as it sorts: runs of digits padded, so that A-9 stands before A-10."""
    return re.sub(r"\d+", lambda match: match.group().zfill(9), ref.upper())[:80]


class RecordQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The only way to rows: those of the actor's organisation that the actor may view."""
        return self.filter(actor.visible(f"{self.model.kind}.view"))

    def get_visible(self, actor: Actor, key: Any) -> Any:
        """One record by id or reference; NotFound for unknown and unseen alike."""
        try:
            return self.visible_to(actor).get(**{"pk" if is_uuid(key) else "ref": key})
        except ObjectDoesNotExist:
            raise NotFound from None

    def present(self) -> Self:
        return self.filter(withdrawn_on=None)

    def update(self, **values: Any) -> int:
        raise RuntimeError("rows are written only inside an action: use Act.save_many")

    def delete(self) -> Any:
        raise RuntimeError("nothing referred to is deleted: use the action withdraw")


class Record(Tracked):
    """A row of a register. A subclass sets `kind` (the one word), `prefix` of its references and `title_field`."""

    kind: ClassVar[str] = ""
    prefix: ClassVar[str] = ""
    title_field: ClassVar[str] = "title"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    ref = models.CharField(_("reference"), max_length=40, blank=True)
    ref_key = models.CharField(max_length=80, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("owner"), null=True, blank=True)
    restricted = models.BooleanField(
        _("restricted"),
        default=False,
        help_text=_("Only the owner and people with the right to restricted records see it."),
    )
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True, editable=False)
    withdrawn_reason = models.CharField(_("reason for withdrawal"), max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["ref_key"]
        constraints = [models.UniqueConstraint(fields=["organisation", "ref"], name="%(class)s_ref")]
        indexes = [
            models.Index(
                fields=["organisation", "ref_key", "unit", "restricted", "owner", "withdrawn_on"],
                name="%(class)s_by_ref",
            ),
            # Every list counts the rows that its reader sees: a range of this index for each of the reader's units.
            models.Index(
                fields=["organisation", "withdrawn_on", "unit", "restricted", "owner"], name="%(class)s_by_count"
            ),
            models.Index(fields=["organisation", "unit", "ref_key"], name="%(class)s_by_unit"),
            models.Index(fields=["organisation", "owner", "ref_key"], name="%(class)s_by_owner"),
            models.Index(fields=["organisation", "changed_at", "ref_key"], name="%(class)s_by_change"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title_text}".strip()

    def noted(self, operation: str) -> Change:
        """What its history tells of an act that changes nothing in the record itself."""
        return Change(
            kind=self.kind,
            subject=self.pk,
            ref=self.ref,
            operation=operation,
            version=self.version,
            before={},
            after={},
            unit=self.unit_id,
            restricted=self.restricted,
            owner=self.owner_id,
        )

    def hand_to(self, person: Person) -> None:
        """Make another person its owner; what the new owner may not do at their own record goes to nobody."""
        self.owner = person

    @property
    def title_text(self) -> str:
        return str(getattr(self, self.title_field))

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_on is not None

    def set_links(self, name: str, targets: list[Any]) -> None:
        """Choose what a link field shall hold from the next save on."""
        self.__dict__.setdefault("_links", {})[name] = list(targets)

    @classmethod
    def before_check(cls, records: Sequence[Any]) -> None:
        """Fetch, for many records at once, what their `clean` needs to know; called before it by form, API and sheet
        alike.
        """

    def touch(self) -> None:
        self.changed_at = timezone.now()
        self.ref_key = ref_key(self.ref)

    def withdraw(self, on: date, reason: str) -> None:
        self.withdrawn_on, self.withdrawn_reason = on, reason

    def save(self, *args: Any, **kwargs: Any) -> None:
        current_act().save(self)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("nothing referred to is deleted: use the action withdraw")


class Link(models.Model):
    """A row of a link field: record × record, inside one organisation."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)

    class Meta:
        abstract = True


class Counter(models.Model):
    """The last number given to a reference prefix in an organisation. Locked after the record and before the ledger."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=10)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "prefix"], name="one_counter_per_prefix")]


class SavedView(models.Model):
    """A register as somebody likes to see it: the query of its address under a name. Written without a ledger entry."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_views")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person", "kind", "name"], name="saved_view_name"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def assign_refs(records: list[Any]) -> None:
    """Give the next free references of their prefix to those new records that bring none."""
    for record in records:
        if record.ref:
            record.ref_key = ref_key(record.ref)
    missing = [record for record in records if not record.ref]
    if not missing:
        return
    first = missing[0]
    counter, _made = Counter.objects.select_for_update().get_or_create(
        organisation_id=first.organisation_id, prefix=first.prefix
    )
    taken = {record.ref for record in records}
    number = counter.last
    for record in missing:
        number += 1
        while (ref := f"{first.prefix}-{number:04d}") in taken:
            number += 1
        record.ref, record.ref_key = ref, ref_key(ref)
    clash = set(
        type(first)
        ._base_manager.filter(organisation_id=first.organisation_id, ref__in=[r.ref for r in missing])
        .values_list("ref", flat=True)
    )
    counter.last = number
    counter.save(update_fields=["last"])
    if clash:
        for record in missing:
            if record.ref in clash:
                record.ref = ""
        assign_refs(records)


def is_uuid(value: Any) -> bool:
    return bool(re.fullmatch(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", str(value)))
