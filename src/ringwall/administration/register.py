"""What start-up has to know of administration: its acts and its places in the navigation."""

from django.utils.translation import gettext_lazy as _

from ringwall.administration.actions import (
    account,
    assignments,
    emergency,
    handover,
    identity,
    organisation,
    people,
    tokens,
    units,
)
from ringwall.administration.identity import sessions
from ringwall.kit import registry
from ringwall.kit.pages import Link

for _order, (_label, _url, _icon, _grant) in enumerate(
    (
        (_("Organisation"), "settings/organisation/", "building-2", "organisation.update"),
        (_("Units"), "settings/units/", "network", "unit.view"),
        (_("People"), "settings/people/", "users", "person.view"),
        (_("Role assignments"), "settings/roles/", "user-cog", "roleassignment.view"),
        (_("Who may do what"), "settings/who-may-what/", "table-2", "administration.view"),
        (_("API tokens"), "settings/tokens/", "key-round", "apitoken.view"),
        (_("Identity provider"), "settings/identity/", "log-in", "identity_provider.update"),
        (_("Mail"), "settings/mail/", "mail", "mail.update"),
        (_("Webhooks"), "settings/webhooks/", "webhook", "webhook.view"),
    ),
    start=1,
):
    registry.places.append((Link(_label, _url, _icon), "settings", _order * 10, _grant))

__all__ = [
    "account",
    "assignments",
    "emergency",
    "handover",
    "identity",
    "organisation",
    "people",
    "sessions",
    "tokens",
    "units",
]
