"""Colours of levels and series, made in OKLCH so that lightness alone tells the order.

A scale of levels runs from pale to dark in print and in the light theme, and from dark to bright in the dark theme: a
grey copy and a reader who does not see hues get the same order. OKLCH and its conversion to sRGB: Björn Ottosson, "A
perceptual color space for image processing" (2020). Contrast: WCAG 2.2, relative luminance.
"""

from dataclasses import dataclass
from functools import cache
from math import cos, pi, sin

LEVEL_COUNTS = range(3, 8)
SERIES_COUNT = 6

_DARK_INK = "#000000"
_LIGHT_INK = "#ffffff"


@dataclass(frozen=True, slots=True)
class Paint:
    """One colour in both themes, as ``#rrggbb``; print takes the light one."""

    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class LevelPaint:
    """Ground of a level and the ink that is readable on it (contrast at least 4.5 in both themes)."""

    ground: Paint
    ink: Paint


def _channel(linear: float) -> int:
    encoded = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return round(255 * min(1.0, max(0.0, encoded)))


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """``#rrggbb`` of an OKLCH colour (lightness 0..1, chroma 0..0.4, hue in degrees), clipped to sRGB."""
    a, b = chroma * cos(hue * pi / 180), chroma * sin(hue * pi / 180)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return f"#{_channel(red):02x}{_channel(green):02x}{_channel(blue):02x}"


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2), 0 black to 1 white."""

    def linear(pair: str) -> float:
        value = int(pair, 16) / 255
        return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(colour[1:3]) + 0.7152 * linear(colour[3:5]) + 0.0722 * linear(colour[5:7])


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2), 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _ink_on(ground: str) -> str:
    return max((_DARK_INK, _LIGHT_INK), key=lambda ink: contrast(ink, ground))


def _between(share: float, stops: tuple[float, ...]) -> float:
    position = share * (len(stops) - 1)
    left = min(int(position), len(stops) - 2)
    return stops[left] + (stops[left + 1] - stops[left]) * (position - left)


@cache
def level_scale(count: int) -> tuple[LevelPaint, ...]:
    """Paints of a scale of ``count`` levels (3 to 7), lowest level first.

    Raises ValueError outside 3..7, the range that risk criteria allow.
    """
    if count not in LEVEL_COUNTS:
        raise ValueError(f"a scale has 3 to 7 levels, not {count}")
    paints = []
    for position in range(count):
        share = position / (count - 1)
        hue = _between(share, (155.0, 110.0, 78.0, 46.0, 22.0))
        light = oklch(
            _between(share, (0.95, 0.89, 0.79, 0.62, 0.40)), _between(share, (0.045, 0.09, 0.145, 0.16, 0.14)), hue
        )
        dark = oklch(0.33 + 0.43 * share, _between(share, (0.045, 0.075, 0.11, 0.15, 0.16)), hue)
        paints.append(LevelPaint(Paint(light, dark), Paint(_ink_on(light), _ink_on(dark))))
    return tuple(paints)


@cache
def series_scale() -> tuple[LevelPaint, ...]:
    """Paints of up to six unordered series; neighbours differ in lightness, so grey copies keep them apart."""
    light_steps = ((0.42, 255), (0.72, 235), (0.55, 175), (0.82, 120), (0.48, 320), (0.74, 45))
    dark_steps = ((0.80, 255), (0.56, 235), (0.74, 175), (0.48, 120), (0.78, 320), (0.60, 45))
    paints = []
    for (light_l, hue), (dark_l, _) in zip(light_steps, dark_steps, strict=True):
        light, dark = oklch(light_l, 0.09, hue), oklch(dark_l, 0.09, hue)
        paints.append(LevelPaint(Paint(light, dark), Paint(_ink_on(light), _ink_on(dark))))
    return tuple(paints)
