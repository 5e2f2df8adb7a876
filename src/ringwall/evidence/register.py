"""Where evidence shows: beside every record, on a page of all that one sees, and among the debts when it expires."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.evidence import actions, queries
from ringwall.evidence.models import Evidence
from ringwall.evidence.rules import Validity
from ringwall.kit import registry
from ringwall.kit.debts import Rule, debt, declare
from ringwall.kit.pages import Link, Panel
from ringwall.kit.records import Record

SHOWN_AT_RECORD = 5
TONES = {Validity.VALID: "", Validity.EXPIRING: "warn", Validity.EXPIRED: "bad", Validity.WITHDRAWN: "quiet"}
registry.places.append((Link(_("Evidence"), "evidence/", "paperclip"), "do", 80, "evidence.view"))


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of evidence as a list shows it; `withdraw_url` is empty for those who may not withdraw it."""

    name: str
    url: str
    note: str
    size: str
    added: str
    by: str
    validity: str
    tone: str
    sha256: str
    withdraw_url: str = ""
    reason: str = ""


def validity_words(evidence: Evidence) -> tuple[str, str]:
    """(words, tone): in words always, in colour when something is to be done."""
    found = evidence.validity()
    if found is Validity.WITHDRAWN and evidence.withdrawn_on:
        words = gettext("withdrawn on %(day)s") % {"day": date_format(evidence.withdrawn_on, "SHORT_DATE_FORMAT")}
    elif evidence.valid_until is None:
        words = ""
    else:
        day = {"day": date_format(evidence.valid_until, "SHORT_DATE_FORMAT")}
        words = (gettext("expired on %(day)s") if found is Validity.EXPIRED else gettext("valid until %(day)s")) % day
    return words, TONES[found]


def line_of(actor: Actor, evidence: Evidence, *, may_withdraw: bool = False) -> Line:
    base = f"/{actor.organisation.code}/evidence/{evidence.pk}/"
    words, tone = validity_words(evidence)
    return Line(
        name=evidence.name,
        url=base,
        note=evidence.note,
        size=filesizeformat(evidence.file.size),
        added=date_format(timezone.localtime(evidence.added_at), "SHORT_DATE_FORMAT"),
        by=evidence.added_by.name if evidence.added_by else "",
        validity=words,
        tone=tone,
        sha256=evidence.file.sha256,
        withdraw_url=f"{base}withdraw/" if may_withdraw and evidence.withdrawn_on is None else "",
        reason=evidence.withdrawn_reason,
    )


def page_url(actor: Actor, record: Record) -> str:
    return f"/{actor.organisation.code}/evidence/of/{record.kind}/{record.ref}/"


@registry.panel("*", "side")
def evidence_of_record(record: Record, actor: Actor) -> Panel | None:
    found = [row for row in queries.evidence_of(record) if row.withdrawn_on is None]
    may_add = actions.add.is_offered(actor, record) and not record.is_withdrawn
    if not found and not may_add:
        return None
    url = page_url(actor, record)
    add = [Link(actions.add.label, url, "paperclip")] if may_add else []
    more = [Link(_("All evidence"), url, "arrow-right")] if len(found) > SHOWN_AT_RECORD or not may_add else []
    return Panel(
        "evidence",
        _("Evidence"),
        template="evidence/side.html",
        context={"lines": [line_of(actor, row) for row in found[:SHOWN_AT_RECORD]], "count": len(found)},
        actions=[*add, *more],
    )


DEBTS = (
    Rule(
        "evidence.expired",
        "warn",
        _("Evidence expired"),
        _("It proves nothing any more: its last day is over."),
        "paperclip",
    ),
)
declare(DEBTS)


@registry.provider("debts")
def debts(actor: Actor) -> Iterable[Link]:
    if actor.may("evidence.view") and (count := queries.expired_count(actor, timezone.localdate())):
        yield debt(actor, "evidence.expired", count, "evidence/?show=expired")


@registry.provider("evidence_since")
def evidence_since(organisation_id: UUID, subject_id: UUID, since: datetime) -> Iterable[str]:
    """Names of the evidence in use that was added to a record since then: for tasks that ask for it."""
    rows = Evidence.objects.filter(organisation_id=organisation_id, subject_id=subject_id, withdrawn_on=None)
    return rows.filter(added_at__gte=since).values_list("name", flat=True)[:1]
