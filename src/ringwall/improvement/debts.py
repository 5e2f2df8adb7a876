"""What is not in order with findings, actions and exceptions: named rules, each with the list behind it."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.improvement import queries
from ringwall.improvement.models import ActionState, ExceptionState, State
from ringwall.improvement.rules.exceptions import ENDING_DAYS
from ringwall.improvement.rules.findings import CAUSE_DAYS, NONCONFORMITIES
from ringwall.kit import registry
from ringwall.kit.debts import Rule, debt, declare
from ringwall.kit.pages import Link

RULES = (
    Rule(
        "finding.overdue",
        "bad",
        _("Findings overdue"),
        _("The day until which it should be closed is over."),
        "search-alert",
    ),
    Rule(
        "finding.without_cause",
        "bad",
        _("Nonconformities without cause"),
        _("Thirty days after it was found nobody has said what caused it."),
        "search-alert",
    ),
    Rule(
        "corrective_action.overdue",
        "bad",
        _("Corrective actions overdue"),
        _("The day until which it should be done is over."),
        "hammer",
    ),
    Rule(
        "finding.check_due",
        "warn",
        _("Checks of effectiveness due"),
        _("Its actions are done and have had time to work; nobody has looked whether they did."),
        "search-alert",
    ),
    Rule(
        "exception.ending",
        "warn",
        _("Exceptions ending soon"),
        _("It ends within thirty days: renew it, or see that the rule is kept from then on."),
        "shield-alert",
    ),
    Rule(
        "exception.over",
        "bad",
        _("Exceptions over their time"),
        _("Its time is over, and nobody has said that the rule is kept again."),
        "shield-alert",
    ),
    Rule(
        "exception.waiting",
        "warn",
        _("Exceptions to decide"),
        _("Somebody asked for it and has no answer."),
        "shield-alert",
    ),
)
declare(RULES)


def _counts(actor: Actor, today: date) -> dict[str, int]:
    """Key of a rule → how many visible records break it. One query for each kind that the person may see."""
    found: dict[str, int] = {}
    if actor.may("finding.view"):
        standing = queries.standing(actor, today)
        found |= {f"finding.{name}": getattr(standing, name) for name in ("overdue", "without_cause", "check_due")}
    if actor.may("corrective_action.view"):
        found["corrective_action.overdue"] = queries.overdue_actions(actor, today)
    if actor.may("exception.view"):
        exceptions = queries.exception_standing(actor, today)
        found |= {f"exception.{name}": getattr(exceptions, name) for name in ("ending", "over", "waiting")}
    return found


def _address(rule: Rule, today: date) -> str:
    """The register and the filters that show exactly what the rule counts."""
    yesterday = (today - timedelta(days=1)).isoformat()
    not_closed = "".join(f"&state={state}" for state in State if state != State.CLOSED)
    kinds = "".join(f"&category={category}" for category in sorted(NONCONFORMITIES))
    long_ago = (today - timedelta(days=CAUSE_DAYS + 1)).isoformat()
    soon = (today + timedelta(days=ENDING_DAYS)).isoformat()
    granted = f"state={ExceptionState.GRANTED}"
    return {
        "finding.overdue": f"findings/?due_on_to={yesterday}{not_closed}",
        "finding.without_cause": f"findings/?found_on_to={long_ago}&state={State.OPEN}&state={State.CORRECTED}{kinds}",
        "finding.check_due": f"findings/?state={State.CHECKING}&check_on_to={today.isoformat()}",
        "corrective_action.overdue": f"corrective-actions/?state={ActionState.OPEN}&due_on_to={yesterday}",
        "exception.ending": f"exceptions/?{granted}&until_on_from={today.isoformat()}&until_on_to={soon}",
        "exception.over": f"exceptions/?{granted}&until_on_to={yesterday}",
        "exception.waiting": f"exceptions/?state={ExceptionState.ASKED}&state={ExceptionState.JUDGED}",
    }[rule.key]


@registry.provider("debts")
def debts(actor: Actor) -> Iterable[Link]:
    """What is late or waits among what one sees, each with its count and the list behind it."""
    today = timezone.localdate()
    counts = _counts(actor, today)
    for rule in RULES:
        if count := counts.get(rule.key):
            yield debt(actor, rule.key, count, _address(rule, today))
