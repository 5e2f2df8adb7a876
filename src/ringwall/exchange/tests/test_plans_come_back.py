"""Security plans and plans of action come back: ours with zero changes, a change as that one change, those of others
with what they tell."""

import io
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from ringwall.access.policy import Actor
from ringwall.assets.models import Asset
from ringwall.catalogues.actions import import_catalogue
from ringwall.context.models import IsmsScope
from ringwall.controls.models import Control
from ringwall.exchange.exporting import document_of
from ringwall.exchange.importing import DocumentPlan, plan_document, store_document
from ringwall.exchange.tests.conftest import ODD, RULES, make
from ringwall.kit.errors import Denied
from ringwall.kit.testing import acts_in_ledger
from ringwall.oscal.tests.shared import REV4, data, needs_data
from ringwall.risk.models import Risk
from ringwall.risk.tests.conftest import put_in_force
from ringwall.site.cli import parser
from ringwall.soa.models import SoaRow

pytestmark = pytest.mark.once

SIZES = {
    "ssp": {"scopes": 1, "assets": 2, "controls": 2, "soa-rows": 95},
    "poam": {"controls": 2, "risks": 2},
}


def planned(actor: Actor, scope: IsmsScope, tree: Any) -> DocumentPlan:
    return plan_document(actor, scope, json.dumps(tree).encode(), "x.json")


def exported(world: Any, scope: IsmsScope, document: str) -> Any:
    return json.loads(document_of(world.actor("ana"), scope, document, "json"))


def changes(plan: DocumentPlan) -> dict[str, dict[str, Any]]:
    """Reference → field → value in the file, of every row that is not unchanged."""
    return {
        row.ref: {name: new for name, (_old, new) in row.changes.items()}
        for one in plan.plans
        for row in one.rows
        if row.outcome != "unchanged"
    }


def prop(node: Any, name: str) -> Any:
    return next(one for one in node["props"] if one["name"] == name)


def sent(world: Any, scope: IsmsScope, content: bytes, who: str = "ana", **query: Any) -> Any:
    file = io.BytesIO(content)
    file.name = "x.json"
    return world.token(who).post(f"/api/v1/oscal/{scope.ref}/import", {"file": file}, query_params=query)


def test_what_was_exported_comes_back_with_zero_changes(
    world: Any, scope: IsmsScope, django_assert_max_num_queries: Any
) -> None:
    ana = world.actor("ana")
    make(world, "control", ref="C-3", title="Gone", state="planned")
    risk = Risk.objects.get(ref="R-1")
    before = acts_in_ledger(world)
    for document, sizes in SIZES.items():
        for form in ("json", "xml"):
            content = document_of(ana, scope, document, form)
            with django_assert_max_num_queries(80):
                plan = plan_document(ana, scope, content, f"x.{form}")
            report = plan.report()
            assert (changes(plan), report["findings"]) == ({}, [])
            assert {slug: counts["unchanged"] for slug, counts in report["registers"].items()} == sizes
            assert (report["added"], report["changed"], report["refused"], plan.can_store) == (0, 0, 0, False)
    assert acts_in_ledger(world) == before
    assert risk.version == Risk.objects.get(ref="R-1").version


