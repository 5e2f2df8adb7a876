"""Flattening: catalogues become rows with text, statements, relations."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from ringwall.oscal.catalogue import Catalogue
from ringwall.oscal.content import CatalogueContent, Level, ModalVerb
from ringwall.oscal.requirements import flatten
from ringwall.oscal.tests.shared import BASIC, KERNEL, METHOD, REV4, REV5, RISK, needs_data, reading
from ringwall.oscal.typed import build


@cache
def content(path: str) -> CatalogueContent:
    document = reading(path).document
    assert isinstance(document, Catalogue)
    return flatten(document)


def flat(**catalogue: Any) -> CatalogueContent:
    return flatten(build(Catalogue, {"uuid": "u", "metadata": {"title": "T", "version": "1"}} | catalogue))


@needs_data
@pytest.mark.parametrize(
    ("path", "groups", "requirements", "withdrawn", "must", "should", "may", "language"),
    [
        (REV5, 20, 1196, 182, 0, 0, 0, "en"),
        (REV4, 18, 922, 96, 0, 0, 0, "en"),
        (KERNEL, 117, 901, 0, 69, 608, 224, "de"),
        (METHOD, 41, 95, 0, 76, 19, 0, "de"),
        (RISK, 2, 10, 0, 9, 1, 0, "de"),
        (BASIC, 4, 4, 0, 0, 4, 0, "en"),
    ],
)
def test_real_catalogues_come_in_whole(
    path: str, groups: int, requirements: int, withdrawn: int, must: int, should: int, may: int, language: str
) -> None:
    given = content(path)
    counts = given.statement_counts
    assert (len(given.groups), len(given.requirements), len(given.withdrawn)) == (groups, requirements, withdrawn)
    assert (counts[ModalVerb.MUST], counts[ModalVerb.SHOULD], counts[ModalVerb.MAY]) == (must, should, may)
    assert given.language == language
    assert len({row.identifier for row in given.rows}) == len(given.rows)
    assert [row.position for row in given.rows] == list(range(len(given.rows)))


@needs_data
def test_nist_statements_are_numbered_by_their_labels_and_have_no_verb() -> None:
    row = next(row for row in content(REV5).rows if row.identifier == "ac-1")
    assert [s.number for s in row.statements][:3] == ["a.1.(a)", "a.1.(b)", "a.2."]
    assert row.statements[0].identifier == "ac-1_smt.a.1.a"
    assert {s.verb for s in row.statements} == {None}
    assert row.label == "AC-1"
    assert "{{" not in row.text


@needs_data
def test_grundschutz_rows_carry_their_identifier_across_versions_level_and_attributes() -> None:
    given = content(KERNEL)
    row = next(row for row in given.rows if row.identifier == "ASST.3.10")
    assert row.stable_id == "52eee4a3-f5cf-444d-ad0c-9c83c693481b"
    assert row.attributes["tags"] == ["Lieferketten", "Shadow IT"]
    assert row.attributes["target_object_categories"] == ["Daten"]
    assert given.level_counts == {Level.STANDARD: 674, Level.ELEVATED: 227}
    assert "[eine zuständige Person oder Rolle]" in row.text


def test_parameters_show_values_then_choices_then_labels_and_nest() -> None:
    prose = "{{ insert: param, v }} {{ insert: param, C }} {{insert:param,l}} {{ l }} {{ insert: param, loop }}"
    given = flat(
        params=[
            {"id": "v", "label": "label", "values": ["one", "two"]},
            {"id": "c", "select": {"choice": ["every {{ insert: param, l }}", "never"]}},
            {"id": "l", "label": "time"},
            {"id": "loop", "label": "{{ insert: param, loop }}"},
        ],
        controls=[{"id": "a", "title": "A", "parts": [{"name": "statement", "prose": prose}]}],
    )
    assert given.rows[0].text == "one, two [every [time] | never] [time] [time] [[loop]]"
    assert given.findings == []


def test_the_organisations_own_value_wins() -> None:
    catalogue = build(
        Catalogue,
        {
            "params": [{"id": "p", "values": ["a year"]}],
            "controls": [{"id": "a", "parts": [{"name": "statement", "prose": "{{ insert: param, p }}"}]}],
        },
    )
    assert flatten(catalogue, {"p": "a month"}).rows[0].text == "a month"


def test_an_unknown_parameter_and_a_dangling_link_are_findings() -> None:
    given = flat(
        controls=[
            {
                "id": "a",
                "title": "A",
                "parts": [{"name": "statement", "prose": "x {{ insert: param, gone }}"}],
                "links": [{"href": "#nowhere", "rel": "related"}, {"href": "#B", "rel": "related"}],
            },
            {"id": "b", "title": "B"},
        ]
    )
    assert [finding.message for finding in given.findings] == [
        "a refers to '#nowhere', which is not in the file",
        "the text inserts parameter 'gone', which is nowhere defined",
    ]
    assert given.rows[0].links[1].target == "b"


def test_an_identifier_used_twice_is_told_and_kept_apart() -> None:
    given = flat(controls=[{"id": "a", "title": "A"}, {"id": "a", "title": "B"}])
    assert [row.identifier for row in given.rows] == ["a", "a~2"]
    assert "stands twice" in given.findings[0].message


def test_titles_lose_their_line_breaks_and_groups_without_id_get_one() -> None:
    given = flat(groups=[{"title": "Group\n  of  controls", "controls": [{"id": "a", "title": "A\nB"}]}])
    assert [(row.identifier, row.title) for row in given.rows] == [
        ("Group-of-controls", "Group of controls"),
        ("a", "A B"),
    ]
    assert given.rows[1].parent_identifier == "Group-of-controls"
