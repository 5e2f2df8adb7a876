"""What is refused, and that nobody's file ends in anything but a `SheetError`."""

import io
import random
import zipfile
import zlib

import pytest

from ringwall.lib.sheets import Limits, SheetError, read_sheet
from ringwall.lib.sheets_archive import unpack
from ringwall.lib.tests.workbooks import ods_row, raw_ods, raw_xlsx, xlsx, zipped

GOOD = xlsx([["ref", "title"], ["A-1", "Server"], ["A-2", "Laptop"]])
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>ref</t></is></c></row>'


def refused(data: bytes, name: str = "a.xlsx", **options: object) -> SheetError:
    with pytest.raises(SheetError) as caught:
        read_sheet(data, name, **options)  # type: ignore[arg-type]
    assert caught.value.message and caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "empty"),
        (b" \r\n\r\n", "a.csv", "empty"),
        (b"\x00" * 100, "a.xlsx", "empty"),
        (b";;\n;;\n", "a.csv", "no_rows"),
        (xlsx([]), "a.xlsx", "no_rows"),
        (b"%PDF-1.7\n%", "a.xlsx", "wrong_format"),
        (b"%PDF-1.7\n%", "a.csv", "wrong_format"),
        (b"<html><table>", "a.xls", "wrong_format"),
        (b"\xef\xbb\xbf <!DOCTYPE html>", "a.csv", "wrong_format"),
        (b"ref;title\n", "a.xlsx", "wrong_format"),
        (GOOD, "a.csv", "wrong_format"),
        (GOOD, "a.docx", "wrong_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "wrong_format"),
        (b"%PDF-1.7\n%", "unnamed", "unsupported"),
        (zipped({"word/document.xml": b"<w/>"}), "a.xlsx", "unsupported"),
        (zipped({"xl/workbook.bin": b"x"}), "a.xlsx", "unsupported"),
        (b"PK\x05\x06" + bytes(18), "a.xlsx", "damaged"),
        (GOOD[: len(GOOD) // 2], "a.xlsx", "damaged"),
        (GOOD[:-5], "a.xlsx", "damaged"),
        (b'ref;title\nA-1;"open\n', "a.csv", "quoting"),
        (b'ref;title\nA-1;"a"b\n', "a.csv", "quoting"),
        (b"ref;title\nA-1;\x81\n", "a.csv", "encoding"),
        (xlsx([[1, 2], [3, 4]]), "a.xlsx", "no_header"),
        (b"ref\x00;title\n", "a.csv", "no_header"),
        (b"ref;Title; title \n", "a.csv", "duplicate_header"),
    ],
)
def test_wrong_files_are_refused_with_a_reason(data, name, code):
    assert refused(data, name).code == code


def test_a_wrong_declared_encoding_names_the_byte():
    error = refused("ref\nBüro\n".encode("cp1252"), "a.csv", encoding="utf-8")
    assert (error.code, error.parameters["offset"]) == ("encoding", 6)


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", "a\x00b"])
def test_encodings_that_are_none_are_refused(encoding):
    assert refused(b"ref\nA-1\n", "a.csv", encoding=encoding).code == "unknown_encoding"


def test_an_unknown_sheet_is_told_with_those_there_are():
    error = refused(GOOD, sheet="Risks")
    assert error.code == "no_sheet"
    assert "Assets" in error.message


def test_duplicate_names_are_told_with_both_columns():
    error = refused(b"ref;Title;title\n", "a.csv")
    assert (error.parameters["first"], error.parameters["second"], error.place) == ("B", "C", "sheet a.csv, row 1")


def test_more_bytes_than_allowed_are_not_even_looked_at():
    assert refused(GOOD, limits=Limits(size=100)).code == "too_large"


def test_protected_workbooks_are_refused():
    wrapped = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(50)
    assert refused(wrapped).code == "encrypted"
    assert refused(wrapped, "a.xls").code == "encrypted"
    marked = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
    assert refused(raw_ods(ods_row("ref"), manifest=marked), "a.ods").code == "encrypted"


def test_zip_bombs_are_refused_by_their_directory():
    bomb = raw_xlsx(HEADER, more={"xl/media/a.bin": bytes(30_000_000)})
    assert len(bomb) < 100_000
    assert refused(bomb).code == "bomb"
    many = raw_xlsx(HEADER, more={f"xl/media/{n}": b"" for n in range(2_001)})
    assert refused(many).code == "bomb"


def test_a_directory_that_lies_about_sizes_gains_nothing():
    content = b"<sst>" + b" " * 50_000_000 + b"</sst>"
    honest = raw_xlsx(HEADER, more={"xl/extra.xml": content})
    lie = honest.replace(len(content).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert refused(lie).code == "damaged"
    checksum = zlib.crc32(content).to_bytes(4, "little")
    better_lie = lie.replace(checksum, zlib.crc32(content[:100]).to_bytes(4, "little"))
    assert len(unpack(better_lie, Limits()).parts["xl/extra.xml"]) == 100


def test_a_part_held_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = _with_second_part(GOOD, "xl/workbook.xml")
    assert refused(data).code == "damaged"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_bombs_are_refused_in_every_part(encoding):
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
    evil = f"{declaration}{LAUGHS}<styleSheet>&b;</styleSheet>".encode(encoding)
    assert refused(raw_xlsx(HEADER, more={"xl/styles.xml": evil})).code == "doctype"
    assert refused(raw_xlsx(HEADER, before=LAUGHS)).code == "doctype"
    assert refused(raw_ods(ods_row("ref"), before=LAUGHS), "a.ods").code == "doctype"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (f'{HEADER}<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "too_many_rows"),
        (f'{HEADER}<row r="2"><c r="A99999999999999"><v>1</v></c></row>', "too_many_rows"),
        (f'{HEADER}<row r="2"><c r="XFD2"><v>1</v></c></row>', "too_many_columns"),
        (f'{HEADER}<row r="200000"><c r="SA200000"><v>1</v></c></row>', "too_many_cells"),
        (f'{HEADER}<row r="2"><c r="ABCDEF2"><v>1</v></c></row>', "damaged"),
        (f'{HEADER}<row r="2"><c r="2"><v>1</v></c></row>', "damaged"),
        (f'{HEADER}<row r="2"><c r="A2"><v>1</v></row>', "damaged"),
    ],
)
def test_a_cell_far_away_does_not_make_a_huge_sheet(rows, code):
    assert refused(raw_xlsx(rows)).code == code
    assert refused(raw_xlsx(rows.replace("<c ", "<x:c ").replace("</c>", "</x:c>"))).code in {code, "damaged"}


def test_one_long_text_shared_by_many_cells_is_measured_in_full():
    cells = '<c t="s"><v>0</v></c>' * 400
    rows = HEADER + "".join(f'<row r="{n}">{cells}</row>' for n in range(2, 32))
    shared = f"<si><t>{'a' * 20_000}</t></si>"
    assert refused(raw_xlsx(rows, shared=shared)).code == "too_much_text"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (ods_row("ref") + ods_row("A-1", repeated=1_000_000), "too_many_rows"),
        (ods_row("ref", cells_repeated=16_000), "too_many_columns"),
        (ods_row("ref") + ods_row("A-1", repeated=10**15), "damaged"),
        ("<table:table-row><table:table-cell table:number-columns-repeated='99999999'/></table:table-row>", "damaged"),
        (ods_row("ref") + ods_row("a" * 5_000, repeated=100_000), "too_much_text"),
    ],
)
def test_repeats_do_not_make_a_huge_sheet(rows, code):
    assert refused(raw_ods(rows), "a.ods").code == code


