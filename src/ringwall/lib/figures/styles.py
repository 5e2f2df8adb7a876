"""What each class of a figure looks like: one table, from which the page's style sheet and the print attributes come.

On screen a figure carries class names only, because the content security policy refuses ``style=``. In print it carries
presentation attributes with literal colours, because the PDF renderer knows no custom properties.
"""

from collections.abc import Mapping
from functools import cache

from ringwall.lib.figures.palette import LEVEL_COUNTS, LevelPaint, Paint, level_scale, series_scale

PRINT_FONT = "Libertinus Serif"

INK = Paint("#1c1f23", "#e8eaed")
MUTED = Paint("#5b626b", "#a3abb5")
HAIRLINE = Paint("#d4d8dd", "#3a4048")
PAPER = Paint("#ffffff", "#16191d")
ACCENT = Paint("#1f4e79", "#8ab8e6")

Value = str | Paint
Style = Mapping[str, Value]

_PLAIN: dict[str, Style] = {
    "fig-text": {"fill": INK, "font-size": "13px"},
    "fig-step": {"fill": INK, "font-size": "12px"},
    "fig-small": {"fill": MUTED, "font-size": "12px"},
    "fig-strong": {"fill": INK, "font-size": "13px", "font-weight": "600"},
    "fig-count": {"font-size": "18px", "font-weight": "600"},
    "fig-cell-name": {"font-size": "11px"},
    "fig-value": {"font-size": "12px", "font-weight": "600"},
    "fig-grid": {"stroke": HAIRLINE, "stroke-width": "1", "fill": "none"},
    "fig-axis": {"stroke": MUTED, "stroke-width": "1", "fill": "none"},
    "fig-gap": {"stroke": PAPER, "stroke-width": "1.5"},
    "fig-boundary": {"stroke": INK, "stroke-width": "3", "fill": "none", "stroke-linecap": "square"},
    "fig-now": {"stroke": ACCENT, "stroke-width": "1.5", "fill": "none", "stroke-dasharray": "4 3"},
    "fig-target": {"stroke": INK, "stroke-width": "1.5", "fill": "none", "stroke-dasharray": "2 3"},
    "fig-done": {"fill": ACCENT},
    "fig-planned": {"fill": HAIRLINE, "stroke": MUTED, "stroke-width": "1"},
    "fig-milestone": {"fill": ACCENT, "stroke": PAPER, "stroke-width": "1"},
    "fig-none": {"fill": "none"},
}


def level_class(level: int, count: int) -> str:
    """Class of a shape of ``level`` (1 is the lowest) in a scale of ``count`` levels."""
    return f"fig-level-{level}-of-{count}"


def series_class(number: int) -> str:
    """Class of series ``number`` (1 to 6; further ones start again)."""
    return f"fig-series-{(number - 1) % len(series_scale()) + 1}"


def named_paints() -> dict[str, LevelPaint]:
    """Every level and series paint by its class name."""
    paints = {
        level_class(level, count): paint
        for count in LEVEL_COUNTS
        for level, paint in enumerate(level_scale(count), start=1)
    }
    paints.update({series_class(number): paint for number, paint in enumerate(series_scale(), start=1)})
    return paints


@cache
def class_styles() -> dict[str, Style]:
    """Properties of every class: the plain ones, and ground, ``-ink`` and ``-line`` of each level and series."""
    styles = dict(_PLAIN)
    for name, paint in named_paints().items():
        styles[name] = {"fill": paint.ground}
        styles[f"{name}-ink"] = {"fill": paint.ink}
        if name.startswith("fig-series"):
            styles[f"{name}-line"] = {"stroke": paint.ground, "stroke-width": "2.25", "fill": "none"}
    return styles


def print_attributes(classes: str) -> dict[str, str]:
    """Presentation attributes with literal colours for the classes named in ``classes``; later ones win.

    Raises KeyError for a class that has no style, so that a misspelt one is found by the first test that draws it.
    """
    attributes: dict[str, str] = {}
    for name in classes.split():
        for key, value in class_styles()[name].items():
            attributes[key] = value.light if isinstance(value, Paint) else value
    return attributes
