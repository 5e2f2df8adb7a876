import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.reports.document import Column, Heading, Paragraph, ReportError, Table
from ringwall.reports.render import render
from ringwall.reports.renderers.xlsx import write_rows
from ringwall.reports.tests.samples import COLUMNS, MADE_AT, report, row, sheets
from ringwall.reports.text import printable

TWO = (Column("a", "A"), Column("b", "B", kind="number"))


def written(rows, columns=TWO, **options) -> bytes:
    stream = BytesIO()
    write_rows(stream, columns, rows, **options)
    return stream.getvalue()


def test_equal_reports_give_equal_bytes() -> None:
    assert render(report(), "xlsx") == render(report(), "xlsx")


def test_there_is_an_overview_and_a_sheet_for_each_table() -> None:
    found = sheets(render(report(), "xlsx"))
    assert list(found) == ["Overview", "SoA"]
    overview = [cell for line in found["Overview"] for cell in line]
    for text in ("Statement of applicability", "✓ Authorised by Dora", "Control without owner", "high: 4 (R-1)"):
        assert text in overview
    assert next(iter(sheets(render(report(language="de"), "xlsx")))) == "Überblick"


def test_numbers_money_and_dates_are_real_and_states_are_words() -> None:
    assert sheets(render(report(), "xlsx"))["SoA"][1] == [
        "A.5.1",
        "Policies for information security",
        "applicable",
        "high",
        12.0,
        1234.5,
        date(2026, 12, 24),
    ]


def test_the_header_row_is_frozen_and_filters_all_rows() -> None:
    sheet = openpyxl.load_workbook(BytesIO(render(report(), "xlsx")))["SoA"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:G3"
    assert [sheet.cell(1, place).value for place in (1, 6)] == ["Reference", "Cost (EUR)"]
    assert sheet.cell(2, 6).number_format == "#,##0.00"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "https://example.org", "internal:A1", "007", "1e5", " x "]
)
def test_text_that_looks_like_a_formula_number_or_link_stays_text(text: str) -> None:
    file = written([(text, 1)])
    assert sheets(file)["Data"][1][0] == text
    cell = openpyxl.load_workbook(BytesIO(file))["Data"].cell(2, 1)
    assert (cell.value, cell.data_type, cell.hyperlink, cell.number_format) == (text, "s", None, "@")


@settings(max_examples=60)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60), min_size=1, max_size=8))
def test_every_text_comes_back_as_it_was(texts: list[str]) -> None:
    found = sheets(written([(text, 1) for text in texts]))["Data"][1:]
    assert [line[0] for line in found] == [printable(text) for text in texts]


def test_the_document_s_properties_name_title_organisation_and_instant() -> None:
    properties = openpyxl.load_workbook(BytesIO(render(report(), "xlsx"))).properties
    assert (properties.title, properties.creator, properties.category) == (
        "Statement of applicability",
        "Example Ltd",
        "Confidential",
    )
    assert properties.created == MADE_AT.replace(tzinfo=None)


def test_rows_are_taken_one_by_one_and_not_kept() -> None:
    alive, most = 0, 0

    class Cells(tuple):
        def __new__(cls, cells):
            nonlocal alive, most
            alive += 1
            most = max(most, alive)
            return super().__new__(cls, cells)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    file = written(Cells((f"A-{number}", number)) for number in range(3000))
    assert len(sheets(file)["Data"]) == 3001
    assert most <= 3


def test_streamed_rows_are_frozen_filtered_and_counted() -> None:
    stream = BytesIO()
    assert write_rows(stream, TWO, [("a", 1), ("b", 2)], name="Assets: all/of [them]", made_at=MADE_AT) == 2
    workbook = openpyxl.load_workbook(stream)
    assert workbook.sheetnames == ["Assets all of them"]
    assert workbook.active.auto_filter.ref == "A1:B3"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (10**14, 1e14),
        (10**20, "100000000000000000000"),
        (Decimal("NaN"), "NaN"),
        (float("inf"), "inf"),
        (date(1899, 5, 1), "1899-05-01"),
        (date(1900, 3, 1), date(1900, 3, 1)),
        (datetime(2026, 1, 2, 12, 30), datetime(2026, 1, 2, 12, 30)),
        (True, True),
        (None, ""),
        ("", ""),
        ("x" * 40_000, "x" * 32_766 + "…"),
    ],
)
def test_values_at_the_edges_keep_their_meaning(value, read) -> None:
    assert sheets(written([("a", value), ("z", 1)]))["Data"][1][1] == read


def test_an_instant_is_written_in_the_time_zone_in_use() -> None:
    instant = datetime(2026, 7, 2, 12, 30, tzinfo=UTC)
    with timezone.override("Europe/Berlin"):
        assert sheets(written([("a", instant)]))["Data"][1][1] == datetime(2026, 7, 2, 14, 30)


def test_a_row_of_the_wrong_length_is_refused_naming_it() -> None:
    with pytest.raises(ReportError, match="Row 2: 1 cells for 2 columns"):
        written([("a", 1), ("b",)])


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch) -> None:
    monkeypatch.setattr("ringwall.reports.renderers.xlsx.MAX_ROWS", 3)
    with pytest.raises(ReportError, match="rows"):
        written([("a", 1)] * 4)


def test_sheet_names_are_made_to_fit_and_differ() -> None:
    tables = [Table(COLUMNS, [row()], caption) for caption in ("A" * 40, "a" * 40, "History", "[]", "Overview")]
    found = list(sheets(render(report(*tables), "xlsx")))
    assert len({name.casefold() for name in found}) == 6
    assert all(len(name) <= 31 for name in found)


def test_no_sheet_has_a_formula_link_or_outside_part() -> None:
    with zipfile.ZipFile(BytesIO(render(report(Heading(1, "=A1"), Paragraph("=1+1")), "xlsx"))) as archive:
        names = archive.namelist()
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert not [name for name in names if "external" in name.lower() or "vba" in name.lower()]
