import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ringwall.access.models import RoleAssignment
from ringwall.catalogues.actions import import_catalogue
from ringwall.kit import registry
from ringwall.kit.errors import Invalid
from ringwall.kit.history import history_of
from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.verify import verify_database
from ringwall.lib.sheets import read_sheet
from ringwall.search.queries import find
from ringwall.soa.actions import decide, prepare
from ringwall.soa.models import SoaRow
from ringwall.soa.queries import statement
from ringwall.soa.sheets import plan_decisions


def make(world: Any, kind: str, **values: Any) -> Any:
    return registry.actions[f"{kind}.create"].run(world.actor("ana"), values)


def row_of(scope: Any, key: str) -> Any:
    return next(row for row in statement(scope).rows if row.key == key)


def test_the_statement_has_every_entry_of_annex_a_and_no_clause(world: Any, scope: Any) -> None:
    found = statement(scope)
    assert len(found.rows) == 93
    assert [row.key for row in found.rows][:2] == ["A.5.1", "A.5.2"]
    assert {row.applicability for row in found.rows} == {"undecided"}
    obligation = make(
        world,
        "obligation",
        title="NIS2",
        category="law",
        source="BSIG",
        demands="x",
        requirements="iso27001-2022:6.1.2, A.5.24",
    )
    assert obligation.pk
    keys = [row.key for row in statement(scope).rows]
    assert len(keys) == 93
    assert "6.1.2" not in " ".join(keys)
    assert [driver.ref for driver in row_of(scope, "A.5.24").drivers] == [obligation.ref]


def test_a_treated_risk_proposes_drivers_and_its_own_control_becomes_a_row(world: Any, scope: Any) -> None:
    backup = make(world, "control", title="Backups", requirements="A.8.13", owner="carl@demo.example")
    guard = make(world, "control", title="Night watch", owner="carl@demo.example")
    risk = make(
        world, "risk", title="Ransomware", scope=scope.ref, treatment="modify", controls=f"{backup.ref}, {guard.ref}"
    )
    assert [driver.ref for driver in row_of(scope, "A.8.13").drivers] == [risk.ref]
    own = row_of(scope, guard.ref)
    assert own.control == guard
    assert [driver.ref for driver in own.drivers] == [risk.ref]
    assert len(statement(scope).rows) == 94


def test_an_exclusion_without_a_reason_is_refused_and_nothing_is_stored(world: Any, scope: Any, ana: Any) -> None:
    prepare(scope, actor=ana)
    before = acts_in_ledger(world)
    with pytest.raises(Invalid, match="not applicable"):
        decide(scope, {"A.7.4": ("not_applicable", " ")}, actor=ana)
    assert row_of(scope, "A.7.4").applicability == "undecided"
    assert acts_in_ledger(world) == before


def test_confirming_drivers_counts_as_justification(world: Any, scope: Any, ana: Any) -> None:
    make(world, "obligation", title="NIS2", category="law", source="BSIG", demands="x", requirements="A.5.24")
    make(world, "control", title="Plan", requirements="A.5.24", owner="carl@demo.example")
    decide(scope, {"A.5.24": ("applicable", "")}, actor=ana)
    assert row_of(scope, "A.5.24").findings == ["no_justification"]
    registry.actions["soa_row.confirm"].run(ana, {}, subject=row_of(scope, "A.5.24").stored)
    assert row_of(scope, "A.5.24").findings == []


def test_page_documents_sheet_and_api_show_the_same_rows(world: Any, scope: Any, ana: Any) -> None:
    decide(scope, {"A.5.1": ("applicable", "Board decision of May")}, actor=ana)
    client = world.client("ana")
    page = client.get(world.url(f"soa/{scope.ref}/")).content.decode()
    assert "Board decision of May" in page
    report = client.get(world.url(f"reports/soa/{scope.ref}/"), {"format": "json"}).content.decode()
    assert "Board decision of May" in report
    api = world.token("ana").get(f"/api/v1/soa/{scope.ref}").json()
    assert len(api["rows"]) == 93
    assert api["rows"][0]["justification"] == "Board decision of May"
    assert client.get(world.url(f"reports/soa/{scope.ref}/"), {"format": "xlsx"}).status_code == 200


def test_who_covers_only_a_part_of_the_scope_sees_no_statement_at_all(world: Any, scope: Any, elsewhere: Any) -> None:
    prepare(scope, actor=world.actor("ana"))
    for client in (world.client("ben"), world.client("nobody"), world.client("emil"), elsewhere.client("ana")):
        for url in (
            f"soa/{scope.ref}/",
            f"reports/soa/{scope.ref}/",
            f"soa-rows/{scope.ref}:A.5.1/",
            f"soa/{scope.ref}/import/",
        ):
            answer = client.get(world.url(url))
            assert answer.status_code in (403, 404), url
            assert "A.5.1" not in answer.content.decode().replace(f"{scope.ref}:A.5.1", "")
    rows = world.token("ben").get("/api/v1/soa-rows").json()
    assert rows["rows"] == []
    assert world.token("ben").get(f"/api/v1/soa/{scope.ref}").status_code == 404


