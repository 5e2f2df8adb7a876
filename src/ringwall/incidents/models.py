"""Events that people report, the incidents they turn out to be, whom one must tell of them, and what was learnt."""

from datetime import datetime
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person
from ringwall.access.tracked import Tracked
from ringwall.assets.models import Asset
from ringwall.context.models import Obligation
from ringwall.incidents import rules
from ringwall.kit.records import Link, Record
from ringwall.risk.models import Risk


class Category(models.TextChoices):
    PHISHING = "phishing", _("Phishing or fraud")
    MALWARE = "malware", _("Malicious software")
    LOSS = "loss", _("Loss or theft")
    DISCLOSURE = "disclosure", _("Sent or shown to the wrong people")
    ACCESS = "access", _("Access without right")
    OUTAGE = "outage", _("Outage or disturbance")
    PHYSICAL = "physical", _("Intrusion or damage on site")
    WEAKNESS = "weakness", _("Weakness seen")
    OTHER = "other", _("Something else")


class Severity(models.IntegerChoices):
    LOW = 1, pgettext_lazy("incident", "low")
    MEDIUM = 2, pgettext_lazy("incident", "medium")
    HIGH = 3, pgettext_lazy("incident", "high")
    CRITICAL = 4, pgettext_lazy("incident", "critical")


class Tri(models.TextChoices):
    UNKNOWN = rules.UNKNOWN, pgettext_lazy("incident", "not known yet")
    YES = rules.YES, _("yes")
    NO = rules.NO, _("no")


def restricted() -> models.BooleanField[bool, bool]:
    return models.BooleanField(
        _("restricted"),
        default=True,
        help_text=_("Only the owner and people with the right to restricted records see it."),
    )


class Event(Record):
    """Something that somebody noticed and reported (27001 A.6.8). Whoever reported it owns it; an anonymous one has no
    owner."""

    kind: ClassVar[str] = "event"
    prefix: ClassVar[str] = "E"

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("event", "new")
        INCIDENT = "incident", pgettext_lazy("event", "became an incident")
        DISMISSED = "dismissed", pgettext_lazy("event", "no incident")

    title = models.CharField(_("what happened"), max_length=200)
    category = models.CharField(_("kind"), max_length=12, choices=Category, default=Category.OTHER)
    description = models.TextField(_("in your own words"), blank=True, max_length=20_000)
    place = models.CharField(_("where, or on which device"), max_length=200, blank=True)
    noticed_at = models.DateTimeField(_("noticed"), default=timezone.now, editable=False)
    is_going_on = models.BooleanField(_("still going on"), default=False)
    is_anonymous = models.BooleanField(_("anonymous"), default=False, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW, editable=False)
    outcome = models.CharField(_("answer to whoever reported it"), max_length=2000, blank=True, editable=False)
    incident = models.ForeignKey(
        "Incident",
        models.PROTECT,
        null=True,
        related_name="events",
        verbose_name=_("incident"),
        editable=False,
    )
    restricted = restricted()

    class Meta(Record.Meta):
        verbose_name = _("reported event")
        verbose_name_plural = _("reported events")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "state", "ref_key"], name="event_by_state"),
            models.Index(fields=["organisation", "category", "ref_key"], name="event_by_category"),
            models.Index(fields=["organisation", "noticed_at", "ref_key"], name="event_by_time"),
        ]


