from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from ringwall.evidence.models import Evidence
from ringwall.evidence.tests.files import SAMPLES, upload
from ringwall.evidence.tests.test_adding_evidence import add, make_asset
from ringwall.kit.testing import HOSTILE, acts_in_ledger


@pytest.mark.parametrize("name", ["report.pdf", "mail.eml", "table.csv"])
def test_a_file_is_sent_as_a_download_that_no_browser_runs(world: Any, ana: Any, name: str) -> None:
    row = add(ana, make_asset(world), name)
    answer = world.client("ana").get(world.url(f"evidence/{row.pk}/"))
    assert answer.getvalue() == SAMPLES[name.rpartition(".")[2]]
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == row.media_type
    assert "no-store" in answer["Cache-Control"]


def test_only_who_sees_the_record_fetches_the_file(world: Any, elsewhere: Any, ana: Any) -> None:
    row = add(ana, make_asset(world, owner="olga@demo.example"))
    url = world.url(f"evidence/{row.pk}/")
    for name in ("ana", "adam", "cleo", "dora", "olga"):
        assert world.client(name).get(url).status_code == 200, name
    for name in ("ben", "carl", "emil", "rita", "nobody"):
        assert world.client(name).get(url).status_code == 404, name
    assert Client().get(url).status_code == 302
    assert elsewhere.client("ana").get(url).status_code == 404
    assert elsewhere.client("ana").get(elsewhere.url(f"evidence/{row.pk}/")).status_code == 404
    assert world.client("ana").get(world.url(f"evidence/{uuid4()}/")).status_code == 404


def test_a_restricted_record_hides_its_evidence(world: Any, ana: Any) -> None:
    row = add(ana, make_asset(world, unit=str(world.sales.pk), restricted="1"))
    assert world.client("ben").get(world.url(f"evidence/{row.pk}/")).status_code == 404


def test_bytes_that_were_changed_in_the_storage_are_not_sent(world: Any, ana: Any, storage: Path) -> None:
    row = add(ana, make_asset(world))
    path = storage / row.file.path
    path.write_bytes(b"%PDF-1.7 forged" + b" " * 20)
    answer = world.client("ana").get(world.url(f"evidence/{row.pk}/"))
    assert answer.status_code == 404
    assert b"forged" not in answer.content
    path.unlink()
    assert world.client("ana").get(world.url(f"evidence/{row.pk}/")).status_code == 404


def test_markup_in_names_and_notes_is_shown_as_text(world: Any, ana: Any) -> None:
    asset = make_asset(world)
    row = add(ana, asset, "<script>alert(1)<.pdf", note=HOSTILE)
    assert row.name == "<script>alert(1)<.pdf"
    client = world.client("ana")
    for url in (f"assets/{asset.ref}/", f"evidence/of/asset/{asset.ref}/", "evidence/", f"evidence/{row.pk}/withdraw/"):
        page = client.get(world.url(url)).content.decode()
        assert "<script>alert(1)" not in page
    disposition = client.get(world.url(f"evidence/{row.pk}/"))["Content-Disposition"]
    assert disposition.startswith("attachment")


def test_line_breaks_in_names_do_not_reach_the_header(world: Any, ana: Any) -> None:
    row = add(ana, make_asset(world), 'a"\r\nSet-Cookie: x=1.pdf')
    answer = world.client("ana").get(world.url(f"evidence/{row.pk}/"))
    assert "Set-Cookie" not in answer.headers
    assert "\n" not in answer["Content-Disposition"]


def test_the_api_adds_lists_fetches_and_withdraws(world: Any) -> None:
    asset = make_asset(world)
    api = world.token("ana")
    made = api.post("/api/v1/evidence", {"kind": "asset", "subject": asset.ref, "file": upload(), "note": "Q1"})
    assert made.status_code == 201, made.content
    url = f"/api/v1/evidence/{made.json()['id']}"
    listed = api.get("/api/v1/evidence", {"kind": "asset", "subject": asset.ref}).json()["rows"]
    assert [row["id"] for row in listed] == [made.json()["id"]]
    assert api.get(url).json() == made.json()
    assert api.get(f"{url}/file").getvalue() == SAMPLES["pdf"]
    assert api.get(f"{url}/file")["Content-Disposition"].startswith("attachment")
    done = api.post(f"{url}/withdraw", {"reason": "wrong"}, content_type="application/json")
    assert (done.status_code, done.json()["validity"]) == (200, "withdrawn")


def test_the_api_refuses_strangers_read_only_tokens_lies_and_unknown_kinds(
    world: Any, elsewhere: Any, ana: Any
) -> None:
    asset = make_asset(world)
    row = add(ana, asset)
    before = acts_in_ledger(world)
    stranger = elsewhere.token("ana")
    assert stranger.get(f"/api/v1/evidence/{row.pk}").status_code == 404
    assert stranger.get(f"/api/v1/evidence/{row.pk}/file").status_code == 404
    assert stranger.get("/api/v1/evidence", {"kind": "asset", "subject": str(asset.pk)}).status_code == 404
    given = {"kind": "asset", "subject": str(asset.pk)}
    assert stranger.post("/api/v1/evidence", given | {"file": upload("n.txt")}).status_code == 404
    reader = world.token("ana", scope="read")
    assert reader.post("/api/v1/evidence", given | {"file": upload("n.txt")}).status_code == 403
    writer = world.token("ana")
    assert writer.post("/api/v1/evidence", given | {"file": upload("n.png", b"<html>")}).status_code == 422
    assert writer.post("/api/v1/evidence", {"kind": "nothing", "subject": "A-1", "file": upload()}).status_code == 404
    assert writer.post("/api/v1/evidence", given).status_code == 422
    assert writer.get("/api/v1/evidence", {"kind": "asset", "subject": "\x00"}).status_code == 404
    assert Client().get(f"/api/v1/evidence/{row.pk}/file").status_code == 401
    assert (Evidence.objects.count(), acts_in_ledger(world)) == (1, before)
