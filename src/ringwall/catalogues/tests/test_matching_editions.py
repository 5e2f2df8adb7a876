"""Editions of all kinds of catalogues: no row is lost, parents stand before children, matches are one to one."""

from hypothesis import given
from hypothesis import strategies as st

from ringwall.catalogues.rules import Known, arranged, catalogue_code, free_code, is_code, is_new_edition, matched
from ringwall.oscal.content import RequirementRow

NAMES = [f"r{number}" for number in range(12)]


@st.composite
def forests(draw: st.DrawFn) -> list[RequirementRow]:
    """Rows with parents that stand before them."""
    rows: list[RequirementRow] = []
    for position, name in enumerate(draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=10))):
        parent = draw(st.none() | st.sampled_from([row.identifier for row in rows])) if rows else None
        stable = draw(st.none() | st.sampled_from(["s1", "s2", "s3"]))
        rows.append(RequirementRow(name, parent, "requirement", name, position, stable_id=stable))
    return rows


def known_of(rows: list[RequirementRow]) -> list[Known]:
    return [
        Known(
            f"key-{row.identifier}",
            row.identifier,
            row.stable_id or "",
            row.parent_identifier and f"key-{row.parent_identifier}",
            at,
        )
        for at, row in enumerate(rows)
    ]


@given(forests(), forests())
def test_no_known_row_is_given_twice(old: list[RequirementRow], new: list[RequirementRow]) -> None:
    matches = matched(known_of(old), new)
    assert len(set(matches.values())) == len(matches)


@given(forests(), forests())
def test_every_row_old_and_new_has_one_place_behind_its_parent(
    old: list[RequirementRow], new: list[RequirementRow]
) -> None:
    known = known_of(old)
    matches = matched(known, new)
    places = arranged(known, new, matches)
    assert [place.position for place in places] == list(range(len(places)))
    assert sorted(place.new for place in places if place.new is not None) == list(range(len(new)))
    gone = {row.key for row in known} - set(matches.values())
    assert {place.missing for place in places if place.new is None} == gone
    position = {new[place.new].identifier: place for place in places if place.new is not None}
    for row in new:
        if row.parent_identifier:
            above, own = position[row.parent_identifier], position[row.identifier]
            assert above.position < own.position and above.depth + 1 == own.depth


@given(forests())
def test_the_same_edition_matches_each_row_with_itself(rows: list[RequirementRow]) -> None:
    known = known_of(rows)
    assert matched(known, rows) == {index: row.key for index, row in enumerate(known)}


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_code_made_from_any_names_fits_an_address(title: str, name: str) -> None:
    assert is_code(catalogue_code(title, name))
    assert is_code(free_code(catalogue_code(title, name), ["catalogue"]))


def test_codes_are_made_from_the_name_of_the_file() -> None:
    assert catalogue_code("x", "NIST_SP-800-53_rev5.2.0_catalog.json") == "nist-sp-800-53-rev5-2-0"
    assert catalogue_code("IT-Grundschutz für Österreich", "catalog.json") == "it-grundschutz-fuer-oesterreich"
    assert free_code("a-b", ["a-b", "a-b-2"]) == "a-b-3"


def test_a_file_with_other_identifiers_is_no_new_edition() -> None:
    assert is_new_edition(["a", "b", "c"], ["a", "b", "d"])
    assert not is_new_edition(["a", "b"], ["x", "y", "z"])
    assert not is_new_edition([], [])
