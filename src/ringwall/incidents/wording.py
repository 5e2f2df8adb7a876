"""The words and tones of incidents."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.incidents import rules
from ringwall.incidents.models import Notification
from ringwall.incidents.rules import Clock, Obstacle

STATE_TONES = {"open": "bad", "contained": "warn", "resolved": "info", "closed": "quiet"}
SEVERITY_TONES = {1: "quiet", 2: "info", 3: "warn", 4: "bad"}
EVENT_TONES = {"new": "warn", "incident": "info", "dismissed": "quiet"}
CLOCK_TONES = {
    Clock.RUNNING: "info",
    Clock.SOON: "warn",
    Clock.OVERDUE: "bad",
    Clock.IN_TIME: "good",
    Clock.LATE: "warn",
    Clock.NOT_NEEDED: "quiet",
}
OBSTACLES: Mapping[Obstacle, object] = {
    Obstacle.NOT_CLASSIFIED: gettext_lazy("Classify it: how bad it is, and whether anybody must be told."),
    Obstacle.NOT_RESOLVED: gettext_lazy("Say when it is over: resolve it."),
    Obstacle.PERSONAL_DATA: gettext_lazy("Find out whether personal data are touched; a deadline may run."),
    Obstacle.SIGNIFICANCE: gettext_lazy("Decide whether it is significant under NIS2; a deadline may run."),
    Obstacle.NO_CAUSE: gettext_lazy("Enter the cause."),
    Obstacle.CLOCKS: gettext_lazy("Send the notifications, or say why one is not needed."),
    Obstacle.NO_INSIGHT: gettext_lazy("Draw an insight from it, or say when closing why there is none."),
}


def moment_words(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def clock_words(found: Notification, now: datetime | None = None) -> tuple[str, str]:
    """(words, tone): how much time is left, or what became of it."""
    now = now or timezone.now()
    state = found.clock(now)
    hours, minutes = rules.hours_left(found.due_at, now)
    told = {"hours": hours, "minutes": minutes, "days": hours // 24, "rest": hours % 24}
    match state:
        case Clock.RUNNING | Clock.SOON:
            words = _("%(days)d d %(rest)d h left") if hours >= 72 else _("%(hours)d h %(minutes)d min left")
        case Clock.OVERDUE:
            words = (
                _("overdue by %(days)d d %(rest)d h") if hours >= 72 else _("overdue by %(hours)d h %(minutes)d min")
            )
        case Clock.NOT_NEEDED:
            words = _("not needed")
        case _:
            words = _("sent in time") if state is Clock.IN_TIME else _("sent late")
    return words % told, CLOCK_TONES[state]
