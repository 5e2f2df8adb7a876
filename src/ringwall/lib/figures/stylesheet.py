"""The style sheet of figures on pages, made from the same table as the print colours.

``python -m ringwall.lib.figures.stylesheet`` writes it to standard output; a test compares it with the file served.
"""

import sys

from ringwall.lib.figures.palette import Paint
from ringwall.lib.figures.styles import Value, class_styles, named_paints

_HEAD = """\
/* Made by ringwall.lib.figures.stylesheet; change it there. */
"""

_FRAME = """\
.fig {
  display: block;
  max-inline-size: 100%;
  block-size: auto;
  font-family: inherit;
  font-variant-numeric: tabular-nums;
}
.fig-scroll { overflow-x: auto; }
.fig-scroll > .fig { max-inline-size: none; }
.fig a { text-decoration: none; }
.fig a:hover rect { opacity: 0.85; }
.fig a:focus-visible { outline: none; }
.fig a:focus-visible rect { stroke: var(--fig-ink); stroke-width: 3; }
@media (forced-colors: active) {
  .fig { forced-color-adjust: none; }
}
"""


def _pair(paint: Paint) -> str:
    return f"light-dark({paint.light}, {paint.dark})"


def _css_value(value: Value) -> str:
    return _pair(value) if isinstance(value, Paint) else value


def stylesheet() -> str:
    """The style sheet: custom properties (``--fig-level-L-of-N``, ``…-ink``; pages use them too), then classes."""
    lines = [_HEAD, ":root {", f"  --fig-ink: {_css_value(class_styles()['fig-text']['fill'])};"]
    for name, paint in named_paints().items():
        lines.append(f"  --{name}: {_pair(paint.ground)};")
        lines.append(f"  --{name}-ink: {_pair(paint.ink)};")
    lines += ["}", _FRAME]
    for name, style in class_styles().items():
        lines.append(f".{name} {{ {'; '.join(f'{key}: {_rule_value(name, key, style)}' for key in style)}; }}")
    return "\n".join(lines) + "\n"


def _rule_value(name: str, key: str, style: object) -> str:
    if name.removesuffix("-ink") in named_paints() and key == "fill":
        return f"var(--{name})"
    return _css_value(class_styles()[name][key])


if __name__ == "__main__":
    sys.stdout.write(stylesheet())
