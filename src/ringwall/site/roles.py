"""Roles: which grants of all features each has. Roles are code, assignments are rows (`ringwall.access`)."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import SEE_RESTRICTED, Role, register_role
from ringwall.administration import grants as administration
from ringwall.kit import registry

LEDGER = ("ledger.view", "ledger.export")
CATALOGUES = ("catalogue.view", "mapping.view", "mapped_pair.view")
WHOLES = ("soa.view", "rtp.view", *CATALOGUES, "carry_over.view", "evidence.view")
DECISIONS = (
    "soa.authorise",
    "rtp.authorise",
    "criteria.approve",
    "risk.countersign",
    "risk.decline",
    "waiver.grant",
    "waiver.refuse",
    "waiver.end",
    "exception.authorise",
)
"""What top management alone does: no other role holds any of these."""

EXCEPTIONS = ("exception.grant", "exception.refuse", "exception.end")
"""What top management decides on exceptions besides; the ISMS manager too, where the risk is low."""

PERSONAL = ("risk.accept", "risk.end_acceptance", "rtp.sign")
"""What a risk owner does with their own risks and nobody else for them."""


AUDITING = {"control.verify", "finding.create", "finding.check"}
"""What an internal auditor writes besides reading everything."""

CHECKS = {"check.view", "answer.view", "answer.update", "answer.give", "answer.confirm"}
FINDINGS = {
    "finding.view",
    "finding.update",
    "finding.correct",
    "finding.five_whys",
    "finding.fishbone",
    "finding.plan",
    "improvement.view",
    "improvement.complete",
    "exception.renew",
}
"""What those who own things do with the checks, and with the findings, improvements and exceptions, that are theirs."""

EVERYBODY = {
    "task.done",
    "task.cancel",
    "task.step",
    "task.reassign",
    "task.comment",
    "event.view",
    "corrective_action.view",
    "corrective_action.complete",
    "exception.ask",
    "improvement.suggest",
}
"""Whatever a person is: a task or an action given to them is theirs to end, what they reported theirs to read; they may
ask for an exception and suggest an improvement.
"""


def register_roles() -> None:
    """Called once, when all features are registered."""
    kinds = list(registry.registers)
    view = {f"{kind}.view" for kind in kinds} | set(WHOLES)
    acts = set(registry.actions) | {f"{kind}.import" for kind in kinds}
    keeping = acts - set(DECISIONS) - set(PERSONAL) - set(administration.GRANTS)
    keeping |= administration.SHARED
    keeping |= {"catalogue.import", "soa.submit", "rtp.submit", "evidence.add", "evidence.withdraw"}
    owned = {f"{kind}.{verb}" for kind in kinds for verb in ("view", "update")}
    owned |= {"task.create", "evidence.view", "evidence.add"} | CHECKS | FINDINGS
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
            frozenset(CATALOGUES),
            frozenset(owned | set(PERSONAL) | {"risk.assess", "risk.treat"}),
        ),
        Role(
            "control_owner",
            _("Control owner"),
            _("Answers for controls: plans, carries out and reports their own."),
            frozenset(CATALOGUES),
            frozenset(owned | control_work),
        ),
        Role(
            "asset_owner",
            _("Asset owner"),
            _("Answers for assets: describes their own and what protection they need."),
            frozenset(CATALOGUES),
            frozenset(
                {"asset.view", "asset.update", "evidence.view", "evidence.add", "task.create"} | CHECKS | FINDINGS
            ),
        ),
        Role(
            "internal_auditor",
            _("Internal auditor"),
            _("Reads everything with its history, verifies controls, records findings and checks what became of them."),
            frozenset(view | {SEE_RESTRICTED} | AUDITING | set(LEDGER) | set(administration.VIEWS)),
        ),
        Role(
            "top_management",
            _("Top management"),
            _("Sees whether things are in control, authorises, decides, countersigns."),
            frozenset(view | {SEE_RESTRICTED} | set(DECISIONS) | set(EXCEPTIONS)),
        ),
        Role("reader", _("Reader"), _("Reads the registers of one's units."), frozenset(view)),
        Role("employee", _("Employee"), _("Has a sign-in and what concerns everybody."), frozenset()),
    ):
        register_role(replace(role, own=role.own | EVERYBODY))
