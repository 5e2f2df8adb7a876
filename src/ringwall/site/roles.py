"""Roles: which grants of all features each has. Roles are code, assignments are rows (`ringwall.access`)."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import SEE_RESTRICTED, Role, register_role
from ringwall.administration import grants as administration
from ringwall.kit import registry

LEDGER = ("ledger.view", "ledger.export")
WHOLES = ("soa.view", "rtp.view", "catalogue.view", "evidence.view")
DECISIONS = (
    "soa.authorise",
    "rtp.authorise",
    "criteria.approve",
    "risk.countersign",
    "risk.decline",
    "waiver.grant",
    "waiver.refuse",
    "waiver.end",
)
"""What top management alone does: no other role holds any of these."""

PERSONAL = ("risk.accept", "risk.end_acceptance", "rtp.sign")
"""What a risk owner does with their own risks and nobody else for them."""


def register_roles() -> None:
    """Called once, when all features are registered."""
    kinds = list(registry.registers)
    view = {f"{kind}.view" for kind in kinds} | set(WHOLES)
    acts = set(registry.actions) | {f"{kind}.import" for kind in kinds}
    keeping = acts - set(DECISIONS) - set(PERSONAL) - set(administration.GRANTS)
    keeping |= administration.SHARED
    keeping |= {"catalogue.import", "soa.submit", "rtp.submit", "evidence.add", "evidence.withdraw"}
    personal_tasks = {"task.done", "task.cancel", "task.step", "task.reassign", "task.comment"}
    owned = {f"{kind}.{verb}" for kind in kinds for verb in ("view", "update")}
    owned |= {"task.create", "evidence.view", "evidence.add"}
    control_work = {name for name in acts if name.startswith("control.")} - {
        "control.create",
        "control.withdraw",
        "control.import",
    }
    for role in (
        Role(
            "administrator",
            _("Administrator"),
            _("Keeps users, people, units, roles and tokens. Sees all registers, decides nothing in them."),
            frozenset(view | {SEE_RESTRICTED} | set(LEDGER) | administration.GRANTS | administration.SHARED),
        ),
        Role(
            "isms_manager",
            _("ISMS manager"),
            _("Runs the ISMS: keeps all registers and submits for approval."),
            frozenset(view | keeping | {SEE_RESTRICTED} | set(LEDGER)),
        ),
        Role(
            "risk_owner",
            _("Risk owner"),
            _("Answers for risks: assesses, treats and accepts their own, up to their authority."),
            frozenset({"catalogue.view"}),
            frozenset(owned | set(PERSONAL) | {"risk.assess", "risk.treat"}),
        ),
        Role(
            "control_owner",
            _("Control owner"),
            _("Answers for controls: plans, carries out and reports their own."),
            frozenset({"catalogue.view"}),
            frozenset(owned | control_work),
        ),
        Role(
            "asset_owner",
            _("Asset owner"),
            _("Answers for assets: describes their own and what protection they need."),
            frozenset({"catalogue.view"}),
            frozenset({"asset.view", "asset.update", "evidence.view", "evidence.add", "task.create"}),
        ),
        Role(
            "internal_auditor",
            _("Internal auditor"),
            _("Reads everything with its history, verifies controls, changes nothing else."),
            frozenset(view | {SEE_RESTRICTED, "control.verify"} | set(LEDGER) | set(administration.VIEWS)),
        ),
        Role(
            "top_management",
            _("Top management"),
            _("Sees whether things are in control, authorises, decides, countersigns."),
            frozenset(view | {SEE_RESTRICTED} | set(DECISIONS)),
        ),
        Role("reader", _("Reader"), _("Reads the registers of one's units."), frozenset(view)),
        Role("employee", _("Employee"), _("Has a sign-in and what concerns everybody."), frozenset()),
    ):
        # Whatever a person is, a task given to them is theirs to end.
        register_role(replace(role, own=role.own | personal_tasks))
