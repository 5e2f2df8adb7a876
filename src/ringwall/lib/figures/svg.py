"""Writing SVG: escaped text, classes or literal colours, a title and a description for those who do not see it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from xml.sax.saxutils import escape

from ringwall.lib.figures.styles import PRINT_FONT, print_attributes

Mode = Literal["screen", "print"]

Row = tuple[str, ...]

#: Mean width of a character as a share of the font size; wide enough for system fonts and for Libertinus.
_CHARACTER_WIDTH = 0.55

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_QUOTES = {'"': "&quot;"}


def _writable(text: str) -> str:
    """Text without the characters XML 1.0 (2.2) forbids; they come out as U+FFFD."""
    return _FORBIDDEN.sub("\ufffd", text)


def escaped(text: str) -> str:
    """Text as XML character data or attribute value: never markup, whatever it holds."""
    return escape(_writable(text), _QUOTES)


def number(value: float) -> str:
    """A coordinate in pixels with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def text_width(text: str, size: float) -> float:
    """Estimated width of ``text`` in pixels at a font size in pixels."""
    return len(text) * size * _CHARACTER_WIDTH


def fitted(text: str, width: float, size: float) -> str:
    """``text`` cut with an ellipsis so that it fits ``width`` pixels; the data table still has it whole."""
    room = max(1, int(width / (size * _CHARACTER_WIDTH)))
    return text if len(text) <= room else text[: max(1, room - 1)].rstrip() + "…"


def wrapped(text: str, width: float, size: float, limit: int = 2) -> list[str]:
    """``text`` broken between words into at most ``limit`` lines of ``width`` pixels, the last one cut if need be."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < limit - 1:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size) <= width:
            line = f"{line} {words.pop(0)}"
        lines.append(fitted(line, width, size))
    if words:
        lines.append(fitted(" ".join(words), width, size))
    return lines or [""]


@dataclass(slots=True)
class Canvas:
    """Collects the elements of one figure and closes them into an ``<svg>``.

    ``key`` makes the ids of title and description unique on a page. Sizes are in CSS pixels.
    """

    width: float
    height: float
    title: str
    description: str
    mode: Mode
    key: str = "figure"
    has_links: bool = False
    _parts: list[str] = field(default_factory=list)

    def _look(self, classes: str) -> str:
        if self.mode == "screen":
            return f' class="{classes}"'
        return "".join(f' {name}="{escaped(value)}"' for name, value in print_attributes(classes).items())

    def rect(self, x: float, y: float, width: float, height: float, classes: str, *, radius: float = 0) -> None:
        corner = f' rx="{number(radius)}"' if radius else ""
        self._parts.append(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(0, width))}" '
            f'height="{number(max(0, height))}"{corner}{self._look(classes)}/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, classes: str) -> None:
        self._parts.append(
            f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"{self._look(classes)}/>'
        )

    def path(
        self, points: Sequence[tuple[float, float]], classes: str, *, closed: bool = False, dash: str = ""
    ) -> None:
        """A polyline through ``points``; ``dash`` is its stroke-dasharray, which tells lines apart without colour."""
        steps = " L".join(f"{number(x)} {number(y)}" for x, y in points)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(f'<path d="M{steps}{"Z" if closed else ""}"{self._look(classes)}{dashed}/>')

    def circle(self, x: float, y: float, radius: float, classes: str) -> None:
        self._parts.append(f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"{self._look(classes)}/>')

    def text(self, x: float, y: float, text: str, classes: str, *, anchor: str = "start", turned: bool = False) -> None:
        """One line of text on the baseline ``y``; ``turned`` reads upwards."""
        turn = f' transform="rotate(-90 {number(x)} {number(y)})"' if turned else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._parts.append(
            f'<text x="{number(x)}" y="{number(y)}"{place}{turn}{self._look(classes)}>{escaped(text)}</text>'
        )

    def open_link(self, address: str, label: str) -> None:
        """Start of a link around the next elements. Raises ValueError for an address that is not a path or http(s)."""
        if not address.startswith(("/", "?", "#", "http://", "https://")) or address.startswith("//"):
            raise ValueError(f"not an address a figure may lead to: {address[:80]}")
        self._parts.append(f'<a href="{escaped(address)}" aria-label="{escaped(label)}">')

    def close_link(self) -> None:
        self._parts.append("</a>")

    def finish(self) -> str:
        """The whole figure. With links it is a group, because an image hides what is inside it from assistive tools."""
        role = "group" if self.has_links else "img"
        key = escaped(self.key)
        font = ' class="fig"' if self.mode == "screen" else f' font-family="{PRINT_FONT}"'
        size = f'width="{number(self.width)}" height="{number(self.height)}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {number(self.width)} {number(self.height)}"'
            f'{font} role="{role}" aria-labelledby="{key}-title {key}-desc">'
            f'<title id="{key}-title">{escaped(self.title)}</title>'
            f'<desc id="{key}-desc">{escaped(self.description)}</desc>{"".join(self._parts)}</svg>'
        )


def legend(canvas: Canvas, x: float, y: float, width: float, entries: Sequence[tuple[str, str]]) -> None:
    """Swatches with names from left to right, wrapping; ``entries`` are (class of the swatch, name)."""
    left = x
    for classes, name in entries:
        shown = fitted(name, width - 22, 12)
        step = 22 + text_width(shown, 12) + 14
        if left > x and left + step - 14 > x + width:
            left, y = x, y + 20
        canvas.rect(left, y - 10, 12, 12, classes, radius=2)
        canvas.text(left + 18, y, shown, "fig-small")
        left += step


def legend_height(width: float, names: Sequence[str]) -> float:
    """Height in pixels that :func:`legend` takes for ``names`` in ``width``."""
    lines, left = 1, 0.0
    for name in names:
        step = 22 + text_width(fitted(name, width - 22, 12), 12) + 14
        if left > 0 and left + step - 14 > width:
            lines, left = lines + 1, 0.0
        left += step
    return 20.0 * lines if names else 0.0
