"""Where exceptions show: at the control and the requirement they depart from, and with their renewals."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.controls.models import Control
from ringwall.improvement import queries
from ringwall.improvement.exception_register import LEVEL_TONES, exception_words
from ringwall.improvement.models import AuthorisedException
from ringwall.kit import registry
from ringwall.kit.cells import record_url
from ringwall.kit.pages import Cell, Column, Panel, Row


def exceptions_table(found: Sequence[AuthorisedException], actor: Actor) -> dict[str, Any]:
    """Columns and rows of a panel that lists exceptions."""
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("standing", _("State"), "state"),
        Column("level", _("Risk of it"), "state"),
        Column("until_on", _("Until"), "date"),
        Column("owner", _("Owner")),
    ]
    rows = []
    for exception in found:
        url = record_url(actor.organisation.code, exception)
        words, tone = exception_words(exception)
        cells = [
            Cell("ref", exception.ref, "ref", url),
            Cell("title", exception.title, "title", url),
            Cell("standing", words, "state", state=tone),
            Cell("level", exception.get_level_display(), "state", state=LEVEL_TONES.get(exception.level, "")),
            Cell("until_on", date_format(exception.until_on, "SHORT_DATE_FORMAT"), "date"),
            Cell("owner", exception.owner.name if exception.owner else ""),
        ]
        rows.append(Row(str(exception.pk), exception.ref, url, exception.version, cells))
    return {"columns": columns, "rows": rows}


@registry.panel("control")
def exceptions_from_control(control: Control, actor: Actor) -> Panel | None:
    if not actor.may("exception.view"):
        return None
    found = queries.exceptions_from(actor, controls=control)
    return Panel("exceptions", _("Exceptions from it"), **exceptions_table(found, actor)) if found else None


@registry.provider("requirement_used")
def exceptions_from_requirement(requirement: Requirement, actor: Actor) -> Iterable[Panel]:
    if actor.may("exception.view") and (found := queries.exceptions_from(actor, requirements=requirement)):
        yield Panel("used-exceptions", _("Exceptions from it"), **exceptions_table(found, actor))


@registry.panel("exception")
def renewals(exception: AuthorisedException, actor: Actor) -> Panel | None:
    """The exception that it renews and those that renew it, as far as they may be seen."""
    seen = AuthorisedException.objects.visible_to(actor).select_related("owner")
    chain = Q(pk__in=[exception.renews_id] if exception.renews_id else []) | Q(renews=exception)
    found = list(seen.filter(chain).order_by("ref_key")[:20])
    return Panel("renewals", _("Before and after it"), **exceptions_table(found, actor)) if found else None