def test_limits_hold_for_text_files_too():
    rows = b"ref;title\n" + b"A;B\n" * 20
    assert refused(rows, "a.csv", limits=Limits(rows=10)).code == "too_many_rows"
    assert refused(rows, "a.csv", limits=Limits(columns=1)).code == "too_many_columns"
    assert refused(rows, "a.csv", limits=Limits(cells=30)).code == "too_many_cells"


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods", "a.csv"])
def test_files_with_flipped_bytes_are_read_or_refused(name):
    whole = {"a.xlsx": GOOD, "a.ods": raw_ods(ods_row("ref") + ods_row("A-1")), "a.csv": 'ref;t\n"ü";1\n'.encode()}[
        name
    ]
    chance = random.Random(7)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_sheet(bytes(data), name)
        except SheetError as error:
            assert error.message and error.remedy


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"]
)
def test_workbooks_with_damaged_parts_are_read_or_refused(part):
    chance = random.Random(7)
    parts = _parts(GOOD)
    for _ in range(60):
        content = bytearray(parts[part])
        for _ in range(chance.randint(1, 3)):
            content[chance.randrange(len(content))] = chance.choice(b"<>&\"'/ 0aA9\xff")
        try:
            read_sheet(zipped(parts | {part: bytes(content)}), "a.xlsx")
        except SheetError as error:
            assert error.message and error.remedy


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with_second_part(data: bytes, name: str) -> bytes:
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, b"<workbook/>")
    return buffer.getvalue()
