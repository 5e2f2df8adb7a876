"""Every page that takes a file, with files that nobody should send: each is refused in words, and nothing is stored."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ringwall.kit import registry
from ringwall.kit.drafts import ImportDraft
from ringwall.kit.testing import acts_in_ledger
from ringwall.lib.tests.workbooks import raw_xlsx, xlsx

pytestmark = pytest.mark.once

HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>ref</t></is></c></row>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
GOOD = xlsx([["ref", "title"], ["X-1", "Server"]])
HOSTILE = {
    "empty": ("a.xlsx", b""),
    "cut off": ("a.xlsx", GOOD[: len(GOOD) // 2]),
    "a PDF by its content": ("a.xlsx", b"%PDF-1.7\n%"),
    "a page by its content": ("a.csv", b"<!DOCTYPE html><script>alert(1)</script>"),
    "a zip bomb": ("a.xlsx", raw_xlsx(HEADER, more={"xl/media/a.bin": bytes(30_000_000)})),
    "an XML bomb": ("a.xlsx", raw_xlsx(HEADER, before=LAUGHS)),
    "wrongly encoded": ("a.csv", b"ref;title\nX-1;\x81\n"),
    "a program": ("a.exe", b"MZ" + bytes(200)),
    "a name with a path": ("../../etc/passwd", b"root:x:0:0\x00"),
}
IMPORTS = ("assets", "controls", "obligations", "risks", "scopes", "waivers")


def sent(client: Any, address: str, name: str, data: bytes, **more: str) -> Any:
    values = {"file": SimpleUploadedFile(name, data), "date_order": "ymd", "decimal": "point", **more}
    return client.post(address, values)


@pytest.mark.parametrize("slug", IMPORTS)
def test_imports_refuse_each_of_them(world: Any, slug: str) -> None:
    assert slug in {register.slug for register in registry.registers.values()}
    client, before = world.client("ana"), acts_in_ledger(world)
    for what, (name, data) in HOSTILE.items():
        answer = sent(client, world.url(f"{slug}/import/"), name, data)
        assert answer.status_code == 422, what
        assert "error" in answer.content.decode().lower(), what
    assert (ImportDraft.objects.count(), acts_in_ledger(world)) == (0, before)


def test_a_cell_with_a_formula_is_text_and_leaves_the_house_as_text(world: Any) -> None:
    client = world.client("ana")
    data = b'ref;title;kind\nX-1;=HYPERLINK("http://evil.example");system\nX-2;+1+1;system\n'
    step = sent(client, world.url("assets/import/"), "a.csv", data).headers["Location"]
    assert client.post(step, {"store": "1"}).status_code == 302
    book = client.get(world.url("assets/export/xlsx/")).content
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    lines = client.get(world.url("assets/export/csv/")).content.decode("utf-8-sig").splitlines()
    assert not [cell for line in lines for cell in line.split(";") if cell[:1] in "=+@" and cell]


def test_the_word_template_takes_no_other_file(world: Any) -> None:
    client, before = world.client("adam"), acts_in_ledger(world)
    macros = io.BytesIO()
    with zipfile.ZipFile(macros, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
        archive.writestr("word/vbaProject.bin", b"x")
    for what, (name, data) in {**HOSTILE, "macros": ("a.docx", macros.getvalue())}.items():
        answer = sent(client, world.url("settings/word-template/"), name, data)
        assert answer.status_code == 422, what
    assert acts_in_ledger(world) == before


def test_evidence_takes_only_what_it_says_it_takes(world: Any) -> None:
    asset = registry.actions["asset.create"].run(world.actor("ana"), {"title": "Server", "category": "system"})
    client, before = world.client("ana"), acts_in_ledger(world)
    page = {"title": "Proof"}
    for what in ("empty", "a PDF by its content", "a program", "a name with a path", "a zip bomb", "cut off"):
        name, data = HOSTILE[what]
        answer = sent(client, world.url(f"evidence/of/asset/{asset.ref}/"), name, data, **page)
        assert answer.status_code == 422, what
    active = sent(client, world.url(f"evidence/of/asset/{asset.ref}/"), "a.svg", b"<svg onload='alert(1)'/>", **page)
    assert active.status_code == 422
    assert acts_in_ledger(world) == before


def test_a_hundred_megabytes_are_refused(world: Any) -> None:
    client, before = world.client("ana"), acts_in_ledger(world)
    answer = sent(client, world.url("assets/import/"), "a.csv", b"ref;title\n" + b"x" * 100 * 1024 * 1024)
    assert answer.status_code in {413, 422}
    page = answer.content.decode()
    assert "104,857" in page or "104857" in page
    assert (ImportDraft.objects.count(), acts_in_ledger(world)) == (0, before)


def test_a_request_that_announces_more_than_any_page_takes_is_refused_unread(world: Any) -> None:
    answer = world.client("ana").generic(
        "POST", world.url("assets/import/"), b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(2**31)
    )
    assert answer.status_code == 413
