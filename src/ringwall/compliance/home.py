"""What checks show on the home page, and what they count among the debts."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.compliance import queries
from ringwall.compliance.wording import done_words
from ringwall.kit import registry
from ringwall.kit.debts import Rule, debt, declare
from ringwall.kit.pages import Cell, Column, Link, Panel, Row

SHOWN_AT_HOME = 8


@registry.provider("home")
def my_checks(actor: Actor) -> Iterable[Panel]:
    """The open checks that one answers for."""
    found = queries.own_open_checks(actor, SHOWN_AT_HOME)
    if not found:
        return
    base, today = f"/{actor.organisation.code}/checks/", timezone.localdate()
    progress = queries.progress_of(check.pk for check in found)
    rows = []
    for check in found:
        url = f"{base}{check.ref}/"
        late = check.due_on is not None and check.due_on < today
        due = date_format(check.due_on, "SHORT_DATE_FORMAT") if check.due_on else ""
        cells = [
            Cell("ref", check.ref, "ref", url),
            Cell("title", check.title, "title", url),
            Cell("progress", done_words(progress[check.pk])),
            Cell("due", due, "state" if late else "text", state="bad" if late else ""),
        ]
        rows.append(Row(str(check.pk), check.ref, url, check.version, cells))
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("progress", _("Progress")),
        Column("due", _("Due")),
    ]
    more = [Link(_("All my checks"), f"{base}?owner=me", "arrow-right")]
    yield Panel("my-checks", _("My checks"), columns=columns, rows=rows, actions=more)


DEBTS = (
    Rule(
        "check.overdue",
        "bad",
        _("Checks overdue"),
        _("The day until which it should be answered is over."),
        "clipboard-check",
    ),
    Rule("check.unowned", "warn", _("Checks without owner"), _("Nobody answers for it."), "clipboard-check"),
    Rule(
        "check.unjustified",
        "warn",
        _("Answers without justification"),
        _("It says that something is not needed, or should be met and is not, and not why."),
        "clipboard-check",
    ),
    Rule(
        "check.deviations",
        "bad",
        _("Requirements not met"),
        _("The latest check says that a binding requirement is not met."),
        "clipboard-check",
    ),
)
declare(DEBTS)


@registry.provider("debts")
def debts(actor: Actor) -> Iterable[Link]:
    """What is late or missing among the checks one sees, each with its count and the list behind it."""
    if not actor.may("check.view"):
        return
    today = timezone.localdate()
    found, before = queries.figures(actor, today), (today - timedelta(days=1)).isoformat()
    unmet = queries.unmet_by_round(actor)
    rounds = urlencode({"unmet": "must", "round": list(unmet)}, doseq=True)
    for name, count, path in (
        ("overdue", found["overdue"], f"checks/?state=open&due_on_to={before}"),
        ("unowned", found["unowned"], "checks/?state=open&owner=none"),
        ("unjustified", queries.unjustified(actor), "answers/?lacks_reason=1"),
        ("deviations", sum(unmet.values()), f"answers/?{rounds}"),
    ):
        if count:
            yield debt(actor, f"check.{name}", count, path)
