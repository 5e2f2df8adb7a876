"""Organisations, their units and people; users, what they may do, and the tokens they act by."""

import hashlib
import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from ringwall.access.tracked import Tracked
from ringwall.lib.ids import uuid7

TOKEN_PREFIX = "rw_"  # noqa: S105 - not a secret: lets scanners recognise a leaked token


class Organisation(Tracked):
    """One legal or administrative body whose ISMS is kept."""

    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(
        _("short name"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$", _("Use small letters, digits and hyphens."))],
        help_text=_("Stands in every address of this organisation."),
    )
    language = models.CharField(
        _("language"), max_length=5, choices=[("en", "English"), ("de", "Deutsch")], default="en"
    )
    second_factor_roles = models.JSONField(
        _("roles that need a second factor"),
        default=list,
        blank=True,
        help_text=_("Besides those that need one by themselves."),
    )
    anonymous_reports = models.BooleanField(
        _("anonymous reports of events"),
        default=False,
        help_text=_("Whoever reports an event may leave their name out; the ledger does not hold it then either."),
    )
    needs_provider = models.BooleanField(
        _("local accounts are switched off"),
        default=False,
        help_text=_(
            "Passwords and passkeys kept here no longer open the organisation, but those of the emergency account do."
        ),
    )
    is_installation = models.BooleanField(default=False, editable=False)
    rights_changes = models.PositiveIntegerField(default=0, editable=False)
    """How often units, people, assignments or tokens were changed: what is remembered of rights holds until the
    next.
    """
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["is_installation"], condition=models.Q(is_installation=True), name="one_installation"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def organisation_id(self) -> Any:
        """An organisation belongs to itself, so that its own changes stand in its own ledger."""
        return self.id


class Unit(Tracked):
    """A part of the organisation chart. The tree carries access: an assignment at a unit reaches all below it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="units")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("above it")
    )
    name = models.CharField(_("name"), max_length=200)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "parent", "name"], name="unit_name_in_parent"),
            models.UniqueConstraint(fields=["organisation"], condition=models.Q(parent=None), name="one_root_unit"),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A login. Users belong to the installation; through people they take part in organisations."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(
        _("language"), max_length=5, choices=[("en", "English"), ("de", "Deutsch")], default="en"
    )
    theme = models.CharField(
        _("appearance"),
        max_length=5,
        choices=[("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
        default="auto",
    )
    is_dense = models.BooleanField(_("dense rows"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Person(Tracked):
    """A human in one organisation; may have a login."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="people")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="people", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("email"), blank=True)
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("login")
    )
    withdrawn_on = models.DateField(_("left on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=models.Q(user__isnull=False), name="one_person_per_login"
            ),
            models.UniqueConstraint(
                fields=["organisation", "email"], condition=~models.Q(email=""), name="person_email_in_organisation"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "name"], name="person_by_name")]

    def __str__(self) -> str:
        return self.name


class RoleAssignment(Tracked):
    """Person × role × unit, from and until. The role's meaning is code (`ringwall.access.policy.Role`)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="assignments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="assignments", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments", verbose_name=_("unit"))
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_on=None)
                | models.Q(until_on=None)
                | models.Q(until_on__gte=models.F("from_on")),
                name="assignment_ends_after_it_starts",
            )
        ]
        indexes = [models.Index(fields=["organisation", "person"], name="assignment_by_person")]

    def __str__(self) -> str:
        return f"{self.person} · {self.role} · {self.unit}"


class ApiToken(Tracked):
    """A key for programs: acts as a person, never for more than that person may, within its scope and until its
    expiry.
    """

    SCOPES: ClassVar = [("read", _("Read")), ("write", _("Read and write"))]

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="tokens")
    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens", verbose_name=_("acts as"))
    name = models.CharField(_("name"), max_length=200)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(_("scope"), max_length=10, choices=SCOPES, default="read")
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def new_secret() -> str:
        return TOKEN_PREFIX + secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(secret: str) -> str:
        """SHA-256 in hex; the secret has 256 random bits, so a slow hash would add nothing."""
        return hashlib.sha256(secret.encode()).hexdigest()


class UnitTree:
    """The units of one organisation, for asking what lies below what without further queries."""

    def __init__(self, units: list[Unit]) -> None:
        self.units = {unit.id: unit for unit in units}
        self.children: dict[Any, list[Unit]] = {}
        for unit in units:
            self.children.setdefault(unit.parent_id, []).append(unit)

    @classmethod
    def of(cls, organisation_id: Any) -> "UnitTree":
        return cls(list(Unit.objects.filter(organisation_id=organisation_id).order_by("name")))

    @cached_property
    def root(self) -> Unit:
        return self.children[None][0]

    def below(self, unit_id: Any) -> set[Any]:
        """The unit itself and all under it."""
        found, open_ = set(), [unit_id]
        while open_:
            current = open_.pop()
            if current not in found:
                found.add(current)
                open_.extend(child.id for child in self.children.get(current, ()))
        return found

    def in_order(self) -> list[tuple[int, Unit]]:
        """(depth, unit) from the root down, siblings by name."""
        ordered: list[tuple[int, Unit]] = []

        def walk(parent: Any, depth: int) -> None:
            for unit in self.children.get(parent, ()):
                ordered.append((depth, unit))
                walk(unit.id, depth + 1)

        walk(None, 0)
        return ordered
