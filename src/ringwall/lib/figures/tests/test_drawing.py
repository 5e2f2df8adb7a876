import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from ringwall.lib.figures.matrix import MatrixCell
from ringwall.lib.figures.styles import class_styles
from ringwall.lib.figures.svg import fitted, text_width, wrapped
from ringwall.lib.figures.tests import samples

NASTY = """"><script>alert(1)</script><a href='x' onclick="y">&amp; ]]> \x00\x0b\ufffe"""

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> Element:
    return fromstring(svg)


def all_text(svg: str) -> str:
    return "".join(parsed(svg).itertext())


@pytest.mark.parametrize("kind", samples.KINDS)
@pytest.mark.parametrize("mode", ["screen", "print"])
def test_markup_in_any_text_of_a_figure_stays_text(kind, mode) -> None:
    harmless, nasty = parsed(kind().svg(mode)), parsed(kind(NASTY).svg(mode))
    allowed = {element.tag for element in harmless.iter()}
    assert {element.tag for element in nasty.iter()} <= allowed
    assert not [name for element in nasty.iter() for name in element.attrib if name.startswith("on")]
    assert "<script>" in all_text(kind(NASTY).svg(mode))


@pytest.mark.parametrize("kind", samples.KINDS)
def test_a_figure_on_screen_has_known_classes_and_neither_style_nor_colour(kind) -> None:
    svg = kind().svg("screen")
    assert "style=" not in svg
    assert not re.search(r"#[0-9a-f]{6}", svg)
    named = {name for each in re.findall(r'class="([^"]*)"', svg) for name in each.split()}
    assert named <= {*class_styles(), "fig"}


@pytest.mark.parametrize("kind", samples.KINDS)
def test_a_printed_figure_has_literal_colours_and_neither_class_nor_variable(kind) -> None:
    svg = kind().svg("print")
    assert "class=" not in svg
    assert "var(" not in svg
    assert re.search(r'fill="#[0-9a-f]{6}"', svg)


@pytest.mark.parametrize("kind", samples.KINDS)
@pytest.mark.parametrize("mode", ["screen", "print"])
def test_a_figure_names_itself_to_those_who_do_not_see_it(kind, mode) -> None:
    figure = kind()
    root = parsed(figure.svg(mode))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and description is not None
    assert (title.text, description.text) == (figure.title, figure.description)
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


@pytest.mark.parametrize("kind", [samples.matrix, samples.bars, samples.line, samples.gantt])
def test_a_figure_without_links_is_an_image(kind) -> None:
    assert parsed(kind().svg()).get("role") == "img"


def test_a_linked_matrix_is_a_group_so_that_its_links_are_reached() -> None:
    root = parsed(samples.linked_matrix().svg())
    links = root.findall(f".//{SVG}a")
    assert root.get("role") == "group"
    assert [link.get("href") for link in links] == ["/risks/?level=3&row=2"]
    assert links[0].get("aria-label") == "often × severe: high, 4"


def test_links_are_left_out_in_print() -> None:
    assert "<a " not in samples.linked_matrix().svg("print")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//elsewhere.example/", "data:text/html,x", " /x"])
def test_a_link_that_is_no_path_is_refused(address: str) -> None:
    figure = replace(samples.matrix(), cells={(0, 0): MatrixCell(1, (), address)})
    with pytest.raises(ValueError, match="address"):
        figure.svg()


@pytest.mark.parametrize("kind", samples.KINDS)
def test_equal_figures_give_equal_drawings(kind) -> None:
    assert kind().svg("print") == kind().svg("print")


@given(st.text(max_size=80), st.floats(1, 400), st.sampled_from([11, 12, 13]))
def test_a_fitted_text_is_never_wider_than_its_room_but_keeps_a_sign(text: str, width: float, size: int) -> None:
    shown = fitted(text, width, size)
    assert text_width(shown, size) <= max(width, 2 * text_width("x", size))
    assert bool(shown) == bool(text)


@given(st.text("abc de", max_size=60), st.integers(1, 3))
def test_wrapping_keeps_within_its_lines(text: str, limit: int) -> None:
    lines = wrapped(text, 60, 12, limit)
    assert 1 <= len(lines) <= limit
    assert all(text_width(line, 12) <= 62 for line in lines)
