"""What is told to people, and the ways on which it reaches them."""

from typing import ClassVar
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.models import Organisation, Person
from ringwall.access.tracked import Tracked
from ringwall.lib.ids import uuid7
from ringwall.notices.rules import kinds
from ringwall.notices.rules.mail import MORNING, WEEKDAYS


class Notice(models.Model):
    """Something happened that concerns one person. Follows from an act, so without a ledger entry of its own."""

    class Kind(models.TextChoices):
        MENTION = kinds.MENTION, _("mentions you")
        ASSIGNED = kinds.ASSIGNED, _("gives you a task")
        ESCALATION = kinds.ESCALATION, _("is late")
        INCIDENT_CLOCK = kinds.INCIDENT_CLOCK, _("has a deadline that runs")
        DECISION = kinds.DECISION, _("waits for your decision")
        HANDED_OVER = kinds.HANDED_OVER, _("hands over to you")
        EMERGENCY = kinds.EMERGENCY, _("signed in by the emergency account")

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    by = models.CharField(max_length=200, blank=True)
    ref = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=300, blank=True)
    path = models.CharField(max_length=300)
    """Address of its page, relative to the organisation."""
    restricted = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["person", "-at"], name="notice_by_person"),
            models.Index(fields=["person"], condition=models.Q(mailed_at=None), name="notice_to_mail"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.get_kind_display()}".strip()


class Visit(models.Model):
    """When a person was here, and where the ledger stood then (`rules.visits`)."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    since = models.BigIntegerField()
    since_at = models.DateTimeField()
    seen = models.BigIntegerField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} {self.seen_at}"


class Sealed(models.Model):
    """A secret of a row that is tracked, kept apart from it: it must not stand in the ledger, not even encrypted."""

    row = models.UUIDField(primary_key=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    box = models.TextField()

    def __str__(self) -> str:
        return str(self.row)


def _time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” is no time zone; write one such as Europe/Berlin."), params={"name": name})


def _here() -> str:
    return str(settings.TIME_ZONE)


class MailServer(Tracked):
    """By which server an organisation sends its mails; without a host it sends none. The password is `Sealed`."""

    kind: ClassVar[str] = "mail_server"

    class Security(models.TextChoices):
        STARTTLS = "starttls", _("STARTTLS (usual, port 587)")
        TLS = "tls", _("TLS from the start (port 465)")
        NONE = "none", _("none (only inside one's own network)")

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="mail_server")
    host = models.CharField(_("server"), max_length=253, blank=True, help_text=_("Empty: no mails are sent."))
    port = models.PositiveIntegerField(
        _("port"), default=587, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    security = models.CharField(_("encryption"), max_length=10, choices=Security.choices, default=Security.STARTTLS)
    user = models.CharField(_("user name"), max_length=254, blank=True)
    sender = models.EmailField(_("sender address"), blank=True)
    sender_name = models.CharField(_("sender name"), max_length=100, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default=_here, validators=[_time_zone])
    keeps_unsent = models.BooleanField(
        _("keep mails until a server is entered"),
        default=False,
        help_text=_("Otherwise no mails are written while there is no server."),
    )

    class Meta:
        verbose_name = _("mail server")
        verbose_name_plural = _("mail servers")

    def __str__(self) -> str:
        return self.host

    @property
    def is_ready(self) -> bool:
        return bool(self.host and self.sender)


def _weekdays() -> list[int]:
    return list(WEEKDAYS)


class MailHabit(Tracked):
    """When and how much a person wants to be written to. Whoever has none gets the digest on weekday mornings."""

    kind: ClassVar[str] = "mail_habit"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.OneToOneField(Person, models.PROTECT, related_name="mail_habit")
    days = models.JSONField(_("digest on"), default=_weekdays, blank=True)
    hour = models.PositiveSmallIntegerField(_("hour"), default=MORNING, validators=[MaxValueValidator(23)])
    shows_titles = models.BooleanField(
        _("show titles"),
        default=False,
        help_text=_("Otherwise mails name only kind and reference. Of restricted records they never tell anything."),
    )
    is_urgent_mailed = models.BooleanField(_("write at once what cannot wait"), default=True)

    class Meta:
        verbose_name = _("mail settings of a person")
        verbose_name_plural = _("mail settings of people")

    def __str__(self) -> str:
        return str(self.person)


class OutgoingMail(models.Model):
    """A mail from being written until it is sent or given up. Written without a ledger entry; the text of what was sent
    is forgotten at once, the rest after a month.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")

    class Kind(models.TextChoices):
        DIGEST = "digest", _("digest")
        URGENT = "urgent", _("urgent")
        ACCOUNT = "account", _("account")

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=120, unique=True)
    """What is written only once, such as the digest of one person on one day."""
    kind = models.CharField(max_length=10, choices=Kind.choices)
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    unsubscribe_url = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    failures = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "next_at"], condition=models.Q(state="waiting"), name="mail_waiting"),
            models.Index(fields=["organisation", "-made_at"], name="mail_by_day"),
            models.Index(fields=["person", "kind", "-made_at"], name="mail_by_person"),
        ]

    def __str__(self) -> str:
        return self.subject


class CalendarAddress(Tracked):
    """The private address under which a person's calendar program fetches their dates; of the secret in it only the
    digest is kept.
    """

    kind: ClassVar[str] = "calendar_address"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.OneToOneField(Person, models.PROTECT, related_name="calendar_address")
    digest = models.CharField(max_length=64, unique=True, null=True)
    """SHA-256; none after it was revoked."""
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.person)


class Webhook(Tracked):
    """An address of another program that is told of acts, without their contents. Its secret is `Sealed`."""

    kind: ClassVar[str] = "webhook"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=100)
    url = models.CharField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list, blank=True)
    is_on = models.BooleanField(_("in use"), default=True)
    withdrawn_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes = [models.Index(fields=["organisation", "withdrawn_on", "is_on"], name="webhook_in_use")]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One call of a webhook from the act it tells of until it was taken or given up. Written without a ledger entry;
    forgotten after a month.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        TAKEN = "taken", pgettext_lazy("webhook", "taken")
        FAILED = "failed", _("given up")

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    verb = models.CharField(max_length=80)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    failures = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    code = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        indexes = [
            models.Index(fields=["webhook", "next_at"], condition=models.Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["webhook", "-made_at"], name="delivery_by_day"),
        ]

    def __str__(self) -> str:
        return self.verb

    @property
    def message_id(self) -> str:
        """The same at every try, so that the receiver can tell a repetition."""
        return f"msg_{self.pk.hex}"
