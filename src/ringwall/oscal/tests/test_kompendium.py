"""The Kompendium and its cross-reference tables."""

from __future__ import annotations

import io
from collections import Counter
from functools import cache
from itertools import pairwise

import pytest
import xlsxwriter

from ringwall.oscal.content import CatalogueContent, Level, ModalVerb
from ringwall.oscal.crossreference import CrossReferenceReading, join, read_cross_references
from ringwall.oscal.kompendium import read_kompendium, split_roles
from ringwall.oscal.mapping_collection import MappingCollection
from ringwall.oscal.tests.shared import MAPPING, data, needs_data, reading

BOOK = """<book xmlns="http://docbook.org/ns/docbook"><info><title>Kompendium</title></info>
<chapter><title>Vorwort</title><para>Die Edition 2023 folgt der Edition 2022.</para></chapter>
<chapter><title>Modell</title><informaltable><tbody>
<tr><td><para>Baustein</para></td><td><para>Reihenfolge</para></td><td><para>Typ</para></td></tr>
<tr><td><para>ORP.1 Organisation</para></td><td><para>R1</para></td><td><para>Verbund</para></td></tr>
<tr><td><para>ORP.9 Fehlt</para></td><td><para>R2</para></td><td><para>Verbund</para></td></tr>
</tbody></informaltable></chapter>
<chapter><title>Elementare Gefährdungen</title><section><title>G 0.1 Feuer</title><para>Text.</para></section></chapter>
<chapter><title>ORP Organisation und Personal</title><section><title>ORP.1 Organisation</title>
<section><title>Beschreibung</title>
<section><title>Abgrenzung und Modellierung</title><para>Einmal.</para></section></section>
<section><title>Gefährdungslage</title><section><title>Fehlende Regeln</title><para>Text.</para></section></section>
<section><title>Anforderungen</title><informaltable><tbody>
<tr><td><para>Zuständigkeiten</para></td><td><para>Rollen</para></td></tr>
<tr><td><para>Grundsätzlich zuständig</para></td><td><para>IT-Betrieb</para></td></tr>
<tr><td><para>Weitere Zuständigkeiten</para></td><td><para>OT (A, B), Planende</para></td></tr></tbody></informaltable>
<section><title>Basis-Anforderungen</title>
<section><title>ORP.1.A1 Regeln (B) [OT (A, B), Planende] </title>
<para>Es <emphasis role="strong">MUSS </emphasis>sein:</para>
<itemizedlist><listitem><para>eins,</para></listitem><listitem><para>zwei.</para></listitem></itemizedlist></section>
<section><title>ORP.1.A2 ENTFALLEN (B)</title><para>Entfallen.</para></section>
<section><title>ORP.1A3 Ohne Punkt (S)</title><para>Es SOLLTE sein.</para></section>
</section></section></section></chapter></book>"""


@cache
def kompendium() -> CatalogueContent:
    content = read_kompendium(data("bsi/XML_Kompendium_2023.xml")).content
    assert content is not None
    return content


@cache
def tables() -> CrossReferenceReading:
    return read_cross_references(data("bsi/krt2023_Excel.xlsx"))


@needs_data
def test_the_edition_2023_comes_in_whole() -> None:
    given = kompendium()
    kinds = Counter(row.attributes["class"][0] for row in given.groups)
    assert (given.version, given.language) == ("2023", "de")
    assert kinds == {"layer": 10, "module": 111}
    assert (len(given.requirements), len(given.withdrawn)) == (2125, 290)
    assert given.level_counts == {Level.BASIC: 652, Level.STANDARD: 1014, Level.ELEVATED: 459}
    assert given.statement_counts == {
        ModalVerb.MUST: 2058,
        ModalVerb.MUST_NOT: 75,
        ModalVerb.SHOULD: 4423,
        ModalVerb.SHOULD_NOT: 87,
        ModalVerb.MAY: 0,
    }
    assert Counter(threat.attributes["kind"][0] for threat in given.threats) == {"elementary": 47, "module": 701}
    orders = Counter(row.attributes["order"][0] for row in given.groups if "order" in row.attributes)
    assert orders == {"R1": 15, "R2": 80, "R3": 16}
    assert [finding.path for finding in given.findings] == ["OPS.2.3.A22"]


@needs_data
def test_every_statement_that_the_mapping_of_others_names_is_there_under_that_number() -> None:
    collection = reading(MAPPING).document
    assert isinstance(collection, MappingCollection)
    named = {end.id_ref for mapping in collection.mappings for entry in mapping.maps for end in entry.sources}
    known = {statement.identifier for row in kompendium().rows for statement in row.statements}
    assert len(named) == 824
    assert named - known == set()


@needs_data
def test_the_statement_not_the_level_decides() -> None:
    verbs = Counter((row.level, statement.verb) for row in kompendium().requirements for statement in row.statements)
    assert verbs[Level.BASIC, ModalVerb.SHOULD] == 368
    assert verbs[Level.STANDARD, ModalVerb.MUST] == 79