def test_a_changed_field_is_exactly_that_change_in_the_preview_and_once_stored(world: Any, scope: IsmsScope) -> None:
    ana = world.actor("ana")
    tree = exported(world, scope, "ssp")
    plan = tree["system-security-plan"]
    implementation = plan["system-implementation"]
    backups, watch = implementation["components"][1:]
    # What is carried beside the text gives way to what somebody wrote into the file.
    backups["description"] = "Hourly."
    watch["responsible-roles"] = backups["responsible-roles"][:1]
    recipes = implementation["inventory-items"][1]
    prop(recipes, "integrity")["value"] = "high"
    rows = plan["control-implementation"]["implemented-requirements"]
    answered = next(row for row in rows if row["control-id"] == "A.5.1")
    answered["by-components"][0]["component-uuid"] = watch["uuid"]
    laptops = next(row for row in rows if row["control-id"] == "A.8.1")
    laptops["remarks"] = "Laptops and telephones."
    found = planned(ana, scope, tree)
    told = changes(found)
    carl = world.people["carl"]
    assert {ref: set(fields) for ref, fields in told.items()} == {
        "A-2": {"integrity"},
        "C-1": {"description", "requirements"},
        "C-2": {"owner", "requirements"},
        f"{scope.ref}:A.8.1": {"justification"},
    }
    assert (told["C-1"]["description"], told["C-2"]["owner"]) == ("Hourly.", str(carl.pk))
    before = acts_in_ledger(world)
    store_document(found, ana)
    assert acts_in_ledger(world) == before + 1
    assert changes(planned(ana, scope, tree)) == {}
    control = Control.objects.get(ref="C-1")
    assert (control.description, control.objective) == ("Hourly.", ODD.strip())
    assert sorted(one.identifier for one in control.requirements.all()) == ["A.8.13", "House 1"]
    assert [one.identifier for one in Control.objects.get(ref="C-2").requirements.all()] == ["A.5.1"]
    assert SoaRow.objects.get(ref=f"{scope.ref}:A.8.1").justification == "Laptops and telephones."
    assert Asset.objects.get(ref="A-2").integrity == 2


def test_a_changed_plan_of_action_changes_its_risk(world: Any, scope: IsmsScope) -> None:
    ana = world.actor("ana")
    tree = exported(world, scope, "poam")
    plan = tree["plan-of-action-and-milestones"]
    one = next(risk for risk in plan["risks"] if risk["title"] == "R-1 Ransomware")
    item = next(item for item in plan["poam-items"] if item["title"] == "R-1 Ransomware")
    one["title"], one["deadline"] = "R-1 Extortion", "2027-03-31T00:00:00Z"
    one["remediations"][0]["description"] = "Copies elsewhere."
    one["props"] = [each for each in one["props"] if each["name"] != "asset"]
    item["links"] = item["links"][:1]
    target = next(row for row in one["characterizations"] if row["facets"][0]["props"][0]["value"] == "adjusted")
    target["facets"][0]["value"] = "2"
    found = planned(ana, scope, tree)
    told = changes(found)
    assert set(told) == {"R-1"}
    judged = {"target_likelihood", "target_level", "assessed_on"} & set(told["R-1"])
    assert set(told["R-1"]) - judged == {"title", "due_on", "treatment_note", "assets", "controls"}
    assert told["R-1"]["target_likelihood"] == 2
    store_document(found, ana)
    risk = Risk.objects.get(ref="R-1")
    assert (risk.title, str(risk.due_on), risk.target_likelihood) == ("Extortion", "2027-03-31", 2)
    assert [control.ref for control in risk.controls.all()] == ["C-1"]
    assert changes(planned(ana, scope, tree)) == {}


def test_another_organisation_gets_the_same_records_and_the_same_file_twice_makes_nothing_twice(
    world: Any, scope: IsmsScope, elsewhere: Any
) -> None:
    import_catalogue(RULES, "house.csv", actor=elsewhere.actor("ana"), code="house", title="House rules")
    put_in_force(elsewhere)
    there = make(elsewhere, "scope", title="Other works", covers="Another.")
    ana = elsewhere.actor("ana")
    for document in ("poam", "ssp"):
        tree = exported(world, scope, document)
        found = planned(ana, there, tree)
        assert not found.is_refused, found.report()
        store_document(found, ana)
        again = planned(ana, there, tree)
        assert (changes(again), again.counts["added"]) == ({}, 0)
    risk = Risk.objects.get(organisation=elsewhere.organisation, ref="R-1")
    assert (risk.scope_id, risk.level) == (there.pk, Risk.objects.get(organisation=world.organisation, ref="R-1").level)
    assert [one.ref for one in risk.controls.order_by("ref_key")] == ["C-1", "C-2"]
    assert [one.identifier for one in risk.requirements.all()] == ["House 2"]
    made = Control.objects.get(organisation=elsewhere.organisation, ref="C-1")
    assert (made.objective, made.description) == (ODD.strip(), "Nightly.\n\n  Kept.")
    assert Asset.objects.get(organisation=elsewhere.organisation, ref="A-2").depends_on.get().ref == "A-1"
    rows = SoaRow.objects.filter(organisation=elsewhere.organisation)
    decided = {row.ref.partition(":")[2]: row.applicability for row in rows}
    assert decided == {
        "A.5.1": "applicable",
        "A.7.4": "not_applicable",
        "A.8.1": "applicable",
        "A.8.13": "applicable",
    }
    there.refresh_from_db()
    assert there.title == "Other works"


