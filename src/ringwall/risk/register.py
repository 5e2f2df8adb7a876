"""The registers of risks and of risk criteria."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.actions import Action
from ringwall.kit.cells import sees
from ringwall.kit.pages import Link
from ringwall.kit.register import Computed, Register, Text
from ringwall.risk import actions, criteria_actions
from ringwall.risk.models import CriteriaEdition, Option, Risk, RiskCriteria
from ringwall.risk.rules.acceptance import latest_expiry
from ringwall.risk.rules.standing import TONES, next_step, standing
from ringwall.risk.words import NEXT_STEPS, STANDINGS, day_word, level_word, option_word, step_word


def _level(prefix: str) -> Any:
    def value(risk: Risk) -> tuple[str, str]:
        level = getattr(risk, f"{prefix}level")
        criteria = risk.criteria
        return (level_word(criteria, level), criteria.tone(level)) if criteria and level else ("", "")

    return value


def _standing(risk: Risk) -> tuple[str, str]:
    code = "withdrawn" if risk.is_withdrawn else standing(risk.situation, timezone.localdate())
    word = str(STANDINGS[code])
    if code == "accepted":
        word = str(pgettext_lazy("risk", "accepted until %(day)s")) % {"day": day_word(risk.accepted_until)}
    return word, TONES[code]


def _treatment(risk: Risk) -> str:
    return option_word(risk.treatment, risk.scope)


class RiskRegister(Register):
    model = Risk
    acts = actions.acts
    slug = "risks"
    group = "plan"
    icon = "triangle-alert"
    order = 60
    computed = (
        Computed("level_now", _("current level"), _level(""), "state", sort="level"),
        Computed("level_target", _("target level"), _level("target_"), "state", sort="target_level"),
        Computed("level_inherent", _("inherent level"), _level("inherent_"), "state"),
        Computed("standing", _("state"), _standing, "state"),
        Computed("treatment_word", _("treatment"), _treatment, needs=("scope",)),
    )
    columns = (
        "ref",
        "title",
        "standing",
        "level_now",
        "level_target",
        "level_inherent",
        "owner",
        "unit",
        "scope",
        "threat",
        "vulnerability",
        "assets",
        "description",
        "likelihood",
        "consequence",
        "target_likelihood",
        "target_consequence",
        "inherent_likelihood",
        "inherent_consequence",
        "treatment",
        "treatment_note",
        "controls",
        "requirements",
        "due_on",
        "review_on",
        "assessed_on",
        "acceptance",
        "accepted_until",
        "restricted",
        "changed_at",
    )
    shown = ("ref", "title", "standing", "level_now", "level_target", "owner", "treatment", "review_on")
    filters = (
        "level",
        "target_level",
        "treatment",
        "acceptance",
        "is_above_acceptance",
        "scope",
        "unit",
        "owner",
        "likelihood",
        "consequence",
        "target_likelihood",
        "target_consequence",
        "inherent_likelihood",
        "inherent_consequence",
        "review_on",
        "due_on",
        "accepted_until",
        "edition",
    )
    sorts = ("ref", "title", "level", "target_level", "treatment", "review_on", "changed_at")
    search = ("ref", "title", "description", "threat", "vulnerability", "treatment_note")
    editable = ("title", "owner", "treatment", "due_on", "review_on")
    facts = ("standing", "level_now", "level_target", "owner", "treatment_word", "review_on")
    sections = ((_("Scenario"), ("description", "threat", "vulnerability", "assets", "scope", "unit")),)
    actions = (
        actions.countersign,
        actions.decline,
        actions.accept,
        actions.treat,
        actions.assess,
        actions.end_acceptance,
    )
    synonyms = {
        "ref": ("id", "no", "number", "nr", "kennung", "risk id", "risiko-id", "risikonummer"),
        "title": ("name", "risk", "risiko", "bezeichnung", "risk name", "risk title"),
        "description": ("description", "beschreibung", "scenario", "risikobeschreibung", "risk description"),
        "threat": ("gefährdung", "threat scenario", "bedrohungsszenario"),
        "vulnerability": ("schwachstellen", "weakness"),
        "assets": ("asset", "betroffene assets", "zielobjekte", "zielobjekt", "target objects", "affected assets"),
        "owner": ("risk owner", "risikoeigentümer", "verantwortlich", "responsible"),
        "unit": ("department", "abteilung", "bereich", "organisational unit"),
        "likelihood": (
            "current likelihood",
            "probability",
            "wahrscheinlichkeit",
            "eintrittswahrscheinlichkeit",
            "eintrittshäufigkeit",
            "häufigkeit",
            "frequency",
        ),
        "consequence": ("current consequence", "impact", "damage", "schaden", "schadenshöhe", "auswirkung", "severity"),
        "target_likelihood": (
            "residual likelihood",
            "restwahrscheinlichkeit",
            "likelihood after treatment",
            "eintrittswahrscheinlichkeit ziel",
        ),
        "target_consequence": (
            "residual consequence",
            "residual impact",
            "restauswirkung",
            "auswirkung ziel",
            "impact after treatment",
        ),
        "inherent_likelihood": ("gross likelihood", "eintrittswahrscheinlichkeit brutto", "bruttowahrscheinlichkeit"),
        "inherent_consequence": ("gross consequence", "inherent impact", "auswirkung brutto", "bruttoauswirkung"),
        "treatment": ("option", "treatment option", "behandlung", "risikobehandlung", "behandlungsoption"),
        "treatment_note": ("treatment plan", "measures", "maßnahmenbeschreibung", "behandlung in worten"),
        "controls": ("control", "maßnahme", "maßnahmen"),
        "requirements": (
            "annex a",
            "reference control",
            "referenzmaßnahme",
            "referenzmaßnahmen",
            "requirements",
            "anforderungen",
        ),
        "due_on": ("due", "due date", "deadline", "frist", "termin", "fällig", "umsetzung bis"),
        "review_on": ("review", "next review", "review date", "nächste überprüfung", "überprüfung am", "wiedervorlage"),
        "restricted": ("confidential", "vertraulich"),
    }
    about = _(
        "What could go wrong for which assets, how likely and how bad it is, who answers for it, and what is done"
        " about it."
    )

    def own_words(self, actor: Actor) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Levels and steps in the words of the criteria in force; numbers where there are none."""
        if (edition := CriteriaEdition.current(actor.organisation_id)) is None:
            return {}
        criteria, found = edition.read(), {}
        for prefix in ("", "target_", "inherent_"):
            levels = range(1, len(criteria.bands) + 1)
            found[f"{prefix}level"] = [(str(level), level_word(criteria, level)) for level in levels]
            for axis in ("likelihood", "consequence"):
                steps = range(1, len(criteria.steps(axis)) + 1)
                found[f"{prefix}{axis}"] = [(str(step), step_word(criteria, axis, step)) for step in steps]
        return found

    def next_step(self, record: Any, actor: Actor) -> Text:
        code = "" if record.is_withdrawn else next_step(record.situation, timezone.localdate())
        return NEXT_STEPS.get(code, "")

    def initial_for(self, act: Action, record: Any, actor: Actor) -> dict[str, Any]:
        today = timezone.localdate()
        if act is actions.assess:
            judged = {name: getattr(record, name) for name in act.inputs.fields if hasattr(record, name)}
            return judged | {"on": today, "review_on": None}
        if act is actions.treat:
            return {
                "option": record.treatment if record.treatment != Option.UNDECIDED else "",
                "note": record.treatment_note,
                "controls": [row for row in record.controls.all() if sees(actor, row)],
                "requirements": list(record.requirements.all()),
                "due_on": record.due_on,
            }
        if act is actions.accept and record.criteria:
            return {"until": latest_expiry(record.criteria, today)}
        return {}