@needs_data
def test_the_cross_reference_tables_join_the_kompendium_without_a_gap() -> None:
    given = tables()
    assert given.references is not None
    assert (len(given.references), len(given.threats)) == (2125, 111)
    assert sum(len(reference.threats) for reference in given.references.values()) == 5888
    assert [finding.path for finding in given.findings] == ["KRT_SYS.2.1.xlsx"]
    joined = join(kompendium(), given)
    assert joined.findings == kompendium().findings
    row = next(row for row in joined.rows if row.identifier == "APP.1.1.A15")
    assert row.attributes["core_values"] == ["confidentiality", "integrity"]
    assert "G 0.46" in row.threats


def test_titles_give_identifier_level_roles_and_what_is_withdrawn() -> None:
    given = read_kompendium(BOOK.encode())
    assert given.content is not None
    first, second, third = given.content.requirements
    assert (first.identifier, first.title, first.level) == ("ORP.1.A1", "Regeln", Level.BASIC)
    assert first.attributes["roles"] == ["OT (A, B)", "Planende"]
    assert first.text == "Es **MUSS** sein:\n\n- eins,\n- zwei."
    assert (second.withdrawn, second.statements) == (True, ())
    assert third.identifier == "ORP.1.A3"
    module = given.content.groups[1]
    assert module.attributes["order"] == ["R1"]
    assert module.attributes["other_roles"] == ["OT (A, B)", "Planende"]
    assert module.guidance == "Einmal."
    assert [threat.identifier for threat in given.content.threats] == ["G 0.1", "ORP.1-G1"]
    assert [finding.message for finding in given.findings] == [
        "'ORP.1A3' was taken as ORP.1.A3: a dot is missing",
        "ORP.1.A3 says (S), but stands under another level",
        "ORP.9 stands in the table of modules, but has no chapter",
    ]


def test_rows_stand_in_order_under_their_parents() -> None:
    content = read_kompendium(BOOK.encode()).content
    assert content is not None
    assert all(before.position + 1 == after.position for before, after in pairwise(content.rows))
    assert [(row.identifier, row.parent_identifier) for row in content.rows][:3] == [
        ("ORP", None),
        ("ORP.1", "ORP"),
        ("ORP.1.A1", "ORP.1"),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<book/>", "the book has no requirements"),
        (b"<catalog/>", "a DocBook <book> is expected"),
        (BOOK.encode()[:900], "no well-formed XML"),
        (b"", "no well-formed XML"),
        (
            b'<!DOCTYPE b [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]><book>&b;</book>',
            "declares entities of its own",
        ),
    ],
)
def test_what_is_no_kompendium_is_refused_with_a_reason(content: bytes, expected: str) -> None:
    given = read_kompendium(content)
    assert given.content is None
    assert expected in given.findings[-1].message


def test_roles_with_a_comma_in_brackets_stay_whole() -> None:
    assert split_roles("OT-Betrieb (Operational Technology, OT), Planende") == [
        "OT-Betrieb (Operational Technology, OT)",
        "Planende",
    ]


def workbook(*rows: list[str], name: str = "KRT_ORP.1") -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def test_every_identifier_that_one_has_and_the_other_lacks_is_a_finding() -> None:
    content = read_kompendium(BOOK.encode()).content
    assert content is not None
    given = read_cross_references(
        workbook(
            ["ORP.1", "Name", "CIA", "G 0.1", "G 0.2", "Other"],
            ["ORP.1.A1", "Regeln", "CX", "X", "?"],
            ["ORP.1.A3", "ENTFALLEN", "", "", "X"],
            ["ORP.1.A9", "Fremd", "", "1", ""],
            ["APP.1.A1", "Fremd", "", "X", ""],
        )
    )
    joined = join(content, given)
    assert [finding.message for finding in given.findings] == [
        "the column 'Other' is no elementary threat",
        "'X' is no core value (C, I, A)",
        "'?' under G 0.2 is no X; it was not counted",
        "sheet 'KRT_ORP.1' marks threats by their number in place of X",
        "'APP.1.A1' is no requirement of ORP.1; the line was left out",
    ]
    assert [finding.message for finding in joined.findings[len(content.findings) :]] == [
        "ORP.1.A9 stands in the cross-reference tables, but not in the catalogue",
        "G 0.2 stands in the cross-reference tables, but not in the catalogue",
        "ORP.1.A2 has no line in the cross-reference tables",
        "ORP.1.A3 is withdrawn in the cross-reference tables only",
    ]
    assert next(row for row in joined.rows if row.identifier == "ORP.1.A1").threats == ("G 0.1",)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "this is no XLSX workbook"),
        (b"PK\x03\x04 broken", "this is no XLSX workbook"),
        (workbook(["something", "else"]), "no cross-reference table was found"),
    ],
)
def test_what_is_no_cross_reference_workbook_is_refused_with_a_reason(content: bytes, expected: str) -> None:
    given = read_cross_references(content)
    assert given.references is None
    assert expected in given.findings[-1].message