def test_decisions_come_in_from_a_sheet_by_entry_and_bad_rows_refuse_all(world: Any, scope: Any) -> None:
    client = world.client("ana")
    url = world.url(f"soa/{scope.ref}/import/")
    before = acts_in_ledger(world)
    bad = io.BytesIO(
        b"entry;applicability;justification\nA.5.1;applicable;policy\nA.9.99;applicable;none\nA.7.4;not applicable;\n"
    )
    bad.name = "soa.csv"
    answer = client.post(url, {"file": bad})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "A.9.99" in text
    assert not SoaRow.objects.filter(scope=scope).exclude(applicability="undecided").exists()
    assert acts_in_ledger(world) == before
    good = io.BytesIO(
        "entry;applicability;justification\nA.5.1;anwendbar;Leitlinie\nA.7.4;nicht anwendbar;kein Gelände\n".encode()
    )
    good.name = "soa.csv"
    assert client.post(url, {"file": good}).status_code == 302
    assert row_of(scope, "A.5.1").applicability == "applicable"
    assert row_of(scope, "A.7.4").justification == "kein Gelände"


def test_the_page_asks_a_constant_number_of_queries(world: Any, scope: Any) -> None:
    client = world.client("ana")
    url = world.url(f"soa/{scope.ref}/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    prepare(scope, actor=world.actor("ana"))
    make(world, "control", title="Backups", requirements="A.8.13", owner="carl@demo.example")
    make(world, "risk", title="Loss", scope=scope.ref, treatment="modify", requirements="A.8.13")
    few = queries()
    for number in range(5):
        control = make(
            world, "control", title=f"C{number}", requirements=f"A.8.{number + 1}", owner="carl@demo.example"
        )
        make(world, "risk", title=f"R{number}", scope=scope.ref, treatment="modify", controls=control.ref)
    assert queries() == few
    assert few <= 40


def test_rows_move_along_with_their_scope_and_are_no_longer_found_by_those_who_lost_it(world: Any, scope: Any) -> None:
    ana = world.actor("ana")
    prepare(scope, actor=ana)
    person = world.people["nobody"]
    RoleAssignment(organisation=world.organisation, person=person, role="reader", unit=world.root).save()
    assert [hit for hit in find(world.actor("nobody"), "A.8.13") if hit.kind == "soa_row"]
    scope = type(scope).objects.get(pk=scope.pk)
    registry.actions["scope.update"].run(ana, {"restricted": True, "unit": str(world.production.pk)}, subject=scope)
    rows = SoaRow._base_manager.filter(scope=scope)
    assert set(rows.values_list("unit_id", "restricted")) == {(world.production.pk, True)}
    assert not [hit for hit in find(world.actor("nobody"), "A.8.13") if hit.kind == "soa_row"]
    history = registry.registers["soa_row"]
    assert history_of(history, rows.first(), ana)[0].verb
    assert verify_database(world.organisation.pk).ok


def test_a_search_finds_rows_only_for_those_who_see_every_unit_of_the_scope(world: Any, scope: Any) -> None:
    ana = world.actor("ana")
    prepare(scope, actor=ana)
    scope = type(scope).objects.get(pk=scope.pk)
    registry.actions["scope.update"].run(
        ana, {"unit": str(world.sales.pk), "units": str(world.production.pk)}, subject=scope
    )
    hits = find(ana, "A.8.13")
    assert [hit for hit in hits if hit.kind == "soa_row"]
    assert not [hit for hit in find(world.actor("ben"), "A.8.13") if hit.kind == "soa_row"]


def test_long_identifiers_that_begin_alike_are_rows_of_their_own_and_found_by_a_spreadsheet(
    world: Any, scope: Any
) -> None:
    ana, start = world.actor("ana"), "long-identifiers-of-a-publisher-who-means-it-well"
    sheet = f"identifier,kind,title\n{start}-1,requirement,Lock\n{start}-2,requirement,Keys\n"
    import_catalogue(sheet.encode(), "long.csv", actor=ana, code="long")
    house = make(world, "scope", title="House", covers="All", reference="long")
    assert prepare(house, actor=ana) == 2
    refs = list(SoaRow.objects.filter(scope=house).order_by("position").values_list("ref", flat=True))
    assert len(set(refs)) == 2 and all(len(ref) == 40 for ref in refs)
    cut = SoaRow.objects.get(scope=house, ref=refs[1])
    registry.actions["soa_row.update"].run(ana, {"ref": "as-it-was-cut-before"}, subject=cut)
    decisions = f"requirement,applicability,justification\n{start}-1,applicable,x\n{start}-2,applicable,y\n"
    plan = plan_decisions(ana, house, read_sheet(decisions.encode(), "decisions.csv"))
    assert (plan.report()["changed"], plan.report()["refused"], plan.report()["added"]) == (2, 0, 0)