class Incident(Record):
    """An event that did harm or may do so, handled until something is learnt from it (27001 A.5.24 to A.5.27).

    `aware_at` is the moment from which the deadlines of the law run: when the organisation knew with fair certainty.
    """

    kind: ClassVar[str] = "incident"
    prefix: ClassVar[str] = "INC"

    class State(models.TextChoices):
        OPEN = rules.OPEN, pgettext_lazy("incident", "open")
        CONTAINED = rules.CONTAINED, pgettext_lazy("incident", "contained")
        RESOLVED = rules.RESOLVED, pgettext_lazy("incident", "resolved")
        CLOSED = rules.CLOSED, pgettext_lazy("incident", "closed")

    title = models.CharField(_("title"), max_length=200)
    category = models.CharField(_("kind"), max_length=12, choices=Category, default=Category.OTHER)
    description = models.TextField(_("what happened"), blank=True, max_length=20_000)
    assets = models.ManyToManyField(
        Asset, through="IncidentAsset", related_name="incidents", blank=True, verbose_name=_("affected assets")
    )
    risks = models.ManyToManyField(
        Risk,
        through="IncidentRisk",
        related_name="incidents",
        blank=True,
        verbose_name=_("risks that came true"),
    )
    contracts = models.ManyToManyField(
        Obligation,
        through="IncidentObligation",
        related_name="incidents",
        blank=True,
        verbose_name=_("contracts touched"),
        help_text=_("Obligations that say within how many hours an incident must be told."),
    )
    cause = models.TextField(_("cause"), blank=True, max_length=20_000)
    consequence = models.TextField(_("consequences"), blank=True, max_length=20_000)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, null=True, blank=True, editable=False)
    personal_data = models.CharField(_("personal data"), max_length=8, choices=Tri, default=Tri.UNKNOWN, editable=False)
    significant = models.CharField(
        _("significant under NIS2"), max_length=8, choices=Tri, default=Tri.UNKNOWN, editable=False
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN, editable=False)
    detected_at = models.DateTimeField(_("detected"), default=timezone.now, editable=False)
    aware_at = models.DateTimeField(_("known since"), null=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    nothing_learnt = models.CharField(_("why nothing is to be learnt"), max_length=2000, blank=True, editable=False)
    restricted = restricted()

    class Meta(Record.Meta):
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "title", "ref_key"], name="incident_by_title"),
            models.Index(fields=["organisation", "state", "ref_key"], name="incident_by_state"),
            models.Index(fields=["organisation", "severity", "ref_key"], name="incident_by_severity"),
            models.Index(fields=["organisation", "detected_at", "ref_key"], name="incident_by_time"),
        ]

    @property
    def is_classified(self) -> bool:
        return self.severity is not None

    def clean(self) -> None:
        chosen = self.__dict__.get("_links", {}).get("contracts", ())
        if mute := [row.ref for row in chosen if row.notify_hours is None]:
            told = _("%(refs)s says nothing of when an incident must be told. Enter it there first.")
            raise ValidationError({"contracts": told % {"refs": ", ".join(mute)}})


class IncidentAsset(Link):
    """An asset that an incident touched."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="+")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "asset"], name="one_incident_asset")]


class IncidentRisk(Link):
    """A risk that came true in an incident."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="+")
    risk = models.ForeignKey(Risk, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "risk"], name="one_incident_risk")]


class IncidentObligation(Link):
    """A contract under which an incident must be told."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="+")
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "obligation"], name="one_incident_obligation")]


class Moment(Tracked):
    """A line of an incident's timeline: what happened or was done when, and who wrote it down."""

    kind: ClassVar[str] = "moment"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="moments")
    at = models.DateTimeField()
    text = models.CharField(max_length=2000)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "written_at"]
        indexes = [models.Index(fields=["incident", "at"], name="moment_by_time")]

    def __str__(self) -> str:
        return self.text[:80]


class Notification(Tracked):
    """Somebody outside who must be told of an incident until a moment. `text` is the draft, and what was sent once it
    was."""

    kind: ClassVar[str] = "notification"

    class Regime(models.TextChoices):
        NIS2_WARNING = rules.Regime.NIS2_WARNING, _("NIS2: early warning (24 hours)")
        NIS2_NOTIFICATION = rules.Regime.NIS2_NOTIFICATION, _("NIS2: notification (72 hours)")
        NIS2_REPORT = rules.Regime.NIS2_REPORT, _("NIS2: final report (one month)")
        GDPR = rules.Regime.GDPR, _("GDPR: personal data breach (72 hours)")
        CONTRACT = rules.Regime.CONTRACT, _("Contract")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="notifications")
    regime = models.CharField(max_length=20, choices=Regime)
    contract = models.ForeignKey(Obligation, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recipient = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True, max_length=20_000)
    not_needed = models.CharField(max_length=2000, blank=True)
    """Why nobody need be told after all."""
    is_moot = models.BooleanField(default=False)
    """No longer called for since the incident was classified anew."""

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "regime"], condition=models.Q(contract=None), name="one_notification_by_law"
            ),
            models.UniqueConstraint(
                fields=["incident", "contract"],
                condition=models.Q(contract__isnull=False),
                name="one_notification_by_contract",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "sent_at", "due_at"], name="notification_by_due")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        if self.contract is not None:
            return f"{self.contract.title} ({self.contract.ref})"
        return str(self.get_regime_display())

    @property
    def is_open(self) -> bool:
        return self.sent_at is None and not self.not_needed and not self.is_moot

    def clock(self, now: datetime | None = None) -> rules.Clock:
        return rules.clock(
            self.due_at, now or timezone.now(), self.sent_at, is_needed=not (self.not_needed or self.is_moot)
        )


class Insight(Tracked):
    """What an incident taught, and the record that came of it."""

    kind: ClassVar[str] = "insight"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="insights")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    text = models.CharField(max_length=2000)
    on = models.DateField(default=timezone.localdate)

    class Meta:
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return self.text[:80]
