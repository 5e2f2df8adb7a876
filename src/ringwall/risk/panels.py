"""What risk shows on record pages and on the home page, and what it counts among the debts."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.assets.models import Asset
from ringwall.controls.models import Control
from ringwall.controls.register import RESULT_TONES
from ringwall.kit import registry
from ringwall.kit.cells import record_url, sees
from ringwall.kit.pages import Cell, Column, Fact, Link, Panel, Row, use_row
from ringwall.lib.figures.line import Line, Series
from ringwall.risk.drawing import plain_matrix
from ringwall.risk.models import (
    JUDGEMENTS,
    Acceptance,
    AcceptanceState,
    Assessment,
    CriteriaEdition,
    Option,
    Risk,
    RiskCriteria,
    criteria_of,
)
from ringwall.risk.queries import acceptances_of, acceptances_under, assessments_of, editions_of
from ringwall.risk.rules.acceptance import is_expired, required_authorities
from ringwall.risk.rules.comparing import changes_of, trend
from ringwall.risk.rules.criteria import Criteria, CriteriaInvalid, findings_of, read
from ringwall.risk.words import (
    AUTHORITIES,
    PARTS,
    axis_word,
    day_word,
    finding_word,
    language,
    level_word,
    method_of,
    option_word,
    step_word,
    trend_word,
)
from ringwall.risk.words import (
    JUDGEMENTS as JUDGEMENT_WORDS,
)

MARKS = {"": "●", "target_": "◎", "inherent_": "○"}
CONTROL_TONES = {"implemented": "good", "in_progress": "info", "blocked": "bad", "planned": "quiet"}


@registry.panel("risk")
def level_panel(risk: Risk, actor: Actor) -> Panel:
    """Current, target and inherent risk in words, and where they stand in the matrix."""
    criteria, method = risk.criteria, method_of(risk.scope)
    title = _("Level of risk")
    if criteria is None or risk.level is None:
        return Panel("level", title, empty=_("Not assessed yet. Likelihood and consequence give the level."))
    cards = []
    for prefix in JUDGEMENTS:
        level = getattr(risk, f"{prefix}level")
        if level is None:
            continue
        steps = [
            (axis_word(axis, method), step_word(criteria, axis, getattr(risk, f"{prefix}{axis}")))
            for axis in ("likelihood", "consequence")
        ]
        cards.append((JUDGEMENT_WORDS[prefix], MARKS[prefix], level_word(criteria, level), criteria.tone(level), steps))
    context = {
        "cards": cards,
        "thumbnail": _thumbnail(risk, criteria),
        "note": _("Assessed on %(day)s under the risk criteria %(edition)s.")
        % {
            "day": day_word(risk.assessed_on),
            "edition": _edition_name(risk),
        },
        "authority": AUTHORITIES[criteria.band(risk.level).authority] if risk.is_above_acceptance else "",
    }
    return Panel("level", title, template="risk/level.html", context=context)


def _edition_name(risk: Risk) -> str:
    return CriteriaEdition.objects.filter(pk=str(risk.edition_id)).values_list("name", flat=True).get()


def _thumbnail(risk: Risk, criteria: Criteria) -> list[list[tuple[str, str]]]:
    """Rows of (class, marks), the highest likelihood first."""
    marks: dict[tuple[int, int], str] = {}
    for prefix, mark in MARKS.items():
        pair = getattr(risk, f"{prefix}likelihood"), getattr(risk, f"{prefix}consequence")
        if pair[0] is not None:
            marks[pair] = marks.get(pair, "") + mark
    count = len(criteria.bands)
    return [
        [(f"band-{level}-of-{count}", marks.get((row, column), "")) for column, level in enumerate(levels, start=1)]
        for row, levels in reversed(list(enumerate(criteria.matrix, start=1)))
    ]


@registry.provider("waiver_used")
def accepted_under(waiver: Any, actor: Actor) -> Iterable[Row]:
    """Acceptances that were given, or countersigned, by whoever assessed the risk."""
    for acceptance in acceptances_under(actor, waiver.pk):
        is_first = acceptance.waiver_id == waiver.pk
        by, at = (acceptance.by, acceptance.at) if is_first else (acceptance.next_by, acceptance.next_at)
        what = _("Acceptance of %(risk)s") % {"risk": acceptance.risk}
        url = record_url(actor.organisation.code, acceptance.risk)
        yield use_row(what, url, timezone.localdate(at), by.name if by else "")


@registry.panel("risk")
def treatment_panel(risk: Risk, actor: Actor) -> Panel:
    controls = [row for row in risk.controls.select_related("owner").order_by("ref_key") if sees(actor, row)]
    requirements = list(risk.requirements.select_related("catalogue").order_by("catalogue", "position"))
    option = option_word(risk.treatment, risk.scope)
    tone = "bad" if risk.treatment == Option.UNDECIDED and risk.is_above_acceptance else ""
    facts = [
        Fact(
            _("Treatment"),
            option[:1].upper() + option[1:],
            state=tone or ("info" if risk.treatment != Option.UNDECIDED else "quiet"),
        )
    ]
    if risk.treatment_note:
        facts.append(Fact(_("In words"), risk.treatment_note))
    if risk.due_on:
        facts.append(Fact(_("Treated by"), day_word(risk.due_on)))
    if requirements:
        code = actor.organisation.code
        links = [Link(str(requirement), requirement.address(code)) for requirement in requirements]
        facts.append(Fact(_("Reference controls"), "", links=links))
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Control"), "title"),
        Column("state", _("State"), "state"),
        Column("verified_result", _("Last verification"), "state"),
        Column("owner", _("Owner")),
        Column("due_on", _("Due"), "date"),
    ]
    rows = [_control_row(control, actor) for control in controls]
    context = {"facts": facts, "columns": columns, "rows": rows, "label": _("Controls")}
    return Panel("treatment", _("Treatment"), template="risk/treatment.html", context=context)


def _control_row(control: Control, actor: Actor) -> Row:
    url = record_url(actor.organisation.code, control)
    cells = [
        Cell("ref", control.ref, "ref", url),
        Cell("title", control.title, "title", url),
        Cell("state", control.get_state_display(), "state", state=CONTROL_TONES.get(control.state, "quiet")),
        Cell(
            "verified_result",
            control.get_verified_result_display(),
            "state",
            state=RESULT_TONES.get(control.verified_result, ""),
        ),
        Cell("owner", control.owner.name if control.owner else ""),
        Cell("due_on", day_word(control.due_on), "date"),
    ]
    return Row(str(control.pk), control.ref, url, control.version, cells, control.is_withdrawn)


@registry.panel("risk")
def acceptance_panel(risk: Risk, actor: Actor) -> Panel | None:
    """The acceptance in force or waiting, and the earlier ones with what ended them."""
    found = acceptances_of(risk)
    if not found and not risk.is_above_acceptance:
        return None
    rows = [(_acceptance_word(acceptance), _acceptance_facts(acceptance, risk)) for acceptance in found]
    empty = (
        ""
        if rows
        else _(
            "Not accepted. The owner accepts a risk, with reason and expiry; above their authority top management"
            " signs too."
        )
    )
    return Panel("acceptance", _("Acceptance"), template="risk/acceptance.html", context={"rows": rows, "empty": empty})


def _acceptance_word(acceptance: Acceptance) -> tuple[str, str]:
    if acceptance.state == AcceptanceState.IN_FORCE and is_expired(acceptance.until_on, timezone.localdate()):
        return _("expired on %(day)s") % {"day": day_word(acceptance.until_on)}, "bad"
    if acceptance.state == AcceptanceState.IN_FORCE:
        return _("in force until %(day)s") % {"day": day_word(acceptance.until_on)}, "good"
    tones = {AcceptanceState.WAITING: "info", AcceptanceState.REFUSED: "bad"}
    return str(acceptance.get_state_display()), tones.get(AcceptanceState(acceptance.state), "quiet")


def _acceptance_facts(acceptance: Acceptance, risk: Risk) -> list[Fact]:
    signed = _("%(person)s, %(day)s")
    facts = [
        Fact(
            _("Accepted by"),
            signed % {"person": acceptance.by.name, "day": day_word(timezone.localdate(acceptance.at))},
        )
    ]
    if acceptance.next_by and acceptance.next_at:
        label = _("Refused by") if acceptance.state == AcceptanceState.REFUSED else _("Countersigned by")
        facts.append(
            Fact(
                label,
                signed % {"person": acceptance.next_by.name, "day": day_word(timezone.localdate(acceptance.next_at))},
            )
        )
    if acceptance.state == AcceptanceState.WAITING and risk.criteria:
        band = risk.criteria.band(acceptance.level)
        if len(required_authorities(risk.criteria, acceptance.level)) > 1:
            facts.append(
                Fact(
                    _("Still to sign"),
                    _("Top management, because the level is “%(band)s”") % {"band": band.name(language())},
                )
            )
    if acceptance.state not in {AcceptanceState.IN_FORCE, AcceptanceState.ENDED}:
        facts.append(Fact(_("Until"), day_word(acceptance.until_on)))
    facts.append(Fact(_("Reason"), acceptance.reason))
    for label, text in ((_("Conditions"), acceptance.conditions), (_("Remark"), acceptance.next_remark)):
        if text:
            facts.append(Fact(label, text))
    if used := [str(waiver) for waiver in (acceptance.waiver, acceptance.next_waiver) if waiver]:
        facts.append(Fact(_("Under the waiver"), ", ".join(used)))
    if acceptance.ended_on:
        why = _("a later assessment found the risk worse") if acceptance.is_overtaken else acceptance.ended_reason
        facts.append(
            Fact(_("Ended on"), f"{day_word(acceptance.ended_on)}: {why}" if why else day_word(acceptance.ended_on))
        )
    return facts


@registry.panel("risk", "assessments")
def assessments_panel(risk: Risk, actor: Actor) -> Panel:
    """All rounds, newest first, each held against the one before it."""
    found = assessments_of(risk)
    columns = [
        Column("on", _("Assessed on"), "date"),
        Column("round", _("Round")),
        Column("level", _("Current risk"), "state"),
        Column("trend", _("Trend")),
        Column("target", _("Target residual risk"), "state"),
        Column("inherent", _("Inherent risk"), "state"),
        Column("by", _("Assessed by")),
        Column("edition", _("Risk criteria")),
        Column("rationale", _("Rationale"), "wrap"),
    ]
    names = dict(CriteriaEdition.objects.filter(pk__in={a.edition_id for a in found}).values_list("pk", "name"))
    rows = [_assessment_row(a, found[at + 1] if at + 1 < len(found) else None, names) for at, a in enumerate(found)]
    context = {"columns": columns, "rows": rows, "label": _("Assessments"), "figure": _course(risk, found)}
    empty = _("Not assessed yet.") if not rows else ""
    return Panel(
        "assessments", _("Assessments"), template="risk/assessments.html" if rows else "", context=context, empty=empty
    )


def _assessment_row(made: Assessment, before: Assessment | None, names: dict[Any, str]) -> Row:
    criteria = criteria_of(made.edition_id)

    def cell(key: str, prefix: str) -> Cell:
        level = getattr(made, f"{prefix}level")
        steps = " × ".join(
            step_word(criteria, axis, getattr(made, f"{prefix}{axis}")) for axis in ("likelihood", "consequence")
        )
        return Cell(
            key,
            level_word(criteria, level),
            "state",
            state=criteria.tone(level) if level else "",
            hint=steps if level else "",
        )

    moved = trend_word(trend(criteria_of(before.edition_id), before.level, criteria, made.level)) if before else ""
    cells = [
        Cell("on", day_word(made.on), "date"),
        Cell("round", made.round),
        cell("level", ""),
        Cell("trend", moved),
        cell("target", "target_"),
        cell("inherent", "inherent_"),
        Cell("by", made.by.name if made.by else ""),
        Cell("edition", names.get(made.edition_id, "")),
        Cell("rationale", made.rationale, "wrap"),
    ]
    return Row(str(made.pk), str(made.on), "", made.version, cells)


def _course(risk: Risk, found: list[Assessment]) -> str:
    """A line over the rounds, for two or more under criteria with the same levels as the latest."""
    if not found:
        return ""
    criteria = criteria_of(found[0].edition_id)
    alike = [a for a in reversed(found) if len(criteria_of(a.edition_id).bands) == len(criteria.bands)][-12:]
    if len(alike) < 2:
        return ""
    series = [Series(str(JUDGEMENT_WORDS[""]), tuple(a.level for a in alike))]
    if any(a.target_level for a in alike):
        series.append(Series(str(JUDGEMENT_WORDS["target_"]), tuple(a.target_level for a in alike)))
    return Line(
        title=_("Course of the level"),
        description=_("Level of risk at each assessment."),
        points=tuple(day_word(a.on) for a in alike),
        series=tuple(series),
        target=criteria.accepted_up_to or None,
        target_label=_("acceptance"),
        height=160,
        key="course",
    ).svg()


@registry.panel("asset")
def risks_of_asset(asset: Asset, actor: Actor) -> Panel | None:
    return _risks_panel(
        Risk.objects.filter(pk__in=asset.risks.through.objects.filter(asset=asset).values("risk")), actor
    )


@registry.panel("control")
def risks_of_control(control: Control, actor: Actor) -> Panel | None:
    return _risks_panel(
        Risk.objects.filter(pk__in=control.risks.through.objects.filter(control=control).values("risk")), actor
    )


def _risks_panel(rows: Any, actor: Actor) -> Panel | None:
    found = list(rows.visible_to(actor).present().select_related("owner").order_by("-level", "ref_key")[:50])
    if not found:
        return None
    register = registry.registers["risk"]
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("level", _("Current risk"), "state"),
        Column("standing", _("State"), "state"),
        Column("owner", _("Owner")),
    ]
    computed = {made.key: made.value for made in register.computed}
    table = []
    for risk in found:
        url = record_url(actor.organisation.code, risk)
        level, standing = computed["level_now"](risk), computed["standing"](risk)
        table.append(
            Row(
                str(risk.pk),
                risk.ref,
                url,
                risk.version,
                [
                    Cell("ref", risk.ref, "ref", url),
                    Cell("title", risk.title, "title", url),
                    Cell("level", level[0], "state", state=level[1]),
                    Cell("standing", standing[0], "state", state=standing[1]),
                    Cell("owner", risk.owner.name if risk.owner else ""),
                ],
            )
        )
    return Panel("risks", _("Risks"), columns=columns, rows=table)


@registry.panel("criteria")
def criteria_panel(criteria: RiskCriteria, actor: Actor) -> Panel:
    """The draft, or what is in force where nothing waits, drawn and listed."""
    base = f"/{actor.organisation.code}/risk-criteria/{criteria.ref}/"
    edit = [Link(_("Edit scales and matrix"), f"{base}scales/", "pencil-ruler")]
    actions = edit if actor.may("criteria.draft", criteria) and not criteria.is_withdrawn else []
    title = _("Draft") if criteria.has_draft else _("In force")
    try:
        shown = read(criteria.content)
    except CriteriaInvalid as error:
        return Panel(
            "criteria", title, empty=" ".join(finding_word(finding) for finding in error.findings), actions=actions
        )
    code = language()
    context = {
        "figure": plain_matrix(shown, "criteria-matrix").svg(),
        "scales": [
            (
                axis_word(axis, "iso"),
                [(n, step.name(code), step.description(code)) for n, step in enumerate(shown.steps(axis), start=1)],
            )
            for axis in ("likelihood", "consequence")
        ],
        "bands": [
            (
                number,
                band.name(code),
                shown.tone(number),
                AUTHORITIES[band.authority] if shown.is_above_acceptance(number) else "",
                band.review_months,
            )
            for number, band in enumerate(shown.bands, start=1)
        ],
        "longest": shown.longest_acceptance,
        "warnings": [finding_word(finding) for finding in findings_of(criteria.content)],
    }
    return Panel("criteria", title, template="risk/criteria.html", context=context, actions=actions)


@registry.panel("criteria")
def editions_panel(criteria: RiskCriteria, actor: Actor) -> Panel:
    found = editions_of(criteria)
    columns = [
        Column("name", _("Edition"), "text"),
        Column("on", _("Approved on"), "date"),
        Column("by", _("Approved by")),
        Column("changes", _("Changed since the edition before"), "wrap"),
    ]
    rows = []
    for at, edition in enumerate(found):
        parts = changes_of(found[at + 1].read(), edition.read()) if at + 1 < len(found) else []
        by = edition.approved_by.name if edition.approved_by else ""
        cells = [
            Cell("name", edition.name),
            Cell("on", day_word(edition.approved_on), "date"),
            Cell("by", f"{by} ({edition.waiver.ref})" if edition.waiver else by),
            Cell("changes", ", ".join(str(PARTS[part]) for part in parts), "wrap"),
        ]
        rows.append(Row(str(edition.pk), edition.name, "", edition.version, cells))
    return Panel(
        "editions",
        _("Editions"),
        columns=columns,
        rows=rows,
        empty=_("None approved yet: risks cannot be assessed until one is."),
    )
