"""What risk shows on the home page, and what it counts among the debts."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.debts import Rule, debt, declare, rules
from ringwall.kit.pages import Link, Panel
from ringwall.risk.drawing import board_of
from ringwall.risk.models import Option
from ringwall.risk.queries import Figures, figures, heat_map


def risk_address(**filters: Any) -> str:
    """The register's address with filters, relative to the organisation."""
    return f"risks/?{urlencode(filters, doseq=True)}" if filters else "risks/"


def _filters() -> dict[str, dict[str, Any]]:
    """Name of a figure → the filters of the register that show exactly what it counts."""
    before = timezone.localdate() - timedelta(days=1)
    untreated = {"treatment": [Option.UNDECIDED, Option.RETAIN], "acceptance": ["no", "waiting"]}
    late = {"treatment": [Option.MODIFY, Option.AVOID, Option.SHARE], "acceptance": "no", "due_on_to": before}
    return {
        "untreated": {"is_above_acceptance": 1, **untreated},
        "expired": {"acceptance": "in_force", "accepted_until_to": before},
        "overdue": {"review_on_to": before},
        "unowned": {"owner": "none"},
        "late": {"is_above_acceptance": 1, **late},
        "waiting": {"acceptance": "waiting"},
        "unassessed": {"level": "none"},
    }


def _figure_links(found: Figures, base: str) -> list[tuple[str, int, str, str, str]]:
    """(label, count, address, tone, note) of what is not in order."""
    filters = _filters()
    return [
        (label, getattr(found, name), base + risk_address(**filters[name]), rules[f"risk.{name}"].severity, note)
        for name, label, note in (
            ("untreated", _("Above acceptance without treatment"), _("neither treated nor accepted")),
            ("expired", _("Acceptances expired"), _("accept anew, or treat")),
            ("overdue", _("Reviews overdue"), _("assess anew")),
            ("unowned", _("Without owner"), _("name who answers")),
        )
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


DEBTS = (
    Rule(
        "risk.untreated",
        "bad",
        gettext_lazy("Risks above acceptance without treatment"),
        gettext_lazy("It is neither treated nor accepted."),
        "triangle-alert",
    ),
    Rule(
        "risk.expired",
        "bad",
        gettext_lazy("Acceptances of risks expired"),
        gettext_lazy("It is carried on without anybody having accepted it anew."),
        "triangle-alert",
    ),
    Rule(
        "risk.overdue",
        "warn",
        gettext_lazy("Risk reviews overdue"),
        gettext_lazy("The day on which it should be assessed anew is over."),
        "triangle-alert",
    ),
    Rule(
        "risk.unowned",
        "warn",
        gettext_lazy("Risks without owner"),
        gettext_lazy("Nobody answers for it."),
        "triangle-alert",
    ),
    Rule(
        "risk.late",
        "bad",
        gettext_lazy("Treatments overdue"),
        gettext_lazy("The day until which it should be treated is over."),
        "triangle-alert",
    ),
    Rule(
        "risk.waiting",
        "warn",
        gettext_lazy("Acceptances waiting for a signature"),
        gettext_lazy("The owner accepted it; above their authority top management signs or refuses."),
        "triangle-alert",
    ),
    Rule(
        "risk.unassessed",
        "warn",
        gettext_lazy("Risks not assessed"),
        gettext_lazy("Nobody has said how likely and how bad it is."),
        "triangle-alert",
    ),
)
declare(DEBTS)


@registry.provider("debts")
def debts(actor: Actor) -> list[Link]:
    """What is not in order with risks, each with its count and the rows behind it."""
    if not actor.may("risk.view"):
        return []
    found = figures(actor)
    return [
        debt(actor, f"risk.{name}", count, risk_address(**filters))
        for name, filters in _filters().items()
        if (count := getattr(found, name))
    ]
