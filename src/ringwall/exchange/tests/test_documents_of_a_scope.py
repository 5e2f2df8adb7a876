"""A scope goes out as OSCAL: valid, readable by others, the same facts, the same bytes, and resolvable."""

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ringwall.access.policy import SEE_RESTRICTED
from ringwall.context.models import IsmsScope
from ringwall.exchange.exporting import MODELS, document_of, package_of
from ringwall.exchange.tests.conftest import make
from ringwall.kit import registry
from ringwall.kit.errors import Denied, Refused
from ringwall.kit.testing import acts_in_ledger
from ringwall.oscal.milestones import PlanOfActionAndMilestones
from ringwall.oscal.reader import read
from ringwall.oscal.resolver.resolve import resolve, resolve_file
from ringwall.oscal.shapes import shapes
from ringwall.oscal.system_security_plan import SystemSecurityPlan
from ringwall.oscal.tests.shared import DATA
from ringwall.oscal.tests.test_resolution import identifiers
from ringwall.oscal.tests.test_writing import loosened, validator
from ringwall.oscal.writer import strict
from ringwall.site.cli import parser

pytestmark = pytest.mark.once


def own_props(node: Any) -> dict[str, str]:
    return {prop.name: prop.value for prop in node.props}


def without_carried(node: Any) -> Any:
    if isinstance(node, list):
        return [without_carried(one) for one in node if not (isinstance(one, dict) and one.get("name") == "carried")]
    return {key: without_carried(one) for key, one in node.items()} if isinstance(node, dict) else node


