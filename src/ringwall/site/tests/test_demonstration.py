"""The loaded demonstration holds what it promises, in English and in German."""

import json
from pathlib import Path
from typing import Any

import pytest

from ringwall.site.demo.loading import CODES, MAIN
from ringwall.site.tests.shell import Shell

COUNTED = """
import json, os
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringwall.site.settings")
django.setup()
from django.utils import timezone
from ringwall.access.models import Organisation, Person
from ringwall.access.policy import actor_for_person
from ringwall.approvals.models import Approval
from ringwall.approvals.queries import standing
from ringwall.assets.models import Asset, Dependency
from ringwall.context.models import IsmsScope, Obligation, Waiver
from ringwall.controls.models import Control, Verification
from ringwall.evidence.models import Evidence
from ringwall.improvement.models import AuthorisedException, CorrectiveAction, Finding, Improvement, State
from ringwall.kit import registry
from ringwall.risk.models import Acceptance, Assessment, Risk
from ringwall.soa.queries import statement

def on_a_cycle(organisation):
    needs = {}
    for asset, needed in Dependency.objects.filter(asset__organisation=organisation).values_list(
        "asset__ref", "needs__ref"
    ):
        needs.setdefault(asset, set()).add(needed)
    def reached(ref):
        seen, waiting = set(), [ref]
        while waiting:
            for each in needs.get(waiting.pop(), set()) - seen:
                seen.add(each)
                waiting.append(each)
        return seen
    return sorted(ref for ref in needs if ref in reached(ref))

def debts(organisation, role):
    person = Person.objects.filter(organisation=organisation, assignments__role=role).select_related(
        "organisation", "user"
    ).order_by("name").first()
    actor = actor_for_person(person)
    return [{link.key: link.count for link in provide(actor)} for provide in registry.providers["debts"]]

def counted(organisation):
    today = timezone.localdate()
    mine = {"organisation": organisation}
    assets, risks = Asset.objects.filter(**mine), Risk.objects.filter(**mine)
    controls, scope = Control.objects.filter(**mine), IsmsScope.objects.get(**mine)
    processes = assets.filter(category="process")
    things = assets.exclude(category="process")
    rows = statement(scope).rows
    entries = [row for row in rows if row.requirement]
    missing = [
        row
        for row in entries
        if row.applicability == "applicable" and not any(control.state == "implemented" for control in row.controls)
    ]
    dated = {row.key: min([c.due_on for c in row.controls if c.due_on], default=None) for row in missing}
    done = controls.filter(state="implemented")
    proofs = Evidence.objects.filter(**mine)
    current = standing("soa", scope)
    return {
        "method": scope.method,
        "people": Person.objects.filter(**mine).count(),
        "processes": processes.count(),
        "described": processes.exclude(owner=None).filter(activities__contains=" → ").count(),
        "with_input": processes.exclude(input_processes=None).distinct().count(),
        "assets": things.count(),
        "group": list(things.filter(ref="A-34").values_list("title", "quantity")),
        "cycle": on_a_cycle(organisation),
        "risks": risks.count(),
        "untreated": sorted(
            risks.filter(is_above_acceptance=True, treatment="undecided").values_list("ref", flat=True)
        ),
        "unassessed": risks.filter(level=None).count(),
        "refused": Acceptance.objects.filter(state="refused", **mine).count(),
        "expired": risks.filter(acceptance="in_force", accepted_until__lt=today).count(),
        "shared": risks.filter(treatment="share").count(),
        "levels": list(
            Assessment.objects.filter(risk__ref="R-02", **mine).order_by("on").values_list("likelihood", "consequence")
        ),
        "applicable": sum(row.applicability == "applicable" for row in entries),
        "excluded": sum(row.applicability == "not_applicable" for row in entries),
        "own": sum(row.control is not None for row in rows),
        "missing": len(missing),
        "dated": sum(due is not None for due in dated.values()),
        "overdue": sum(due is not None and due < today for due in dated.values()),
        "versions": list(
            Approval.objects.filter(subject_kind="soa", **mine).order_by("number").values_list("state", flat=True)
        ),
        "stale": current.is_stale,
        "signed_under": sorted(
            ref
            for approval in Approval.objects.filter(**mine)
            for ref in approval.signatures.exclude(waiver_ref="").values_list("waiver_ref", flat=True)
        ),
        "accepted_under": Acceptance.objects.filter(**mine).exclude(waiver=None).count(),
        "verified_under": Verification.objects.filter(**mine).exclude(waiver=None).count(),
        "waivers": sorted(Waiver.objects.filter(**mine).values_list("state", flat=True)),
        "obligations": Obligation.objects.filter(**mine).count(),
        "controls": controls.count(),
        "findings": {state: Finding.objects.filter(state=state, **mine).count() for state in State},
        "from_verification": Finding.objects.filter(source="verification", **mine).count(),
        "rounds": list(Finding.objects.filter(round__gt=1, **mine).values_list("round", flat=True)),
        "exceptions": sorted(AuthorisedException.objects.filter(**mine).values_list("state", flat=True)),
        "improvements": sorted(Improvement.objects.filter(**mine).values_list("state", flat=True)),
        "debts": debts(organisation, "isms_manager"),
        "decisions": debts(organisation, "top_management"),
        "shares": {
            "assets owned": [things.exclude(owner=None).count(), things.count()],
            "risks owned": [risks.exclude(owner=None).count(), risks.count()],
            "risks assessed": [risks.exclude(level=None).count(), risks.count()],
            "risks treated": [risks.exclude(treatment="undecided").count(), risks.count()],
            "controls owned": [controls.exclude(owner=None).count(), controls.count()],
            "controls implemented": [done.count(), controls.count()],
            "controls verified": [done.exclude(verified_on=None).count(), done.count()],
            "controls that work": [done.filter(verified_result="effective").count(), done.count()],
            "actions done": [
                CorrectiveAction.objects.filter(state="done", **mine).count(),
                CorrectiveAction.objects.filter(**mine).count(),
            ],
            "rows implemented": [len(entries) - len(missing), len(entries)],
            "evidence valid": [proofs.filter(valid_until__gte=today).count(), proofs.count()],
        },
    }

print(json.dumps({o.code: counted(o) for o in Organisation.objects.filter(is_installation=False)}))
"""