def _edition(criteria: RiskCriteria) -> tuple[str, str]:
    if criteria.in_force is None:
        return str(_("none in force")), "bad"
    return str(_("edition %(number)d")) % {"number": criteria.in_force}, "good"


def _draft(criteria: RiskCriteria) -> tuple[str, str]:
    return (str(_("waits for approval")), "warn") if criteria.has_draft else ("", "")


class RiskCriteriaRegister(Register):
    model = RiskCriteria
    acts = criteria_actions.acts
    slug = "risk-criteria"
    group = "plan"
    icon = "ruler"
    order = 55
    computed = (
        Computed("edition", _("in force"), _edition, "state"),
        Computed("draft", _("draft"), _draft, "state"),
    )
    columns = ("ref", "title", "edition", "draft", "unit", "owner", "changed_at")
    shown = ("ref", "title", "edition", "draft", "owner", "changed_at")
    filters = ("unit", "owner", "has_draft")
    sorts = ("ref", "changed_at")
    editable = ("title", "owner")
    facts = ("edition", "draft", "owner", "unit")
    sections = ((_("Details"), ("unit", "owner")),)
    actions = (criteria_actions.approve, criteria_actions.draft)
    synonyms = {"ref": ("id", "nr"), "title": ("name", "bezeichnung")}
    about = _(
        "How likelihood and consequence are measured, which level follows, up to which level risks are accepted,"
        " and who may accept those above it. Approved by top management; a risk keeps the edition under which it was"
        " assessed."
    )

    def next_step(self, record: Any, actor: Actor) -> Text:
        if record.is_withdrawn or not record.has_draft:
            return ""
        return _("Top management approves the draft; until then the edition in force applies, or none at all.")


registry.places.append((Link(_("Risk matrix"), "risk-matrix/", "grid-3x3"), "plan", 62, "risk.view"))
registry.tab("risk", "assessments", _("Assessments"))
