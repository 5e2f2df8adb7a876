"""Horizontal stacked bars: one bar per name, one segment per series, the value written in or beside it."""

from dataclasses import dataclass
from decimal import Decimal

from ringwall.lib.figures.styles import level_class, series_class
from ringwall.lib.figures.svg import Canvas, Mode, Row, legend, legend_height, text_width, wrapped

Amount = int | float | Decimal

_BAR = 20.0
_STEP = 34.0


@dataclass(frozen=True, slots=True)
class Bar:
    """Name of a bar and its amounts, one per series, none negative."""

    label: str
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Stacked bars. With ``is_scale`` the series are levels (3 to 7, lowest first) and take the colours of levels.

    ``unit`` stands behind a bar's total. Raises ValueError for a bar whose amounts do not match the series.
    """

    title: str
    description: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    unit: str = ""
    is_scale: bool = False
    width: float = 560.0
    key: str = "bars"

    def __post_init__(self) -> None:
        for bar in self.bars:
            if len(bar.amounts) != len(self.series):
                raise ValueError(f"bar “{bar.label}” has {len(bar.amounts)} amounts for {len(self.series)} series")
            if any(amount < 0 for amount in bar.amounts):
                raise ValueError(f"bar “{bar.label}” has a negative amount")

    def table(self) -> list[Row]:
        """First row the names of the series, then one row per bar with its amounts."""
        return [("", *self.series), *((bar.label, *map(shown_amount, bar.amounts)) for bar in self.bars)]

    def svg(self, mode: Mode = "screen") -> str:
        """The drawing; the longest bar takes the width that names and totals leave."""
        label_room = min(self.width * 0.36, max((text_width(bar.label, 13) for bar in self.bars), default=0) + 12)
        totals = [sum(map(Decimal, map(str, bar.amounts)), Decimal(0)) for bar in self.bars]
        total_texts = [f"{shown_amount(total)} {self.unit}".strip() for total in totals]
        total_room = max((text_width(text, 12) for text in total_texts), default=0) + 12
        legend_top = _STEP * len(self.bars)
        canvas = Canvas(
            width=self.width,
            height=legend_top + 10 + legend_height(self.width - 8, self.series),
            title=self.title,
            description=self.description,
            mode=mode,
            key=self.key,
        )
        scale = (self.width - label_room - total_room) / float(max(totals, default=Decimal(0)) or 1)
        for number, (bar, total_text) in enumerate(zip(self.bars, total_texts, strict=True)):
            top = _STEP * number + 6
            self._label(canvas, bar.label, label_room, top)
            end = self._segments(canvas, bar, label_room, top, scale)
            canvas.text(end + 8, top + _BAR / 2 + 4.5, total_text, "fig-small")
        legend(canvas, 4, legend_top + 20, self.width - 8, self._entries())
        return canvas.finish()

    def _class(self, number: int) -> str:
        return level_class(number, len(self.series)) if self.is_scale else series_class(number)

    def _entries(self) -> list[tuple[str, str]]:
        return [(self._class(number), name) for number, name in enumerate(self.series, start=1)]

    def _label(self, canvas: Canvas, label: str, room: float, top: float) -> None:
        lines = wrapped(label, room - 10, 13)
        first = top + _BAR / 2 + 4.5 - 7 * (len(lines) - 1)
        for number, line in enumerate(lines):
            canvas.text(room - 8, first + 14 * number, line, "fig-text", anchor="end")

    def _segments(self, canvas: Canvas, bar: Bar, left: float, top: float, scale: float) -> float:
        for number, amount in enumerate(bar.amounts, start=1):
            width = float(amount) * scale
            if width <= 0:
                continue
            name = self._class(number)
            canvas.rect(left, top, width, _BAR, f"{name} fig-gap")
            text = shown_amount(amount)
            if text_width(text, 12) + 6 <= width:
                canvas.text(left + width / 2, top + _BAR / 2 + 4.2, text, f"fig-value {name}-ink", anchor="middle")
            left += width
        return left


def shown_amount(amount: Amount) -> str:
    """An amount without needless zeros: 12, 12.5, 0.25."""
    text = f"{amount:f}" if isinstance(amount, Decimal) else f"{amount:g}" if isinstance(amount, float) else str(amount)
    return text.rstrip("0").rstrip(".") if "." in text else text
