from datetime import datetime

import pytest

from ringwall.reports.document import Column, Heading, Level, ReportError, Table
from ringwall.reports.tests.samples import COLUMNS, report, row


def test_headings_that_skip_a_level_are_refused() -> None:
    with pytest.raises(ReportError, match="level 3 after level 1"):
        report(Heading(1, "One"), Heading(3, "Three"))


def test_a_report_needs_a_title_and_a_time_zone() -> None:
    with pytest.raises(ReportError, match="title"):
        report(title="  ")
    with pytest.raises(ReportError, match="time zone"):
        report(made_at=datetime(2026, 1, 1))


def test_a_row_of_the_wrong_length_is_refused_naming_table_and_row() -> None:
    with pytest.raises(ReportError, match="“Rows”, row 2: 6 cells for 7 columns"):
        report(Table(COLUMNS, [row(), row()[:-1]], "Rows"))


@pytest.mark.parametrize(("position", "of"), [(0, 5), (6, 5), (1, 2), (1, 8)])
def test_a_level_outside_its_scale_is_refused(position: int, of: int) -> None:
    with pytest.raises(ReportError, match="3 to 7"):
        Level("high", position, of)


def test_a_table_without_columns_is_refused() -> None:
    with pytest.raises(ReportError, match="no columns"):
        report(Table((), ()))


def test_numbers_and_money_stand_at_the_end_of_their_column_unless_told_otherwise() -> None:
    assert Column("a", "A", kind="money").alignment == "end"
    assert Column("a", "A", kind="money").places == 2
    assert Column("a", "A", kind="number", align="center").alignment == "center"
    assert Column("a", "A").alignment == "start"
    assert Column("a", "Cost", unit="EUR").heading == "Cost (EUR)"
