"""Cross-reference tables are added to the catalogue that the Kompendium became."""

import io
from typing import Any

import pytest
import xlsxwriter

from ringwall.catalogues.actions import import_catalogue
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.catalogues.refusals import ImportRefused
from ringwall.catalogues.tests.files import real
from ringwall.kit.errors import Denied
from ringwall.kit.testing import acts_in_ledger
from ringwall.oscal.tests.test_kompendium import BOOK


def tables(*rows: tuple[str, str, str, str]) -> bytes:
    """Lines of one module: identifier, core values, mark under G 0.1, mark under G 0.99."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        module = rows[0][0].rpartition(".")[0]
        sheet = book.add_worksheet(f"KRT_{module}.xlsx")
        sheet.write_row(0, 0, [module, "Name", "CIA", "G 0.1", "G 0.99"])
        for number, (identifier, values, first, second) in enumerate(rows, 1):
            sheet.write_row(number, 0, [identifier, "Title", values, first, second])
    return out.getvalue()


def threats_of(identifier: str) -> list[str]:
    row = Requirement.objects.get(identifier=identifier)
    return [link["target"] for link in row.links if link["rel"] == "threat"]


@pytest.fixture
def book(world: Any) -> list[str]:
    """The requirements of a small Kompendium."""
    import_catalogue(BOOK.encode(), "book.xml", actor=world.actor("ana"), code="book")
    rows = Requirement.objects.filter(catalogue__code="book", category="requirement", is_withdrawn=False)
    return list(rows.order_by("position").values_list("identifier", flat=True))


def test_threats_and_core_values_are_added_once_and_what_does_not_fit_is_told(world: Any, book: list[str]) -> None:
    ana, module = world.actor("ana"), book[0].rpartition(".")[0]
    data = tables((book[0], "CI", "X", ""), (f"{module}.A99", "", "X", ""))
    before = Catalogue.objects.get(code="book")
    report = import_catalogue(data, "krt.xlsx", actor=ana)
    assert (report.catalogue, report.added, report.changed, report.withdrawn) == ("book", 0, 1, 0)
    assert threats_of(book[0]) == ["G 0.1"]
    assert Requirement.objects.get(identifier=book[0]).attributes["core_values"] == ["confidentiality", "integrity"]
    told = {finding["path"] for finding in report.findings}
    assert f"{module}.A99" in told and set(book[1:]) <= told, "each identifier that one has and the other lacks"
    after = Catalogue.objects.get(code="book")
    assert (after.sha256, after.source, after.title) == (before.sha256, before.source, before.title)
    acts = acts_in_ledger(world)
    assert import_catalogue(data, "krt.xlsx", actor=ana).is_unchanged and acts_in_ledger(world) == acts


def test_a_new_file_of_the_kompendium_keeps_what_tables_added(world: Any, book: list[str]) -> None:
    ana = world.actor("ana")
    import_catalogue(tables((book[0], "", "X", "")), "krt.xlsx", actor=ana)
    report = import_catalogue(
        BOOK.replace("</book>", "<!-- again --></book>").encode(), "b.xml", actor=ana, code="book"
    )
    assert report.is_unchanged and threats_of(book[0]) == ["G 0.1"]


def test_tables_without_their_catalogue_or_right_change_nothing(world: Any) -> None:
    data = tables(("ABC.1.A1", "", "X", ""))
    acts = acts_in_ledger(world)
    with pytest.raises(ImportRefused, match="Import the Kompendium"):
        import_catalogue(data, "krt.xlsx", actor=world.actor("ana"))
    with pytest.raises(Denied):
        import_catalogue(data, "krt.xlsx", actor=world.actor("ben"))
    assert acts_in_ledger(world) == acts


def test_the_real_tables_come_in(world: Any) -> None:
    ana = world.actor("ana")
    import_catalogue(real("bsi/XML_Kompendium_2023.xml"), "k.xml", actor=ana)
    report = import_catalogue(real("bsi/krt2023_Excel.xlsx"), "krt2023_Excel.xlsx", actor=ana)
    assert (report.added, report.changed, report.unchanged, report.withdrawn) == (0, 1836, 289, 0)
    assert [finding["severity"] for finding in report.findings] == ["info"]
    assert "G 0.18" in threats_of("ISMS.1.A1")
