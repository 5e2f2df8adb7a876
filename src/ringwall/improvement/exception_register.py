"""The register of exceptions, and the way to ask for one."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.improvement.actions import exceptions as actions
from ringwall.improvement.models import AuthorisedException, ExceptionState
from ringwall.improvement.rules.exceptions import ENDING_DAYS, LOW
from ringwall.kit import registry
from ringwall.kit.cells import sees
from ringwall.kit.pages import Link
from ringwall.kit.register import Computed, Register

STATE_TONES = {"asked": "info", "judged": "info", "granted": "warn", "refused": "quiet", "ended": "quiet"}
LEVEL_TONES = {"low": "good", "raised": "warn", "high": "bad"}


def exception_words(record: AuthorisedException) -> tuple[str, str]:
    """(words, tone): how the exception stands today."""
    today = timezone.localdate()
    if record.state != ExceptionState.GRANTED:
        return str(record.get_state_display()), STATE_TONES[record.state]
    day = {"day": date_format(record.until_on, "SHORT_DATE_FORMAT")}
    if record.until_on < today:
        return gettext("over since %(day)s") % day, "bad"
    is_near = record.until_on <= today + timedelta(days=ENDING_DAYS)
    return gettext("in force until %(day)s") % day, "warn" if is_near else "good"


class ExceptionRegister(Register):
    model = AuthorisedException
    acts = actions.exception_acts
    slug = "exceptions"
    group = "act"
    icon = "shield-alert"
    order = 40
    actions = (actions.judge, actions.grant, actions.authorise, actions.refuse, actions.renew, actions.end)
    computed = (Computed("standing", _("standing"), exception_words, kind="state"),)
    columns = (
        "ref",
        "title",
        "deviation",
        "justification",
        "requirements",
        "controls",
        "compensation",
        "state",
        "standing",
        "level",
        "risk",
        "until_on",
        "asked_by",
        "unit",
        "owner",
        "decided_on",
        "decided_by",
        "decision",
        "ended_on",
        "restricted",
        "changed_at",
    )
    spoken = (
        "state",
        "level",
        "risk",
        "judged_by",
        "judged_on",
        "decision",
        "decided_by",
        "decided_on",
        "ended_on",
        "ended_reason",
        "renews",
    )
    shown = ("ref", "title", "requirements", "controls", "standing", "level", "until_on", "owner", "decided_by")
    filters = ("state", "level", "unit", "owner", "asked_by", "until_on")
    sorts = ("ref", "title", "state", "until_on", "changed_at")
    search = ("ref", "title", "deviation", "justification", "compensation", "risk", "decision")
    editable = ("title", "owner")
    facts = ("standing", "level", "until_on", "owner", "decided_by")
    sections = (
        (
            _("What is asked for"),
            (
                "deviation",
                "justification",
                "requirements",
                "controls",
                "compensation",
                "until_on",
                "asked_by",
                "owner",
                "unit",
            ),
        ),
        (_("Judgement"), ("level", "risk", "judged_by", "judged_on")),
        (_("Decision"), ("state", "decision", "decided_by", "decided_on", "ended_on", "ended_reason")),
    )
    tones = {"state": STATE_TONES, "level": LEVEL_TONES}
    synonyms = {
        "title": ("exception", "name", "ausnahme", "bezeichnung"),
        "deviation": ("description", "abweichung", "beschreibung"),
        "justification": ("grounds", "begründung", "grund"),
        "compensation": ("compensating control", "ausgleich", "ausgleichende maßnahme"),
        "requirements": ("requirement", "clause", "anforderung", "anforderungen", "norm"),
        "controls": ("control", "maßnahme", "maßnahmen"),
        "until_on": ("expiry", "valid until", "expires", "ende", "gültig bis", "befristet bis"),
        "asked_by": ("requested by", "requester", "antragsteller", "antragstellerin", "beantragt von"),
        "owner": ("responsible", "verantwortlich", "eigentümer"),
        "unit": ("department", "abteilung", "bereich"),
    }
    about = _(
        "Where a rule is knowingly not kept for a time: who asked, what risk that brings, what makes up for it, who "
        "allowed it and until when. It shows wherever the rule is shown."
    )

    def next_step(self, record: AuthorisedException, actor: Actor) -> str:
        if record.is_withdrawn:
            return ""
        if record.state == ExceptionState.ASKED:
            return gettext("Judge the risk, and name what it departs from.")
        if record.state == ExceptionState.JUDGED:
            if record.level == LOW:
                return gettext("The ISMS manager decides, though not whoever asked for it or answers for it.")
            return gettext("Top management decides, though not whoever asked for it, answers for it or judged it.")
        if record.state == ExceptionState.GRANTED:
            _words, tone = exception_words(record)
            if tone == "bad":
                return gettext("Its time is over: end it, or ask for renewal.")
            return (
                gettext("Ask for renewal in time, or see that the rule is kept from then on.") if tone == "warn" else ""
            )
        return ""

    def initial_for(self, act: Any, record: Any, actor: Actor) -> dict[str, Any]:
        found = super().initial_for(act, record, actor)
        if act is actions.judge:
            for name in ("requirements", "controls"):
                found[name] = [row for row in getattr(record, name).all() if sees(actor, row)]
        if act is actions.renew:
            found |= {"until_on": None, "justification": ""}
        return found


registry.places.append(
    (Link(_("Ask for an exception"), "exceptions/ask/", "message-circle-question-mark"), "act", 45, "exception.ask")
)
