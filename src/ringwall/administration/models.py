"""The identity provider of an organisation, and what came of sign-ins through it."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation, Person, RoleAssignment, User
from ringwall.access.tracked import Tracked
from ringwall.lib.ids import uuid7


def _no_spaces(text: str) -> None:
    if any(character.isspace() for character in text):
        raise ValidationError(_("No spaces stand in it."))


class IdentityProvider(Tracked):
    """Who tells an organisation who its people are (OpenID Connect). The client's secret is `Sealed`."""

    kind: ClassVar[str] = "identity_provider"

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="identity_provider")
    issuer = models.CharField(
        _("issuer address"),
        max_length=500,
        validators=[_no_spaces],
        help_text=_("Exactly as the provider calls itself, for instance https://login.example.org/realms/staff"),
    )
    client_id = models.CharField(_("client ID"), max_length=300, validators=[_no_spaces])
    label = models.CharField(
        _("label of the button"),
        max_length=80,
        help_text=_("Everybody can read it on the sign-in page, for instance “Staff of Example Ltd”."),
    )
    is_offered = models.BooleanField(_("offered on the sign-in page"), default=True)
    scopes = models.CharField(
        _("further scopes"),
        max_length=300,
        blank=True,
        help_text=_("Beside openid, email and profile; some providers send groups only for one of their own."),
    )
    group_claim = models.CharField(
        _("claim with the groups"), max_length=200, default="groups", validators=[_no_spaces]
    )
    groups = models.JSONField(_("roles by group"), default=list, blank=True, editable=False)
    """[{"group", "role", "unit"}]: whoever is in the group has the role in the unit, by its id."""
    admits_uninvited = models.BooleanField(
        _("let in people whom nobody invited"),
        default=False,
        help_text=_("Otherwise only those whose address stands under People."),
    )
    newcomer_role = models.CharField(_("their first role"), max_length=40, blank=True)
    asks_second_factor = models.BooleanField(
        _("the provider asks for a second factor"),
        default=False,
        help_text=_("Then Ringwall asks nobody who comes from there to set up another."),
    )
    emergency = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("emergency account")
    )

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")

    def __str__(self) -> str:
        return self.label or self.issuer


class Identity(models.Model):
    """Under which subject an issuer knows a person. Noted at the first sign-in; the ledger tells of it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "issuer", "subject"], name="one_person_per_subject"),
            models.UniqueConstraint(fields=["person", "issuer"], name="one_subject_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.subject}"


class ProvidedRole(models.Model):
    """Marks an assignment that the provider gave by a group; only such are taken by it. Written with the assignment."""

    assignment = models.OneToOneField(RoleAssignment, models.CASCADE, primary_key=True, related_name="provided")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.assignment)


class ProviderSession(models.Model):
    """A session that began at the provider, so that the provider can end it."""

    session_key = models.CharField(primary_key=True, max_length=40)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    sid = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["organisation", "subject"], name="provider_session_by_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.at}"
