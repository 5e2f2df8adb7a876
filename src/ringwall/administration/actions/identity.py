"""What may be done with the identity provider of an organisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation, Person, Unit
from ringwall.access.policy import Actor, roles
from ringwall.administration import queries
from ringwall.administration.actions.assignments import require_own_rights, role_choices
from ringwall.administration.actions.checks import require_present
from ringwall.administration.identity.claims import is_safe_address
from ringwall.administration.identity.provider import ProviderFails, keys_of, metadata_of
from ringwall.administration.models import Identity, IdentityProvider
from ringwall.kit.actions import SettingAction, action, register_action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Invalid, Refused
from ringwall.kit.fields import UnitField
from ringwall.kit.inputs import Inputs
from ringwall.kit.texts import forbid_control_characters
from ringwall.ledger.rules import Change
from ringwall.notices.actions.secrets import keep
from ringwall.notices.queries import secret_of

SETTINGS = (
    "label",
    "is_offered",
    "scopes",
    "group_claim",
    "admits_uninvited",
    "newcomer_role",
    "asks_second_factor",
)
CLOSING = Inputs.from_model(Organisation, ("needs_provider",))
CLOSING.fields["needs_provider"].help_text = _(
    "Passwords and passkeys kept here no longer open the organisation, but those of the emergency account do. API "
    "tokens of people who never signed in through the provider rest meanwhile; those of people without a login do not."
)
INPUTS = Inputs(
    {
        **Inputs.from_model(IdentityProvider, ("issuer", "client_id")).fields,
        "secret": forms.CharField(
            label=_("Client secret"),
            required=False,
            max_length=1000,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=_("Kept encrypted and never shown again. Empty: the present one stays."),
            validators=[forbid_control_characters],
        ),
        **Inputs.from_model(
            IdentityProvider,
            SETTINGS,
            {"newcomer_role": forms.ChoiceField(label=_("Their first role"), choices=role_choices, required=False)},
        ).fields,
        **CLOSING.fields,
    }
)


def _update(
    provider: IdentityProvider, *, actor: Actor, secret: str = "", needs_provider: bool | None = None, **values: Any
) -> IdentityProvider:
    """`needs_provider` None: as it is."""
    had, had_role = (provider.issuer, provider.client_id), provider.newcomer_role
    for name, value in values.items():
        setattr(provider, name, value)
    provider.group_claim = provider.group_claim or "groups"
    errors: dict[str, list[Any]] = {}
    if not is_safe_address(provider.issuer):
        errors["issuer"] = [gettext("The address begins with https:// and holds neither user name nor fragment.")]
    if had != (provider.issuer, provider.client_id) and not secret and not provider.is_new and secret_of(provider.pk):
        errors["secret"] = [gettext("Enter the secret for this issuer and client ID.")]
    if needs_provider and (fault := _fault_of_closing(provider)):
        errors["needs_provider"] = [fault]
    if errors:
        raise Invalid(errors)
    if provider.newcomer_role and provider.newcomer_role != had_role:
        require_own_rights(actor, roles[provider.newcomer_role], actor.units.root)
    organisation = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    if needs_provider is not None:
        organisation.needs_provider = needs_provider
    current_act().save_many([provider, organisation])
    if secret:
        keep(provider, "secret", secret)
    return provider


def _fault_of_closing(provider: IdentityProvider) -> str:
    person: Person | None = provider.emergency
    if person is None or person.withdrawn_on or person.user is None or not person.user.has_usable_password():
        return gettext("First seal the emergency account: else nobody gets in when the provider fails.")
    today_left = queries.administrators(provider.organisation_id)
    if not any(each.person == person.pk and each.term.last is None for each in today_left):
        return gettext("The emergency account has lost the role administrator. Give it back first.")
    return ""


update = register_action(
    SettingAction("identity_provider.update", _("Edit"), _update, IdentityProvider, INPUTS, icon="log-in")
)

GROUP = Inputs(
    {
        "group": forms.CharField(
            label=_("Group"),
            max_length=300,
            help_text=_("Exactly as the provider writes it in the claim; some send an ID in place of a name."),
            validators=[forbid_control_characters],
        ),
        "role": forms.ChoiceField(label=_("Role"), choices=role_choices),
        "unit": UnitField(label=_("Unit")),
    }
)


def _give(provider: IdentityProvider, *, actor: Actor, group: str, role: str, unit: Unit) -> IdentityProvider:
    _require_entered(provider)
    require_present(unit)
    require_own_rights(actor, roles[role], unit)
    row = {"group": group, "role": role, "unit": str(unit.pk)}
    if row in provider.groups:
        raise Invalid({"group": [gettext("This group has the role there already.")]})
    provider.groups = sorted([*provider.groups, row], key=lambda each: (each["group"], each["role"], each["unit"]))
    current_act().save(provider)
    return provider


def _take(provider: IdentityProvider, *, actor: Actor, group: str, role: str, unit: Unit) -> IdentityProvider:
    _require_entered(provider)
    row = {"group": group, "role": role, "unit": str(unit.pk)}
    if row not in provider.groups:
        raise Refused(_("The group does not have this role any more."))
    provider.groups = [each for each in provider.groups if each != row]
    current_act().save(provider)
    return provider


def _require_entered(provider: IdentityProvider) -> None:
    if provider.is_new:
        raise Refused(_("First enter the identity provider."))


give = register_action(
    SettingAction("identity_provider.give", _("Role for a group"), _give, IdentityProvider, GROUP, icon="users")
)
take = register_action(
    SettingAction(
        "identity_provider.take",
        _("Take the role from the group"),
        _take,
        IdentityProvider,
        GROUP,
        icon="user-x",
        is_danger=True,
        help_text=_("Who holds the role by this group alone loses it at the next sign-in."),
    )
)


@action(
    "user.forget_identity",
    label=_("Forget account of the provider"),
    icon="unlink",
    is_danger=True,
    needs_reason=True,
    applies=lambda person: person.withdrawn_on is None and person.identities.exists(),
    help_text=_("For somebody whose account at the identity provider was made anew: the next sign-in ties it again."),
)
def forget(person: Person, *, actor: Actor) -> int:
    """Returns how many accounts were forgotten."""
    count: int = Identity.objects.filter(person=person, organisation_id=actor.organisation_id).delete()[0]
    if not count:
        raise Refused(_("%(person)s has not signed in through a provider.") % {"person": person})
    said = {"identity": "forgotten"}
    current_act().note(
        Change("identity", person.pk, "", "update", 1, {}, said, unit=person.unit_id, restricted=False, owner=None)
    )
    return count


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at at the provider. `tone`: good, warn or bad."""

    tone: str
    what: str | Promise
    remedy: str | Promise = ""


def test(actor: Actor, provider: IdentityProvider) -> Sequence[Finding]:
    """Ask the provider now, outside any transaction, and tell what was found; the first fault ends it."""
    update.require(actor)
    try:
        metadata = metadata_of(provider, afresh=True)
        keys = keys_of(metadata, afresh=True)
    except ProviderFails as error:
        return [Finding("bad", error.message, error.remedy)]
    found = [
        Finding("good", _("The provider answers and calls itself as entered.")),
        Finding("good", _("Keys to check signatures by: %(count)d") % {"count": len(keys)}),
    ]
    if not metadata.challenge_methods:
        found.append(
            Finding("warn", _("The provider does not say whether it knows PKCE."), _("Ringwall uses it anyway."))
        )
    if not secret_of(provider.pk):
        found.append(Finding("warn", _("No client secret is entered."), _("Right only for a public client.")))
    if not metadata.userinfo_endpoint:
        found.append(
            Finding("warn", _("It has no user information."), _("Then email and groups must stand in the ID token."))
        )
    if not metadata.end_session_endpoint:
        found.append(
            Finding("warn", _("It cannot be signed out of."), _("Whoever signs out here stays signed in there."))
        )
    return found
