"""What risk shows on the home page, and what it counts among the debts."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.pages import Link, Panel
from ringwall.risk.drawing import board_of
from ringwall.risk.models import Option
from ringwall.risk.queries import Figures, figures, heat_map


def risk_address(**filters: Any) -> str:
    """The register's address with filters, relative to the organisation."""
    return f"risks/?{urlencode(filters, doseq=True)}" if filters else "risks/"


def _figure_links(found: Figures, base: str) -> list[tuple[str, int, str, str, str]]:
    """(label, count, address, tone, note) of what is not in order."""
    yesterday = timezone.localdate() - timedelta(days=1)
    return [
        (
            _("Above acceptance without treatment"),
            found.untreated,
            base
            + risk_address(
                is_above_acceptance=1, treatment=[Option.UNDECIDED, Option.RETAIN], acceptance=["no", "waiting"]
            ),
            "bad",
            _("neither treated nor accepted"),
        ),
        (
            _("Acceptances expired"),
            found.expired,
            base + risk_address(acceptance="in_force", accepted_until_to=yesterday),
            "bad",
            _("accept anew, or treat"),
        ),
        (_("Reviews overdue"), found.overdue, base + risk_address(review_on_to=yesterday), "warn", _("assess anew")),
        (_("Without owner"), found.unowned, base + risk_address(owner="none"), "warn", _("name who answers")),
    ]


@registry.provider("home")
def home_panels(actor: Actor) -> list[Panel]:
    """Heat map and four figures: three queries, all answered by covering indexes."""
    if not actor.may("risk.view"):
        return []
    base = f"/{actor.organisation.code}/"
    found = heat_map(actor)
    if not figures(actor).count and not actor.reach.get("risk.view"):
        return []  # sees risks of their own alone, and owns none
    shown = _figure_links(figures(actor), base) if found is not None and found.count else []
    context: dict[str, Any] = {"figures": shown, "found": found}
    if found is not None and found.count:
        context |= board_of(found, actor, "home-heat-map")
    actions = [
        Link(_("Risk matrix"), f"{base}risk-matrix/", "grid-3x3"),
        Link(_("All risks"), f"{base}risks/", "triangle-alert"),
    ]
    empty = ""
    if found is None:
        empty = _("No risk criteria are approved yet: they come before the first assessment.")
        if actor.may("criteria.view"):
            actions = [Link(_("Risk criteria"), f"{base}risk-criteria/", "ruler")]
    elif not found.count:
        empty = _("No risk is assessed yet.")
    return [Panel("risks", _("Risks"), template="risk/home.html", context=context | {"empty": empty}, actions=actions)]


@registry.provider("debts")
def debts(actor: Actor) -> list[Link]:
    """What is not in order with risks: a link to the rows, with their count; nothing where the count is 0."""
    if not actor.may("risk.view"):
        return []
    found, base = figures(actor), f"/{actor.organisation.code}/"
    yesterday = timezone.localdate() - timedelta(days=1)
    labels = {
        "untreated": _("Risks above acceptance without treatment"),
        "expired": _("Acceptances of risks expired"),
        "overdue": _("Risk reviews overdue"),
        "unowned": _("Risks without owner"),
    }
    rows = [
        (f"risk.{key}", label, count, url, note)
        for (key, label), (_label, count, url, _tone, note) in zip(
            labels.items(), _figure_links(found, base), strict=True
        )
    ]
    modified = [Option.MODIFY, Option.AVOID, Option.SHARE]
    rows += [
        (
            "risk.late",
            _("Treatments overdue"),
            found.late,
            base + risk_address(is_above_acceptance=1, treatment=modified, acceptance="no", due_on_to=yesterday),
            _("finish, then assess anew"),
        ),
        (
            "risk.waiting",
            _("Acceptances waiting for a signature"),
            found.waiting,
            base + risk_address(acceptance="waiting"),
            _("top management signs or refuses"),
        ),
        ("risk.unassessed", _("Risks not assessed"), found.unassessed, base + risk_address(level="none"), _("assess")),
    ]
    return [
        Link(label, url, "triangle-alert", count=count, hint=note, key=key)
        for key, label, count, url, note in rows
        if count
    ]
