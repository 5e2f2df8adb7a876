"""Scales and matrix out of a library of CISO Assistant become a draft in the editor; nothing is stored before."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from ringwall.kit.testing import acts_in_ledger
from ringwall.oscal.ciso_assistant import MatrixLevel, RiskMatrix
from ringwall.oscal.content import Translation
from ringwall.risk.criteria_actions import ensure_default_criteria
from ringwall.risk.models import RiskCriteria
from ringwall.risk.rules.criteria import findings_of
from ringwall.risk.rules.defaults import default_content
from ringwall.risk.rules.library import content_of, unfit

LIBRARY = """
urn: urn:own:risk:library:three
ref_id: three
objects:
  risk_matrix:
    - ref_id: three
      name: Three by three
      probability: [{name: Seldom}, {name: Now and then}, {name: Often, translations: {de: {name: Oft}}}]
      impact: [{name: Small}, {name: Middling, description: Hurts}, {name: Grave}]
      risk: [{name: Fine}, {name: Watch}, {name: Act}]
      grid: [[0, 0, 1], [0, 1, 2], [1, 2, 2]]
"""


def levels(count: int, prefix: str) -> tuple[MatrixLevel, ...]:
    return tuple(
        MatrixLevel(f"{prefix} {number}", translations={"de": Translation(f"{prefix} {number} auf Deutsch")})
        for number in range(count)
    )


@given(st.integers(3, 7), st.integers(3, 7), st.integers(3, 7), st.data())
def test_any_matrix_of_a_fitting_size_becomes_valid_content(rows: int, columns: int, count: int, data: Any) -> None:
    cells = st.lists(st.integers(0, count - 1), min_size=columns, max_size=columns).map(tuple)
    grid = tuple(data.draw(st.lists(cells, min_size=rows, max_size=rows)))
    matrix = RiskMatrix("m", "M", levels(rows, "L"), levels(columns, "C"), levels(count, "B"), grid)
    before = default_content()
    content = content_of(matrix, before)
    assert not [finding for finding in findings_of(content) if not finding.is_warning]
    assert [[cell - 1 for cell in row] for row in content["matrix"]] == [list(row) for row in grid]
    assert content["likelihood"][0]["name"] == {"en": "L 0", "de": "L 0 auf Deutsch"}
    ends = [(band["authority"], band["review_months"]) for band in (content["bands"][0], content["bands"][-1])]
    assert ends == [(band["authority"], band["review_months"]) for band in (before["bands"][0], before["bands"][-1])]
    assert 0 < content["accepted_up_to"] < count


@given(st.sampled_from([1, 2, 8, 20]), st.sampled_from(range(3)))
def test_scales_of_another_size_are_told(size: int, which: int) -> None:
    sizes = [3, 3, 3]
    sizes[which] = size
    rows, columns, count = sizes
    grid = tuple((0,) * columns for _row in range(rows))
    matrix = RiskMatrix("m", "M", levels(rows, "L"), levels(columns, "C"), levels(count, "B"), grid)
    assert len(unfit(content_of(matrix, default_content()))) == 1


@pytest.fixture
def criteria(world: Any) -> RiskCriteria:
    return ensure_default_criteria(world.actor("ana"))


def taken(world: Any, criteria: RiskCriteria, text: str, name: str = "ana") -> Any:
    file = SimpleUploadedFile("library.yaml", text.encode())
    return world.client(name).post(
        world.url(f"risk-criteria/{criteria.ref}/scales/"),
        {"do": "take", "version": str(criteria.version), "library": file},
    )


def test_the_editor_is_filled_and_nothing_is_stored(world: Any, criteria: RiskCriteria) -> None:
    acts = acts_in_ledger(world)
    page = taken(world, criteria, LIBRARY)
    assert page.status_code == 200
    editor = page.context["editor"]
    assert [row.title for row in editor.rows] == ["3 Often", "2 Now and then", "1 Seldom"]
    assert [[box.value for box in row.boxes] for row in editor.rows] == [[2, 3, 3], [1, 2, 3], [1, 1, 2]]
    assert "Hurts" in page.text
    stored = RiskCriteria.objects.get()
    assert stored.content == default_content() and acts_in_ledger(world) == acts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "No file was taken"),
        ("objects: {}\nurn: x", "holds no risk matrix"),
        ("%PDF-1.7 \x00", "holds no risk matrix"),
        (LIBRARY.replace("[1, 2, 2]]", "[1, 2, 9]]"), "does not fit its scales"),
        (LIBRARY.replace(", {name: Act}", "").replace("2", "1"), "A scale has 3 to 7 levels"),
    ],
)
def test_a_file_without_a_fitting_matrix_is_told_and_what_was_typed_stays(
    world: Any, criteria: RiskCriteria, text: str, words: str
) -> None:
    acts = acts_in_ledger(world)
    page = taken(world, criteria, text)
    assert page.status_code == 422 and words in page.text
    assert RiskCriteria.objects.get().content == default_content() and acts_in_ledger(world) == acts


def test_who_may_not_draft_takes_nothing(world: Any, criteria: RiskCriteria) -> None:
    acts = acts_in_ledger(world)
    assert taken(world, criteria, LIBRARY, "ben").status_code in (403, 404)
    assert acts_in_ledger(world) == acts
