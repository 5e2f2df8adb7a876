from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.risk.rules.comparing import cells_of, changes_of, has_same_scales, judged_anew, trend
from ringwall.risk.rules.criteria import AUTHORITIES, LANGUAGES, Criteria, CriteriaInvalid, findings_of, read
from ringwall.risk.rules.defaults import default_content, default_criteria
from ringwall.risk.rules.editing import PARTS, can_grow, can_shrink, from_form, grown, shrunk


def _names(kind: str, number: int) -> dict[str, str]:
    return {"en": f"{kind} {number}", "de": f"{kind} {number} (de)"}


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """Valid criteria of any size, with a matrix that need not rise."""
    rows, columns, bands = (draw(st.integers(3, 7)) for _ in range(3))
    ranks = sorted(draw(st.lists(st.integers(0, len(AUTHORITIES) - 1), min_size=bands, max_size=bands)))
    level = st.integers(1, bands)
    return {
        "likelihood": [{"name": _names("L", n), "description": {"en": "", "de": ""}} for n in range(rows)],
        "consequence": [{"name": _names("C", n), "description": {"en": "x", "de": ""}} for n in range(columns)],
        "bands": [
            {
                "key": f"band_{n}",
                "name": _names("B", n),
                "authority": AUTHORITIES[rank],
                "review_months": draw(st.integers(1, 60)),
            }
            for n, rank in enumerate(ranks)
        ],
        "matrix": [[draw(level) for _column in range(columns)] for _row in range(rows)],
        "accepted_up_to": draw(st.integers(0, bands - 1)),
        "longest_acceptance": draw(st.integers(1, 60)),
    }


@given(contents())
def test_content_comes_back_from_criteria_as_it_went_in(content: dict[str, Any]) -> None:
    assert read(content).content() == content


@given(contents())
def test_every_pair_of_the_scales_has_a_level_and_no_other_pair_has(content: dict[str, Any]) -> None:
    criteria = read(content)
    for likelihood in range(1, len(criteria.likelihood) + 1):
        for consequence in range(1, len(criteria.consequence) + 1):
            assert 1 <= criteria.level(likelihood, consequence) <= len(criteria.bands)
    for pair in ((0, 1), (1, 0), (len(criteria.likelihood) + 1, 1), (1, len(criteria.consequence) + 1)):
        with pytest.raises(ValueError, match="outside"):
            criteria.level(*pair)


@given(contents())
def test_a_higher_level_never_needs_less_authority(content: dict[str, Any]) -> None:
    ranks = [AUTHORITIES.index(band.authority) for band in read(content).bands]
    assert ranks == sorted(ranks)


@given(contents(), st.sampled_from(PARTS), st.integers(1, 7))
def test_a_scale_that_grows_or_shrinks_keeps_the_matrix_whole(content: dict[str, Any], part: str, number: int) -> None:
    before = deepcopy(content)
    for changed in (grown(content, part), shrunk(content, part, number)):
        assert not [finding for finding in findings_of(changed) if finding.code not in {"name_missing", "matrix_falls"}]
    assert len(grown(content, part)[part]) == len(content[part]) + can_grow(content, part)
    if number <= len(content[part]):
        assert len(shrunk(content, part, number)[part]) == len(content[part]) - can_shrink(content, part)
    assert content == before


@given(contents())
def test_the_form_of_the_editor_gives_back_what_it_showed(content: dict[str, Any]) -> None:
    shown = {f"{part}-count": str(len(content[part])) for part in PARTS}
    for part in PARTS:
        for number, row in enumerate(content[part], start=1):
            for language in LANGUAGES:
                shown[f"{part}-{number}-name-{language}"] = row["name"][language]
                shown[f"{part}-{number}-description-{language}"] = row.get("description", {}).get(language, "")
            for name in ("key", "authority", "review_months"):
                shown[f"{part}-{number}-{name}"] = str(row.get(name, ""))
    for r, levels in enumerate(content["matrix"], start=1):
        shown |= {f"matrix-{r}-{c}": str(level) for c, level in enumerate(levels, start=1)}
    shown |= {name: str(content[name]) for name in ("accepted_up_to", "longest_acceptance")}
    assert from_form(lambda name: shown.get(name, "")) == content


