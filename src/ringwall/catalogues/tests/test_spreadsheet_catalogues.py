"""Catalogues in spreadsheets: places by parent or depth, both languages, attributes, and out again."""

from importlib import import_module

import pytest

from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.models import Catalogue, Requirement, Statement
from ringwall.conftest import World

BY_PARENT = (
    "Identifier,Parent,Title,Text,Title_de,Text (de),attribute: Who,Requirement level\n"
    "A,,Access,,Zugang,,,\n"
    'A.1,A,Leavers,"Access MUST end. Keys SHOULD come back.",Ausscheidende,Der Zugang MUSS enden.,HR; IT,basic\n'
    "A.2,A,Guests,Guests MAY wait.,Gäste,,,\n"
)
BY_DEPTH = (
    "Nr;Ebene;Titel;Beschreibung\n"
    "1;1;Zugang;\n"
    "1.1;2;Ausscheidende;Der Zugang MUSS enden.\n"
    "1.1.1;3;Gäste;Gäste KÖNNEN warten.\n"
    "2;1;Brand;\n"
)


def rows_of(code: str) -> dict[str, Requirement]:
    return {
        row.identifier: row
        for row in Requirement.objects.filter(catalogue__code=code).select_related("parent").order_by("position")
    }


def test_places_are_told_by_a_parent_column(world: World) -> None:
    report = import_catalogue(BY_PARENT.encode(), "rules.csv", actor=world.actor("ana"), title="Rules", edition="3")
    assert (report.title, report.version, report.added) == ("Rules", "3", 2)
    rows = rows_of("rules")
    assert [(row.identifier, row.category, row.depth) for row in rows.values()] == [
        ("A", "group", 0),
        ("A.1", "requirement", 1),
        ("A.2", "requirement", 1),
    ]
    assert rows["A.1"].attributes == {"Who": ["HR", "IT"]}
    assert rows["A.1"].level == "basic"
    assert rows["A.1"].translations == {"de": {"title": "Ausscheidende", "text": "Der Zugang MUSS enden."}}
    assert list(Statement.objects.filter(requirement=rows["A.1"]).values_list("verb", flat=True)) == ["MUST", "SHOULD"]


def test_texts_that_all_name_their_language_are_taken_in_the_first(world: World) -> None:
    data = "id,title_de,title_en,text_en\nA,Zugang,Access,Access MUST end.\n"
    import_catalogue(data.encode(), "rules.csv", actor=world.actor("ana"))
    (row,) = rows_of("rules").values()
    assert (row.title, row.translations) == ("Zugang", {"en": {"title": "Access", "text": "Access MUST end."}})
    assert Catalogue.objects.get(code="rules").language == "de"


def test_places_are_told_by_a_depth_column_with_german_names(world: World) -> None:
    import_catalogue(BY_DEPTH.encode("cp1252"), "regeln.csv", actor=world.actor("ana"))
    rows = rows_of("regeln")
    assert [(row.identifier, row.depth, row.parent.identifier if row.parent else None) for row in rows.values()] == [
        ("1", 0, None),
        ("1.1", 1, "1"),
        ("1.1.1", 2, "1.1"),
        ("2", 0, None),
    ]
    assert Catalogue.objects.get(code="regeln").language == "de"
    assert Statement.objects.get(requirement=rows["1.1.1"]).verb == "MAY"


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_template_can_be_imported_as_it_is(world: World, ending: str) -> None:
    response = world.client("ana").get(world.url(f"catalogues/template.{ending}"))
    assert response["Content-Disposition"].startswith("attachment")
    report = import_catalogue(response.content, f"template-of-ours.{ending}", actor=world.actor("ana"))
    assert (report.added, report.findings) == (1, [])


def test_a_catalogue_as_spreadsheet_comes_back_with_zero_changes(world: World) -> None:
    ana = world.actor("ana")
    import_catalogue(BY_PARENT.encode(), "rules.csv", actor=ana)
    data = import_module("ringwall.catalogues.writing").workbook_of(Catalogue.objects.get(code="rules"))
    report = import_catalogue(data, "rules.xlsx", actor=ana)
    assert (report.catalogue, report.unchanged, report.is_unchanged) == ("rules", 2, True)