def test_a_file_of_another_scope_is_refused(world: Any, scope: IsmsScope) -> None:
    other = make(world, "scope", title="Shop", covers="The shop.")
    found = planned(world.actor("ana"), other, exported(world, scope, "poam"))
    assert found.is_refused and not found.plans
    assert scope.ref in found.all_findings[0].message


@needs_data
def test_files_of_others_go_in_and_say_what_they_could_not_bring(world: Any, scope: IsmsScope) -> None:
    ana = world.actor("ana")
    catalogue = import_catalogue(data(REV4), "rev4.json", actor=ana, code="rev4")
    assert catalogue
    there = make(world, "scope", title="Logging", covers="Logs.", reference="rev4")
    content = data("examples/ssp-example.json")
    body = sent(world, there, content).json()
    assert {slug: counts["added"] for slug, counts in body["registers"].items()} == {
        "assets": 2,
        "controls": 4,
        "soa-rows": 1,
    }
    # People and the system's own description; no catalogue is missed, for the scope's is meant.
    assert len(body["findings"]) == 2
    row = SoaRow.objects.get(scope=there)
    assert row.requirement is not None
    assert (row.requirement.identifier, row.applicability) == ("au-1", "applicable")
    policy = Control.objects.get(title__startswith="Enterprise Logging, Monitoring")
    assert [one.identifier for one in policy.requirements.all()] == ["au-1"]
    assert "au-1: The legal department develops" in policy.description
    server = Asset.objects.get(title="Logging Server")
    assert (server.category, server.needed_by.get().title) == ("application", "The logging server.")

    body = sent(world, there, data("examples/ifa_plan-of-action-and-milestones.json")).json()
    assert {slug: counts["added"] for slug, counts in body["registers"].items()} == {"controls": 3, "risks": 2}
    assert {finding["severity"] for finding in body["findings"]} == {"info"}
    taken, open_one = Risk.objects.filter(scope=there).order_by("title")
    assert (taken.treatment, open_one.treatment) == ("retain", "modify")
    assert (taken.level, str(taken.due_on), taken.acceptance) == (None, "2024-01-01", "no")
    assert "likelihood: low; impact: high" in taken.description
    assert [one.title for one in open_one.controls.all()] == ["Completion of GoodRead Sprint Ending June 23, 2023"]
    for name in ("ssp-example", "ifa_plan-of-action-and-milestones"):
        body = sent(world, there, data(f"examples/{name}.json")).json()
        assert (body["added"], body["changed"]) == (0, 0)


def test_page_and_command_show_the_preview_and_store_it(world: Any, scope: IsmsScope, tmp_path: Path) -> None:
    client, url = world.client("ana"), world.url(f"oscal/{scope.ref}/import/")
    assert url in client.get(world.url(f"soa/{scope.ref}/")).content.decode()
    assert url in client.get(world.url(f"treatment-plan/{scope.ref}/")).content.decode()
    tree = exported(world, scope, "ssp")
    tree["system-security-plan"]["system-implementation"]["components"][1]["title"] = "Copies"
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(tree))
    arguments = ["--organisation", "demo", "oscal", "import", str(path), "--scope", scope.ref, "--json"]
    given = parser().parse_args([*arguments, "--dry-run"])
    code, body, text = given.call(given)
    assert "controls: 0 added, 1 changed, 1 unchanged, 0 refused" in text
    assert (code, body["changed"], body["registers"]["controls"]["changed"]) == (0, 1, 1)
    assert Control.objects.get(ref="C-1").title == "Backups"

    with path.open("rb") as file:
        answer = client.post(url, {"file": file})
    html = client.get(answer["Location"]).content.decode()
    assert "Backups" in html and "Copies" in html
    assert html.count('data-outcome="changed"') == 1
    answer = client.post(answer["Location"], {"store": "1"})
    assert answer["Location"] == world.url(f"scopes/{scope.ref}/")
    assert Control.objects.get(ref="C-1").title == "Copies"
    given = parser().parse_args(arguments)
    code, body, _text = given.call(given)
    assert (code, body["changed"], body["unchanged"]) == (0, 0, 100)


