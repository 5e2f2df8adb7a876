"""What the home page shows: exceptions to decide, one's findings and actions, the checks that wait for one."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.improvement import queries
from ringwall.improvement.exception_panels import exceptions_table
from ringwall.improvement.models import Finding
from ringwall.improvement.panels import day, findings_table
from ringwall.improvement.register import due_words
from ringwall.kit import registry
from ringwall.kit.cells import record_url
from ringwall.kit.pages import Cell, Column, Link, Panel, Row

SHOWN = 8


@registry.provider("home")
def at_home(actor: Actor) -> Iterable[Panel]:
    base = f"/{actor.organisation.code}/"
    if actor.may("exception.authorise") and (waiting := queries.awaiting_authority(actor, SHOWN)):
        more = Link(_("All that are judged"), f"{base}exceptions/?state=judged", "arrow-right")
        title = _("Exceptions that wait for your decision")
        yield Panel("my-exceptions", title, **exceptions_table(waiting, actor), actions=[more], is_first=True)
    if actor.may("finding.view"):
        if found := queries.own_checks(actor, timezone.localdate(), SHOWN):
            more = Link(_("All checks that wait for me"), f"{base}findings/?checker=me&state=checking", "arrow-right")
            title = _("Checks of effectiveness that wait for me")
            yield Panel("my-checks", title, **findings_table(found, actor), actions=[more], is_first=True)
        if found := queries.own_findings(actor, SHOWN):
            more = Link(_("All my findings"), f"{base}findings/?owner=me", "arrow-right")
            yield Panel(
                "my-findings", _("My open findings"), **findings_table(found, actor, with_owner=False), actions=[more]
            )
    if actor.may("corrective_action.view") and (mine := queries.own_actions(actor, SHOWN)):
        more = Link(_("All my corrective actions"), f"{base}corrective-actions/?owner=me", "arrow-right")
        columns = [
            Column("ref", _("Reference"), "ref"),
            Column("title", _("What is to be done"), "title"),
            Column("due", _("Due")),
        ]
        rows = [_action_row(planned, actor) for planned in mine]
        yield Panel("my-actions", _("My corrective actions"), columns=columns, rows=rows, actions=[more])


def _action_row(planned: Any, actor: Actor) -> Row:
    url = record_url(actor.organisation.code, planned)
    late, tone = due_words(planned)
    cells = [
        Cell("ref", planned.ref, "ref", url),
        Cell("title", planned.title, "title", url),
        Cell("due", late or day(planned.due_on), "state" if tone else "text", state=tone),
    ]
    return Row(str(planned.pk), planned.ref, url, planned.version, cells)


@registry.provider("duties")
def duties(person: Person) -> Iterable[registry.Duty]:
    """The checks of effectiveness that are still to be made by this person."""
    yield registry.Duty(_("Checks of effectiveness"), queries.open_checks_of(person), _give_check)


def _give_check(finding: Finding, to: Person) -> None:
    finding.checker = to
    finding.checked_by_another()
