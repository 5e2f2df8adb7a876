from itertools import pairwise

import pytest

from ringwall.lib.figures.palette import LEVEL_COUNTS, contrast, level_scale, luminance, oklch, series_scale


@pytest.mark.parametrize("count", LEVEL_COUNTS)
def test_higher_levels_are_darker_on_paper_and_brighter_on_dark_pages(count: int) -> None:
    light = [luminance(paint.ground.light) for paint in level_scale(count)]
    dark = [luminance(paint.ground.dark) for paint in level_scale(count)]
    assert light == sorted(light, reverse=True)
    assert dark == sorted(dark)


@pytest.mark.parametrize("count", LEVEL_COUNTS)
def test_neighbouring_levels_stay_apart_on_a_grey_copy(count: int) -> None:
    grounds = [paint.ground.light for paint in level_scale(count)]
    assert all(contrast(lower, higher) >= 1.1 for lower, higher in pairwise(grounds))
    assert contrast(grounds[0], grounds[-1]) >= 7


@pytest.mark.parametrize("paint", [*series_scale(), *(paint for count in LEVEL_COUNTS for paint in level_scale(count))])
def test_ink_is_readable_on_its_ground_in_both_themes(paint) -> None:
    assert contrast(paint.ground.light, paint.ink.light) >= 4.5
    assert contrast(paint.ground.dark, paint.ink.dark) >= 4.5


def test_neighbouring_series_differ_in_lightness() -> None:
    grounds = [paint.ground.light for paint in series_scale()]
    assert all(contrast(one, other) >= 1.4 for one, other in pairwise(grounds))


@pytest.mark.parametrize("count", [0, 2, 8])
def test_a_scale_outside_three_to_seven_levels_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="3 to 7"):
        level_scale(count)


@pytest.mark.parametrize(("lightness", "expected"), [(1.0, "#ffffff"), (0.0, "#000000")])
def test_the_ends_of_lightness_are_white_and_black(lightness: float, expected: str) -> None:
    assert oklch(lightness, 0, 0) == expected


def test_pure_red_comes_out_of_its_published_oklch_value() -> None:
    assert oklch(0.627955, 0.257683, 29.2339) == "#ff0000"