def test_the_default_criteria_rise_in_both_directions_and_are_whole_in_both_languages() -> None:
    assert findings_of(default_content()) == []
    criteria = default_criteria()
    assert len(criteria.likelihood) == len(criteria.consequence) == len(criteria.bands) == 5
    for step in (*criteria.likelihood, *criteria.consequence):
        assert all(step.names[code] and step.descriptions[code] for code in LANGUAGES)


def _broken(**parts: Any) -> dict[str, Any]:
    return default_content() | parts


def test_every_fault_is_told_with_its_place_not_the_first_alone() -> None:
    content = default_content()
    content["likelihood"][2]["name"]["de"] = " "
    content["consequence"][0]["description"]["en"] = "x" * 501
    content["bands"][4]["authority"] = "owner"
    content["bands"][1]["review_months"] = 0
    content["matrix"][0][4] = 9
    content["accepted_up_to"] = 5
    with pytest.raises(CriteriaInvalid) as caught:
        read(content)
    assert {(finding.place, finding.code) for finding in caught.value.findings} == {
        ("likelihood/3/name/de", "name_missing"),
        ("consequence/1/description/en", "too_long"),
        ("bands/5/authority", "authority_sinks"),
        ("bands/2/review_months", "months"),
        ("matrix/1/5", "matrix_band"),
        ("accepted_up_to", "acceptance_line"),
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "no_criteria"),
        ([], "no_criteria"),
        (_broken(likelihood=[]), "steps"),
        (_broken(bands="x"), "steps"),
        (_broken(matrix=[[1]]), "matrix_shape"),
        (_broken(colour="red"), "unknown_part"),
        (_broken(longest_acceptance=True), "months"),
        (_broken(likelihood=[1, 2, 3]), "no_step"),
        (_broken(accepted_up_to=1.5), "acceptance_line"),
    ],
)
def test_what_is_not_criteria_at_all_is_refused_without_a_fault_of_ours(content: Any, code: str) -> None:
    assert code in {finding.code for finding in findings_of(content)}


def test_two_levels_of_one_name_are_refused() -> None:
    content = default_content()
    content["likelihood"][1]["name"]["en"] = " RARE "
    assert [(f.place, f.code) for f in findings_of(content)] == [("likelihood/2/name/en", "name_twice")]


def test_a_matrix_that_falls_is_allowed_and_told() -> None:
    content = default_content()
    content["matrix"][4][4] = 1
    findings = findings_of(content)
    assert [(finding.place, finding.is_warning) for finding in findings] == [("matrix/5/5", True)]
    assert read(content).level(5, 5) == 1


def test_a_control_character_in_a_name_is_refused() -> None:
    content = default_content()
    content["bands"][0]["name"]["en"] = "low\x07"
    assert [(f.place, f.code) for f in findings_of(content)] == [("bands/1/name/en", "control_character")]


def _longer() -> Criteria:
    content = grown(default_content(), "likelihood")
    content["likelihood"][5]["name"] = {"en": "Daily", "de": "Täglich"}
    return read(content)


def test_editions_with_scales_of_other_lengths_share_no_cells() -> None:
    assert has_same_scales(default_criteria(), default_criteria())
    assert not has_same_scales(default_criteria(), _longer())
    assert changes_of(default_criteria(), _longer()) == ["likelihood", "matrix"]
    assert judged_anew(default_criteria(), _longer()) == []


def test_cells_judged_anew_are_named_with_old_and_new_level() -> None:
    content = default_content()
    content["matrix"][2][2] = 4
    assert judged_anew(default_criteria(), read(content)) == [((3, 3), 3, 4)]


@given(contents(), contents(), st.data())
def test_the_trend_is_the_opposite_the_other_way_round(
    one: dict[str, Any], other: dict[str, Any], data: st.DataObject
) -> None:
    before, after = read(one), read(other)
    old, new = data.draw(st.integers(1, len(before.bands))), data.draw(st.integers(1, len(after.bands)))
    assert trend(before, old, after, new) == -trend(after, new, before, old)
    assert trend(before, old, before, old) == 0


@given(contents(), st.lists(st.tuples(st.integers(1, 7), st.integers(1, 7), st.integers(1, 50)), max_size=20))
def test_counts_stay_within_the_matrix_and_add_up(content: dict[str, Any], pairs: list[tuple[int, int, int]]) -> None:
    criteria = read(content)
    cells = cells_of(criteria, pairs)
    inside = [n for r, c, n in pairs if r <= len(criteria.likelihood) and c <= len(criteria.consequence)]
    assert sum(cells.values()) == sum(inside)
