"""The register of controls, the panels of its record page, and what it tells other floors."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.controls import actions, queries, rules
from ringwall.controls.models import Control, State, Verification
from ringwall.kit import registry
from ringwall.kit.cells import record_url, sees
from ringwall.kit.debts import Rule, debt, declare
from ringwall.kit.pages import Cell, Column, Fact, Link, Panel, Row, use_row
from ringwall.kit.register import Computed, Register

RESULT_TONES = {"effective": "good", "partly": "warn", "ineffective": "bad"}
STATE_TONES = {"planned": "quiet", "in_progress": "info", "blocked": "bad", "implemented": "good"}
SHOWN_AT_HOME = 8


def timeliness_words(control: Control) -> tuple[str, str]:
    """(words, tone): whether the day that counts for the control is over or near."""
    found, day = control.timeliness()
    if day is None or found not in {rules.Timeliness.OVERDUE, rules.Timeliness.SOON}:
        return "", ""
    is_done = control.state == State.IMPLEMENTED
    told = {"day": date_format(day, "SHORT_DATE_FORMAT")}
    if found == rules.Timeliness.OVERDUE:
        return (
            gettext("verification overdue since %(day)s") if is_done else gettext("overdue since %(day)s")
        ) % told, "bad"
    return (gettext("verification due %(day)s") if is_done else gettext("due %(day)s")) % told, "warn"


class ControlRegister(Register):
    model = Control
    acts = actions.acts
    slug = "controls"
    group = "do"
    icon = "shield-check"
    order = 10
    actions = (actions.complete, actions.start, actions.unblock, actions.verify, actions.block, actions.reopen)
    computed = (Computed("timeliness", _("timeliness"), timeliness_words, kind="state"),)
    columns = (
        "ref",
        "title",
        "objective",
        "description",
        "requirements",
        "state",
        "timeliness",
        "blocked_reason",
        "priority",
        "unit",
        "owner",
        "designer",
        "implementer",
        "reports_to",
        "due_on",
        "implemented_on",
        "effort_once",
        "effort_yearly",
        "cost_once",
        "cost_yearly",
        "verify_every",
        "verifier",
        "expectation",
        "sample",
        "verified_on",
        "verified_result",
        "verify_next_on",
        "restricted",
        "changed_at",
    )
    shown = (
        "ref",
        "title",
        "requirements",
        "state",
        "timeliness",
        "priority",
        "owner",
        "due_on",
        "verified_result",
        "verify_next_on",
    )
    filters = (
        "state",
        "priority",
        "unit",
        "owner",
        "implementer",
        "verifier",
        "due_on",
        "verified_result",
        "verify_next_on",
    )
    sorts = ("ref", "title", "state", "priority", "due_on", "verify_next_on", "changed_at")
    search = ("ref", "title", "objective", "description", "blocked_reason")
    editable = (
        "title",
        "state",
        "priority",
        "owner",
        "implementer",
        "designer",
        "reports_to",
        "due_on",
        "effort_once",
        "effort_yearly",
        "cost_once",
        "cost_yearly",
        "verify_every",
        "verifier",
        "verify_next_on",
        "requirements",
    )
    facts = ("state", "timeliness", "priority", "owner", "implementer", "verified_result")
    sections = (
        (_("What it does"), ("objective", "description", "blocked_reason")),
        (
            _("Who and until when"),
            (
                "owner",
                "designer",
                "implementer",
                "reports_to",
                "unit",
                "due_on",
                "implemented_on",
            ),
        ),
        (_("How it is verified"), ("expectation", "sample", "verifier", "verify_every", "verify_next_on")),
    )
    tones = {"state": STATE_TONES, "priority": {1: "bad", 2: "warn"}, "verified_result": RESULT_TONES}
    synonyms = {
        "ref": ("id", "no", "number", "nr", "kennung", "control id", "ref id"),
        "title": ("name", "control", "measure", "maßnahme", "bezeichnung"),
        "objective": ("goal", "target state", "ziel", "sollzustand"),
        "requirements": ("reference controls", "annex a", "iso 27001", "referenzmaßnahmen", "anforderungen"),
        "state": ("status", "implementation status", "umsetzungsstatus", "zustand"),
        "blocked_reason": ("blocker", "hindernis", "blockiert durch"),
        "priority": ("prio", "priorität"),
        "owner": ("responsible", "control owner", "verantwortlich", "verantwortlicher", "eigentümer"),
        "unit": ("department", "abteilung", "bereich", "organisational unit"),
        "designer": ("design by", "designed", "geplant von"),
        "implementer": ("implementation by", "umsetzung durch", "umsetzer"),
        "reports_to": ("report to", "meldung an"),
        "due_on": ("due date", "deadline", "eta", "until", "termin", "frist", "umsetzung bis"),
        "implemented_on": ("completed", "done on", "umgesetzt am"),
        "effort_once": ("effort", "aufwand", "personentage"),
        "cost_once": ("cost", "costs", "budget", "kosten", "investition"),
        "cost_yearly": ("running cost", "annual cost", "laufende kosten"),
        "verify_every": ("interval", "verification interval", "intervall", "prüfintervall"),
        "verifier": ("tester", "verified by", "prüfer", "prüferin"),
        "expectation": ("expected result", "test criterion", "erwartung", "prüfkriterium"),
        "sample": ("sample size", "test method", "stichprobe", "prüfmethode"),
        "verify_next_on": ("next review", "next check", "nächste prüfung"),
    }
    about = _(
        "What the organisation does for its security: who builds it until when, what it costs, and whether it works."
    )

    def next_step(self, record: Control, actor: Actor) -> str:
        if record.is_withdrawn:
            return ""
        if record.owner_id is None:
            return gettext("Name an owner: somebody must answer for it.")
        if record.state == State.BLOCKED:
            return gettext("Clear what blocks it: %(reason)s") % {"reason": record.blocked_reason}
        if record.state != State.IMPLEMENTED:
            return gettext("Set a due date.") if record.due_on is None else ""
        if record.verified_result == "ineffective":
            return gettext("It does not work: reopen it or plan another control.")
        if record.verify_next_on is None:
            return gettext("Set how often it is verified.")
        if record.verifier_id in {record.owner_id, record.designer_id, record.implementer_id} - {None}:
            return gettext("Name another verifier: nobody verifies what they own, designed or implemented.")
        found, day = record.timeliness()
        told = {"day": date_format(day, "SHORT_DATE_FORMAT") if day else ""}
        if found is rules.Timeliness.OVERDUE:
            return gettext("Verify it: that was due on %(day)s.") % told
        return gettext("Verify it until %(day)s.") % told if found is rules.Timeliness.SOON else ""

    def initial_for(self, act: Any, record: Any, actor: Actor) -> dict[str, Any]:
        today = timezone.localdate()
        return super().initial_for(act, record, actor) | ({"on": today} if "on" in act.inputs.fields else {})


@registry.panel(Control.kind)
def what_it_implements(record: Any, actor: Actor) -> Panel:
    rows = []
    for requirement in record.requirements.select_related("catalogue").order_by("catalogue__title", "position"):
        url = _requirement_url(requirement, actor)
        cells = [
            Cell("identifier", requirement.ref, "ref", url),
            Cell("title", requirement.title_text, "text"),
            Cell("catalogue", requirement.catalogue.title_text, "text"),
        ]
        rows.append(Row(str(requirement.pk), requirement.ref, url, 0, cells))
    columns = [
        Column("identifier", _("Identifier"), "ref"),
        Column("title", _("Title")),
        Column("catalogue", _("Catalogue")),
    ]
    empty = _("No requirement yet. Name those that it helps to meet, so that the statement of applicability finds it.")
    return Panel("implements", _("Implements"), columns=columns, rows=rows, empty=empty)


def _requirement_url(requirement: Requirement, actor: Actor) -> str:
    if not actor.may("catalogue.view"):
        return ""
    place = {"organisation": actor.organisation.code, "code": requirement.catalogue.code}
    return reverse("requirement", kwargs=place | {"identifier": requirement.identifier})


@registry.panel(Control.kind)
def cost(record: Any, actor: Actor) -> Panel | None:
    facts = []
    for name in queries.FIGURES:
        if (value := getattr(record, name)) is not None:
            digits = 1 if name.startswith("effort") else 2
            label = actions.acts.create.inputs.fields[name].label or ""
            facts.append(Fact(label, number_format(value, digits, force_grouping=True)))
    return Panel("cost", _("Effort and cost"), facts=facts) if facts else None


@registry.panel(Control.kind)
def verifications(record: Any, actor: Actor) -> Panel | None:
    found = queries.verifications_of(record)
    if not found and record.state != State.IMPLEMENTED:
        return None
    has_waiver = any(v.waiver for v in found)  # the exception is shown where there is one
    has_sample = any(v.sample for v in found)
    rows = [_verification_row(v, actor, has_waiver, has_sample) for v in found]
    columns = [
        Column("on", _("Verified on"), "date"),
        Column("result", _("Result"), "state"),
        Column("by", _("Verified by")),
        *([Column("waiver", _("Under waiver"), "link")] if has_waiver else ()),
        *([Column("sample", _("Sample and method"), "wrap")] if has_sample else ()),
        Column("remark", _("Remark"), "wrap"),
    ]
    empty = _("Not verified yet. Somebody who neither owns, designed nor implemented it tests whether it works.")
    return Panel("verifications", _("Verifications"), columns=columns, rows=rows, empty=empty)


def _verification_row(v: Verification, actor: Actor, has_waiver: bool, has_sample: bool) -> Row:
    waiver = v.waiver
    url = record_url(actor.organisation.code, waiver) if sees(actor, waiver) else ""
    cells = [
        Cell("on", date_format(v.on, "SHORT_DATE_FORMAT"), "date"),
        Cell("result", v.get_result_display(), "state", state=RESULT_TONES[v.result]),
        Cell("by", v.by.name),
        *([Cell("waiver", waiver.ref if waiver else "", "link", url)] if has_waiver else ()),
        *([Cell("sample", v.sample, "wrap", hint=v.expectation)] if has_sample else ()),
        Cell("remark", v.remark, "wrap"),
    ]
    return Row(str(v.pk), str(v.on), "", v.version, cells)


@registry.provider("waiver_used")
def verifications_under(waiver: Any, actor: Actor) -> Iterable[Row]:
    for v in queries.verifications_under(waiver, actor):
        url = record_url(actor.organisation.code, v.control)
        yield use_row(_("Verification of %(control)s") % {"control": v.control}, url, v.on, v.by.name)


@registry.provider("home")
def my_controls(actor: Actor) -> Iterable[Panel]:
    """What the person owns or implements and has not finished."""
    if not actor.may("control.view"):
        return
    if not (found := queries.own_open_controls(actor, SHOWN_AT_HOME)):
        return
    base = f"/{actor.organisation.code}/controls/"
    rows = []
    for control in found:
        words, tone = timeliness_words(control)
        url = f"{base}{control.ref}/"
        due = words or (date_format(control.due_on, "SHORT_DATE_FORMAT") if control.due_on else "")
        cells = [
            Cell("ref", control.ref, "ref", url),
            Cell("title", control.title, "title", url),
            Cell("state", control.get_state_display(), "state", state=STATE_TONES[control.state]),
            Cell("due", due, "state" if tone else "text", state=tone),
        ]
        rows.append(Row(str(control.pk), control.ref, url, control.version, cells))
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("state", _("State"), "state"),
        Column("due", _("Due")),
    ]
    all_of_them = Link(_("All my controls"), f"{base}?owner=me", "arrow-right")
    yield Panel("my-controls", _("My open controls"), columns=columns, rows=rows, actions=[all_of_them])


DEBTS = (
    Rule(
        "control.overdue",
        "bad",
        _("Controls overdue"),
        _("The day until which it should be built is over."),
        "shield-check",
    ),
    Rule("control.blocked", "warn", _("Controls blocked"), _("Something keeps it from being built."), "shield-check"),
    Rule(
        "control.verification_overdue",
        "warn",
        _("Verifications overdue"),
        _("Nobody has tested in time whether it still works."),
        "shield-check",
    ),
    Rule(
        "control.ineffective",
        "bad",
        _("Controls that do not work"),
        _("Its last verification failed, so what it treats is untreated."),
        "shield-check",
    ),
    Rule("control.without_owner", "warn", _("Controls without owner"), _("Nobody answers for it."), "shield-check"),
)
declare(DEBTS)


@registry.provider("debts")
def debts(actor: Actor) -> Iterable[Link]:
    """What is late or missing among the controls one sees, each with its count and the list behind it."""
    if not actor.may("control.view"):
        return
    today = timezone.localdate()
    found, before = queries.standing(actor, today), (today - timedelta(days=1)).isoformat()
    open_states = "".join(f"&state={state}" for state in State if state != State.IMPLEMENTED)
    lists = {
        "overdue": f"due_on_to={before}{open_states}",
        "blocked": "state=blocked",
        "verification_overdue": f"state=implemented&verify_next_on_to={before}",
        "ineffective": "state=implemented&verified_result=ineffective",
        "without_owner": "owner=none",
    }
    for name, query in lists.items():
        if count := getattr(found, name):
            yield debt(actor, f"control.{name}", count, f"controls/?{query}")


@registry.provider("duties")
def duties(person: Person) -> Iterable[registry.Duty]:
    """Controls to implement, to verify, and to hear of when they are done."""
    labels = {
        "implementer": _("Controls to implement"),
        "reports_to": _("Controls whose completion is reported"),
        "verifier": _("Controls to verify"),
    }
    for name, rows in queries.parts_of(person).items():
        yield registry.Duty(labels[name], rows, partial(_give, name))


def _give(part: str, control: Control, to: Person) -> None:
    setattr(control, part, to)
