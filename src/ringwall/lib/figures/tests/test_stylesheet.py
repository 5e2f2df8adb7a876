from pathlib import Path

import ringwall
from ringwall.lib.figures.styles import class_styles
from ringwall.lib.figures.stylesheet import stylesheet

SERVED = Path(ringwall.__file__).parent / "kit" / "static" / "ringwall" / "figures.css"


def test_the_style_sheet_served_is_the_one_made_from_the_table() -> None:
    assert SERVED.read_text() == stylesheet(), "run: python -m ringwall.lib.figures.stylesheet > figures.css"


def test_the_style_sheet_styles_every_class() -> None:
    lines = stylesheet().splitlines()
    assert all(any(line.startswith(f".{name} {{") for line in lines) for name in class_styles())
