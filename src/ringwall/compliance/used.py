"""Where checks show on lower floors: at a requirement, an asset and a scope."""

from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ringwall.access.policy import Actor
from ringwall.assets.models import Asset
from ringwall.catalogues.models import Requirement
from ringwall.compliance import queries
from ringwall.compliance.models import Answer, Check
from ringwall.compliance.register import check_url
from ringwall.compliance.wording import TONES, VALUES, done_words
from ringwall.context.models import IsmsScope
from ringwall.kit import registry
from ringwall.kit.pages import Cell, Column, Link, Panel, Row

SHOWN = 20


@registry.provider("requirement_used")
def answers_to(requirement: Requirement, actor: Actor) -> Iterable[Panel]:
    """What the checks that one sees say of a requirement, the latest first."""
    if not actor.may("answer.view"):
        return
    rows = Answer.objects.visible_to(actor).present().filter(requirement=requirement, round__withdrawn_on=None)
    made = []
    for answer in rows.select_related("round").order_by("-round__on", "-ref_key")[:SHOWN]:
        url = f"{check_url(actor, answer.round)}interview/?state=all&at={answer.pk}"
        cells = [
            Cell("ref", answer.round.ref, "ref", url),
            Cell("title", answer.round.title, "title", url),
            Cell("on", date_format(answer.round.on, "SHORT_DATE_FORMAT"), "date"),
            Cell("value", str(VALUES[answer.value]), "state", state=TONES[answer.value]),
        ]
        made.append(Row(str(answer.pk), answer.round.ref, url, answer.version, cells))
    if made:
        columns = [
            Column("ref", _("Reference"), "ref"),
            Column("title", _("Title"), "title"),
            Column("on", _("Round of"), "date"),
            Column("value", _("Answer"), "state"),
        ]
        yield Panel("used-checks", _("Checks"), columns=columns, rows=made)


@registry.panel(Asset.kind)
def checks_of_asset(record: Any, actor: Actor) -> Panel | None:
    return _checks(actor, "asset", record)


@registry.panel(IsmsScope.kind)
def checks_of_scope(record: Any, actor: Actor) -> Panel | None:
    return _checks(actor, "scope", record)


def _checks(actor: Actor, about: str, record: Any) -> Panel | None:
    if not actor.may("check.view"):
        return None
    found = queries.checks_of(actor, **{about: record})
    may_begin = actor.may("check.create") and not record.is_withdrawn
    if not found and not may_begin:
        return None
    progress = queries.progress_of(check.pk for check in found)
    rows = []
    for check in found:
        url = check_url(actor, check)
        cells = [
            Cell("ref", check.ref, "ref", url),
            Cell("title", check.title, "title", url),
            Cell("on", date_format(check.on, "SHORT_DATE_FORMAT"), "date"),
            Cell("progress", done_words(progress[check.pk])),
            Cell("met", f"{progress[check.pk].met_percent} %", "number"),
        ]
        rows.append(Row(str(check.pk), check.ref, url, check.version, cells))
    if sum(check.is_open for check in found) > 1:
        rows.append(_together(actor, about, record))
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("on", _("Round of"), "date"),
        Column("progress", _("Progress")),
        Column("met", _("Met in full"), "number"),
    ]
    new = Link(_("New check"), f"/{actor.organisation.code}/checks/new/?{about}={record.ref}", "plus")
    empty = _("Not checked yet. A check asks how far the requirements of a catalogue are met.")
    return Panel("checks", _("Checks"), columns=columns, rows=rows, actions=[new] if may_begin else (), empty=empty)


def _together(actor: Actor, about: str, record: Any) -> Row:
    """How far all open checks of a scope or an asset are, those included that are not shown."""
    told = queries.progress_of_open(Check.objects.visible_to(actor).present().filter(**{about: record}))
    url, name = f"/{actor.organisation.code}/checks/?{about}={record.pk}&state=open", _("All open checks together")
    cells = [
        Cell("ref", ""),
        Cell("title", name, "title", url),
        Cell("on", ""),
        Cell("progress", done_words(told)),
        Cell("met", f"{told.met_percent} %", "number"),
    ]
    return Row("together", str(name), url, 0, cells)


@registry.provider("where_used")
def checks_in(record: Any) -> Iterable[str]:
    """What would hang in the air if a scope were withdrawn."""
    if isinstance(record, IsmsScope) and (count := Check.objects.filter(scope=record, withdrawn_on=None).count()):
        yield ngettext("%(count)d check", "%(count)d checks", count) % {"count": count}
