"""The registers of checks and of their answers, and the panels of a check's page."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.compliance import actions, queries, rules
from ringwall.compliance.drawing import bars_of, trend_of
from ringwall.compliance.models import Answer, Check
from ringwall.compliance.wording import TONES, UNMET_TONES, VALUES, done_words
from ringwall.kit import registry
from ringwall.kit.actions import Action
from ringwall.kit.pages import Cell, Column, Fact, Link, Panel, Row
from ringwall.kit.register import Computed, Register
from ringwall.reports import registry as reports

SHOWN_DEVIATIONS = 12
SHOWN_ROUNDS = 12


class CheckRegister(Register):
    model = Check
    acts = actions.acts
    slug = "checks"
    group = "check"
    icon = "clipboard-check"
    order = 10
    actions = (actions.next_round, actions.close, actions.reopen)
    columns = (
        "ref",
        "title",
        "catalogue",
        "scope",
        "asset",
        "parts",
        "level",
        "on",
        "due_on",
        "state",
        "has_maturity",
        "unit",
        "owner",
        "restricted",
        "changed_at",
    )
    shown = ("ref", "title", "catalogue", "scope", "asset", "on", "due_on", "state", "owner")
    filters = ("state", "catalogue", "scope", "asset", "unit", "owner", "on", "due_on")
    sorts = ("ref", "title", "on", "due_on", "state", "changed_at")
    search = ("ref", "title", "conclusion")
    editable = ("title", "on", "due_on", "owner")
    facts = ("state", "catalogue", "scope", "asset", "on", "due_on")
    sections = ((_("Details"), ("level", "parts", "has_maturity", "owner", "unit", "previous", "conclusion")),)
    tones = {"state": {"open": "info", "closed": "quiet"}}
    synonyms = {
        "ref": ("id", "no", "number", "nr", "kennung"),
        "title": ("name", "bezeichnung"),
        "catalogue": ("framework", "standard", "norm", "regelwerk"),
        "on": ("date", "datum", "stichtag"),
        "due_on": ("due date", "deadline", "frist", "termin"),
        "owner": ("responsible", "verantwortlich"),
    }
    about = _(
        "How far the requirements of a catalogue are met in a scope or by an asset, asked in dated rounds:"
        " yes, partially, no, not needed."
    )

    def next_step(self, record: Any, actor: Actor) -> str:
        if not record.is_open:
            return ""
        found = queries.progress_of([record.pk])[record.pk]
        if found.open or found.carried:
            return gettext("Answer what is open: %(count)d of %(all)d.") % {
                "count": found.open + found.carried,
                "all": found.total,
            }
        if found.reasons_missing:
            return gettext("Justify what is still unjustified: %(count)d.") % {"count": found.reasons_missing}
        return gettext("All is answered: close the check.")

    def initial_for(self, act: Action, record: Any, actor: Actor) -> dict[str, Any]:
        if act is actions.next_round:
            return {"title": record.title, "on": timezone.localdate(), "carries": True}
        return super().initial_for(act, record, actor)


def _unmet(answer: Answer) -> tuple[str, str]:
    return (str(answer.get_unmet_display()), UNMET_TONES[answer.unmet]) if answer.unmet else ("", "")


class AnswerRegister(Register):
    model = Answer
    acts = actions.answer_acts
    slug = "answers"
    is_in_navigation = False
    icon = "clipboard-check"
    actions = (actions.confirm, actions.give)
    computed = (Computed("not_met", _("not met"), _unmet, "state"),)
    columns = (
        "ref",
        "round",
        "requirement",
        "value",
        "not_met",
        "maturity",
        "justification",
        "remark",
        "asked",
        "lacks_reason",
        "is_carried",
        "provenance",
        "answered_by",
        "answered_on",
        "changed_at",
    )
    shown = ("ref", "round", "requirement", "value", "not_met", "justification", "remark", "answered_by", "answered_on")
    filters = ("round", "value", "unmet", "lacks_reason", "is_carried")
    search = ("ref", "justification", "remark")
    editable = ("value", "maturity", "justification", "remark", "asked")
    facts = ("value", "not_met", "maturity", "answered_by", "answered_on", "is_carried")
    sections = ((_("Answer"), ("round", "requirement", "justification", "remark", "asked", "provenance")),)
    tones = {"value": TONES}
    synonyms = {
        "ref": ("row",),
        "round": ("check",),
        "requirement": ("identifier", "entry", "kennung"),
        "value": ("status", "umsetzung", "implemented"),
        "justification": ("justification", "begründung"),
        "remark": ("comment", "kommentar", "bemerkung"),
        "asked": ("interviewee", "befragt", "ansprechpartner"),
    }
    about = _("What each check says of every requirement that it asks.")


def check_url(actor: Actor, check: Check) -> str:
    return f"/{actor.organisation.code}/checks/{check.ref}/"


def progress_facts(found: rules.Progress) -> list[Fact]:
    facts = [
        Fact(_("Answered"), _("%(done)d of %(all)d") % {"done": found.done, "all": found.total}),
        Fact(_("Met in full"), f"{found.met_percent} %"),
        Fact(_("Deviations"), str(found.deviations), state="bad" if found.deviations else ""),
    ]
    if found.carried:
        facts.append(Fact(_("To be confirmed"), str(found.carried), state="warn"))
    if found.reasons_missing:
        facts.append(Fact(_("Justifications missing"), str(found.reasons_missing), state="warn"))
    if found.maturity is not None:
        facts.append(Fact(_("Maturity"), f"{found.maturity:.1f}"))
    return facts


@registry.panel(Check.kind)
def progress(record: Any, actor: Actor) -> Panel:
    answers = queries.answer_rows(record)
    url = check_url(actor, record)
    may_answer = record.is_open and actor.may(actions.give.name, record)
    links = [Link(_("Interview"), f"{url}interview/", "messages-square", "primary")] if may_answer else []
    links.append(Link(_("All answers"), f"{url}all/", "list-tree"))
    links.append(Link(_("Spreadsheet"), f"{url}spreadsheet/", "download", hint=_("To work offline and bring back")))
    if may_answer:
        links.append(Link(_("Bring back"), f"{url}import/", "upload", hint=_("A spreadsheet that was worked on")))
    context = {
        "facts": progress_facts(queries.progress_in(answers)),
        "bars": bars_of(queries.group_rows(record, answers)),
        "reports": [
            Link(name, f"/{actor.organisation.code}/checks/{record.ref}/report/?format={form}", "file-text")
            for form, name in (("pdf", "PDF"), ("docx", "DOCX"), ("xlsx", "XLSX"))
        ],
    }
    return Panel("progress", _("Progress"), template="compliance/progress.html", context=context, actions=links)


@registry.panel(Check.kind)
def trend(record: Any, actor: Actor) -> Panel | None:
    rounds = queries.rounds_of(actor, record, SHOWN_ROUNDS)
    if len(rounds) < 2:
        return None
    found = queries.progress_of(one.pk for one in rounds)
    rows = []
    for one in rounds:
        told, url = found[one.pk], check_url(actor, one)
        cells = [
            Cell("on", date_format(one.on, "SHORT_DATE_FORMAT"), "date"),
            Cell("ref", one.ref, "ref", url if one.pk != record.pk else ""),
            Cell("answered", done_words(told)),
            Cell("met", f"{told.met_percent} %", "number"),
            Cell("deviations", str(told.deviations), "number"),
            Cell("maturity", "" if told.maturity is None else f"{told.maturity:.1f}", "number"),
        ]
        rows.append(Row(str(one.pk), one.ref, url, one.version, cells))
    columns = [
        Column("on", _("Round of"), "date"),
        Column("ref", _("Reference"), "ref"),
        Column("answered", _("Answered")),
        Column("met", _("Met in full"), "number"),
        Column("deviations", _("Deviations"), "number"),
        *([Column("maturity", _("Maturity"), "number")] if any(p.maturity is not None for p in found.values()) else ()),
    ]
    shown = [Row(r.id, r.ref, r.url, r.version, r.cells[: len(columns)]) for r in rows]
    context = {"figure": trend_of(rounds, found), "columns": columns, "rows": shown}
    return Panel("trend", _("Rounds so far"), template="compliance/trend.html", context=context)


@registry.panel(Check.kind)
def deviations(record: Any, actor: Actor) -> Panel | None:
    found, count = queries.unmet_rows(record, SHOWN_DEVIATIONS)
    if not found:
        return None
    url = check_url(actor, record)
    rows = [_deviation(row, url) for row in found]
    more = [Link(_("All that is not met"), f"{url}all/?state=unmet", "arrow-right", count=count)]
    columns = [
        Column("identifier", _("Identifier"), "ref"),
        Column("title", _("Title")),
        Column("value", _("Answer"), "state"),
        Column("unmet", _("Not met"), "state"),
    ]
    return Panel("deviations", _("Not met"), columns=columns, rows=rows, actions=more)


def _deviation(row: queries.AnswerRow, url: str) -> Row:
    target = f"{url}interview/?at={row.id}"
    cells = [
        Cell("identifier", row.name, "ref", target),
        Cell("title", row.title, "text"),
        Cell("value", str(VALUES[row.value]), "state", state=TONES[row.value]),
        Cell("unmet", str(Answer(unmet=row.unmet).get_unmet_display()), "state", state=UNMET_TONES[row.unmet]),
    ]
    return Row(str(row.id), row.identifier, target, row.version, cells)


def _report(check: Check, actor: Actor, options: Mapping[str, object]) -> Any:
    return import_module("ringwall.compliance.reports").build(check, actor, options["language"])


def _size(check: Check) -> int:
    return queries.progress_of([check.pk])[check.pk].total


reports.register(
    reports.ReportType("check", Check._meta.verbose_name, queries.find_check, _report, of=Check.kind, size=_size)
)
