"""Roles: which grants of all features each has. Roles are code, assignments are rows (`ringwall.access`)."""

from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import SEE_RESTRICTED, Role, register_role
from ringwall.kit import registry


def register_roles() -> None:
    """Called once, when all features are registered."""
    kinds = list(registry.registers)
    view = {f"{kind}.view" for kind in kinds}
    write = {f"{kind}.{verb}" for kind in kinds for verb in ("create", "update", "withdraw", "restore", "import")}
    own_update = {f"{kind}.update" for kind in kinds}
    ledger = {"ledger.view", "ledger.export"}
    for role in (
        Role(
            "administrator",
            _("Administrator"),
            _("Keeps users, people, units, roles and tokens. Sees all registers, decides nothing in them."),
            frozenset(view | {SEE_RESTRICTED, "administration.view", "job.view"} | ledger | set(ADMINISTRATION)),
        ),
        Role(
            "isms_manager",
            _("ISMS manager"),
            _("Runs the ISMS: keeps all registers and submits for approval."),
            frozenset(view | write | {SEE_RESTRICTED} | ledger),
        ),
        Role("risk_owner", _("Risk owner"), _("Answers for risks: sees and decides on one's own."), frozenset(), frozenset(view | own_update)),
        Role("control_owner", _("Control owner"), _("Answers for controls."), frozenset(), frozenset(view | own_update)),
        Role("asset_owner", _("Asset owner"), _("Answers for assets."), frozenset(), frozenset({"asset.view", "asset.update"})),
        Role("internal_auditor", _("Internal auditor"), _("Reads all and changes nothing but audits."), frozenset(view | {SEE_RESTRICTED} | ledger)),
        Role("top_management", _("Top management"), _("Approves and decides."), frozenset(view | {SEE_RESTRICTED})),
        Role("reader", _("Reader"), _("Reads the registers of one's units."), frozenset(view)),
        Role("employee", _("Employee"), _("Reads what concerns everybody."), frozenset(), frozenset()),
    ):
        register_role(role)


ADMINISTRATION = (
    "user.create", "user.update", "person.create", "person.update", "person.withdraw", "unit.create", "unit.update", "unit.withdraw",
    "assignment.create", "assignment.end", "token.create", "token.revoke", "organisation.update",
)