def test_whoever_may_not_changes_nothing(world: Any, scope: IsmsScope, elsewhere: Any) -> None:
    tree = exported(world, scope, "ssp")
    tree["system-security-plan"]["system-implementation"]["components"][1]["title"] = "Copies"
    content = json.dumps(tree).encode()
    before = acts_in_ledger(world)
    for name in ("ben", "rita", "cleo", "dora", "emil", "nobody"):
        assert sent(world, scope, content, name).status_code == 404, name
        assert world.client(name).get(world.url(f"oscal/{scope.ref}/import/")).status_code == 404
    assert elsewhere.client("ana").get(world.url(f"oscal/{scope.ref}/import/")).status_code == 404
    ana = world.actor("ana")
    lesser = {grant: units for grant, units in ana.reach.items() if grant != "control.import"}
    object.__setattr__(ana, "reach", lesser)
    with pytest.raises(Denied):
        planned(ana, scope, tree)
    # One who sees no assets of the scope but may import learns and changes nothing of them.
    ana = world.actor("ana")
    object.__setattr__(ana, "reach", {grant: units for grant, units in ana.reach.items() if grant != "asset.view"})
    tree["system-security-plan"]["system-implementation"]["inventory-items"][0]["description"] = "Spied."
    found = planned(ana, scope, tree)
    assert found.counts["refused"] == 2 and not found.can_store
    assert "Server" not in str([finding.message for finding in found.all_findings])
    assert acts_in_ledger(world) == before


def test_a_broken_file_is_refused_whole_with_place_and_remedy(world: Any, scope: IsmsScope) -> None:
    content = document_of(world.actor("ana"), scope, "ssp", "json")
    before = acts_in_ledger(world)
    definition = document_of(world.actor("ana"), scope, "component-definition", "json")
    for broken, told in ((content[:-200], "JSON"), (b"", "empty"), (definition, "neither"), (b"<a/>", "")):
        answer = sent(world, scope, broken)
        assert answer.status_code == 422 and told in answer.content.decode()
    tree = exported(world, scope, "ssp")
    parts = tree["system-security-plan"]["system-implementation"]
    prop(parts["components"][2], "state")["value"] = "halfway"
    parts["components"][1]["title"] = "Copies"
    answer = sent(world, scope, json.dumps(tree).encode())
    assert answer.status_code == 422
    assert "system-implementation/components[2] · State" in answer.content.decode()
    file = io.BytesIO(content[:-200])
    file.name = "x.json"
    page = world.client("ana").post(world.url(f"oscal/{scope.ref}/import/"), {"file": file})
    assert page.status_code == 422 and "cannot be stored like this" in page.content.decode()
    assert acts_in_ledger(world) == before


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield node, key
        if isinstance(value, dict | list):
            yield from places(value)


@pytest.mark.parametrize("document", ["ssp", "poam"])
def test_no_mutation_of_a_file_makes_a_traceback(world: Any, scope: IsmsScope, document: str) -> None:
    ana, chance = world.actor("ana"), random.Random(27001)
    content = document_of(ana, scope, document, "json")
    before, outcomes = acts_in_ledger(world), set()
    for _number in range(25):
        tree = json.loads(content)
        for node, key in chance.sample(list(places(tree)), chance.randint(1, 4)):
            if chance.random() < 0.3:
                try:
                    del node[key]
                except (KeyError, IndexError):
                    continue
            else:
                wrong: list[Any] = [None, "", "x\x00y", 7, [], {}, [[]], {"a": "b"}, "9" * 400, "2027-13-41", "𝄞 — ß"]
                try:
                    node[key] = chance.choice(wrong)
                except IndexError:
                    continue
        found = planned(ana, scope, tree)
        outcomes.add("refused" if found.is_refused else "stored" if found.can_store else "same")
        if found.can_store:
            with transaction.atomic():
                store_document(found, ana)
                transaction.set_rollback(True)
    assert outcomes >= {"refused", "stored"}
    assert acts_in_ledger(world) == before