RULES = {
    "evidence.expired",
    "scope.review",
    "obligation.review",
    "control.overdue",
    "control.blocked",
    "control.verification_overdue",
    "control.ineffective",
    "control.without_owner",
    "finding.overdue",
    "finding.without_cause",
    "finding.check_due",
    "corrective_action.overdue",
    "exception.ending",
    "exception.over",
    "exception.waiting",
    "risk.untreated",
    "risk.expired",
    "risk.overdue",
    "risk.unowned",
    "risk.late",
    "risk.waiting",
    "risk.unassessed",
    "check.overdue",
    "check.deviations",
    "incident.soon",
}
"""The debts of an ISMS manager."""


ONE_WORKER = [pytest.param(code, marks=pytest.mark.xdist_group(f"demonstration-{code}")) for code in ("en", "de")]
"""What is loaded once in a language is asked by one process."""


loaded: dict[str, Shell] = {}
"""By language: the tests may be asked in an order that changes between the two."""


@pytest.fixture(scope="module", params=ONE_WORKER)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    if request.param not in loaded:
        loaded[request.param] = _load(request, tmp_path_factory)
    return loaded[request.param]


def _load(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    made = Shell(tmp_path_factory.mktemp(f"demonstration-{request.param}") / "data")
    made.environment["LANGUAGE_OF_DEMONSTRATION"] = request.param
    body = made.json("demo", "--language", request.param)
    assert body["organisations"] == sorted(CODES)
    made.sign_ins = {row["key"]: row for row in body["sign_ins"]}
    return made


@pytest.fixture(scope="module")
def counts(house: Shell) -> dict[str, Any]:
    done = house.python("-c", COUNTED)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def main(counts: dict[str, Any]) -> dict[str, Any]:
    return dict(counts[MAIN])


def test_processes_and_assets_are_described_and_depend_on_each_other(house: Shell, main: dict[str, Any]) -> None:
    assert (main["processes"], main["described"]) == (14, 14)
    assert 10 <= main["with_input"] < 14
    assert main["assets"] == 60
    title = {"en": "32 identical CAD workstations", "de": "32 baugleiche CAD-Arbeitsplätze"}
    assert main["group"] == [[title[house.environment["LANGUAGE_OF_DEMONSTRATION"]], 32]]
    assert main["cycle"] == ["A-27", "A-28"]


def test_risks_show_every_situation(main: dict[str, Any]) -> None:
    assert main["risks"] == 40
    assert main["untreated"] == ["R-33", "R-34"]
    assert (main["refused"], main["expired"], main["shared"], main["unassessed"]) == (1, 1, 1, 1)
    first, after_the_incident = (likelihood * consequence for likelihood, consequence in main["levels"][:2])
    assert after_the_incident > first


def test_the_statement_is_decided_authorised_and_stale(main: dict[str, Any]) -> None:
    assert (main["applicable"], main["excluded"], main["own"]) == (84, 9, 3)
    assert (main["missing"], main["dated"], main["overdue"]) == (6, 6, 2)
    assert main["versions"] == ["replaced", "approved"]
    assert main["stale"]
    assert main["controls"] == 50


def test_findings_exceptions_and_improvements_stand_at_every_point(main: dict[str, Any]) -> None:
    assert main["findings"] == {"open": 13, "corrected": 1, "analysed": 0, "acting": 1, "checking": 1, "closed": 13}
    assert (main["from_verification"], main["rounds"]) == (27, [2])
    assert main["exceptions"] == ["asked", "granted", "granted", "granted", "refused"]
    assert main["improvements"] == ["accepted", "declined", "done", "suggested"]


def test_every_debt_occurs_once_or_twice_and_nothing_is_complete(main: dict[str, Any]) -> None:
    assert all(main["debts"]), "a provider of debts has nothing to show"
    found = {key: count for debts in main["debts"] for key, count in debts.items()}
    assert set(found) >= RULES
    assert {key: count for key, count in found.items() if not 1 <= count <= 2} == {}
    assert [debts["waiver.decide"] for debts in main["decisions"] if "waiver.decide" in debts] == [1]
    assert {name: share for name, share in main["shares"].items() if not 0 < share[0] < share[1]} == {}


def test_the_small_firm_works_under_waivers(counts: dict[str, Any]) -> None:
    firm = counts["hellwege"]
    assert (firm["method"], firm["people"]) == ("iso", 11)
    assert (firm["processes"], firm["assets"], firm["risks"], firm["controls"]) == (3, 12, 8, 10)
    assert (firm["untreated"], firm["unassessed"]) == ([], 0)
    assert (firm["applicable"], firm["excluded"], firm["missing"]) == (81, 12, 19)
    assert (firm["versions"], firm["stale"], firm["signed_under"]) == (["approved"], False, ["W-01"])
    assert (firm["accepted_under"], firm["verified_under"]) == (2, 3)
    assert firm["waivers"] == ["granted", "granted", "refused"]


def test_the_town_hall_is_at_the_beginning_of_grundschutz(counts: dict[str, Any]) -> None:
    town = counts["auenbrueck"]
    assert (town["method"], town["processes"], town["assets"], town["obligations"]) == ("grundschutz", 4, 16, 4)
    assert (town["controls"], town["risks"], town["unassessed"], town["versions"]) == (4, 3, 3, [])


def test_every_kind_of_people_signs_in_and_one_person_in_all_organisations(house: Shell) -> None:
    assert {
        "isms_manager",
        "top_management",
        "administrator",
        "risk_owner",
        "control_owner",
        "asset_owner",
        "internal_auditor",
        "external_auditor",
        "reader",
        "employee",
        "consultant",
    } == {key for key in house.sign_ins if "." not in key}
    assert all(key.startswith(f"{row['organisation']}.") for key, row in house.sign_ins.items() if "." in key)
    everywhere = {row["organisation"] for row in house.sign_ins.values() if row["name"] == "Kilian Ostermann"}
    assert everywhere == set(CODES)
    kept = json.loads((house.data / "demonstration-sign-ins.json").read_text())
    assert {row["key"]: row for row in kept} == house.sign_ins


def test_the_ledgers_verify(house: Shell) -> None:
    verified = house.json("ledger", "verify")
    assert verified["ok"]
    assert len(verified["organisations"]) == len(CODES) + 1


def test_a_command_names_its_organisation(house: Shell) -> None:
    done = house.run("ledger", "export", "--out", "/dev/null")
    assert done.returncode == 2
    assert "--organisation: auenbrueck, hellwege, lindtal" in done.stderr


def test_a_check_goes_out_and_comes_back_unchanged(house: Shell, tmp_path: Path) -> None:
    out, language = tmp_path / "check.xlsx", house.environment["LANGUAGE_OF_DEMONSTRATION"]
    named = ("--organisation", MAIN)
    house.json("check", "export", "PR-02", "--out", str(out), "--language", language, *named)
    came = house.json("check", "import", "PR-02", str(out), *named)
    assert came == {"changed": 0, "unchanged": 30, "kept": 0, "conflict": 0, "refused": 0, "findings": []}
    closed = house.json("check", "export", "PR-01", "--out", str(out), *named)
    assert closed["size"] > 5000
    sheet = tmp_path / "check.csv"
    sheet.write_text("Identifier;Answer\n9.1;yes\n10.2;perhaps\n")
    refused = house.json("check", "import", "PR-02", str(sheet), *named, code=1)
    assert refused["changed"] == 0
    assert [f["path"] for f in refused["findings"] if f["severity"] == "error"] == ["row 3, Answer"]


def test_debts_are_told_to_scripts(house: Shell) -> None:
    person = house.sign_ins["isms_manager"]["email"]
    told = house.json("debts", "--organisation", MAIN, "--as", person, "--language", "de", code=1)["debts"]
    assert {"rule", "severity", "subject", "count", "message", "link"} == set(told[0])
    assert {row["rule"] for row in told} >= RULES
    assert [row["severity"] for row in told] == sorted((row["severity"] for row in told), key=("bad", "warn").index)
    only_bad = house.json("debts", "--organisation", MAIN, "--severity", "bad", code=1)["debts"]
    assert only_bad and {row["severity"] for row in only_bad} == {"bad"}
