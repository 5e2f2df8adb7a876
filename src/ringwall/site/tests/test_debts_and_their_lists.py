"""Every debt leads to exactly the records it counts, for whoever sees it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ringwall.assets.models import Asset
from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.catalogues.tests.files import KEYS, LOCK, VISITORS, oscal
from ringwall.compliance.counting import count_anew
from ringwall.compliance.models import Answer, Check
from ringwall.context.models import IsmsScope, Obligation, Waiver
from ringwall.controls.models import Control
from ringwall.evidence.models import Evidence, StoredFile
from ringwall.improvement.models import AuthorisedException, CorrectiveAction, Finding
from ringwall.incidents.models import Event, Incident, Notification
from ringwall.kit.debts import debts_of, rules
from ringwall.kit.records import assign_refs
from ringwall.risk.models import Risk


class Disorder:
    """Records as time and neglect leave them, written past the acts: the rules do not ask how it came to this.

    `broken`: rule → ids of what breaks it. Beside these stand, of each kind, records that just keep the rule.
    """

    def __init__(self, world: Any) -> None:
        self.world = world
        self.broken: dict[str, set[Any]] = {key: set() for key in rules}
        self.now, self.today = timezone.now(), timezone.localdate()
        self.yesterday, self.tomorrow = self.today - timedelta(days=1), self.today + timedelta(days=1)

    def put(self, model: Any, *keys: str, **values: Any) -> Any:
        """One row that breaks the rules of these keys, standing in Sales, which carl does not see and ben does."""
        given: dict[str, Any] = {
            "organisation": self.world.organisation,
            "unit": self.world.sales,
            "owner": self.world.people["adam"],
            "restricted": False,
        } | values
        fields = {f.name for f in model._meta.fields}
        row = model(**{name: value for name, value in given.items() if name in fields})
        if "ref" in fields:
            assign_refs([row])
        model._base_manager.bulk_create([row])
        for key in keys:
            self.broken[key].add(row.pk)
        return row


def findings(d: Disorder) -> None:
    month = d.today - timedelta(days=31)
    d.put(Finding, "finding.overdue", title="Late", category="observation", due_on=d.yesterday)
    d.put(Finding, title="Punctual", category="observation", due_on=d.today)
    d.put(Finding, title="Late and closed", category="observation", due_on=d.yesterday, state="closed")
    d.put(Finding, title="Late and withdrawn", category="minor", due_on=d.yesterday, withdrawn_on=d.today)
    d.put(Finding, "finding.without_cause", title="Unknown", category="minor", found_on=month, state="corrected")
    d.put(Finding, title="Needs no cause", category="opportunity", found_on=month)
    d.put(Finding, title="Young", category="major", found_on=month + timedelta(days=1))
    done = d.put(Finding, "finding.check_due", title="Done", category="minor", state="checking", check_on=d.today)
    d.put(Finding, title="Has time", category="minor", state="checking", check_on=d.tomorrow)
    d.put(CorrectiveAction, "corrective_action.overdue", title="Late", finding=done, due_on=d.yesterday)
    d.put(CorrectiveAction, title="Due today", finding=done, due_on=d.today)
    d.put(CorrectiveAction, title="Dropped", finding=done, due_on=d.yesterday, state="dropped")
    for keys, state, days in (
        (["exception.ending"], "granted", 30),
        ([], "granted", 31),
        (["exception.over"], "granted", -1),
        (["exception.waiting"], "asked", 90),
        (["exception.waiting"], "judged", -1),
        ([], "ended", -1),
    ):
        d.put(AuthorisedException, *keys, title=state, state=state, until_on=d.today + timedelta(days=days))


def risks(d: Disorder) -> None:
    scope = d.put(IsmsScope, "scope.review", title="Review is late", review_on=d.yesterday)
    judged = {"scope": scope, "level": 3}
    above = judged | {"is_above_acceptance": True}
    held = {"treatment": "retain", "acceptance": "in_force"}
    d.put(Risk, "risk.untreated", title="Nothing done", **above)
    d.put(Risk, "risk.untreated", "risk.waiting", title="Unsigned", treatment="retain", acceptance="waiting", **above)
    d.put(Risk, title="Accepted", accepted_until=d.today, **held, **above)
    d.put(Risk, "risk.expired", title="Run out", accepted_until=d.yesterday, **held, **above)
    d.put(Risk, "risk.overdue", title="Review is late", review_on=d.yesterday, **judged)
    d.put(Risk, title="Review today", review_on=d.today, **judged)
    d.put(Risk, "risk.unowned", title="Nobody's", owner=None, **judged)
    d.put(Risk, "risk.late", title="Late", treatment="modify", due_on=d.yesterday, **above)
    d.put(Risk, title="Due today", treatment="modify", due_on=d.today, **above)
    d.put(Risk, "risk.unassessed", title="Not assessed", scope=scope)


def checks(d: Disorder) -> None:
    import_catalogue(oscal(LOCK, KEYS, VISITORS), "house.json", actor=d.world.actor("ana"), code="house")
    about = {"catalogue": Catalogue.objects.get(code="house")}
    lock, keys, visitors = Requirement.objects.filter(category="requirement").order_by("position")
    d.put(Check, "check.overdue", title="Late", due_on=d.yesterday, **about)
    d.put(Check, title="Due today", due_on=d.today, **about)
    d.put(Check, title="Late and closed", due_on=d.yesterday, state="closed", **about)
    d.put(Check, "check.unowned", title="Nobody's", owner=None, **about)
    d.put(Check, title="Nobody's and closed", owner=None, state="closed", **about)
    before = d.put(Check, title="Round", **about)
    after = d.put(Check, title="Next round", previous=before, **about)
    gone = d.put(Check, title="Withdrawn", withdrawn_on=d.today, **about)
    d.put(Answer, round=before, requirement=lock, value="no", unmet="must")
    d.put(Answer, "check.deviations", round=after, requirement=lock, value="no", unmet="must")
    d.put(Answer, "check.unjustified", round=after, requirement=keys, value="no", unmet="should", lacks_reason=True)
    d.put(Answer, round=after, requirement=visitors, value="yes")
    d.put(Answer, round=gone, requirement=lock, value="no", unmet="must", withdrawn_on=d.today)
    count_anew()


def incidents(d: Disorder) -> None:
    day = timedelta(days=1)
    d.put(Event, "incident.untriaged", title="Unseen", created_at=d.now - day - timedelta(minutes=5))
    d.put(Event, title="Of today", created_at=d.now - day + timedelta(minutes=5))
    d.put(Event, title="Seen", created_at=d.now - 2 * day, state="dismissed")
    d.put(Incident, "incident.unclassified", title="Not classified")
    d.put(Incident, title="Not classified and closed", state="closed")
    d.put(Incident, "incident.unowned", title="Nobody's", owner=None, severity=2)
    d.put(Incident, title="Nobody's and closed", owner=None, severity=2, state="closed")
    d.put(Incident, "incident.to_close", title="Over", state="resolved", severity=2)
    for keys, title, hours, told in (
        (["incident.overdue"], "Missed", -1, {}),
        (["incident.soon"], "Near", 11, {}),
        ([], "Far", 13, {}),
        ([], "Told", -1, {"sent_at": d.now}),
        ([], "Moot", 1, {"is_moot": True}),
        ([], "Spared", 1, {"not_needed": "No data"}),
    ):
        incident = d.put(Incident, *keys, title=title, severity=2)
        due = d.now + timedelta(hours=hours)
        d.put(Notification, incident=incident, regime="gdpr", due_at=due, **told)
        d.put(Notification, incident=incident, regime="nis2_report", due_at=due + 30 * day)


def controls(d: Disorder) -> None:
    works = {"state": "implemented", "verified_result": "effective"}
    d.put(Control, "control.overdue", title="Late", due_on=d.yesterday)
    d.put(Control, title="Due today", due_on=d.today)
    d.put(Control, title="Late and done", due_on=d.yesterday, **works)
    d.put(Control, "control.blocked", title="Blocked", state="blocked")
    d.put(Control, "control.verification_overdue", title="Not verified", verify_next_on=d.yesterday, **works)
    d.put(Control, title="Verified today", verify_next_on=d.today, **works)
    d.put(Control, "control.ineffective", title="Fails", state="implemented", verified_result="ineffective")
    d.put(Control, title="Failed and built anew", state="in_progress", verified_result="ineffective")
    d.put(Control, "control.without_owner", title="Nobody's", owner=None)


def context(d: Disorder) -> None:
    about = {"category": "law", "source": "x", "demands": "x"}
    d.put(IsmsScope, title="Review today", covers="All", review_on=d.today)
    d.put(Obligation, "obligation.review", title="Review is late", review_on=d.yesterday, **about)
    d.put(Obligation, title="Review today", review_on=d.today, **about)
    asked = {"rule": "owner_checks", "justification": "x", "compensation": "x", "until_on": d.tomorrow}
    d.put(Waiver, "waiver.decide", title="Proposed", state="proposed", **asked)
    d.put(Waiver, title="Granted", state="granted", **asked)
    asset = d.put(Asset, title="Server", category="system")
    file = d.put(StoredFile, sha256="0" * 64, size=1)
    about = {"subject_kind": "asset", "subject_id": asset.pk, "file": file, "media_type": "text/plain"}
    d.put(Evidence, "evidence.expired", name="old.txt", valid_until=d.yesterday, **about)
    d.put(Evidence, name="of today.txt", valid_until=d.today, **about)
    d.put(Evidence, name="taken back.txt", valid_until=d.yesterday, withdrawn_on=d.today, **about)


@pytest.fixture
def disorder(world: Any) -> Disorder:
    made = Disorder(world)
    for part in (findings, risks, checks, incidents, controls, context):
        part(made)
    return made


def listed(client: Any, address: str) -> set[str]:
    """Ids of the rows that the list behind an address shows, all on its first page."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    page = answer.context.get("page")
    rows = page.rows if hasattr(page, "rows") else answer.context["rows"]
    return {row.id for row in rows}


def test_every_debt_leads_to_exactly_what_it_counts(world: Any, disorder: Disorder) -> None:
    found = {}
    for name in ("dora", "ana", "cleo", "ben"):
        client = world.client(name)
        for debt in debts_of(world.actor(name)):
            shown = listed(client, debt.link.url)
            assert shown == {str(key) for key in disorder.broken[debt.rule.key]}, (name, debt.link.url)
            assert debt.link.count == len(shown), (name, debt.link.url)
            found[debt.rule.key] = name
    assert set(found) == set(rules), "a rule that nobody's records break is not proven"
    assert not debts_of(world.actor("carl")), "who sees none of it owes none of it"
