"""Mappings as list and matrix, at the requirement, and what one catalogue covers of another."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ringwall.catalogues.mapping.covering import coverage_of
from ringwall.catalogues.mapping.models import MappedPair, Mapping
from ringwall.catalogues.mapping.tests.files import ROWS, collection, mapped, row
from ringwall.catalogues.models import Catalogue
from ringwall.conftest import World
from ringwall.oscal.mappings import Coverage

pytestmark = pytest.mark.once

MORE = (
    row(5, "o-3", "subset-of", "n-2"),
    row(6, "o-1", "intersects-with", "n-5", defaulted=True),
)


def text(world: World, path: str, name: str = "ana", status: int = 200) -> str:
    response = world.client(name).get(world.url(path))
    assert response.status_code == status, path
    return response.content.decode()


def test_a_mapping_is_shown_as_list_and_matrix_narrowed_and_judged(
    world: World, django_assert_max_num_queries: Any
) -> None:
    mapped(world.actor("ana"), *ROWS, *MORE)
    page = "catalogues/mappings/old-new/"
    assert "old-new" in text(world, "catalogues/mappings/") and "old-new" in text(world, "catalogues/")
    client = world.client("ana")
    client.get(world.url(page))
    with django_assert_max_num_queries(20):
        html = client.get(world.url(page)).content.decode()
    assert html.count("<tr data-id=") == 6 and "Windows besides." in html
    for query, rows in (
        ("relation=superset", 1),
        ("judged=no", 2),
        ("judged=yes", 4),
        ("judged=withdrawn", 0),
        ("q=siren", 1),
        ("q=besides", 1),
        ("from=g1&to=g1", 6),
        ("from=nowhere", 0),
        ("relation=%00&q=%00&page=x", 6),
    ):
        assert text(world, f"{page}?{query}").count("<tr data-id=") == rows, query
    with django_assert_max_num_queries(20):
        html = client.get(world.url(f"{page}?view=matrix")).content.decode()
    assert "?from=g1&amp;to=g1" in html and "of these 2 not judged" in html
    pairs = MappedPair.objects.filter(is_defaulted=True).order_by("position")
    ids = [str(pair.pk) for pair in pairs]
    assert world.client("cleo").post(world.url(f"{page}judge/"), {"ids": ids}).status_code in (403, 404)
    assert pairs.all().count() == 2
    client.post(world.url(f"{page}judge/"), {"ids": ids[:1], "back": "?judged=no"})
    assert [str(pair.pk) for pair in pairs.all()] == ids[1:]
    form = world.url(f"{page}rows/{ids[1]}/change/")
    assert "A tool set this relation" in client.get(form).content.decode()
    assert client.post(form, {"relation": "intersects", "rationale": "Yes.", "version": "7"}).status_code == 409
    assert client.post(form, {"relation": "intersects", "rationale": "Yes.", "version": "1"}).status_code == 302
    assert pairs.all().count() == 0
    added = client.post(world.url(f"{page}act/add/"), {"source": "o-4", "relation": "equal", "target": "n-9"})
    assert added.status_code == 422 and "n-9" in added.content.decode()
    for ending in ("oscal.json", "oscal.xml", "mapping.xlsx", "original/"):
        assert client.get(world.url(page + ending)).status_code == 200
    assert bytes(client.get(world.url(f"{page}original/")).content) == collection(*ROWS, *MORE)
    for name in ("ben", "emil", "nobody"):
        assert world.client(name).get(world.url(page)).status_code == (200 if name == "ben" else 403)


def test_a_file_is_seen_before_it_is_stored(world: World) -> None:
    ana = world.actor("ana")
    mapped(ana)
    client, url = world.client("ana"), world.url("catalogues/mappings/import/")
    bad = client.post(url, {"file": SimpleUploadedFile("x.json", b"{}")})
    assert bad.status_code == 422 and "Nothing in the file could be understood" in bad.content.decode()
    file = SimpleUploadedFile("m.json", collection(*ROWS, row(7, "o-9", "equal-to", "n-1"), *MORE))
    step = client.post(url, {"file": file})
    assert step.status_code == 302
    html = client.get(step["Location"]).content.decode()
    assert "o-9 is not in Old rules; 1 row was left out." in html
    assert MappedPair.objects.count() == 4
    assert world.client("adam").get(step["Location"]).status_code in (403, 404)
    assert client.post(step["Location"])["Location"] == world.url("catalogues/mappings/old-new/")
    assert MappedPair.objects.count() == 6
    assert client.get(step["Location"]).status_code == 404


def test_a_requirement_shows_its_mappings_in_both_directions(world: World) -> None:
    mapped(world.actor("ana"), *ROWS, *MORE)
    old, new = text(world, "catalogues/old/o-1/"), text(world, "catalogues/new/n-1/")
    assert "contains" in old and "/catalogues/new/n-1/" in old and "not judged" in old
    assert "part of" in new and "/catalogues/old/o-1/" in new and "not judged" not in new


def test_coverage_says_no_more_than_judged_relations_do(world: World, django_assert_max_num_queries: Any) -> None:
    ana = world.actor("ana")
    mapped(ana, *ROWS, *MORE)
    old, new = Catalogue.objects.get(code="old"), Catalogue.objects.get(code="new")
    found = coverage_of(ana, new, old)
    assert {one.identifier: one.coverage for one in found.rows} == {
        "n-1": Coverage.COVERED,
        "n-2": Coverage.PARTLY,
        "n-3": Coverage.NOT,
        "n-4": Coverage.COVERED,
        "n-5": Coverage.NOT,
    }
    assert found.unjudged == 2
    back = {one.identifier: one.coverage for one in coverage_of(ana, old, new).rows}
    assert back == {"o-1": "partly", "o-2": "covered", "o-3": "covered", "o-4": "covered"}
    client, url = world.client("ana"), world.url("catalogues/new/coverage/")
    client.get(url)
    with django_assert_max_num_queries(20):
        html = client.get(f"{url}?by=old").content.decode()
    assert "2 (40 %)" in html and html.count('<li>\n  <div><a href="/demo/catalogues/new/') == 5
    for query, rows in (("show=partly", 1), ("show=unjudged", 2), ("q=fence", 1), ("group=g1&show=covered", 2)):
        html = client.get(f"{url}?by=old&{query}").content.decode()
        assert html.count('<li>\n  <div><a href="/demo/catalogues/new/') == rows, query
    assert client.get(f"{url}?by=new").status_code == 422
    assert client.get(f"{url}?by=nothing").status_code == 404
    for ending in ("xlsx", "pdf"):
        given = client.get(f"{url}gaps.{ending}?by=old")
        assert given.status_code == 200 and len(given.content) > 2000
    api = world.token("ana")
    body = json.loads(api.get("/api/v1/coverage/new?by=old").content)
    assert (body["covered"], body["partly"], body["not"], body["unjudged"]) == (2, 1, 2, 2)
    rows = json.loads(api.get("/api/v1/mappings/old-new/rows?limit=4").content)
    assert len(rows["rows"]) == 4 and rows["next"] == "4"
    assert Mapping.objects.count() == 1
