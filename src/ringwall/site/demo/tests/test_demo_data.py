"""The demonstration data hang together and contain the situations they are meant to show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ringwall.site.demo.loading import CODES, MAIN

DEMO = Path(__file__).parents[1]
ROLES = DEMO.parents[1] / "catalogues" / "knowledge" / "roles.yaml"
ALL_FILES = [(file.parent.name, file.stem) for file in sorted(DEMO.glob("*/*.yaml"))]
PERSON_FIELDS = {
    "owner",
    "head",
    "person",
    "appointed_by",
    "deputy",
    "designer",
    "implementer",
    "reported_to",
    "by",
    "asked_by",
    "refused_by",
    "accepted_by",
    "authorised_by",
    "approved_by",
    "submitted_by",
    "proposed_by",
    "decided_by",
    "assessed_by",
    "administrator",
    "keeper",
    "approver",
    "verifiers",
}
LEVELS = ("low", "moderate", "high", "critical")


@cache
def load(name: str, code: str = MAIN) -> Any:
    return yaml.safe_load((DEMO / code / f"{name}.yaml").read_text(encoding="utf-8"))


def mappings(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from mappings(value)
    elif isinstance(node, list):
        for value in node:
            yield from mappings(value)


def level_of(rating: dict[str, int]) -> str:
    row = load("criteria")["matrix"][rating["likelihood"] - 1]
    return str(row["levels_by_consequence"][rating["consequence"] - 1])


def by_ref(name: str, key: str) -> dict[str, dict[str, Any]]:
    records = load(name)[key]
    assert len({record["ref"] for record in records}) == len(records)
    return {record["ref"]: record for record in records}


def targets() -> dict[str, dict[str, Any]]:
    return by_ref("assets", "processes") | by_ref("assets", "assets")


def test_every_organisation_has_a_folder() -> None:
    assert {code for code, _name in ALL_FILES} == set(CODES)


@pytest.mark.parametrize(("code", "name"), ALL_FILES)
def test_every_text_has_both_languages(code: str, name: str) -> None:
    for record in mappings(load(name, code)):
        for field in record:
            if field.endswith("_en"):
                assert record[field] and record[f"{field[:-3]}_de"], (name, field)
            if field.endswith("_de"):
                assert f"{field[:-3]}_en" in record, (name, field)


@pytest.mark.parametrize(("code", "name"), ALL_FILES)
def test_every_person_named_exists(code: str, name: str) -> None:
    people = {person["key"] for person in load("organisation", code)["people"]}
    allowed = people | {None}
    for record in mappings(load(name, code)):
        for field in PERSON_FIELDS & record.keys():
            named = record[field] if isinstance(record[field], list) else [record[field]]
            assert set(named) <= allowed, (name, field, named)


@pytest.mark.parametrize("code", CODES)
def test_addresses_are_examples_and_records_point_at_records(code: str) -> None:
    units = {unit["key"] for unit in load("organisation", code)["units"]}
    for person in load("organisation", code)["people"]:
        assert re.fullmatch(r"[a-z.-]+@[a-z-]+\.example", person["email"])
        assert {given["unit"] for given in person["roles"]} | {person["unit"]} <= units
    found = load("assets", code)
    assets = {asset["ref"] for asset in [*found["processes"], *found["assets"]]}
    controls = {control["ref"] for control in load("controls", code)["controls"]}
    assert all({link["needs"] for link in asset["depends_on"]} <= assets for asset in found["assets"])
    for risk in load("risks", code)["risks"]:
        assert set(risk["assets"]) <= assets and set(risk.get("controls", ())) <= controls, risk["ref"]


def test_units_form_one_tree_and_people_stand_in_it_with_known_roles() -> None:
    organisation = load("organisation")
    units = {unit["key"]: unit["parent"] for unit in organisation["units"]}
    assert [key for key, parent in units.items() if parent is None] == ["lindtal"]
    assert set(units.values()) - {None} <= set(units)
    sites = {site["ref"] for site in organisation["sites"]}
    isms_roles = {role["key"] for role in yaml.safe_load(ROLES.read_text(encoding="utf-8"))["roles"]}
    for person in organisation["people"]:
        assert person["unit"] in units and person["site"] in sites
        assert {assignment["unit"] for assignment in person["roles"]} <= set(units)
        assert {role["role"] for role in person["isms_roles"]} <= isms_roles
        assert sum(role["share_percent"] for role in person["isms_roles"]) <= 100


def test_the_conflict_of_interest_is_one_the_knowledge_base_knows() -> None:
    known = {
        frozenset((role["key"], conflict["role"]))
        for role in yaml.safe_load(ROLES.read_text(encoding="utf-8"))["roles"]
        for conflict in role["conflicts_with"]
    }
    (conflict,) = load("organisation")["conflicts_of_interest"]
    assert frozenset(conflict["roles"]) in known
    (holder,) = [person for person in load("organisation")["people"] if person["key"] == conflict["person"]]
    assert set(conflict["roles"]) <= {role["role"] for role in holder["isms_roles"]}


def test_one_appointment_has_expired_and_one_ends_soon() -> None:
    ends = [entry["until"] for entry in load("organisation")["appointments"] if entry["until"] is not None]
    assert len([end for end in ends if end < 0]) == 1
    assert len([end for end in ends if 0 <= end < 120]) == 1


def test_there_are_14_owned_processes_and_60_assets_with_valid_dependencies() -> None:
    processes, assets = by_ref("assets", "processes"), by_ref("assets", "assets")
    assert (len(processes), len(assets)) == (14, 60)
    assert all(process["owner"] and process["protection_need"] for process in processes.values())
    assert {asset["kind"] for asset in assets.values()} == {
        "information",
        "application",
        "system",
        "network",
        "place",
        "service",
    }
    units = {unit["key"] for unit in load("organisation")["units"]}
    for record in targets().values():
        assert record["unit"] in units
        assert {dependency["needs"] for dependency in record["depends_on"]} <= set(assets)
        assert set(record.get("input_processes", ())) <= set(processes) - {record["ref"]}


def test_directory_and_name_service_are_the_only_cycle() -> None:
    needs = {ref: {entry["needs"] for entry in record["depends_on"]} for ref, record in targets().items()}

    def reachable(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(needs[start])
        while waiting:
            ref = waiting.pop()
            if ref not in seen:
                seen.add(ref)
                waiting.extend(needs[ref])
        return seen

    assert {ref for ref in needs if ref in reachable(ref)} == {"A-27", "A-28"}


def test_40_risks_point_at_real_records_and_carry_the_level_of_the_matrix() -> None:
    risks, controls = by_ref("risks", "risks"), by_ref("controls", "controls")
    assert len(risks) == 40
    for risk in risks.values():
        assert set(risk["assets"]) <= set(targets()), risk["ref"]
        assert set(risk["controls"]) <= set(controls), risk["ref"]
        assert re.fullmatch(r"G 0\.([1-9]|[1-3]\d|4[0-7])", risk["threat"])
        assert risk["treatment"] in ("modify", "avoid", "share", "retain", None)
        if not risk["history"]:
            continue
        assert risk["level"] == level_of(risk["current"])
        last = risk["history"][-1]
        assert (last["likelihood"], last["consequence"]) == (
            risk["current"]["likelihood"],
            risk["current"]["consequence"],
        )
        assert [round_["on"] for round_ in risk["history"]] == sorted(round_["on"] for round_ in risk["history"])


def test_the_special_risks_are_there() -> None:
    risks = by_ref("risks", "risks").values()
    assert [risk["ref"] for risk in risks if not risk["history"]] == ["R-37"]
    above = [risk for risk in risks if risk["level"] and LEVELS.index(risk["level"]) > LEVELS.index("moderate")]
    assert len([risk for risk in above if risk["treatment"] is None]) == 2
    states = Counter(risk["acceptance"]["state"] for risk in risks if "acceptance" in risk)
    assert (states["refused"], states["expired"], states["waiting"]) == (1, 1, 1)
    (shared,) = [risk for risk in risks if risk["treatment"] == "share"]
    assert 0 < shared["insurance"]["deductible_eur"] < shared["insurance"]["sum_eur"]
    assert len([risk for risk in risks if risk["owner"] is None]) == 1
    assert 1 <= len([risk for risk in risks if (risk["review_on"] or 0) < 0]) <= 2
    phishing = next(risk for risk in risks if risk["ref"] == "R-02")
    ratings = [round_["likelihood"] * round_["consequence"] for round_ in phishing["history"]]
    assert ratings[1] > ratings[0]


def test_high_acceptances_carry_a_signature_of_management_and_end_within_the_limit() -> None:
    longest = {entry["level"]: entry["longest_days"] for entry in load("criteria")["authority"]}
    for risk in load("risks")["risks"]:
        acceptance = risk.get("acceptance")
        if acceptance is None or acceptance["state"] in {"refused", "waiting"}:
            continue
        assert acceptance["until"] - acceptance["decided_on"] <= longest[acceptance["level"]], risk["ref"]
        if acceptance["level"] == "high":
            assert {"brandl", "vogel"} & set(acceptance["accepted_by"]), risk["ref"]


def test_50_controls_in_every_state_are_never_verified_by_those_who_made_them() -> None:
    controls = by_ref("controls", "controls").values()
    assert len(controls) == 50
    states = Counter(control["state"] for control in controls)
    assert set(states) == {"planned", "in_progress", "implemented", "blocked"}
    for control in controls:
        assert all(
            entry["by"] not in (control["designer"], control["implementer"]) for entry in control["verifications"]
        )
        assert bool(control.get("blocked_reason_en")) == (control["state"] == "blocked")
        if control["state"] == "implemented":
            assert control["implemented_on"] < 0
            assert all(entry["on"] >= control["implemented_on"] for entry in control["verifications"])
        else:
            assert not control["verifications"], control["ref"]
    assert any(entry["result"] == "not_effective" for control in controls for entry in control["verifications"])


def test_few_controls_have_a_verification_overdue() -> None:
    days_per_month = 30.4
    overdue = [
        control["ref"]
        for control in load("controls")["controls"]
        if control["state"] == "implemented"
        and -max([entry["on"] for entry in control["verifications"]] or [control["implemented_on"]])
        > control["verification_interval_months"] * days_per_month
    ]
    assert 1 <= len(overdue) <= 2


def test_the_statement_decides_all_93_entries_and_agrees_with_the_controls() -> None:
    statement, controls = load("soa"), by_ref("controls", "controls")
    decisions = {decision["control"]: decision for decision in statement["decisions"]}
    assert len(decisions) == 93
    counted = Counter(decision["applicability"] for decision in decisions.values())
    assert counted == {"applicable": 84, "not_applicable": 9}
    risks, obligations = by_ref("risks", "risks"), by_ref("obligations", "obligations")
    for identifier, decision in decisions.items():
        implementing = [ref for ref, control in controls.items() if identifier in control["annex_a"]]
        if decision["applicability"] == "not_applicable":
            assert decision["justification_en"] and not implementing
            continue
        assert decision["implemented_by"] == implementing and implementing
        done = any(controls[ref]["state"] == "implemented" for ref in implementing)
        assert (decision["implementation"] == "implemented") is done
        drivers = decision["drivers"]
        assert drivers["risks"] or drivers["obligations"] or drivers["decision_en"]
        assert set(drivers["risks"]) <= set(risks) and set(drivers["obligations"]) <= set(obligations)
    missing = [decision for decision in decisions.values() if decision.get("implementation") == "not_implemented"]
    assert len(missing) == 6
    assert len([decision for decision in missing if decision["planned_on"] < 0]) == 2
    assert [version["state"] for version in statement["versions"]] == ["replaced", "stale"]


def test_three_own_controls_go_beyond_annex_a() -> None:
    controls = by_ref("controls", "controls")
    own = load("soa")["own_controls"]
    assert len(own) == 3
    beyond = {ref for ref, control in controls.items() if not control["annex_a"]}
    assert {entry["control"] for entry in own} == beyond


def test_nobody_authorises_what_they_submitted() -> None:
    versions = load("soa")["versions"] + [load("criteria")["version"]]
    assert all(
        version["submitted_by"] not in (version.get("authorised_by"), version.get("approved_by"))
        for version in versions
    )


def test_the_scope_names_known_parts_and_gives_a_reason_for_what_it_leaves_out() -> None:
    organisation = load("organisation")
    units = {unit["key"] for unit in organisation["units"]}
    sites = {site["ref"]: site["in_scope"] for site in organisation["sites"]}
    for scope in load("scopes")["scopes"]:
        assert set(scope["units"]) <= units
        assert set(scope["sites"]) == {ref for ref, inside in sites.items() if inside}
        assert set(scope["processes"]) == set(by_ref("assets", "processes"))
        assert {entry["site"] for entry in scope["exclusions"]} == {ref for ref, inside in sites.items() if not inside}
        assert {entry["asset"] for entry in scope["interfaces"]} <= set(targets())
        assert len(scope["versions"]) == 2


def test_the_matrix_never_falls_when_likelihood_or_consequence_rises() -> None:
    rows = [[LEVELS.index(level) for level in row["levels_by_consequence"]] for row in load("criteria")["matrix"]]
    assert [len(row) for row in rows] == [5] * 5
    assert all(row == sorted(row) for row in rows)
    assert all(list(column) == sorted(column) for column in zip(*rows, strict=True))
    assert {entry["level"] for entry in load("criteria")["authority"]} == set(LEVELS)
