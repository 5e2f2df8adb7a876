"""The pages of the risk treatment plan."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.approvals.queries import standing, versions
from ringwall.approvals.rules import freeze
from ringwall.approvals.views import deciders_of, submit_from
from ringwall.context.queries import covered_scope
from ringwall.kit import pages, registry
from ringwall.kit.cells import format_value
from ringwall.kit.errors import Denied
from ringwall.kit.requests import ActorRequest
from ringwall.risk.plan.freezing import frozen_rows
from ringwall.risk.plan.queries import Plan, PlannedRisk, plan_of
from ringwall.risk.plan.reports import COLUMNS, column_titles
from ringwall.risk.queries import scopes_of

CONTROL_TONES = {"implemented": "good", "in_progress": "info", "planned": "quiet", "blocked": "bad"}


def scopes_page(request: ActorRequest) -> HttpResponse:
    """Straight to the plan where there is but one scope."""
    actor: Actor = request.actor
    if not actor.may("rtp.view"):
        raise Denied(_("Your role does not include the risk treatment plan."))
    base = f"/{actor.organisation.code}/"
    found = [scope for scope in scopes_of(actor) if scope.is_covered_by(actor, "rtp.view")]
    if len(found) == 1:
        return redirect(f"{base}treatment-plan/{found[0].ref}/")
    links = [pages.Link(str(scope), f"{base}treatment-plan/{scope.ref}/", "clipboard-list") for scope in found]
    empty = pages.Empty(
        _("No scope yet"),
        _("A risk treatment plan belongs to an ISMS scope. Say first what the ISMS covers."),
        [pages.Link(_("New scope"), f"{base}scopes/new/", "plus", "primary")] if actor.may("scope.create") else [],
    )
    return render(request, "kit/links.html", {"title": _("Risk treatment plans"), "links": links, "empty": empty})


def plan_page(request: ActorRequest, ref: str) -> HttpResponse:
    actor: Actor = request.actor
    scope = covered_scope(actor, ref, "rtp.view")
    plan = plan_of(scope)
    now = freeze("rtp", str(scope.pk), str(scope), frozen_rows(plan))
    state = standing("rtp", scope, now)
    base = f"/{actor.organisation.code}/"
    context = {
        "title": _("Risk treatment plan"),
        "scope": scope,
        "plan": plan,
        "figures": _figures(plan),
        "panels": [_risks(plan, base), _controls(plan, base)],
        "standing": state,
        "versions": versions("rtp", scope.pk),
        "outsider_columns": [(key, column_titles()[key]) for key in COLUMNS],
        "report_url": f"{base}reports/rtp/{scope.ref}/",
        "may_submit": scope.is_covered_by(actor, "rtp.submit")
        and state.open is None
        and (state.in_force is None or state.is_stale),
        "deciders": deciders_of(actor),
        "people": Person.objects.filter(organisation_id=actor.organisation_id, withdrawn_on=None).order_by("name"),
        "oscal": registry.answers("oscal", "rtp", scope, actor),
        "exports": [
            pages.Link(label, f"{base}reports/rtp/{scope.ref}/?format={form}", "download") for form, label in FORMATS
        ],
    }
    return render(request, "risk/plan.html", context)


FORMATS = (("pdf", "PDF"), ("docx", "DOCX"), ("xlsx", "XLSX"), ("json", "JSON"))


def _figures(plan: Plan) -> list[pages.Fact]:
    return [
        pages.Fact(_("Risks"), str(len(plan.rows))),
        pages.Fact(
            _("Above acceptance without treatment"), str(len(plan.untreated)), state="bad" if plan.untreated else "good"
        ),
        pages.Fact(_("Effort once"), _("%(days)s days") % {"days": format_value("number", plan.total("effort_once"))}),
        pages.Fact(_("Cost once"), f"{format_value('money', plan.total('cost_once'))} €"),
        pages.Fact(_("Cost yearly"), f"{format_value('money', plan.total('cost_yearly'))} €"),
        pages.Fact(_("Done by"), format_value("date", plan.ends_on) if plan.ends_on else "–"),
    ]


def _risks(plan: Plan, base: str) -> pages.Panel:
    columns = [
        pages.Column(key, label, kind)
        for key, label, kind in (
            ("ref", _("Risk"), "ref"),
            ("title", _("Title"), "title"),
            ("owner", _("Owner"), "text"),
            ("level", _("Level"), "state"),
            ("treatment", _("Treatment"), "text"),
            ("controls", _("Controls"), "text"),
            ("due", _("Due"), "date"),
            ("target", _("Target level"), "state"),
            ("acceptance", _("Acceptance"), "text"),
        )
    ]
    return pages.Panel(
        "plan-risks",
        _("Risks and their treatment"),
        columns=columns,
        rows=[_risk_row(row, base) for row in plan.rows],
        empty=_("The scope has no risks."),
    )


def _risk_row(row: PlannedRisk, base: str) -> pages.Row:
    risk, language = row.risk, get_language() or "en"
    url = f"{base}risks/{risk.ref}/"

    def level(key: str, value: int | None) -> pages.Cell:
        tone = row.criteria.tone(value) if row.criteria and value else ""
        return pages.Cell(key, row.level_name(value, language), "state", state=tone)

    accepted = ""
    if row.acceptance is not None:
        day = format_value("date", row.acceptance.until_on)
        accepted = _("%(state)s until %(day)s") % {"state": row.acceptance.get_state_display(), "day": day}
    cells = [
        pages.Cell("ref", risk.ref, "ref", url),
        pages.Cell("title", risk.title, "title", url),
        pages.Cell("owner", risk.owner.name if risk.owner else "", "text"),
        level("level", risk.level),
        pages.Cell("treatment", risk.get_treatment_display(), "text"),
        pages.Cell(
            "controls",
            ", ".join([c.ref for c in row.controls] + row.entries),
            "text",
            hint="; ".join(str(c) for c in row.controls),
        ),
        pages.Cell("due", format_value("date", risk.due_on) if risk.due_on else "", "date"),
        level("target", risk.target_level),
        pages.Cell("acceptance", accepted, "text"),
    ]
    return pages.Row(str(risk.pk), risk.ref, url, risk.version, cells)


def _controls(plan: Plan, base: str) -> pages.Panel:
    columns = [
        pages.Column(key, label, kind)
        for key, label, kind in (
            ("ref", _("Control"), "ref"),
            ("title", _("Title"), "title"),
            ("implementer", _("Implemented by"), "text"),
            ("state", _("State"), "state"),
            ("due", _("Due"), "date"),
            ("effort_once", _("Effort once (days)"), "number"),
            ("cost_once", _("Cost once"), "money"),
            ("cost_yearly", _("Cost yearly"), "money"),
        )
    ]
    rows = []
    for control in plan.controls:
        url = f"{base}controls/{control.ref}/"
        cells = [
            pages.Cell("ref", control.ref, "ref", url),
            pages.Cell("title", control.title, "title", url),
            pages.Cell("implementer", control.implementer.name if control.implementer else "", "text"),
            pages.Cell("state", control.get_state_display(), "state", state=CONTROL_TONES[control.state]),
            pages.Cell("due", format_value("date", control.due_on) if control.due_on else "", "date"),
            pages.Cell(
                "effort_once",
                format_value("number", control.effort_once) if control.effort_once is not None else "",
                "number",
            ),
            pages.Cell(
                "cost_once", format_value("money", control.cost_once) if control.cost_once is not None else "", "money"
            ),
            pages.Cell(
                "cost_yearly",
                format_value("money", control.cost_yearly) if control.cost_yearly is not None else "",
                "money",
            ),
        ]
        rows.append(pages.Row(str(control.pk), control.ref, url, control.version, cells))
    return pages.Panel(
        "plan-controls", _("Controls of the plan"), columns=columns, rows=rows, empty=_("No risk has a control yet.")
    )


@require_POST
def submit(request: ActorRequest, ref: str) -> HttpResponse:
    """Freeze the plan; every risk owner in it signs, then the chosen people of top management decide."""
    actor: Actor = request.actor
    submit_from(request, "rtp", covered_scope(actor, ref, "rtp.view"))
    return redirect(f"/{actor.organisation.code}/treatment-plan/{ref}/")
