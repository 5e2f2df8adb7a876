"""What a document says of its own authorisation."""

from dataclasses import dataclass
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from ringwall.approvals.models import Signature
from ringwall.approvals.queries import signatures_of, standing


@dataclass(frozen=True, slots=True)
class Status:
    """`lines` of the status box; `is_authorised` only while nothing of substance has changed since."""

    lines: list[str]
    version: str
    is_authorised: bool


def status_of(kind: str, whole: Any) -> Status:
    """Who decided and signed, when, on what conditions, the hash, and whether the present state still is that one."""
    state = standing(kind, whole)
    if state.in_force is None:
        lines = [_("Draft: not authorised.")]
        if state.open:
            lines.append(_("Version %(number)d is submitted and not decided.") % {"number": state.open.number})
        return Status(lines, _("draft"), False)
    approval = state.in_force
    lines = [line for signature in signatures_of(approval) for line in _told(signature)]
    lines.append(f"SHA-256 {approval.sha256}")
    if state.is_stale and state.comparison:
        told = _(
            "Changed in substance since then (differences: %(count)d). "
            "The version in force stays so until it is replaced."
        )
        lines.append(told % {"count": len(state.comparison.substance)})
    return Status(lines, _("version %(number)d") % {"number": approval.number}, not state.is_stale)


def _told(signature: Signature) -> list[str]:
    if signature.answer != Signature.Answer.YES or signature.at is None:
        return []
    sentences = {
        Signature.Part.DECIDES: _("Authorised by %(name)s on %(day)s."),
        Signature.Part.SIGNS: _("Signed by %(name)s on %(day)s."),
        Signature.Part.CONSULTED: _("Consulted: %(name)s on %(day)s."),
    }
    day = formats.date_format(timezone.localtime(signature.at), "SHORT_DATE_FORMAT")
    lines = [sentences[Signature.Part(signature.part)] % {"name": signature.person.name, "day": day}]
    if signature.conditions:
        lines.append(_("Condition: %(text)s") % {"text": signature.conditions})
    if signature.conflict:
        lines.append(_("Conflict of interest: %(text)s") % {"text": signature.conflict})
    if signature.waiver_ref:
        lines.append(_("Waiver in use: %(ref)s") % {"ref": signature.waiver_ref})
    return lines