def test_every_document_is_valid_stable_and_the_same_in_both_forms(
    world: Any, scope: IsmsScope, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    ana = world.actor("ana")
    for document, model in MODELS.items():
        with django_assert_max_num_queries(70):
            data = document_of(ana, scope, document, "json")
        assert data == document_of(ana, scope, document, "json")
        reading, spoken = read(data), read(document_of(ana, scope, document, "xml"), "x.xml")
        assert (reading.model, reading.findings, spoken.findings) == (model, [], [])
        # White space that Markdown does not keep is carried in XML alone.
        trees = [json.loads(json.dumps(strict(one.tree, shapes()[model]))) for one in (reading, spoken)]
        assert loosened(without_carried(trees[0])) == loosened(without_carried(trees[1]))
        if DATA.is_dir():
            assert [f"{e.json_path} {e.message[:200]}" for e in validator(model).iter_errors(json.loads(data))] == []
        (tmp_path / f"{document}.json").write_bytes(data)
    pytest.importorskip("trestle.oscal")
    from trestle.oscal.component import ComponentDefinition
    from trestle.oscal.poam import PlanOfActionAndMilestones as Poam
    from trestle.oscal.ssp import SystemSecurityPlan as Ssp

    for cls, document in ((Ssp, "ssp"), (ComponentDefinition, "component-definition"), (Poam, "poam")):
        assert cls.oscal_read(tmp_path / f"{document}.json") is not None


def test_the_security_plan_says_what_the_statement_says_and_its_control_ids_resolve(
    world: Any, scope: IsmsScope
) -> None:
    ana = world.actor("ana")
    plan = read(document_of(ana, scope, "ssp", "json")).document
    assert isinstance(plan, SystemSecurityPlan)
    assert plan.control_implementation and plan.system_implementation and plan.system_characteristics
    rows = {row.control_id: row for row in plan.control_implementation.implemented_requirements}
    # 93 of Annex A, one of another catalogue that a risk needs, one control of one's own.
    assert len(rows) == 95
    components = {one.uuid: one.title for one in plan.system_implementation.components}
    states = {
        name: [
            (components[by.component_uuid], (by.implementation_status or {}).get("state"))
            for by in rows[name].by_components
        ]
        for name in ("A.8.13", "A.7.4", "A.8.1", "A.5.2", "C-2", "House_2")
    }
    assert states == {
        "A.8.13": [("Backups", "implemented")],
        "A.7.4": [("Works", "not-applicable")],
        "A.8.1": [("Works", "planned")],
        "A.5.2": [("Works", None)],
        "C-2": [("Night watch", "planned")],
        "House_2": [("Works", None)],
    }
    assert (rows["A.7.4"].remarks, own_props(rows["A.7.4"])["applicability"]) == (
        "There are no premises.",
        "not_applicable",
    )
    assert [one.description for one in plan.system_implementation.inventory_items] == ["Server", "Recipes"]
    needed = plan.system_implementation.inventory_items[1].links[0].href
    assert needed == f"#{plan.system_implementation.inventory_items[0].uuid}"
    information = (plan.system_characteristics.system_information or {})["information-types"]
    assert [(one["title"], one["confidentiality-impact"]["base"]) for one in information] == [("Recipes", "very-high")]

    package = zipfile.ZipFile(io.BytesIO(package_of(ana, scope)))
    assert package_of(ana, scope) == package_of(ana, scope)
    files = {name: package.read(name) for name in package.namelist()}
    resource = next(one for one in plan.resources if (plan.import_profile or {})["href"] == f"#{one.uuid}")
    profile = files[resource.rlinks[0].href]
    assert profile == base64.b64decode((resource.base64 or {})["value"])
    resolution = resolve(profile, resource.rlinks[0].href, files.get)
    assert resolution.findings == [] and resolution.catalogue is not None
    assert sorted(identifiers(resolution.catalogue)) == sorted(rows)


def test_the_plan_of_action_says_what_the_treatment_plan_says(world: Any, scope: IsmsScope) -> None:
    found = read(document_of(world.actor("ana"), scope, "poam", "json")).document
    assert isinstance(found, PlanOfActionAndMilestones)
    ransomware, rain = sorted(found.risks, key=lambda risk: risk.title)
    assert (ransomware.title, ransomware.status, ransomware.deadline) == (
        "R-1 Ransomware",
        "remediating",
        "2027-02-28T00:00:00Z",
    )
    assert (rain.status, [response.lifecycle for response in rain.remediations]) == ("open", ["planned"])
    response = ransomware.remediations[0]
    assert (response.lifecycle, response.props[0].value) == ("planned", "mitigate")
    dates = {task["title"]: task["timing"]["on-date"]["date"][:10] for task in response.tasks}
    assert dates == {"C-1 Backups": "2026-01-31", "C-2 Night watch": "2027-01-31", "R-1 Ransomware": "2027-02-28"}
    facets = [{f["name"]: f["value"] for f in one["facets"]} for one in ransomware.characterizations]
    assert [(one["likelihood"], one["consequence"]) for one in facets] == [("4", "4"), ("1", "2")]
    assert [factor["description"] for factor in ransomware.mitigating_factors] == ["C-1 Backups"]
    item = next(one for one in found.poam_items if one.title == "R-1 Ransomware")
    assert item.related_risks == ({"risk-uuid": ransomware.uuid},)
    assert [link.text for link in item.links] == ["C-1 Backups", "C-2 Night watch"]


def test_a_scope_goes_out_whole_or_not_at_all(world: Any, scope: IsmsScope, elsewhere: Any) -> None:
    make(world, "asset", title="Vault", category="place", restricted=True)
    before = acts_in_ledger(world)
    url = world.url(f"oscal/{scope.ref}/")
    dora = world.client("dora")
    assert b"Vault" in dora.get(f"{url}ssp.json").content
    assert dora.get(f"{url}ssp.zip").headers["Content-Disposition"] == f'attachment; filename="{scope.ref}-ssp.zip"'
    for name in ("ben", "rita", "emil", "nobody"):
        for document in ("ssp.json", "ssp.zip", "component-definition.xml", "poam.json"):
            assert world.client(name).get(f"{url}{document}").status_code == 404, (name, document)
        assert world.token(name).get(f"/api/v1/oscal/{scope.ref}/ssp").status_code == 404
    assert elsewhere.client("ana").get(f"{url}poam.json").status_code == 404
    for document in ("ssp.yaml", "poam.zip", "catalog.json"):
        assert dora.get(f"{url}{document}").status_code == 404
    # A reader of everything but what is restricted gets nothing of a plan that holds something restricted.
    reader = world.actor("dora")
    seeing = {grant: units for grant, units in reader.reach.items() if grant != SEE_RESTRICTED}
    object.__setattr__(reader, "reach", seeing)
    with pytest.raises(Denied):
        document_of(reader, scope, "ssp", "json")
    assert document_of(reader, scope, "poam", "json")
    assert acts_in_ledger(world) == before


def test_an_empty_scope_is_refused_with_a_remedy(world: Any, scope: IsmsScope) -> None:
    ana = world.actor("ana")
    bare = make(world, "scope", title="Bare", covers="x", reference=None)
    with pytest.raises(Refused, match="no risks"):
        document_of(ana, bare, "poam", "xml")
    answer = world.client("ana").get(world.url(f"oscal/{bare.ref}/poam.json"))
    assert answer.status_code == 422 and b"Record them first" in answer.content


def test_the_documents_are_offered_where_they_belong_and_spoken_by_the_api(world: Any, scope: IsmsScope) -> None:
    client = world.client("ana")
    for page, documents in (
        (f"soa/{scope.ref}/", ("ssp.json", "ssp.zip", "component-definition.xml")),
        (f"treatment-plan/{scope.ref}/", ("poam.json", "poam.xml")),
        (f"scopes/{scope.ref}/", ("ssp.json", "poam.xml", "component-definition.json")),
    ):
        html = client.get(world.url(page)).content.decode()
        for document in documents:
            assert world.url(f"oscal/{scope.ref}/{document}") in html
    api = world.token("ana", scope="read")
    answer = api.get(f"/api/v1/oscal/{scope.ref}/poam", {"format": "xml"})
    assert answer.headers["Content-Type"] == "application/xml"
    assert answer.content == client.get(world.url(f"oscal/{scope.ref}/poam.xml")).content
    assert api.get(f"/api/v1/oscal/{scope.ref}/poam", {"format": "pdf"}).status_code == 422


def test_the_last_change_of_what_goes_out_is_the_date_of_the_document(world: Any, scope: IsmsScope) -> None:
    ana = world.actor("ana")
    before = document_of(ana, scope, "component-definition", "json")
    make(world, "asset", title="Not in it", category="system")
    assert document_of(ana, scope, "component-definition", "json") == before
    control = registry.registers["control"].model.objects.get(ref="C-1")
    registry.actions["control.update"].run(ana, {"title": "Copies"}, subject=control)
    after = document_of(ana, scope, "component-definition", "json")
    old, new = (json.loads(data)["component-definition"] for data in (before, after))
    assert new["metadata"]["last-modified"] >= old["metadata"]["last-modified"]
    assert [one["uuid"] for one in new["components"]] == [one["uuid"] for one in old["components"]]


def test_the_command_line_writes_a_plan_with_its_sources_so_that_it_resolves_from_disk(
    world: Any, scope: IsmsScope, tmp_path: Path
) -> None:
    out = tmp_path / "plan.xml"
    given = parser().parse_args(
        ["--organisation", "demo", "oscal", "export", "ssp", "--with-sources", "--out", str(out), "--json"]
    )
    code, body, _text = given.call(given)
    assert code == 0
    assert isinstance(body, dict)
    assert (body["format"], body["scope"], body["size"]) == ("xml", scope.ref, out.stat().st_size)
    assert read(out.read_bytes()).findings == []
    resolution = resolve_file(tmp_path / f"{scope.ref}-profile.json")
    assert resolution.findings == []
    assert {Path(source.address).name for source in resolution.sources} >= {"iso27001-2022-annex-a.json", "house.json"}
