"""What the pages of carry-overs are made of."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ringwall.access.policy import Actor
from ringwall.catalogues.carryover.models import CarriedRow, CarryOver
from ringwall.catalogues.carryover.queries import SeenRow
from ringwall.catalogues.carryover.words import REASONS, STATE_TONES, TONES
from ringwall.catalogues.mapping.words import number
from ringwall.catalogues.queries import catalogue_url, quoted
from ringwall.kit import registry
from ringwall.kit.pages import Cell, Column, Fact, Link, Panel, Row

DECIDED = (CarriedRow.State.TAKEN, CarriedRow.State.REFUSED)


def base_url(actor: Actor) -> str:
    return f"/{actor.organisation.code}/catalogues/carry-overs/"


def columns() -> list[Column]:
    return [
        Column("source", _("From")),
        Column("target", pgettext("mapping", "To")),
        Column("basis", _("Basis")),
        Column("state", _("State"), "state"),
        Column("lines", _("Lines"), "number"),
        Column("waiting", _("Proposed"), "number"),
        Column("personal", _("Need a person"), "number"),
        Column("started", _("Begun"), "date"),
    ]


def carry_over_row(actor: Actor, one: Any) -> Row:
    """`one` as `queries.carry_overs_of` gives it."""
    url = f"{base_url(actor)}{one.pk}/"
    by = one.started_by.name if one.started_by else ""
    cells = [
        Cell("source", one.source.title_text, url=url),
        Cell("target", one.target.title_text),
        Cell("basis", one.get_basis_display()),
        Cell("state", one.get_state_display(), "state", state=STATE_TONES[one.state]),
        Cell("lines", number(one.lines), "number"),
        Cell("waiting", number(one.waiting) if one.waiting else "", "number"),
        Cell("personal", number(one.personal) if one.personal else "", "number"),
        Cell("started", date_format(localtime(one.started_at), "SHORT_DATE_FORMAT"), "date", hint=by),
    ]
    return Row(str(one.pk), one.ref, url, one.version, cells)


def carry_overs_panel(actor: Actor, rows: Sequence[Any]) -> Panel:
    return Panel(
        "carry-overs",
        _("Open carry-overs"),
        columns=columns(),
        rows=[carry_over_row(actor, one) for one in rows],
        actions=[Link(_("All carry-overs"), base_url(actor), "arrow-right-left")],
    )


def facts(actor: Actor, one: CarryOver) -> list[Fact]:
    found = [
        Fact(_("From"), one.source.title_text, catalogue_url(actor, one.source)),
        Fact(pgettext("mapping", "To"), one.target.title_text, catalogue_url(actor, one.target)),
        Fact(_("Basis"), one.get_basis_display()),
        Fact(_("State"), one.get_state_display(), state=STATE_TONES[one.state]),
        Fact(
            _("Begun"),
            date_format(localtime(one.started_at), "SHORT_DATE_FORMAT"),
            hint=one.started_by.name if one.started_by else "",
        ),
    ]
    if one.ended_on:
        found.append(Fact(_("Ended"), date_format(one.ended_on, "SHORT_DATE_FORMAT")))
    return found


def state_tabs(counts: Mapping[str, int], shown: str, kept: Mapping[str, str]) -> list[Link]:
    """One tab a state, in the order in which one works: proposals, what needs a person, what is done."""

    def address(state: str) -> str:
        query = {"state": state, **kept}
        return "?" + urlencode({key: value for key, value in query.items() if value})

    words = {str(state): str(label)[:1].upper() + str(label)[1:] for state, label in CarriedRow.State.choices}
    order = ("proposed", "needs_person", "taken", "refused")
    return [Link(words[state], address(state), count=counts[state], is_current=state == shown) for state in order]


def worklist_columns(state: str) -> list[Column]:
    """How a line came to its state is told where that is decided."""
    columns = [
        Column("what", _("What"), "title"),
        Column("source", _("From")),
        Column("target", pgettext("mapping", "To")),
        Column("reason", _("Why"), "wrap"),
        Column("answer", _("Proposal"), "text"),
    ]
    return [*columns, Column("state", _("State"), "state")] if state in DECIDED else columns


def worklist_row(actor: Actor, one: SeenRow, carry_over: CarryOver) -> Row:
    row, first = one.row, one.sources[0]
    what = first.ref if len(one.sources) == 1 else f"{first.ref} +{len(one.sources) - 1}"
    told = "; ".join(f"{source.ref} {source.title}: {source.words}" for source in one.sources)
    carrier = registry.carriers[row.carrier]
    cells = [
        Cell("what", f"{what} {first.title}", "title", first.url, hint=told),
        _end("source", row.source, catalogue_url(actor, carry_over.source)),
        _end("target", row.target, catalogue_url(actor, carry_over.target)),
        Cell("reason", REASONS.get(row.reason, row.reason), "wrap"),
        Cell("answer", carrier.told(row.answer) if row.answer else ""),
    ]
    if row.state in DECIDED:
        cells.append(_state(row))
    return Row(str(row.pk), row.ref, first.url, row.version, cells)


def _end(key: str, requirement: Any, url: str) -> Cell:
    if requirement is None:
        return Cell(key, "–")
    title = requirement.title_text if requirement.title_text != requirement.ref else ""
    return Cell(key, f"{requirement.ref} {title}".strip(), "title", f"{url}{quoted(requirement.identifier)}/")


def _state(row: CarriedRow) -> Cell:
    hint = ""
    if row.is_by_rule and row.state == CarriedRow.State.TAKEN:
        words = str(_("carried by rule"))
    else:
        words = str(row.get_state_display())
    if row.is_left:
        hint = _("Somebody changed since what was carried; that stays as it is.")
        words += f" ({_('left as it is')})"
    elif row.decided_on:
        day = date_format(row.decided_on, "SHORT_DATE_FORMAT")
        hint = f"{row.decided_by}, {day}" if row.decided_by else day
    return Cell("state", words, "state", state=TONES[row.state], hint=hint)
