"""A check goes out as a spreadsheet and comes back: unchanged, worked on, worked on by two, or spoilt."""

import io
from typing import Any

import openpyxl
import pytest
from django.utils.translation import override

from ringwall.compliance import sheets
from ringwall.compliance.models import Answer, Check
from ringwall.compliance.tests.conftest import answer_to, give
from ringwall.compliance.writing import workbook_of
from ringwall.kit.errors import Denied, Invalid
from ringwall.kit.testing import acts_in_ledger
from ringwall.lib.sheets import read_sheet

pytestmark = pytest.mark.once

COLUMN = {key: number for number, key in enumerate(sheets.COLUMNS, 1)}


def opened(data: bytes) -> tuple[Any, Any]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return book, book.active


def closed(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(sheet: Any, identifier: str, statement: str = "") -> int:
    for number in range(2, sheet.max_row + 1):
        name = sheet.cell(number, COLUMN["identifier"]).value, sheet.cell(number, COLUMN["statement"]).value or ""
        if name == (identifier, statement):
            return number
    raise AssertionError(identifier)


def write(sheet: Any, number: int, **cells: Any) -> None:
    for key, value in cells.items():
        sheet.cell(number, COLUMN[key]).value = value


def planned(world: Any, check: Check, data: bytes) -> sheets.CheckPlan:
    return sheets.plan_answers(world.actor("ana"), check, read_sheet(data, "check.xlsx"))


def test_it_comes_back_unchanged_in_either_language(world: Any, house: Check) -> None:
    number = answer_to(house, "h-1").requirement.statements.order_by("position")[0].number
    give(world, house, "h-1", statements={number: "yes"}, remark="=1+1")
    give(world, house, "h-2", value="not_needed", justification="+ none\nat all")
    for language in ("en", "de"):
        with override(language):
            data = workbook_of(house)
        plan = planned(world, house, data)
        assert plan.counts == {"changed": 0, "unchanged": 3, "kept": 0, "conflict": 0, "refused": 0}, language
        assert [finding.message for finding in plan.all_findings] == ["begins with “=”; it is taken as plain text"]
        _book, sheet = opened(data)
        assert sheet.cell(row_of(sheet, "h-1"), COLUMN["remark"]).data_type == "s", "no formula leaves the house"


def test_what_two_changed_is_a_conflict_and_the_person_chooses(world: Any, house: Check) -> None:
    book, sheet = opened(workbook_of(house))
    write(sheet, row_of(sheet, "h-1"), answer="ja", remark="worked offline")
    write(sheet, row_of(sheet, "h-2"), answer="No")
    give(world, house, "h-2", value="yes")
    give(world, house, "h-3", value="yes")
    plan = planned(world, house, closed(book))
    assert plan.counts == {"changed": 1, "unchanged": 0, "kept": 1, "conflict": 1, "refused": 0}
    assert sheets.store(plan, world.actor("ana")) == 1
    assert [answer_to(house, key).value for key in ("h-1", "h-2", "h-3")] == ["yes", "yes", "yes"]
    again = planned(world, house, closed(book))
    assert sheets.store(again, world.actor("ana"), take=["h-2"]) == 1
    assert answer_to(house, "h-2").value == "no"

    client = world.client("ana")
    file = io.BytesIO(closed(book))
    file.name = "check.xlsx"
    page = client.post(world.url("checks/CH-0001/import/"), {"file": file})
    assert page.status_code == 302
    assert world.client("adam").get(page["Location"]).status_code in {403, 404}, "an upload is its uploader's alone"
    preview = client.get(page["Location"])
    assert preview.context["plan"].counts["unchanged"] == 2
    assert client.post(page["Location"]).status_code == 302


def test_deleted_rows_and_new_columns_do_no_harm(world: Any, house: Check) -> None:
    book, sheet = opened(workbook_of(house))
    sheet.delete_rows(row_of(sheet, "h-3"))
    sheet.cell(1, len(COLUMN) + 1).value = "Our own notes"
    sheet.cell(2, len(COLUMN) + 1).value = "abc"
    write(sheet, row_of(sheet, "h-2"), answer="teilweise", stamp=None)
    plan = planned(world, house, closed(book))
    assert plan.counts["changed"] == 1 and not plan.is_refused
    messages = [(finding.severity, finding.column) for finding in plan.findings]
    assert ("warning", "Our own notes") in messages and ("info", "") in messages
    sheets.store(plan, world.actor("ana"))
    assert answer_to(house, "h-2").value == "partially"


@pytest.mark.parametrize(
    ("identifier", "cells", "message"),
    [
        ("h-2", {"answer": "vielleicht"}, "is no answer"),
        ("h-2", {"identifier": "x-9"}, "is not asked"),
        ("h-2", {"identifier": "h-1"}, "stands in row"),
        ("h-2", {"statement": "UA.7", "answer": "yes"}, "no statement"),
        ("h-2", {"answer": "yes", "remark": "x" * 20_001}, "Longer than"),
    ],
)
def test_spoilt_rows_refuse_the_whole_file(
    world: Any, house: Check, identifier: str, cells: dict[str, str], message: str
) -> None:
    book, sheet = opened(workbook_of(house))
    write(sheet, row_of(sheet, "h-3"), answer="yes")
    write(sheet, row_of(sheet, identifier), **cells)
    plan = planned(world, house, closed(book))
    assert plan.is_refused
    assert any(message in finding.message and finding.row for finding in plan.all_findings), plan.all_findings
    before = acts_in_ledger(world)
    with pytest.raises(Invalid):
        sheets.store(plan, world.actor("ana"))
    assert acts_in_ledger(world) == before
    assert set(Answer.objects.values_list("value", flat=True)) == {"open"}


def test_a_file_without_its_columns_and_a_person_without_the_right_are_refused(world: Any, house: Check) -> None:
    with pytest.raises(Invalid, match="No column for"):
        sheets.plan_answers(world.actor("ana"), house, read_sheet(b"a;b\r\n1;2\r\n", "check.csv"))
    with pytest.raises(Denied):
        sheets.plan_answers(world.actor("cleo"), house, read_sheet(workbook_of(house), "check.xlsx"))


def test_answers_that_contradict_their_statements_are_refused(world: Any, house: Check) -> None:
    first, second = answer_to(house, "h-1").requirement.statements.order_by("position").values_list("number", flat=True)
    book, sheet = opened(workbook_of(house))
    write(sheet, row_of(sheet, "h-1", first), answer="yes")
    write(sheet, row_of(sheet, "h-1", second), answer="no")
    plan = planned(world, house, closed(book))
    sheets.store(plan, world.actor("ana"))
    assert answer_to(house, "h-1").value == "partially"
    write(sheet, row_of(sheet, "h-1"), answer="not needed")
    write(sheet, row_of(sheet, "h-1", second), answer="yes")
    assert planned(world, house, closed(book)).is_refused
