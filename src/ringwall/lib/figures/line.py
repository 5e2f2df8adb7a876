"""A trend: one or more lines over named points, told apart by colour, dash and mark, each with its name at its end."""

from dataclasses import dataclass
from math import ceil, floor, log10

from ringwall.lib.figures.bars import shown_amount
from ringwall.lib.figures.styles import series_class
from ringwall.lib.figures.svg import Canvas, Mode, Row, fitted, legend, legend_height, text_width

_DASHES = ("", "6 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2")
_TOP = 12.0


@dataclass(frozen=True, slots=True)
class Series:
    """Name and values, one per point; None is a gap."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Lines over ``points`` (names, in order). ``target`` draws a level to be reached, named ``target_label``.

    Raises ValueError for a series whose number of values is not that of the points.
    """

    title: str
    description: str
    points: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    target: float | None = None
    target_label: str = ""
    width: float = 560.0
    height: float = 220.0
    key: str = "line"

    def __post_init__(self) -> None:
        for series in self.series:
            if len(series.values) != len(self.points):
                raise ValueError(
                    f"series “{series.label}” has {len(series.values)} values for {len(self.points)} points"
                )

    def table(self) -> list[Row]:
        """First row the names of the series, then one row per point; a gap is an empty text."""
        rows = [("", *(series.label for series in self.series))]
        for number, point in enumerate(self.points):
            values = (series.values[number] for series in self.series)
            rows.append((point, *("" if value is None else shown_amount(value) for value in values)))
        return rows

    def svg(self, mode: Mode = "screen") -> str:
        """The drawing: hairlines at round values, the lines, the target, the legend if lines are several."""
        names = [series.label for series in self.series] if len(self.series) > 1 else []
        canvas = Canvas(
            width=self.width,
            height=self.height + 34 + legend_height(self.width - 8, names),
            title=self.title,
            description=self.description,
            mode=mode,
            key=self.key,
        )
        plot = _Plot(self, canvas)
        plot.grid()
        plot.lines()
        entries = [(series_class(number), name) for number, name in enumerate(names, start=1)]
        legend(canvas, 4, self.height + 44, self.width - 8, entries)
        return canvas.finish()


class _Plot:
    def __init__(self, line: Line, canvas: Canvas) -> None:
        values = [value for series in line.series for value in series.values if value is not None]
        if line.target is not None:
            values.append(line.target)
        self.line, self.canvas = line, canvas
        self.ticks = round_ticks(min([0.0, *values]), max([0.0, *values]))
        self.tick_texts = [f"{shown_amount(tick)} {line.unit}".strip() for tick in self.ticks]
        self.left = max(text_width(text, 12) for text in self.tick_texts) + 10
        self.right = line.width - (text_width(line.target_label, 12) + 10 if line.target is not None else 14)
        self.bottom = line.height

    def x(self, number: int) -> float:
        if len(self.line.points) < 2:
            return (self.left + self.right) / 2
        return self.left + 8 + (self.right - self.left - 16) * number / (len(self.line.points) - 1)

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.bottom - (self.bottom - _TOP) * (value - low) / (high - low)

    def grid(self) -> None:
        for tick, text in zip(self.ticks, self.tick_texts, strict=True):
            self.canvas.line(self.left, self.y(tick), self.right, self.y(tick), "fig-grid")
            self.canvas.text(self.left - 6, self.y(tick) + 4, text, "fig-small", anchor="end")
        room = (self.right - self.left) / max(1, len(self.line.points))
        longest = max((text_width(point, 12) for point in self.line.points), default=0)
        every = max(1, ceil((min(longest, 90.0) + 8) / room)) if room else 1
        for number, point in enumerate(self.line.points):
            if number % every == 0:
                shown = fitted(point, room * every, 12)
                furthest = self.line.width - text_width(shown, 12) / 2 - 1
                self.canvas.text(min(self.x(number), furthest), self.bottom + 18, shown, "fig-small", anchor="middle")
        self._target()

    def _target(self) -> None:
        if self.line.target is None:
            return
        y = self.y(self.line.target)
        self.canvas.line(self.left, y, self.right, y, "fig-target")
        if self.line.target_label:
            self.canvas.text(self.right + 6, y + 4, self.line.target_label, "fig-small")

    def lines(self) -> None:
        for number, series in enumerate(self.line.series, start=1):
            name = series_class(number)
            dash = _DASHES[(number - 1) % len(_DASHES)]
            for run in _unbroken(series.values):
                points = [(self.x(place), self.y(value)) for place, value in run]
                if len(points) > 1:
                    self.canvas.path(points, f"{name}-line", dash=dash)
                for x, y in points:
                    self._mark(number, x, y, name)

    def _mark(self, number: int, x: float, y: float, name: str) -> None:
        shape = (number - 1) % 3
        if shape == 0:
            self.canvas.circle(x, y, 3.5, name)
        elif shape == 1:
            self.canvas.rect(x - 3.2, y - 3.2, 6.4, 6.4, name)
        else:
            self.canvas.path([(x, y - 4.5), (x + 4.2, y + 3.2), (x - 4.2, y + 3.2)], name, closed=True)


def _unbroken(values: tuple[float | None, ...]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, value))
    return [run for run in runs if run]


def round_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """About ``count`` round values (1, 2, 2.5 or 5 times a power of ten) that enclose ``low`` to ``high``."""
    if high <= low:
        high = low + 1
    raw = (high - low) / count
    power = 10.0 ** floor(log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(step * number, 10) for number in range(first, max(last, first + 1) + 1)]
