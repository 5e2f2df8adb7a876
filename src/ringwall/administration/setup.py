"""The first steps of an installation and of an organisation, for the command line."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation, Person, RoleAssignment, Unit, User
from ringwall.access.policy import system_actor
from ringwall.administration.links import link_token
from ringwall.administration.queries import ADMINISTRATOR
from ringwall.kit.acts import acting
from ringwall.kit.errors import Invalid, NotFound
from ringwall.ledger.rules import Change

LABEL = "set-up"
INSTALLATION = "installation"
RESERVED = frozenset({INSTALLATION, "accounts", "api", "calendar", "letter", "mail", "settings", "static", "welcome"})
"""Short names that would hide pages of the installation itself."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """`link_token` belongs into the address `/welcome/<token>/`, by which the first administrator sets a password."""

    organisation: Organisation
    link_token: str


def set_up(organisation_name: str, code: str, language: str, admin_email: str, admin_name: str) -> SetUp:
    """An organisation with its top unit and first administrator; the installation itself where there is none yet.

    Each organisation's ledger begins with its own making. Raises Invalid by field where an answer cannot be used;
    nothing is stored then.
    """
    organisation = Organisation(name=organisation_name.strip(), code=code.strip(), language=language)
    email = admin_email.strip().lower()
    _check(organisation, email, admin_name)
    user = User.objects.filter(email=email).first()
    is_known = user is not None
    user = user or User(email=email, name=admin_name.strip(), language=language)
    with acting(system_actor(organisation, LABEL, ()), "organisation.create") as act:
        ensure_installation()
        if not is_known:
            user.set_unusable_password()
            user.save(force_insert=True)
            act.note(Change("user", user.pk, "", "create", 1, None, {"email": user.email, "name": user.name}))
        top = Unit(organisation=organisation, name=organisation.name)
        person = Person(organisation=organisation, unit=top, name=admin_name.strip(), email=email, user=user)
        role = RoleAssignment(organisation=organisation, person=person, role=ADMINISTRATOR, unit=top)
        act.save_many([organisation, top, person, role])
    return SetUp(
        organisation, link_token(user, organisation.pk, sets_password=not is_known or not user.has_usable_password())
    )


def ensure_installation() -> Organisation:
    """The reserved organisation that owns shared catalogues, made where there is none yet.

    Written as plain rows: its ledger begins with the first act on a catalogue.
    """
    found = Organisation.objects.filter(is_installation=True).first()
    if found is None:
        found = Organisation(name="Installation", code=INSTALLATION, is_installation=True, version=1)
        Organisation.objects.bulk_create([found])
        Unit.objects.bulk_create([Unit(organisation=found, name=found.name, version=1)])
    return found


def renew_link(email: str) -> str:
    """A new one-time link for anybody, by whoever runs the installation: the password is void. Raises NotFound."""
    user = User.objects.filter(email=email.strip().lower()).first()
    person = (
        Person.objects.filter(user=user, withdrawn_on=None).select_related("organisation").first() if user else None
    )
    if user is None or person is None:
        raise NotFound(_("Nobody signs in by %(email)s.") % {"email": email})
    with acting(system_actor(person.organisation, LABEL, ()), "user.update", "command line") as act:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        act.note(Change("user", user.pk, "", "update", 1, {}, {"password": "void"}, unit=person.unit_id))
    return link_token(user, person.organisation_id, sets_password=True)


def _check(organisation: Organisation, email: str, name: str) -> None:
    errors: dict[str, list[str]] = {}
    try:
        organisation.full_clean(exclude=["second_factor_roles"])
    except ValidationError as error:
        errors |= {field: [str(text) for text in texts] for field, texts in error.message_dict.items()}
    if organisation.code in RESERVED:
        errors["code"] = [str(_("This short name is taken by the installation itself."))]
    try:
        validate_email(email)
    except ValidationError as error:
        errors["admin_email"] = [str(text) for text in error.messages]
    if not name.strip():
        errors["admin_name"] = [str(_("Give the administrator's name."))]
    if errors:
        raise Invalid(errors)
