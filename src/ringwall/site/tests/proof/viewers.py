"""Who walks through the doors: every role, at the top unit and at one branch, and those who have no business here."""

from collections.abc import Mapping
from dataclasses import dataclass

from ringwall.access.policy import SEE_RESTRICTED, Role, roles
from ringwall.site.tests.proof.secrets import Secret

BELOW: Mapping[str, frozenset[str]] = {
    "root": frozenset({"root", "production", "sales"}),
    "production": frozenset({"production"}),
    "sales": frozenset({"sales"}),
}
"""Unit → itself and what lies below it."""


@dataclass(frozen=True)
class Viewer:
    """`name` is that of the person; empty for a stranger. What a viewer may do is worked out here, not asked of the
    policy.
    """

    name: str
    organisation: str = "demo"
    role: Role | None = None
    unit: str = "root"

    @property
    def is_member(self) -> bool:
        return self.organisation == "demo" and bool(self.name)

    def may_see(self, secret: Secret) -> bool:
        if secret.organisation != self.organisation:
            return False
        return self.name in secret.people or any(self.may(grant, secret) for grant in secret.grants)

    def may(self, grant: str, secret: Secret | None = None) -> bool:
        """Whether the role gives the right: anywhere at all, or for that record."""
        if self.role is None:
            return False
        if secret is None:
            return grant in self.role.grants or grant in self.role.own
        if grant in self.role.own and secret.owner == self.name:
            return True
        if grant not in self.role.grants or (secret.unit and secret.unit not in BELOW[self.unit]):
            return False
        return not secret.restricted or SEE_RESTRICTED in self.role.grants


def members() -> list[Viewer]:
    """Each role at the top unit, three of them at one branch alone, and a person without any."""
    found = [Viewer(key.replace("_", "-"), role=role) for key, role in roles.items()]
    found += [
        Viewer(f"{key.replace('_', '-')}-of-sales", role=roles[key], unit="sales")
        for key in ("isms_manager", "reader", "top_management")
    ]
    return [*found, Viewer("nobody")]


FOREIGNER = Viewer("ana", organisation="other", role=roles["isms_manager"])
STRANGER = Viewer("", organisation="")


def all_viewers() -> list[Viewer]:
    return [*members(), FOREIGNER, STRANGER]
