"""A component definition comes back as controls: ours with zero changes, those of others with what they tell."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.catalogues.actions import import_catalogue
from ringwall.context.models import IsmsScope
from ringwall.controls.models import Control
from ringwall.exchange.exporting import document_of
from ringwall.exchange.rules import facts
from ringwall.exchange.rules.component_definition import definition_that_returns, rows_of
from ringwall.exchange.tests.conftest import ODD, RULES
from ringwall.exchange.words import words
from ringwall.kit.testing import acts_in_ledger
from ringwall.oscal.component_definition import ComponentDefinition
from ringwall.oscal.reader import read
from ringwall.oscal.tests.shared import DATA, needs_data
from ringwall.oscal.writer import to_json
from ringwall.oscal.xml_writing import to_xml

pytestmark = pytest.mark.once


def sent(world: Any, data: bytes, name: str, **query: Any) -> Any:
    file = io.BytesIO(data)
    file.name = name
    return world.token("ana").post("/api/v1/controls/import", {"file": file}, query_params=query)


def test_a_definition_comes_back_unchanged_and_makes_the_same_controls_elsewhere(
    world: Any, scope: IsmsScope, elsewhere: Any
) -> None:
    before = acts_in_ledger(world)
    for form in ("json", "xml"):
        data = document_of(world.actor("ana"), scope, "component-definition", form)
        body = sent(world, data, f"controls.{form}").json()
        assert (body["added"], body["changed"], body["unchanged"], body["refused"]) == (0, 0, 2, 0), body
        assert body["findings"] == []
    assert acts_in_ledger(world) == before

    import_catalogue(RULES, "house.csv", actor=elsewhere.actor("ana"), code="house", title="House rules")
    for person in ("Carl", "Olga"):
        data = data.replace(f"{person.lower()}@demo.example".encode(), f"{person.lower()}@other.example".encode())
    data = data.replace(b"Demo GmbH", b"Other GmbH")
    body = sent(elsewhere, data, "controls.xml").json()
    assert (body["added"], body["refused"]) == (2, 0), body
    made = Control.objects.get(organisation=elsewhere.organisation, ref="C-1")
    assert (made.objective, made.description, made.state) == (ODD.strip(), "Nightly.\n\n  Kept.", "implemented")
    assert sorted(r.identifier for r in made.requirements.all()) == ["A.5.1", "A.8.13", "House 1"]
    assert (str(made.cost_yearly), made.implementer.name) == ("1200.50", "Olga")


def test_the_import_page_shows_what_a_definition_would_change_and_stores_it(world: Any, scope: IsmsScope) -> None:
    data = document_of(world.actor("ana"), scope, "component-definition", "json")
    client, url = world.client("ana"), world.url("controls/import/")
    file = io.BytesIO(data.replace(b'"title":"Backups"', b'"title":"Copies of data"'))
    file.name = "controls.json"
    answer = client.post(url, {"file": file, "date_order": "dmy", "decimal": "comma"})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "Copies of data" in page
    assert client.post(answer["Location"], {"store": "1"}).status_code == 302
    control = Control.objects.get(ref="C-1")
    assert (control.title, control.version) == ("Copies of data", 2)


def test_what_is_no_component_definition_is_refused_by_name(world: Any, scope: IsmsScope) -> None:
    before = acts_in_ledger(world)
    plan = document_of(world.actor("ana"), scope, "ssp", "json")
    for data, told in ((plan, "system-security-plan"), (b"{", "JSON"), (b"<a", "XML")):
        answer = sent(world, data, "x.json")
        assert answer.status_code == 422
        assert told in answer.content.decode()
    client = world.client("ana")
    file = io.BytesIO(plan)
    file.name = "x.json"
    answer = client.post(world.url("controls/import/"), {"file": file, "date_order": "ymd", "decimal": "point"})
    assert answer.status_code == 422 and "Choose a component definition" in answer.content.decode()
    file.seek(0)
    assert (
        client.post(world.url("assets/import/"), {"file": file, "date_order": "ymd", "decimal": "point"}).status_code
        == 422
    )
    assert acts_in_ledger(world) == before


@needs_data
def test_definitions_of_others_become_controls_with_a_note_on_what_is_not_here(world: Any) -> None:
    data = (DATA / "bsi" / "Passwortrichtlinie-component_definition.json").read_bytes()
    body = sent(world, data, "p.json", dry_run=True).json()
    assert (body["added"], body["refused"]) == (7, 0)
    assert all("Grundschutz++" in finding["message"] for finding in body["findings"])
    kernel = (DATA / "bsi" / "BSI-Stand-der-Technik-Kernel-catalog.json").read_bytes()
    import_catalogue(kernel, "kernel.json", actor=world.actor("ana"), code="kernel")
    body = sent(world, data, "p.json").json()
    assert body["added"] == 7
    assert any("was taken as kernel:" in finding["message"] for finding in body["findings"])
    assert Control.objects.filter(organisation=world.organisation, requirements__catalogue__code="kernel").exists()


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=60)


@pytest.mark.parametrize("write", [to_json, to_xml])
@settings(max_examples=60, deadline=None)
@given(title=TEXTS.filter(str.strip), objective=TEXTS, description=TEXTS, reason=TEXTS, note=TEXTS)
def test_any_text_comes_back_as_it_was(
    write: Any, title: str, objective: str, description: str, reason: str, note: str
) -> None:
    fields = {"ref": "C-1", "blocked_reason": reason, "unit": note}
    one = facts.Safeguard("1", "C-1", title, objective, description, fields=fields)
    party = facts.Party("o", "Works")
    scope = facts.Scope("s", "S-1", "Scope", "All of it.")
    given_facts = facts.ScopeFacts(party, scope, "1", "2026-01-31T12:00:00Z", "en", words(), safeguards=(one,))
    reading = read(definition_that_returns(given_facts, lambda tree: write("component-definition", tree)))
    assert isinstance(reading.document, ComponentDefinition)
    (row,) = rows_of(reading.document, fields)
    wanted = {"title": title, "objective": objective, "description": description, **fields}
    assert {name: row.fields.get(name, "") for name in wanted} == wanted


@pytest.mark.parametrize("carried", ["no json", "[]", '{"title":1}', '{"owner":"x","nothing":"y"}', "[" * 100_000])
def test_a_strangers_carried_fields_do_no_harm(carried: str) -> None:
    component = {
        "uuid": "3f6f0c9e-5a0e-4b7e-9b6c-0d7d1c1a0a11",
        "type": "software",
        "title": "Scanner",
        "description": "Scans.",
        "props": [{"name": "carried", "ns": "urn:ringwall:oscal", "value": carried}],
    }
    document = read(json.dumps({"component-definition": {"components": [component]}}).encode()).document
    assert isinstance(document, ComponentDefinition)
    (row,) = rows_of(document, ("owner",))
    assert row.fields["title"] == "Scanner"
    assert set(row.fields) <= {"title", "objective", "description", "owner"}
