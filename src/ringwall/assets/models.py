"""Assets: whatever has value for the organisation, with what it needs and how much protection it wants."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.kit.records import Link, Record


class Category(models.TextChoices):
    PROCESS = "process", _("Process")
    INFORMATION = "information", _("Information")
    APPLICATION = "application", _("Application")
    SYSTEM = "system", _("System")
    NETWORK = "network", _("Network")
    PLACE = "place", _("Place")
    SERVICE = "service", _("Service")


class Need(models.IntegerChoices):
    """Protection need (BSI 200-2, 8.2): how bad it would be if a core value were lost."""

    NORMAL = 1, pgettext_lazy("protection need", "normal")
    HIGH = 2, pgettext_lazy("protection need", "high")
    VERY_HIGH = 3, pgettext_lazy("protection need", "very high")


class Classification(models.TextChoices):
    PUBLIC = "public", _("Public")
    INTERNAL = "internal", _("Internal")
    CONFIDENTIAL = "confidential", _("Confidential")
    SECRET = "secret", _("Strictly confidential")


class Asset(Record):
    """A process, information, application, system, network, place or service (27001 A.5.9; 27003:2010, 7.3)."""

    kind: ClassVar[str] = "asset"
    prefix: ClassVar[str] = "A"

    title = models.CharField(_("title"), max_length=200)
    category = models.CharField(_("kind"), max_length=20, choices=Category.choices)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    quantity = models.PositiveIntegerField(
        _("number"), default=1, help_text=_("How many identical ones this stands for, such as 32 workstations.")
    )
    confidentiality = models.PositiveSmallIntegerField(
        _("confidentiality"), choices=Need.choices, null=True, blank=True
    )
    integrity = models.PositiveSmallIntegerField(_("integrity"), choices=Need.choices, null=True, blank=True)
    availability = models.PositiveSmallIntegerField(_("availability"), choices=Need.choices, null=True, blank=True)
    need_reason = models.TextField(_("reason for the protection need"), blank=True, max_length=20_000)
    classification = models.CharField(_("classification"), max_length=20, choices=Classification.choices, blank=True)
    activities = models.TextField(
        _("activities on information"),
        blank=True,
        max_length=20_000,
        help_text=_("What is done with which information: captured, changed, sent, stored, deleted."),
    )
    retention = models.CharField(
        _("retention"), max_length=200, blank=True, help_text=_("How long it is kept, and why.")
    )
    depends_on = models.ManyToManyField(
        "self",
        through="Dependency",
        symmetrical=False,
        related_name="needed_by",
        blank=True,
        verbose_name=_("depends on"),
    )
    input_processes = models.ManyToManyField(
        "self",
        through="ProcessInput",
        symmetrical=False,
        related_name="output_processes",
        blank=True,
        verbose_name=_("input from"),
        help_text=_("Processes whose output this one works on."),
    )

    class Meta(Record.Meta):
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="asset_by_title"),
            models.Index(fields=["organisation", "category", "ref_key"], name="asset_by_category"),
            models.Index(fields=["organisation", "availability", "ref_key"], name="asset_by_availability"),
            models.Index(fields=["organisation", "confidentiality", "ref_key"], name="asset_by_confidentiality"),
            models.Index(fields=["organisation", "integrity", "ref_key"], name="asset_by_integrity"),
        ]

    def clean(self) -> None:
        links = self.__dict__.get("_links", {})
        for name in ("depends_on", "input_processes"):
            if any(target.pk == self.pk for target in links.get(name, ())):
                raise ValidationError({name: _("An asset cannot depend on itself.")})


class Dependency(Link):
    """An asset needs an asset. Per core value the need is carried on, or not, with the reason (200-2, 8.2.2)."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="dependencies")
    needs = models.ForeignKey(Asset, models.PROTECT, related_name="dependants", verbose_name=_("needs"))
    carries_confidentiality = models.BooleanField(_("carries confidentiality"), default=True)
    carries_integrity = models.BooleanField(_("carries integrity"), default=True)
    carries_availability = models.BooleanField(_("carries availability"), default=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asset", "needs"], name="one_dependency"),
            models.CheckConstraint(condition=~models.Q(asset=models.F("needs")), name="no_dependency_on_itself"),
        ]


class ProcessInput(Link):
    """A process takes the output of another."""

    process = models.ForeignKey(Asset, models.CASCADE, related_name="+")
    source = models.ForeignKey(Asset, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "source"], name="one_process_input"),
            models.CheckConstraint(condition=~models.Q(process=models.F("source")), name="no_input_from_itself"),
        ]
