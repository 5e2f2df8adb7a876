"""What is read from honest files."""

import codecs
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.lib.sheets import column_letters, column_number, read_sheet
from ringwall.lib.tests.workbooks import ods_row, raw_ods, raw_xlsx, xlsx

cell_texts = st.text(alphabet=st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=20).map(str.strip)


def test_values_come_as_they_are_stored():
    data = xlsx([["ref", "cost", "rate", "on", "live"], ["A-1", 1250, 0.3, date(2025, 4, 3), True], ["A-2", None, "x"]])
    sheet = read_sheet(data, "assets.xlsx")
    assert sheet.header == ["ref", "cost", "rate", "on", "live"]
    assert sheet.rows == [["A-1", 1250, Decimal("0.3"), date(2025, 4, 3), True], ["A-2", None, "x", None, None]]
    assert [type(cell) for cell in sheet.rows[0]] == [str, int, Decimal, date, bool]
    assert sheet.first_row_number == 2
    assert sheet.findings == []


def test_a_time_of_day_makes_a_datetime():
    data = xlsx([["on"], [datetime(2025, 4, 3, 12, 30)]])
    assert read_sheet(data, "a.xlsx").rows == [[datetime(2025, 4, 3, 12, 30)]]


def test_sheets_are_chosen_by_name_and_the_first_is_the_default():
    data = xlsx([["ref"], ["A-1"]], Risks=[["ref"], ["R-1"]])
    assert read_sheet(data, "a.xlsx").rows == [["A-1"]]
    assert read_sheet(data, "a.xlsx", sheet="Risks").rows == [["R-1"]]
    assert read_sheet(data, "a.xlsx").names == ("Assets", "Risks")


def test_rows_keep_the_numbers_they_have_in_the_file():
    data = xlsx([[], [None, "ref"], [None, "A-1"], [], [None, "A-2"]])
    sheet = read_sheet(data, "a.xlsx")
    assert sheet.header == ["", "ref"]
    assert list(sheet.numbered_rows()) == [(3, [None, "A-1"]), (5, [None, "A-2"])]


def test_formatted_but_blank_cells_far_away_do_not_count():
    header = '<row r="1"><c r="A1" t="inlineStr"><is><t>ref</t></is></c></row>'
    rows = header + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert read_sheet(raw_xlsx(rows), "a.xlsx").header == ["ref"]


def test_opendocument_is_read_with_its_repeats():
    data = raw_ods(
        ods_row("ref", "title")
        + ods_row("A-1", "Server", repeated=2)
        + "<table:table-row table:number-rows-repeated='1048000'>"
        "<table:table-cell table:number-columns-repeated='16384'/></table:table-row>"
    )
    assert read_sheet(data, "a.ods").rows == [["A-1", "Server"], ["A-1", "Server"]]


def test_formulas_give_their_stored_result_and_say_so_where_there_is_none():
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>cost</t></is></c></row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
        '<row r="3"><c r="A3"><f>1+1</f></c></row>'
        '<row r="4"><c r="A4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    sheet = read_sheet(raw_xlsx(rows), "a.xlsx")
    assert sheet.rows == [[2]]
    assert [(f.code, f.place) for f in sheet.findings] == [("formula_without_value", "A3"), ("error_value", "A4")]
    assert "#DIV/0!" in sheet.findings[1].message


def test_text_that_looks_like_a_formula_stays_text_and_is_told():
    sheet = read_sheet(b"ref;title\r\nA-1;=1+1\r\n", "a.csv")
    assert sheet.rows == [["A-1", "=1+1"]]
    assert [(f.code, f.place, f.is_warning) for f in sheet.findings] == [("formula_text", "B2", True)]


def test_control_characters_are_findings_with_their_place():
    sheet = read_sheet(b"ref;title\nA-1;a\x00b\n", "a.csv", encoding="utf-8")
    assert [(f.code, f.row, f.column, f.is_warning) for f in sheet.findings] == [("control_character", 2, 2, False)]
    assert "U+0000" in sheet.findings[0].message


def test_values_beside_the_named_columns_are_findings():
    sheet = read_sheet(b"ref,,title\nA-1,x,Server,y\n", "a.csv")
    assert sheet.rows == [["A-1", "x", "Server"]]
    assert [(f.code, f.place) for f in sheet.findings] == [("no_column_name", "B2"), ("no_column_name", "D2")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_encoding_of_a_text_file_is_found(encoding):
    data = "ref;Verfügbarkeit\nA-1;größer\n".encode(encoding)
    sheet = read_sheet(data, "a.csv")
    assert (sheet.header, sheet.rows) == (["ref", "Verfügbarkeit"], [["A-1", "größer"]])


def test_a_declared_encoding_wins():
    sheet = read_sheet("ref;betrag\nA-1;5 €\n".encode("iso-8859-15"), "a.csv", encoding="iso-8859-15")
    assert sheet.rows == [["A-1", "5 €"]]
    assert sheet.encoding == codecs.lookup("iso-8859-15").name


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_found_even_where_fields_hold_the_others(delimiter):
    lines = [["ref", "title", "cost"], ["A-1", '"one, two; three\tfour"', "1"], ["A-2", '"a ""quoted"" word"', "2"]]
    data = "\n".join(delimiter.join(line) for line in lines).encode()
    sheet = read_sheet(data, "a.csv")
    assert sheet.delimiter == delimiter
    assert sheet.rows == [["A-1", "one, two; three\tfour", "1"], ["A-2", 'a "quoted" word', "2"]]


def test_decimal_commas_do_not_part_columns():
    assert read_sheet(b"ref;cost\nA-1;1,5\nA-2;2,5\n", "a.csv").rows == [["A-1", "1,5"], ["A-2", "2,5"]]


def test_the_line_that_names_the_delimiter_is_obeyed():
    sheet = read_sheet(b"sep=,\r\nref,title\r\nA-1,a;b\r\n", "a.csv")
    assert (sheet.header, sheet.rows, sheet.first_row_number) == (["ref", "title"], [["A-1", "a;b"]], 3)


def test_line_breaks_inside_fields_are_kept():
    assert read_sheet(b'ref,note\r\nA-1,"one\r\ntwo"\r\n', "a.csv").rows == [["A-1", "one\ntwo"]]


def test_decomposed_letters_are_composed():
    assert read_sheet("ref\nBu\u0308ro\n".encode(), "a.csv").rows == [["Büro"]]


@given(st.lists(st.lists(cell_texts, min_size=2, max_size=2), max_size=5))
def test_a_workbook_and_a_text_file_of_the_same_rows_read_alike(rows):
    text = "ref;title\n" + "".join(";".join('"' + c.replace('"', '""') + '"' for c in row) + "\n" for row in rows)
    from_text = read_sheet(text.encode(), "a.csv")
    markup = "".join(
        f'<row r="{number}">' + "".join(f'<c t="inlineStr"><is><t>{_escaped(c)}</t></is></c>' for c in row) + "</row>"
        for number, row in enumerate([["ref", "title"], *rows], 1)
    )
    from_workbook = read_sheet(raw_xlsx(markup), "a.xlsx")
    assert from_text.rows == from_workbook.rows
    assert from_text.findings == from_workbook.findings


@given(st.integers(1, 20_000))
def test_column_letters_read_back(number):
    assert column_number(column_letters(number)) == number


def test_columns_are_lettered_as_spreadsheet_programs_do():
    assert [column_letters(n) for n in (1, 26, 27, 702, 703, 16_384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def _escaped(text: str) -> str:
    # "_x0041_" is how a workbook writes a control character; an underscore in front of it stays itself this way.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("_x", "_x005F_x")
