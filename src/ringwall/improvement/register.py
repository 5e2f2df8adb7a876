"""The registers of findings and corrective actions."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.improvement.actions import checks, corrective, findings
from ringwall.improvement.models import ActionState, CorrectiveAction, Finding, Method, State
from ringwall.kit import registry
from ringwall.kit.pages import Link
from ringwall.kit.register import Computed, Register

CATEGORY_TONES = {"major": "bad", "minor": "warn", "observation": "info", "opportunity": "quiet"}
STATE_TONES = {
    "open": "bad",
    "corrected": "warn",
    "analysed": "warn",
    "acting": "info",
    "checking": "info",
    "closed": "good",
}
ACTION_TONES = {"open": "info", "done": "good", "dropped": "quiet"}


def due_words(record: Any) -> tuple[str, str]:
    """(words, tone): whether the due day of something unfinished is over or today."""
    is_open = record.state not in {State.CLOSED, ActionState.DONE, ActionState.DROPPED}
    if record.due_on is None or not is_open or record.is_withdrawn:
        return "", ""
    day = {"day": date_format(record.due_on, "SHORT_DATE_FORMAT")}
    today = timezone.localdate()
    if record.due_on < today:
        return gettext("overdue since %(day)s") % day, "bad"
    return (gettext("due today"), "warn") if record.due_on == today else ("", "")


TIMELINESS = Computed("timeliness", _("timeliness"), due_words, kind="state")


class FindingRegister(Register):
    model = Finding
    acts = findings.finding_acts
    slug = "findings"
    group = "act"
    icon = "search-alert"
    order = 10
    actions = (
        checks.check_effect,  # the latest step that is open comes first: it is the button of the page
        corrective.plan,
        findings.five_whys,
        findings.fishbone,
        findings.correct,
        findings.conclude,
        findings.join,
    )
    computed = (TIMELINESS,)
    columns = (
        "ref",
        "title",
        "category",
        "source",
        "state",
        "timeliness",
        "requirements",
        "description",
        "evidence",
        "remedy",
        "unit",
        "owner",
        "checker",
        "found_on",
        "due_on",
        "waiting_days",
        "check_on",
        "closed_on",
        "recurrence_of",
        "round",
        "cause",
        "restricted",
        "changed_at",
    )
    spoken = (
        "state",
        "round",
        "correction",
        "corrected_on",
        "corrected_by",
        "cause",
        "cause_method",
        "check_on",
        "closed_on",
        "conclusion",
    )
    shown = ("ref", "title", "state", "timeliness", "category", "owner", "requirements", "source", "found_on", "due_on")
    filters = ("category", "state", "source", "unit", "owner", "checker", "found_on", "due_on", "check_on")
    default_sort = "-found_on"
    sorts = ("ref", "title", "category", "state", "found_on", "due_on", "check_on", "changed_at")
    search = ("ref", "title", "description", "evidence", "correction", "cause", "conclusion")
    editable = ("title", "category", "source", "owner", "checker", "found_on", "due_on", "requirements")
    facts = ("state", "category", "source", "owner", "due_on", "check_on")
    sections = (
        (
            _("Finding"),
            ("description", "evidence", "requirements", "source", "found_on", "owner", "unit", "due_on"),
        ),
    )
    tones = {"category": CATEGORY_TONES, "state": STATE_TONES}
    synonyms = {
        "ref": ("id", "no", "nr", "kennung"),
        "title": ("finding", "name", "feststellung", "bezeichnung", "abweichung"),
        "category": ("type", "classification", "grade", "art", "einstufung", "klassifizierung"),
        "source": ("origin", "herkunft", "quelle"),
        "found_on": ("date", "datum", "festgestellt am"),
        "description": ("text", "statement", "beschreibung", "sachverhalt"),
        "evidence": ("objective evidence", "nachweis", "belege"),
        "requirements": ("clause", "requirement", "criterion", "anforderung", "anforderungen", "norm"),
        "remedy": ("recommendation", "suggested correction", "empfehlung", "vorschlag"),
        "unit": ("department", "abteilung", "bereich"),
        "owner": ("responsible", "verantwortlich", "verantwortlicher", "eigentümer"),
        "due_on": ("due date", "deadline", "frist", "termin"),
        "checker": ("checked by", "verified by", "prüfer", "prüferin"),
    }
    about = _(
        "Whatever was found not to be as it should be, by audit, check, incident or review: put right at once, traced "
        "to its cause, acted on, and checked by somebody else before it is closed."
    )

    def next_step(self, record: Finding, actor: Actor) -> str:
        if record.is_withdrawn or record.state == State.CLOSED:
            return ""
        if record.owner_id is None:
            return gettext("Name an owner: somebody must answer for it.")
        if record.state == State.CHECKING and record.check_on is not None:
            return self._check_step(record)
        if record.state == State.ACTING:
            return gettext("Finish the open actions.")
        if not record.is_nonconformity:
            return gettext("Plan an action, or conclude it in words.")
        if record.state == State.ANALYSED:
            return gettext("Plan an action against the cause.")
        if record.state == State.CORRECTED:
            return gettext("Find the cause.")
        return gettext("Put it right at once, and record what was done.")

    def _check_step(self, record: Finding) -> str:
        day = date_format(record.check_on, "SHORT_DATE_FORMAT") if record.check_on else ""
        who = record.checker.name if record.checker else ""
        if record.check_on and record.check_on > timezone.localdate():
            return gettext("Wait until %(day)s; then somebody without a part in it checks the effect.") % {"day": day}
        if who:
            return gettext("%(person)s checks whether the actions worked.") % {"person": who}
        return gettext("Somebody without a part in it checks whether the actions worked.")

    def initial_for(self, act: Any, record: Any, actor: Actor) -> dict[str, Any]:
        found = super().initial_for(act, record, actor)
        if act is findings.correct:
            found |= {"on": timezone.localdate(), "correction": record.correction or record.remedy}
        elif act is corrective.plan:
            found |= {"title": "", "description": "", "due_on": None}
        elif act is findings.five_whys and record.cause_method == Method.WHYS:
            found |= {f"why_{number}": text for number, (_branch, text) in enumerate(record.cause_lines, start=1)}
        elif act is findings.fishbone:
            found |= {branch: text for branch, text in record.cause_lines if branch}
        return found


class CorrectiveActionRegister(Register):
    model = CorrectiveAction
    acts = corrective.corrective_acts
    slug = "corrective-actions"
    group = "act"
    icon = "hammer"
    is_in_navigation = False
    """For those alone who see findings (below): others see their own actions at home."""

    actions = (corrective.complete, corrective.drop)
    computed = (TIMELINESS,)
    columns = (
        "ref",
        "title",
        "finding",
        "state",
        "timeliness",
        "description",
        "unit",
        "owner",
        "due_on",
        "done_on",
        "outcome",
        "round",
        "restricted",
        "changed_at",
    )
    spoken = ("state", "done_on", "done_by", "outcome")
    shown = ("ref", "title", "finding", "state", "timeliness", "owner", "due_on", "done_on")
    filters = ("state", "unit", "owner", "due_on")
    sorts = ("ref", "title", "state", "due_on", "changed_at")
    search = ("ref", "title", "description", "outcome")
    editable = ("title", "owner", "due_on")
    facts = ("state", "finding", "owner", "due_on", "done_on")
    sections = (
        (_("What is to be done"), ("finding", "description", "owner", "unit", "due_on")),
        (_("What was done"), ("outcome", "done_on", "done_by")),
    )
    tones = {"state": ACTION_TONES}
    synonyms = {
        "title": ("action", "measure", "korrekturmaßnahme", "maßnahme", "bezeichnung"),
        "finding": ("nonconformity", "feststellung", "abweichung"),
        "owner": ("responsible", "verantwortlich", "verantwortlicher", "zuständig"),
        "due_on": ("due date", "deadline", "frist", "termin", "bis"),
        "description": ("text", "beschreibung"),
    }
    about = _("What is done against the cause of a finding, by whom and until when.")

    def next_step(self, record: CorrectiveAction, actor: Actor) -> str:
        if record.is_withdrawn or record.state != ActionState.OPEN:
            return ""
        if record.owner_id is None:
            return gettext("Name who does it.")
        return gettext("Do it, and report it as done with what shows it.")

    def initial_for(self, act: Any, record: Any, actor: Actor) -> dict[str, Any]:
        today = timezone.localdate()
        return super().initial_for(act, record, actor) | ({"on": today} if "on" in act.inputs.fields else {})


registry.places.append(
    (Link(_("Corrective actions"), "corrective-actions/", CorrectiveActionRegister.icon), "act", 20, "finding.view")
)
