"""The rights of administration: those of its acts, and those to see its pages."""

from typing import Final

VIEWS: Final = (
    "organisation.view",
    "unit.view",
    "person.view",
    "roleassignment.view",
    "apitoken.view",
    "administration.view",
    "webhook.view",
)
"""What an auditor of access rights needs (27001 A.5.18): see who may do what."""

ACTS: Final = (
    "organisation.update",
    "unit.create",
    "unit.update",
    "unit.withdraw",
    "unit.restore",
    "person.create",
    "person.update",
    "person.withdraw",
    "person.restore",
    "user.create",
    "user.update",
    "user.forget_factor",
    "user.forget_identity",
    "assignment.create",
    "assignment.end",
    "token.create",
    "token.revoke",
    "identity_provider.update",
    "identity_provider.give",
    "identity_provider.take",
    "identity_provider.seal",
    "mail.update",
    "webhook.create",
    "webhook.update",
    "webhook.rotate",
    "webhook.withdraw",
)

SHARED: Final = frozenset({"person.view", "person.hand_over"})
"""What who keeps the ISMS does as well: see people, and hand over what somebody answers for."""

GRANTS: Final = frozenset((*VIEWS, *ACTS))
