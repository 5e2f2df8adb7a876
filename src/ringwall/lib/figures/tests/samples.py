"""One figure of each kind, with every text field given."""

from dataclasses import replace
from datetime import date

from ringwall.lib.figures.bars import Bar, Bars
from ringwall.lib.figures.gantt import Activity, Gantt
from ringwall.lib.figures.line import Line, Series
from ringwall.lib.figures.matrix import Axis, Matrix, MatrixCell


def matrix(text: str = "") -> Matrix:
    return Matrix(
        title=f"Heat map{text}",
        description=f"Risks by likelihood and consequence{text}",
        rows=Axis(f"Likelihood{text}", ("rare", f"often{text}")),
        columns=Axis(f"Consequence{text}", ("minor", "major", f"severe{text}")),
        bands=("low", "medium", f"high{text}"),
        levels=((1, 1, 2), (1, 2, 3)),
        cells={(1, 2): MatrixCell(4, (f"R-1{text}",)), (0, 0): MatrixCell(1)},
        accepted_up_to=1,
    )


def linked_matrix(text: str = "") -> Matrix:
    return replace(matrix(text), cells={(1, 2): MatrixCell(4, ("R-1",), "/risks/?level=3&row=2")})


def bars(text: str = "") -> Bars:
    return Bars(
        f"State{text}",
        f"Controls by state{text}",
        (f"done{text}", "open"),
        (Bar(f"People{text}", (6, 2)), Bar("Places", (0, 0))),
        unit=f"controls{text}",
    )


def line(text: str = "") -> Line:
    return Line(
        f"Trend{text}",
        f"Open risks{text}",
        ("Q1", "Q2", f"Q3{text}"),
        (Series(f"Open{text}", (5, None, 3.5)), Series("Overdue", (1, 2, 0))),
        unit=f"%{text}",
        target=2,
        target_label=f"Target{text}",
    )


def gantt(text: str = "") -> Gantt:
    return Gantt(
        f"Plan{text}",
        f"The year{text}",
        (
            Activity(f"Assess{text}", date(2026, 1, 5), date(2026, 6, 30), 0.5),
            Activity("Decide", date(2026, 7, 1), date(2026, 7, 1)),
        ),
        today=date(2026, 3, 1),
    )


KINDS = (matrix, linked_matrix, bars, line, gantt)
