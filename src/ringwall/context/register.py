"""The registers of scopes, obligations and waivers, and what they tell other floors."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.context import actions, queries
from ringwall.context.models import IsmsScope, Obligation, Waiver
from ringwall.kit import registry
from ringwall.kit.debts import Rule, debt, declare
from ringwall.kit.pages import Column, Link, Panel
from ringwall.kit.register import ColumnSpec, Computed, Register


def review_step(record: Any) -> str:
    if record.review_on is None or record.is_withdrawn or record.review_on >= timezone.localdate():
        return ""
    return gettext("Review it: that was due on %(day)s.") % {"day": date_format(record.review_on, "SHORT_DATE_FORMAT")}


UNIT_NAMES = Computed(
    "units", _("units in scope"), lambda scope: ", ".join(unit.name for unit in scope.units.all()), needs=("*units",)
)


class ScopeRegister(Register):
    model = IsmsScope
    acts = actions.scope_acts
    slug = "scopes"
    group = "plan"
    icon = "circle-dot-dashed"
    order = 10
    columns = (
        "ref",
        "title",
        "method",
        "unit",
        "owner",
        "covers",
        "boundaries",
        "exclusions",
        "units",
        "reference",
        "review_on",
        "restricted",
        "changed_at",
    )
    shown = ("ref", "title", "method", "unit", "owner", "units", "reference", "review_on")
    filters = ("method", "unit", "owner", "review_on")
    sorts = ("ref", "title", "review_on", "changed_at")
    search = ("ref", "title", "covers", "boundaries", "exclusions")
    editable = ("title", "method", "owner", "review_on")
    synonyms = {
        "title": ("name", "scope", "anwendungsbereich", "geltungsbereich"),
        "covers": ("in scope", "contents", "umfang"),
        "boundaries": ("boundary", "interfaces", "grenzen", "schnittstellen"),
        "exclusions": ("excluded", "out of scope", "ausschlüsse"),
    }
    about = _(
        "What the ISMS covers, where it ends and what is left out for which reason. Everything else refers to it."
    )

    def _spec(self, key: str, computed: Computed | None) -> ColumnSpec:
        # Units have a name but no reference, by which the kit would show linked records.
        if key == "units":
            return ColumnSpec(key, UNIT_NAMES.label, "text", None, UNIT_NAMES)
        return super()._spec(key, computed)

    def next_step(self, record: IsmsScope, actor: Actor) -> str:
        return review_step(record)


class ObligationRegister(Register):
    model = Obligation
    acts = actions.obligation_acts
    slug = "obligations"
    group = "plan"
    icon = "scale"
    order = 20
    columns = (
        "ref",
        "title",
        "category",
        "source",
        "clause",
        "demands",
        "requirements",
        "unit",
        "owner",
        "from_on",
        "until_on",
        "review_on",
        "notify_hours",
        "restricted",
        "changed_at",
    )
    shown = ("ref", "title", "category", "source", "clause", "requirements", "owner", "review_on")
    filters = ("category", "unit", "owner", "review_on")
    sorts = ("ref", "title", "category", "review_on", "changed_at")
    search = ("ref", "title", "source", "clause", "demands")
    editable = ("title", "category", "source", "clause", "owner", "requirements", "review_on")
    synonyms = {
        "title": ("name", "obligation", "verpflichtung", "bezeichnung"),
        "category": ("type", "typ", "art"),
        "source": ("law", "contract", "regulation", "gesetz", "vertrag", "rechtsgrundlage"),
        "clause": ("article", "paragraph", "section", "artikel", "paragraf"),
        "demands": ("requirement", "text", "anforderung", "inhalt"),
        "requirements": ("controls", "reference controls", "maßnahmen"),
        "owner": ("responsible", "verantwortlich"),
    }
    about = _("What laws, contracts and decisions of one's own demand. They are reasons why a control is necessary.")

    def next_step(self, record: Obligation, actor: Actor) -> str:
        return review_step(record)


class WaiverRegister(Register):
    model = Waiver
    acts = actions.waiver_acts
    slug = "waivers"
    group = "settings"
    icon = "unlink"
    order = 80
    actions = (actions.grant, actions.refuse, actions.end)
    columns = (
        "ref",
        "title",
        "rule",
        "justification",
        "compensation",
        "state",
        "until_on",
        "unit",
        "owner",
        "decided_on",
        "decided_by",
        "decision",
        "restricted",
        "changed_at",
    )
    spoken = ("state", "decided_on", "decided_by", "decision")
    shown = ("ref", "title", "rule", "state", "until_on", "unit", "owner", "decided_by")
    filters = ("rule", "state", "unit", "owner", "until_on")
    sorts = ("ref", "until_on", "changed_at")
    search = ("ref", "title", "justification", "compensation")
    editable = ("title", "owner")
    facts = ("state", "rule", "until_on", "unit", "owner")
    sections = (
        (_("What is waived, and why"), ("rule", "justification", "compensation", "until_on", "unit", "owner")),
        (_("Decision"), ("state", "decided_by", "decided_on", "decision")),
    )
    tones = {"state": {"proposed": "info", "granted": "warn", "refused": "quiet", "ended": "quiet"}}
    about = _(
        "Very small organisations may do without a rule that parts duties: "
        "which rule, why, what makes up for it, until when. "
        "Top management decides, and the waiver is shown wherever it is used."
    )

    def next_step(self, record: Waiver, actor: Actor) -> str:
        if record.is_withdrawn:
            return ""
        if record.state == Waiver.State.PROPOSED:
            return gettext("Top management grants or refuses it, though not whoever proposed it.")
        if record.state == Waiver.State.GRANTED and record.until_on < timezone.localdate():
            return gettext("Its time is over: it no longer holds. End it, or propose a new one.")
        return ""


@registry.provider("waiver")
def waiver(organisation_id: UUID, rule: str) -> Waiver | None:
    """For lower floors (approvals): the waiver of a rule that holds in the whole organisation today."""
    return queries.waiver_in_force(organisation_id, rule)


@registry.panel(Waiver.kind)
def used_for(record: Waiver, actor: Actor) -> Panel | None:
    """What was done under a waiver, as far as the person may see it."""
    if record.state == Waiver.State.PROPOSED:
        return None
    columns = [
        Column("what", gettext("What"), "link"),
        Column("on", gettext("On"), "date"),
        Column("by", gettext("By")),
    ]
    rows = registry.answers("waiver_used", record, actor)
    return Panel("used-for", gettext("Used for"), columns=columns, rows=rows, empty=gettext("Not used yet."))


DEBTS = (
    Rule(
        "scope.review",
        "warn",
        _("Scopes to review"),
        _("The day on which it should be looked at again is over."),
        "circle-dot-dashed",
    ),
    Rule(
        "obligation.review",
        "warn",
        _("Obligations to review"),
        _("The day on which it should be looked at again is over."),
        "scale",
    ),
    Rule("waiver.decide", "warn", _("Waivers to decide"), _("Somebody proposed it and has no answer."), "unlink"),
)
declare(DEBTS)


@registry.provider("debts")
def debts(actor: Actor) -> Iterable[Link]:
    """Reviews that are overdue and waivers that wait for a decision, each with its count and the list behind it."""
    today = timezone.localdate()
    before = (today - timedelta(days=1)).isoformat()
    for kind, count in queries.overdue_reviews(actor, today).items():
        if count:
            yield debt(actor, f"{kind}.review", count, f"{registry.registers[kind].slug}/?review_on_to={before}")
    if actor.may("waiver.grant") and (count := queries.proposed_waivers(actor)):
        yield debt(actor, "waiver.decide", count, "waivers/?state=proposed")
