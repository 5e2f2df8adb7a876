"""What findings show on record pages, their own and those of others."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.improvement import queries
from ringwall.improvement.actions.findings import finding_acts
from ringwall.improvement.models import CorrectiveAction, EffectivenessCheck, Finding, Method, State
from ringwall.improvement.register import ACTION_TONES, CATEGORY_TONES, STATE_TONES, due_words
from ringwall.improvement.words import BRANCHES
from ringwall.kit import registry
from ringwall.kit.cells import record_url, sees
from ringwall.kit.pages import Cell, Column, Fact, Link, Panel, Row, use_row
from ringwall.kit.records import Record


def day(value: Any) -> str:
    return str(date_format(value, "SHORT_DATE_FORMAT")) if value else ""


@registry.panel("finding")
def correction_panel(finding: Finding, actor: Actor) -> Panel | None:
    title = _("Correction")
    if finding.correction:
        by = finding.corrected_by.name if finding.corrected_by else ""
        facts = [
            Fact(_("What was done at once"), finding.correction),
            Fact(_("Corrected on"), _("%(day)s, %(person)s") % {"day": day(finding.corrected_on), "person": by}),
        ]
        return Panel("correction", title, facts=facts)
    if finding.remedy and finding.state != State.CLOSED:
        return Panel("correction", title, facts=[Fact(_("Proposed"), finding.remedy)])
    if not finding.is_nonconformity:
        return None
    return Panel("correction", title, empty=_("Nothing recorded yet: what was done at once, and when."))


@registry.panel("finding")
def cause_panel(finding: Finding, actor: Actor) -> Panel | None:
    title = _("Cause")
    if not finding.cause:
        if not finding.is_nonconformity:
            return None
        return Panel("cause", title, empty=_("Not known yet. Five whys or a fishbone lead from what is seen to why."))
    return Panel("cause", title, template="improvement/cause.html", context=analysis_of(finding))


def analysis_of(told: Finding | EffectivenessCheck) -> dict[str, Any]:
    """What the template of an analysis draws: method, lines of (branch, text), cause."""
    lines = [(str(BRANCHES.get(branch, "")), text) for branch, text in told.cause_lines]
    return {
        "is_chain": told.cause_method == Method.WHYS,
        "method": told.get_cause_method_display(),
        "lines": lines,
        "cause": told.cause,
    }


@registry.panel("finding")
def actions_panel(finding: Finding, actor: Actor) -> Panel | None:
    found = queries.actions_of(finding, actor)
    if not found and not finding.is_nonconformity:
        return None
    has_rounds = finding.round > 1
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("What is to be done"), "title"),
        *([Column("round", _("Round"), "number")] if has_rounds else ()),
        Column("state", _("State"), "state"),
        Column("owner", _("Responsible")),
        Column("due_on", _("Due"), "date"),
        Column("outcome", _("What was done"), "wrap"),
    ]
    rows = [_action_row(planned, actor, has_rounds) for planned in found]
    empty = _("None planned yet. An action takes the cause away, not only what came of it.")
    return Panel("actions", _("Corrective actions"), columns=columns, rows=rows, empty=empty)


def _action_row(planned: CorrectiveAction, actor: Actor, has_rounds: bool) -> Row:
    url = record_url(actor.organisation.code, planned)
    late, tone = due_words(planned)
    cells = [
        Cell("ref", planned.ref, "ref", url),
        Cell("title", planned.title, "title", url),
        *([Cell("round", str(planned.round), "number")] if has_rounds else ()),
        Cell("state", planned.get_state_display(), "state", state=ACTION_TONES[planned.state]),
        Cell("owner", planned.owner.name if planned.owner else ""),
        Cell("due_on", late or day(planned.due_on), "state" if tone else "date", state=tone),
        Cell("outcome", planned.outcome, "wrap"),
    ]
    return Row(str(planned.pk), planned.ref, url, planned.version, cells, planned.is_withdrawn)


@registry.panel("finding")
def checks_panel(finding: Finding, actor: Actor) -> Panel | None:
    """Each round with its judgement; of a round whose actions had no effect also what was thought to be the cause."""
    found = queries.checks_of(finding)
    if not found and not finding.is_nonconformity and not finding.conclusion:
        return None
    title = _("Checks of effectiveness")
    if not found:
        if finding.conclusion:
            facts = [Fact(_("Conclusion"), finding.conclusion), Fact(_("Closed on"), day(finding.closed_on))]
            return Panel("checks", _("Conclusion"), facts=facts)
        empty = _("None yet. Some time after the last action somebody without a part in it looks whether it worked.")
        return Panel("checks", title, empty=empty)
    rounds = [(_check_words(made), _check_facts(made, actor), _past(made)) for made in found]
    return Panel("checks", title, template="improvement/checks.html", context={"rounds": rounds})


def _check_words(made: EffectivenessCheck) -> tuple[str, str]:
    return (_("effective"), "good") if made.is_effective else (_("without effect"), "bad")


def _check_facts(made: EffectivenessCheck, actor: Actor) -> list[Fact]:
    facts = [
        Fact(_("Checked on"), _("%(day)s, %(person)s") % {"day": day(made.on), "person": made.by.name}),
        Fact(_("What was looked at"), made.looked_at),
    ]
    if made.waiver is not None:
        url = record_url(actor.organisation.code, made.waiver) if sees(actor, made.waiver) else ""
        facts.append(Fact(_("Under the waiver"), made.waiver.ref, url))
    return facts


def _past(made: EffectivenessCheck) -> dict[str, Any] | None:
    """What the finding no longer says itself, since it began anew."""
    if made.is_effective:
        return None
    return {"correction": made.correction, **analysis_of(made)} if made.cause or made.correction else None


@registry.panel("finding", "side")
def about_panel(finding: Finding, actor: Actor) -> Panel | None:
    """The record it is about, the finding it comes back from, and those that came back: as far as they may be seen."""
    code = actor.organisation.code
    facts = []
    if (subject := queries.subject_of(finding, actor)) is not None:
        facts.append(Fact(_("Found at"), str(subject), record_url(code, subject)))
    if finding.recurrence_of is not None and sees(actor, finding.recurrence_of):
        facts.append(Fact(_("Recurrence of"), str(finding.recurrence_of), record_url(code, finding.recurrence_of)))
    again = list(Finding.objects.visible_to(actor).present().filter(recurrence_of=finding).order_by("ref_key")[:20])
    if again:
        facts.append(Fact(_("Came back as"), "", links=[Link(str(row), record_url(code, row)) for row in again]))
    return Panel("about", _("Connections"), facts=facts) if facts else None


@registry.panel("finding")
def similar_panel(finding: Finding, actor: Actor) -> Panel | None:
    """Proposed while the finding is joined to none and not closed."""
    if finding.recurrence_of_id is not None or finding.state == State.CLOSED or finding.is_withdrawn:
        return None
    found = queries.similar_to(
        actor,
        title=finding.title,
        requirement_ids=queries.requirement_ids_of(finding),
        subject_id=finding.subject_id,
        leave_out=finding.pk,
    )
    found = [row for row in found if finding.is_after(row)]
    if not found:
        return None
    url = record_url(actor.organisation.code, finding)
    may_join = actor.may("finding.join", finding)
    lines = [
        {
            "finding": row,
            "url": record_url(actor.organisation.code, row),
            "state": (row.get_state_display(), STATE_TONES[row.state]),
            "join_url": f"{url}act/join/" if may_join else "",
        }
        for row in found
    ]
    return Panel("similar", _("Similar findings"), template="improvement/similar.html", context={"lines": lines})


def findings_table(found: Sequence[Finding], actor: Actor, *, with_owner: bool = True) -> dict[str, Any]:
    """Columns and rows of a panel that lists findings."""
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("category", _("Kind"), "state"),
        Column("state", _("State"), "state"),
        *([Column("owner", _("Owner"))] if with_owner else ()),
        Column("due_on", _("Due")),
    ]
    rows = []
    for finding in found:
        url = record_url(actor.organisation.code, finding)
        late, tone = due_words(finding)
        cells = [
            Cell("ref", finding.ref, "ref", url),
            Cell("title", finding.title, "title", url),
            Cell("category", finding.get_category_display(), "state", state=CATEGORY_TONES[finding.category]),
            Cell("state", finding.get_state_display(), "state", state=STATE_TONES[finding.state]),
            *([Cell("owner", finding.owner.name if finding.owner else "")] if with_owner else ()),
            Cell("due_on", late or day(finding.due_on), "state" if tone else "text", state=tone),
        ]
        rows.append(Row(str(finding.pk), finding.ref, url, finding.version, cells))
    return {"columns": columns, "rows": rows}


LEFT_OUT = {Finding.kind, CorrectiveAction.kind}


@registry.panel("*", "side")
def findings_of_record(record: Record, actor: Actor) -> Panel | None:
    if record.kind in LEFT_OUT or not actor.may("finding.view"):
        return None
    found = queries.findings_about(record, actor)
    may_add = finding_acts.create.is_offered(actor, record) and not record.is_withdrawn
    if not found and not may_add:
        return None
    code = actor.organisation.code
    url = f"/{code}/findings/about/{record.kind}/{record.ref}/new/"
    lines = [
        {"finding": row, "url": record_url(code, row), "state": (row.get_state_display(), STATE_TONES[row.state])}
        for row in found
    ]
    return Panel(
        "findings",
        _("Findings"),
        template="improvement/side.html" if lines else "",
        context={"lines": lines},
        actions=[Link(_("Record finding"), url, "plus")] if may_add else (),
        empty=_("None."),
    )


@registry.provider("requirement_used")
def findings_of_requirement(requirement: Requirement, actor: Actor) -> Iterable[Panel]:
    if actor.may("finding.view") and (found := queries.findings_against(requirement.pk, actor)):
        yield Panel("used-findings", _("Findings"), **findings_table(found, actor))


@registry.provider("waiver_used")
def checked_under(waiver: Any, actor: Actor) -> Iterable[Row]:
    for made in queries.checks_under(waiver, actor):
        url = record_url(actor.organisation.code, made.finding)
        yield use_row(_("Check of %(finding)s") % {"finding": made.finding}, url, made.on, made.by.name)
