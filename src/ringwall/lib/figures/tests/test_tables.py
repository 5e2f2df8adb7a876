"""The table of a figure says the same as its drawing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from ringwall.lib.figures.bars import Bar, Bars, shown_amount
from ringwall.lib.figures.gantt import Activity, Gantt
from ringwall.lib.figures.line import Line, Series, round_ticks
from ringwall.lib.figures.matrix import Axis, Matrix, MatrixCell
from ringwall.lib.figures.tests import samples


def test_the_table_of_a_matrix_has_the_highest_row_first_with_level_and_count() -> None:
    assert samples.matrix().table() == [
        ("Likelihood / Consequence", "minor", "major", "severe"),
        ("often", "low: 0", "medium: 0", "high: 4 (R-1)"),
        ("rare", "low: 1", "low: 0", "medium: 0"),
    ]


def test_the_tables_of_bars_line_and_gantt_have_every_value() -> None:
    assert samples.bars().table() == [("", "done", "open"), ("People", "6", "2"), ("Places", "0", "0")]
    assert samples.line().table() == [("", "Open", "Overdue"), ("Q1", "5", "1"), ("Q2", "", "2"), ("Q3", "3.5", "0")]
    assert samples.gantt().table()[0] == ("Assess", "2026-01-05", "2026-06-30", "50 %")


@given(st.integers(1, 7), st.integers(1, 7), st.integers(3, 7), st.data())
def test_every_matrix_shows_each_count_and_names_each_cell(rows: int, columns: int, bands: int, data) -> None:
    level = st.integers(1, bands)
    levels = data.draw(st.lists(st.tuples(*[level] * columns), min_size=rows, max_size=rows))
    cells = {(rows - 1, columns - 1): MatrixCell(987)}
    matrix = Matrix(
        "t",
        "d",
        Axis("r", tuple(f"r{n}" for n in range(rows))),
        Axis("c", tuple(f"c{n}" for n in range(columns))),
        tuple(f"band{n}" for n in range(1, bands + 1)),
        tuple(levels),
        cells,
        accepted_up_to=data.draw(level),
    )
    texts = list(fromstring(matrix.svg()).itertext())
    assert texts.count("987") == 1
    drawn = [text for text in texts if text.startswith("band")]
    assert sorted(drawn) == sorted(f"band{each}" for row in levels for each in row)


@pytest.mark.parametrize(
    "change",
    [
        {"levels": ((1, 2, 3),)},
        {"levels": ((1, 2), (1, 2))},
        {"levels": ((1, 1, 4), (1, 2, 3))},
        {"bands": ("low", "high")},
        {"cells": {(2, 0): MatrixCell(1)}},
    ],
)
def test_a_matrix_whose_shapes_do_not_agree_is_refused(change) -> None:
    with pytest.raises(ValueError, match="matrix"):
        replace(samples.matrix(), **change)


def test_bars_lines_and_plans_with_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="1 amounts for 2 series"):
        Bars("t", "d", ("a", "b"), (Bar("x", (1,)),))
    with pytest.raises(ValueError, match="negative"):
        Bars("t", "d", ("a",), (Bar("x", (-1,)),))
    with pytest.raises(ValueError, match="1 values for 2 points"):
        Line("t", "d", ("p", "q"), (Series("s", (1,)),))
    with pytest.raises(ValueError, match="before it starts"):
        Gantt("t", "d", (Activity("a", date(2026, 2, 1), date(2026, 1, 1)),))


@pytest.mark.parametrize(
    "figure",
    [
        Bars("t", "d", (), ()),
        Bars("t", "d", ("a",), (Bar("x", (0,)),)),
        Line("t", "d", (), ()),
        Line("t", "d", ("p",), (Series("s", (None,)),)),
        Line("t", "d", ("p",), (Series("s", (-3.0,)),)),
        Gantt("t", "d", ()),
        Gantt("t", "d", (Activity("a", date(1990, 1, 1), date(2050, 1, 1)),)),
    ],
)
def test_empty_and_extreme_figures_are_still_drawn(figure) -> None:
    assert float(fromstring(figure.svg()).attrib["width"]) > 0


@given(st.floats(-1e6, 1e6), st.floats(0.001, 1e6))
def test_ticks_enclose_the_values_in_few_even_steps(low: float, span: float) -> None:
    ticks = round_ticks(low, low + span)
    assert ticks[0] <= low + span * 1e-6
    assert ticks[-1] >= low + span * (1 - 1e-6)
    assert 2 <= len(ticks) <= 8
    steps = [after - before for before, after in pairwise(ticks)]
    assert max(steps) - min(steps) <= 1e-6 * max(1.0, abs(low))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(12, "12"), (12.5, "12.5"), (Decimal("0.250"), "0.25"), (100, "100"), (Decimal("1E+2"), "100")],
)
def test_amounts_are_written_without_needless_zeros(amount, shown: str) -> None:
    assert shown_amount(amount) == shown
