import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.evidence import rules
from ringwall.evidence.rules import FileFault, Validity, clean_name, media_type_of
from ringwall.evidence.tests.files import OLE, SAMPLES, damaged_zip, lying_zip, office, zipped

HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def fault(name: str, content: bytes) -> str:
    with pytest.raises(FileFault) as found:
        media_type_of(name, io.BytesIO(content), len(content))
    return found.value.code


@pytest.mark.parametrize("ending", list(SAMPLES))
def test_a_file_whose_bytes_and_ending_agree_is_taken(ending: str) -> None:
    content = SAMPLES[ending]
    assert media_type_of(f"Proof.{ending.upper()}", io.BytesIO(content), len(content)) == rules.MEDIA_TYPES[ending]


def test_there_is_a_sample_of_every_kind() -> None:
    assert set(SAMPLES) == set(rules.MEDIA_TYPES)


@pytest.mark.parametrize("told", list(SAMPLES))
@pytest.mark.parametrize("real", list(SAMPLES))
def test_a_file_that_lies_about_its_kind_is_refused(told: str, real: str) -> None:
    if rules.MEDIA_TYPES[told] == rules.MEDIA_TYPES[real] or {told, real} <= {"txt", "csv", "eml"}:
        return
    assert fault(f"x.{told}", SAMPLES[real]) in {"mismatch", "encrypted"}


@pytest.mark.parametrize("ending", list(SAMPLES))
@pytest.mark.parametrize(
    "content", [HTML, SVG, b"  <script>x</script>", b"MZ\x90\x00\x03" + b"\x00" * 60, b"#!/bin/sh\n\x00"]
)
def test_pages_drawings_and_programs_are_refused_under_every_name(ending: str, content: bytes) -> None:
    assert fault(f"x.{ending}", content) in {"mismatch", "markup"}


@pytest.mark.parametrize(
    "name", ["x.html", "x.svg", "x.exe", "x.zip", "x.docm", "x.js", "x", "pdf", "x.pdf.html", "x."]
)
def test_endings_that_are_not_on_the_list_are_refused(name: str) -> None:
    assert fault(name, SAMPLES["pdf"]) == "ending"


def test_empty_and_too_large_files_are_refused() -> None:
    assert fault("x.pdf", b"") == "empty"
    with pytest.raises(FileFault) as found:
        media_type_of("x.pdf", io.BytesIO(SAMPLES["pdf"]), rules.MAX_SIZE + 1)
    assert found.value.code == "too_large"


def test_a_zip_bomb_as_document_is_refused_without_unpacking_it() -> None:
    assert fault("x.docx", office("docx", bomb=b"\x00" * (rules.SMALL + 1))) == "bomb"


def test_a_directory_that_lies_about_sizes_is_found() -> None:
    assert fault("x.docx", lying_zip(50_000)) == "damaged"


@pytest.mark.parametrize("content", [damaged_zip(), office("docx")[:-30], b"PK\x03\x04" + b"\x00" * 50])
def test_damaged_and_truncated_documents_are_refused(content: bytes) -> None:
    assert fault("x.docx", content) == "damaged"


@pytest.mark.parametrize("part", ["word/vbaProject.bin", "word/embeddings/evil.exe"])
def test_macros_and_programs_in_documents_are_refused(part: str) -> None:
    assert fault("x.docx", office("docx", **{part: b"code"})) == "macros"
    assert fault("x.odt", office("odt", **{"Basic/Standard/Module1.xml": b"code"})) == "macros"


def test_documents_under_a_password_are_refused_with_the_reason() -> None:
    assert fault("x.docx", OLE + b"\x00" * 600) == "encrypted"


def test_a_bare_archive_is_no_document() -> None:
    assert fault("x.docx", zipped({"readme.txt": b"hello"})) == "mismatch"


@given(st.text(max_size=400))
def test_a_clean_name_is_short_has_no_folder_and_hides_nothing(name: str) -> None:
    try:
        cleaned = clean_name(name)
    except FileFault as found:
        assert found.code == "name"
        return
    assert 0 < len(cleaned) <= rules.MAX_NAME
    assert not set(cleaned) & set("/\\\u202e\u2066\n\x00")
    assert clean_name(cleaned) == cleaned


def test_names_lose_folders_and_marks_of_direction_and_keep_their_ending() -> None:
    assert clean_name("../../etc/passwd.txt") == "passwd.txt"
    assert clean_name("C:\\Users\\ana\\scan.pdf") == "scan.pdf"
    assert clean_name("invoice\u202efdp.exe") == "invoicefdp.exe"
    assert clean_name("x" * 300 + ".pdf").endswith("x.pdf")
    with pytest.raises(FileFault):
        clean_name("../..")


@given(st.none() | st.dates(), st.none() | st.dates(), st.dates())
def test_validity_says_withdrawn_before_expired_before_expiring(
    until: date | None, withdrawn: date | None, today: date
) -> None:
    found = rules.validity(until, withdrawn, today)
    assert (found is Validity.WITHDRAWN) == (withdrawn is not None)
    if withdrawn is None:
        assert (found is Validity.EXPIRED) == (until is not None and until < today)
    if found is Validity.EXPIRING:
        assert until is not None and 0 <= (until - today).days <= 30
