"""Which characters the fonts of a PDF can show.

PDF/A refuses a document with a glyph that its fonts lack, so uncovered characters are found first and replaced visibly.
The fonts are asked through typst itself: each unknown character is set alone, and those that come out as the same
outline as a character no font has (a noncharacter's neighbour in a private plane) are not covered.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from xml.etree.ElementTree import Element

import typst
from defusedxml.ElementTree import fromstring

from ringwall.reports.text import REPLACEMENT, is_printable, printable

FAMILIES = ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")

_UNCOVERED = "\U0010fffd"
_STEP = 40
_BATCH = 400
_HREF = "{http://www.w3.org/1999/xlink}href"
_MOVE = re.compile(r"(matrix|translate)\(([^)]*)\)")

_PROBE = b"""
#let data = json(bytes(sys.inputs.data))
#set page(width: 100pt, height: auto, margin: 0pt)
#set text(font: data.fonts, fallback: false, size: 10pt)
#block(height: data.characters.len() * 40pt)[
  #for (number, character) in data.characters.enumerate() { place(top + left, dy: number * 40pt, [#character]) }
]
"""


@lru_cache(maxsize=8)
def fonts(paths: tuple[str, ...]) -> typst.Fonts:
    """The bundled fonts and those in the folders named by the administrator; never the system's."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(paths))


@lru_cache(maxsize=8)
def families(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Font families in the order they are asked: the document's own first, the administrator's after them."""
    named = fonts(paths).families() if paths else []
    return (*FAMILIES, *sorted(set(named) - set(FAMILIES)))


class Coverage:
    """What is known about the characters of some font families; it only grows."""

    def __init__(self, paths: tuple[str, ...], asked: tuple[str, ...]) -> None:
        self._paths, self._families = paths, asked
        self._covered = {chr(code) for code in range(0x20, 0x7F)} | {"\n", "\t", REPLACEMENT}
        self._uncovered: set[str] = set()

    def uncovered(self, characters: Iterable[str]) -> set[str]:
        """Those of ``characters`` that the fonts cannot show."""
        wanted = set(characters)
        unknown = sorted(wanted - self._covered - self._uncovered)
        for start in range(0, len(unknown), _BATCH):
            batch = unknown[start : start + _BATCH]
            lacking = self._ask(batch)
            self._uncovered |= lacking
            self._covered |= set(batch) - lacking
        return wanted & self._uncovered

    def _ask(self, characters: list[str]) -> set[str]:
        unprintable = {character for character in characters if not is_printable(character)}
        asked = [character for character in characters if character not in unprintable]
        payload = {"fonts": self._families, "characters": [_UNCOVERED, *asked]}
        compiler = typst.Compiler(
            _PROBE,
            font_paths=fonts(self._paths),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(payload)},
        )
        drawn = compiler.compile(format="svg")
        glyphs = _glyphs_by_line(drawn if isinstance(drawn, bytes) else b"".join(drawn or []))
        missing = glyphs.get(0, set())
        return unprintable | {
            character for number, character in enumerate(asked, start=1) if glyphs.get(number, set()) & missing
        }


def _glyphs_by_line(svg: bytes) -> Mapping[int, set[str]]:
    """Names of the glyphs drawn on each line of the probe."""
    lines: dict[int, set[str]] = {}

    def walk(element: Element, top: float) -> None:
        for kind, numbers in _MOVE.findall(element.get("transform", "")):
            values = [float(value) for value in numbers.replace(",", " ").split()]
            top += values[5] if kind == "matrix" else values[1] if len(values) > 1 else 0
        if element.tag.endswith("}use"):
            lines.setdefault(int(top // _STEP), set()).add(element.get(_HREF, ""))
        if not element.tag.endswith(("}defs", "}symbol")):
            for child in element:
                walk(child, top)

    walk(fromstring(svg), 0.0)
    return lines


@lru_cache(maxsize=32)
def coverage(paths: tuple[str, ...], family: str | None = None) -> Coverage:
    """The one knowledge in this process of all families of a set of fonts, or of one of them."""
    return Coverage(paths, families(paths) if family is None else (family,))


def drawable(svg: str, paths: tuple[str, ...]) -> tuple[str, set[str]]:
    """A drawing whose text can be shown, and the characters replaced in it.

    Text in a drawing is set in one family. Where the document's own lacks something, one of the administrator's that
    has everything takes its place; where none has, the characters are replaced.
    """
    text = printable(svg)
    missing = coverage(paths, FAMILIES[0]).uncovered(text)
    for family in families(paths)[len(FAMILIES) :] if missing else ():
        if not coverage(paths, family).uncovered(text):
            return text.replace(f'"{FAMILIES[0]}"', f'"{family}"'), set()
    return replaced(text, missing), missing


def replaced(text: str, characters: Iterable[str]) -> str:
    """``text`` with a visible box for each of ``characters``."""
    return text.translate(dict.fromkeys(map(ord, characters), REPLACEMENT))
